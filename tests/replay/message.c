/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "tests/hex.h"
#include "tests/replay/replay.h"
#include "wire/dhcp_opt.h"

/* "as=NAME": the options by which firmware is known. */
static const struct {
	const char *name, *options[6];
} programs[] = {
	{ "bios", { "opt93=0", "opt60=PXEClient:Arch:00000:UNDI:002001" } },
	{ "uefi", { "opt93=7", "opt60=PXEClient:Arch:00007:UNDI:003000" } },
	{ "ia32", { "opt93=6", "opt60=PXEClient:Arch:00006:UNDI:003000" } },
	{ "aa64", { "opt93=11", "opt60=PXEClient:Arch:00011:UNDI:003000" } },
	{ "uefi-http",
	  { "opt93=16", "opt60=HTTPClient:Arch:00016:UNDI:003000" } },
	{ "ipxe",
	  { "opt93=0", "opt60=PXEClient:Arch:00000:UNDI:002001",
	    "opt77=0x69505845", "opt175=0x130101270101210101180101" } },
	{ "uboot", { "opt93=22", "opt60=U-Boot.armv8" } },
	{ "rpi",
	  { "opt93=0", "opt60=PXEClient:Arch:00000:UNDI:002001",
	    "opt97=0x0052506934143103c0aabbccdd12345678" } },
	{ "dhclient", { "opt12=laptop", "opt55=1,28,3,15,6" } },
};

static const struct {
	const char *name;
	uint8_t type;
} types[] = {
	{ "BOOTP", PXE_DHCP_BOOTP },     { "DISCOVER", PXE_DHCP_DISCOVER },
	{ "OFFER", PXE_DHCP_OFFER },     { "REQUEST", PXE_DHCP_REQUEST },
	{ "DECLINE", PXE_DHCP_DECLINE }, { "RELEASE", PXE_DHCP_RELEASE },
	{ "INFORM", PXE_DHCP_INFORM },   { "LEASEQUERY", 10 },
};

static bool put_list(struct pxe_dhcp_out *out, uint8_t code,
		     enum pxe_dhcp_opt_kind kind, const char *value)
{
	char copy[512], *save, *part;
	uint8_t buf[512];
	size_t len = 0;

	if (!pxe_str_copy(copy, sizeof(copy), value))
		return false;
	if (kind == PXE_OPT_KIND_TEXT) {
		pxe_dhcp_out_put(out, code, value, strlen(value));
		return true;
	}
	for (part = strtok_r(copy, ",", &save); part != NULL;
	     part = strtok_r(NULL, ",", &save))
		if (pxe_dhcp_opt_encode(kind, part, buf, sizeof(buf), &len) < 0)
			return false;
	pxe_dhcp_out_put(out, code, buf, len);
	return true;
}

/* Takes an option out of the message under construction. */
static void drop_option(struct pxe_dhcp_out *out, uint8_t code)
{
	size_t n = 0;

	for (size_t i = 0; i < out->n_opt; i++)
		if (out->opt[i].code != code)
			out->opt[n++] = out->opt[i];
	out->n_opt = n;
}

/* "opt60=PXEClient", "opt43=0x0601", "opt61=none". */
static bool put_option(struct pxe_dhcp_out *out, const char *word)
{
	const char *value = strchr(word, '=') + 1;
	const struct pxe_dhcp_opt *row;
	enum pxe_dhcp_opt_kind kind = PXE_OPT_KIND_TEXT;
	uint8_t buf[512];
	unsigned code;
	int n;

	if (sscanf(word, "opt%u=", &code) != 1 || code > 254)
		return false;
	if (strcmp(value, "none") == 0) {
		drop_option(out, (uint8_t)code);
		return true;
	}
	if (pxe_str_has_prefix(value, "0x")) {
		n = pxe_str_to_bytes(value + 2, sizeof(buf), buf);
		if (n >= 0)
			pxe_dhcp_out_put(out, (uint8_t)code, buf, (size_t)n);
		return n >= 0;
	}
	row = pxe_dhcp_opt_find((uint8_t)code);
	if (row != NULL)
		kind = row->kind;
	return put_list(out, (uint8_t)code, kind, value);
}

