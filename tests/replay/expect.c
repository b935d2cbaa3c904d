/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "tests/replay/replay.h"
#include "wire/dhcp_opt.h"

enum { VALUE_MAX = 2048 };

static void show_address(uint32_t address, struct pxe_str *s)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(address, text, sizeof(text));
	pxe_str_puts(s, text);
}

static void show_dest(const struct pxe_dest *dest, struct pxe_str *s)
{
	static const char *const kinds[] = {
		[PXE_DEST_NONE] = "none",
		[PXE_DEST_UNICAST] = "unicast",
		[PXE_DEST_BROADCAST] = "broadcast",
		[PXE_DEST_RAW] = "raw",
	};

	pxe_str_puts(s, kinds[dest->kind]);
	if (dest->kind == PXE_DEST_NONE || dest->kind == PXE_DEST_BROADCAST)
		return;
	pxe_str_putc(s, ':');
	show_address(dest->address, s);
	pxe_str_putf(s, ":%u", dest->port);
}

/* The codes in their order on the wire: "53,54,51". */
static void show_order(const struct outcome *o, struct pxe_str *s)
{
	struct pxe_rd rd;

	pxe_rd_init(&rd, o->buf, o->len);
	pxe_rd_skip(&rd, PXE_DHCP_HEAD_BYTES);
	while (rd.left > 0) {
		uint8_t code = pxe_rd_u8(&rd);

		if (code == PXE_OPT_END)
			break;
		if (code != PXE_OPT_PAD)
			pxe_rd_skip(&rd, pxe_rd_u8(&rd));
		pxe_str_putf(s, "%s%u", s->len > 0 ? "," : "", code);
	}
}

/* "opt60": its value as text or, if the expected one begins so, as 0x... */
static bool show_option(const struct pxe_dhcp_msg *msg, const char *key,
			bool as_hex, struct pxe_str *s)
{
	struct pxe_rd rd;
	unsigned code;

	if (sscanf(key, "opt%u", &code) != 1 || code > 255)
		return false;
	if (!pxe_dhcp_find(msg, (uint8_t)code, &rd)) {
		pxe_str_puts(s, "none");
	} else if (as_hex) {
		pxe_str_puts(s, "0x");
		pxe_str_put_hex(s, rd.p, rd.left, 0);
	} else {
		pxe_dhcp_opt_print((uint8_t)code, rd.p, rd.left, s);
	}
	return true;
}

static bool show_field(const struct outcome *o, const struct pxe_dhcp_msg *msg,
		       const char *key, struct pxe_str *s)
{
	const struct pxe_dhcp_head *h = &msg->head;
	const struct {
		const char *name;
		uint32_t address;
	} addresses[] = {
		{ "yiaddr", h->yiaddr },
		{ "ciaddr", h->ciaddr },
		{ "siaddr", h->siaddr },
		{ "giaddr", h->giaddr },
	};

	for (size_t i = 0; i < PXE_LEN(addresses); i++)
		if (strcmp(addresses[i].name, key) == 0) {
			show_address(addresses[i].address, s);
			return true;
		}
	if (strcmp(key, "file") == 0)
		pxe_str_puts(s, h->file[0] != '\0' ? h->file : "none");
	else if (strcmp(key, "sname") == 0)
		pxe_str_puts(s, h->sname[0] != '\0' ? h->sname : "none");
	else if (strcmp(key, "flags") == 0)
		pxe_str_putf(s, "%04x", h->flags);
	else if (strcmp(key, "secs") == 0)
		pxe_str_putf(s, "%u", h->secs);
	else if (strcmp(key, "octets") == 0)
		pxe_str_putf(s, "%zu", o->len);
	else if (strcmp(key, "order") == 0)
		show_order(o, s);
	else
		return false;
	return true;
}

static bool show(const struct outcome *o, const struct pxe_dhcp_msg *msg,
		 const char *key, const char *wanted, struct pxe_str *s)
{
	if (strcmp(key, "reason") == 0)
		pxe_str_puts(s, pxe_reason_name(o->reason));
	else if (strcmp(key, "flavour") == 0)
		pxe_str_puts(s, o->flavour);
	else if (strcmp(key, "dest") == 0)
		show_dest(&o->dest, s);
	else if (pxe_str_has_prefix(key, "opt"))
		return show_option(msg, key, pxe_str_has_prefix(wanted, "0x"),
				   s);
	else
		return show_field(o, msg, key, s);
	return true;
}

/* A value that ends in '*' is a beginning; "*" alone: anything but none. */
static bool is_like(const char *is, const char *wanted)
{
	size_t n = strlen(wanted);

	if (n > 0 && wanted[n - 1] == '*')
		return strncmp(is, wanted, n - 1) == 0 &&
		       strcmp(is, "none") != 0;
	return strcmp(is, wanted) == 0;
}

static bool check_word(const struct line *line, const struct outcome *o,
		       const struct pxe_dhcp_msg *msg, const char *word)
{
	char key[32], value[VALUE_MAX];
	const char *eq = strchr(word, '=');
	struct pxe_str s, k;

	if (eq == NULL || (size_t)(eq - word) >= sizeof(key))
		return complain(line, "not key=value: %s", word);
	pxe_str_init(&k, key, sizeof(key));
	pxe_str_putn(&k, word, (size_t)(eq - word));
	pxe_str_init(&s, value, sizeof(value));
	if (!show(o, msg, key, eq + 1, &s))
		return complain(line, "nothing is called %s", key);
	if (!is_like(value, eq + 1))
		return complain(line, "%s is %s, not %s", key, value, eq + 1);
	return true;
}

bool expect_outcome(const struct line *line, const struct outcome *outcome)
{
	static struct pxe_dhcp_msg msg;
	const char *wanted = line->n > 1 ? line->word[1] : "";
	bool is_good = true;
	const char *is;

	if (outcome == NULL)
		return strcmp(wanted, "waiting") == 0 ||
		       complain(line, "nothing ended that is to be expected");
	is = outcome->reply != 0 ? pxe_dhcp_type_name(outcome->reply)
				 : "nothing";
	memset(&msg, 0, sizeof(msg));
	if (outcome->reply != 0 &&
	    pxe_dhcp_parse(outcome->buf, outcome->len, &msg) < 0)
		return complain(line, "the reply cannot be parsed");
	if (strcmp(is, wanted) != 0)
		is_good = complain(line, "the reply is %s (%s), not %s", is,
				   pxe_reason_name(outcome->reason), wanted);
	for (size_t i = 2; i < line->n; i++)
		is_good = check_word(line, outcome, &msg, line->word[i]) &&
			  is_good;
	return is_good;
}
