/* SPDX-License-Identifier: ISC */
/*
 * iPXE: disks of the network.
 *
 * The first drive has the number that iPXE gives it by itself, which is 0x80
 * under a BIOS.  Hooked drives are described to the system (iBFT and its like)
 * with the network settings of that moment.
 */
#include "core/script_ipxe.h"

#include <string.h>

#include "core/target.h"

#define GATEWAY "netX/gateway"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* A text without white space that iPXE could take for two words. */
static void put_word(struct pxe_script *s, const char *template)
{
	char text[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, template, text);
	pxe_script_ipxe_put_word(s, text);
}

static bool is_said(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/*
 * Sets or clears: a value may be left of another target, or of `login`.  One
 * with a character that means something to iPXE is written in hex.
 */
static void put_secret(struct pxe_script *s, const char *name,
		       const char *template)
{
	char text[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, is_said(template) ? template : "", text);
	if (text[0] == '\0') {
		pxe_str_putf(s->out, "clear %s ||\n", name);
	} else if (pxe_script_is_name(text, strlen(text), "._-@+=/")) {
		pxe_str_putf(s->out, "set %s %s || goto failed\n", name, text);
	} else {
		pxe_str_putf(s->out, "set %s:hex ", name);
		pxe_str_put_hex(s->out, text, strlen(text), ':');
		puts_out(s, " || goto failed\n");
	}
}

static void put_settings(struct pxe_script *s, const struct pxe_conf_san *san)
{
	if (is_said(san->initiator_iqn)) {
		puts_out(s, "set initiator-iqn ");
		put_word(s, san->initiator_iqn);
		puts_out(s, " || goto failed\n");
	} else {
		/* left of another target; that of DHCP is elsewhere */
		puts_out(s, "clear initiator-iqn ||\n");
	}
	put_secret(s, "username", san->username);
	put_secret(s, "password", san->password);
	put_secret(s, "reverse-username", san->reverse_username);
	put_secret(s, "reverse-password", san->reverse_password);
}

/* What an earlier try left hooked is in the way of the next; keep-san would
 * keep it there. */
static void put_unhook(struct pxe_script *s, const struct pxe_conf_san *san)
{
	puts_out(s, "clear keep-san ||\nsanunhook ||\n");
	for (size_t i = 0; i < san->n_drives; i++)
		pxe_str_putf(s->out, "sanunhook --drive 0x%02zx ||\n",
			     0x81 + i);
	if (san->is_kept)
		puts_out(s, "set keep-san 1 || goto failed\n");
}

static void put_failure(struct pxe_script *s, const struct pxe_conf_san *san)
{
	puts_out(s, san->is_gateway_blank ? " || set hooked 0\n"
					  : " || goto failed\n");
}

/* The gateway is back for everything that iPXE itself fetches later. */
static void put_gateway_back(struct pxe_script *s,
			     const struct pxe_conf_san *san)
{
	if (san->is_gateway_blank)
		puts_out(s, "clear " GATEWAY " ||\n");
}

enum pxe_san_start pxe_script_ipxe_put_hook(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	const struct pxe_conf_san *san = &t->san;
	enum pxe_san_start start = pxe_target_san_start(t);

	put_settings(s, san);
	put_unhook(s, san);
	if (san->is_gateway_blank)
		puts_out(s, "set hooked 1\n"
			    "set " GATEWAY " 0.0.0.0 || goto failed\n");
	for (size_t i = 0; i < san->n_drives; i++) {
		pxe_str_putf(s->out, "sanhook --drive 0x%02zx ", 0x81 + i);
		put_word(s, san->drives[i]);
		put_failure(s, san);
	}
	puts_out(s, start == PXE_SAN_DRIVE ? "sanboot " : "sanhook ");
	put_word(s, san->root_path);
	if (start == PXE_SAN_DRIVE) {
		puts_out(s, " ||\n");
		put_gateway_back(s, san);
		puts_out(s, "goto failed\n");
		return start;
	}
	put_failure(s, san);
	put_gateway_back(s, san);
	if (san->is_gateway_blank)
		puts_out(s, "iseq ${hooked} 1 || goto failed\n");
	if (start == PXE_SAN_NOTHING)
		puts_out(s, "exit\n");
	return start;
}