static bool put_program(struct pxe_dhcp_out *out, const char *name)
{
	for (size_t i = 0; i < PXE_LEN(programs); i++) {
		if (strcmp(programs[i].name, name) != 0)
			continue;
		for (size_t k = 0; programs[i].options[k] != NULL; k++)
			if (!put_option(out, programs[i].options[k]))
				return false;
		return true;
	}
	return false;
}

static bool put_field(struct pxe_dhcp_head *head, const char *word)
{
	const char *value = strchr(word, '=') + 1;
	const struct {
		const char *name;
		uint32_t *address;
	} fields[] = {
		{ "ciaddr=", &head->ciaddr },
		{ "giaddr=", &head->giaddr },
		{ "yiaddr=", &head->yiaddr },
		{ "siaddr=", &head->siaddr },
	};

	for (size_t i = 0; i < PXE_LEN(fields); i++)
		if (pxe_str_has_prefix(word, fields[i].name))
			return pxe_ip4_parse(value, fields[i].address) == 0;
	if (pxe_str_has_prefix(word, "flags="))
		head->flags = (uint16_t)strtoul(value, NULL, 16);
	else if (pxe_str_has_prefix(word, "op="))
		head->op = (uint8_t)strtoul(value, NULL, 10);
	else if (pxe_str_has_prefix(word, "hlen="))
		head->hw.hlen = (uint8_t)strtoul(value, NULL, 10);
	else if (pxe_str_has_prefix(word, "htype="))
		head->hw.htype = (uint8_t)strtoul(value, NULL, 10);
	else if (pxe_str_has_prefix(word, "sname="))
		return pxe_str_copy(head->sname, sizeof(head->sname), value);
	else
		return pxe_str_has_prefix(word, "to=") ||
		       pxe_str_has_prefix(word, "from=") ||
		       pxe_str_has_prefix(word, "port=");
	return true;
}

/* A recorded packet, with its options in the order of their codes. */
static bool read_vector(const char *name, struct pxe_dhcp_out *out)
{
	static struct pxe_dhcp_msg msg;
	uint8_t buf[2048];
	int n = hex_read_vector(name, buf, sizeof(buf));
	struct pxe_rd rd;

	if (n < 0 || pxe_dhcp_parse(buf, (size_t)n, &msg) < 0)
		return false;
	out->head = msg.head;
	for (unsigned code = 1; code < 255; code++)
		if (code != PXE_OPT_OVERLOAD &&
		    pxe_dhcp_find(&msg, (uint8_t)code, &rd))
			pxe_dhcp_out_put(out, (uint8_t)code, rd.p, rd.left);
	return true;
}

static bool start(struct pxe_dhcp_out *out, const char *what)
{
	pxe_dhcp_out_init(out);
	out->head.op = PXE_DHCP_BOOTREQUEST;
	out->head.xid = 0x11223344;
	if (strchr(what, '/') != NULL)
		return read_vector(what, out);
	for (size_t i = 0; i < PXE_LEN(types); i++) {
		if (strcmp(types[i].name, what) != 0)
			continue;
		if (types[i].type != PXE_DHCP_BOOTP)
			pxe_dhcp_out_put_u8(out, PXE_OPT_TYPE, types[i].type);
		return true;
	}
	return false;
}

bool message_make(const struct line *line, size_t from, const char *mac,
		  uint8_t *buf, size_t cap, size_t *len)
{
	static struct pxe_dhcp_out out;

	if (!start(&out, line->word[from]))
		return complain(line, "no such message: %s", line->word[from]);
	if (strcmp(mac, "-") == 0)
		out.head.hw = (struct pxe_hwaddr) { .htype = 1 };
	else if (strcmp(mac, "recorded") != 0 &&
		 pxe_hwaddr_parse(mac, &out.head.hw) < 0)
		return complain(line, "not a hardware address: %s", mac);
	for (size_t i = from + 1; i < line->n; i++) {
		const char *word = line->word[i];
		bool is_good;

		if (strchr(word, '=') == NULL)
			return complain(line, "not key=value: %s", word);
		if (pxe_str_has_prefix(word, "opt"))
			is_good = put_option(&out, word);
		else if (pxe_str_has_prefix(word, "as="))
			is_good = put_program(&out, word + 3);
		else
			is_good = put_field(&out.head, word);
		if (!is_good)
			return complain(line, "cannot do this: %s", word);
	}
	if (pxe_dhcp_build(&out, cap, buf, cap, len, NULL) < 0)
		return complain(line, "the message does not fit");
	return true;
}
