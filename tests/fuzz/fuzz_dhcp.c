/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a DHCP message: what was parsed can be read, printed and
 * built again, and what was built parses to the same options.
 */
#include <stdlib.h>
#include <string.h>

#include "core/facts.h"
#include "wire/dhcp.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_subs(struct pxe_rd rd)
{
	struct pxe_rd value;
	uint8_t code, copy[PXE_DHCP_MAX_BYTES];
	size_t whole = rd.left;
	struct pxe_wr wr;

	pxe_wr_init(&wr, copy, sizeof(copy));
	while (pxe_opt_next_sub(&rd, &code, &value))
		pxe_opt_put_sub(&wr, code, value.p, value.left);
	check(!wr.bad && wr.len <= whole);
}

static void check_options(const struct pxe_dhcp_msg *msg)
{
	char text[PXE_DHCP_MAX_BYTES * 4 + 1], small[8];
	struct pxe_str s;
	struct pxe_rd rd;

	for (unsigned code = 0; code < 256; code++) {
		if (!pxe_dhcp_find(msg, (uint8_t)code, &rd))
			continue;
		pxe_str_init(&s, text, sizeof(text));
		pxe_dhcp_opt_print((uint8_t)code, rd.p, rd.left, &s);
		check(!s.cut && strlen(text) == s.len);
		for (size_t i = 0; i < s.len; i++)
			check(text[i] >= ' ' && text[i] <= '~');
		pxe_str_init(&s, small, sizeof(small));
		pxe_dhcp_opt_print((uint8_t)code, rd.p, rd.left, &s);
		check(strlen(small) == s.len);
		check_subs(rd);
	}
}

static void check_facts(const struct pxe_dhcp_msg *msg)
{
	struct pxe_facts facts;

	pxe_facts_read(msg, &facts);
	check(strlen(facts.key) < sizeof(facts.key));
	check(facts.key[0] == '\0' ||
	      pxe_hwaddr_is_zero(&facts.hw) ==
		      pxe_str_has_prefix(facts.key, "id:"));
	check(pxe_stage_from_name(pxe_stage_name(facts.stage)) ==
	      (int)facts.stage);
}

/* Does every option of `a` stand in `b` with the same value, or not at all? */
static size_t count_missing(const struct pxe_dhcp_msg *a,
			    const struct pxe_dhcp_msg *b)
{
	size_t n_missing = 0;
	struct pxe_rd x, y;

	for (unsigned code = 0; code < 256; code++) {
		if (!pxe_dhcp_find(a, (uint8_t)code, &x) ||
		    code == PXE_OPT_OVERLOAD)
			continue;
		if (!pxe_dhcp_find(b, (uint8_t)code, &y)) {
			n_missing++;
			continue;
		}
		check(x.left == y.left);
		check(x.left == 0 || memcmp(x.p, y.p, x.left) == 0);
	}
	return n_missing;
}

static void check_build(const struct pxe_dhcp_msg *msg, size_t max)
{
	static struct pxe_dhcp_msg again;
	static struct pxe_dhcp_out out;
	uint8_t buf[PXE_DHCP_MAX_BYTES];
	unsigned n_left_out;
	struct pxe_rd rd;
	size_t len;

	pxe_dhcp_out_init(&out);
	out.head = msg->head;
	/* 255 stands for END, which has no value, and 52 is the builder's */
	for (unsigned code = 1; code < 255 && !out.bad; code++)
		if (code != PXE_OPT_OVERLOAD &&
		    pxe_dhcp_find(msg, (uint8_t)code, &rd))
			pxe_dhcp_out_put(&out, (uint8_t)code, rd.p, rd.left);
	if (pxe_dhcp_build(&out, max, buf, sizeof(buf), &len, &n_left_out) < 0)
		return;
	check(len >= PXE_DHCP_MIN_BYTES && len <= max);
	check(pxe_dhcp_parse(buf, len, &again) == 0);
	check(count_missing(msg, &again) == n_left_out);
	check(again.type == msg->type && again.head.xid == msg->head.xid);
	check(pxe_hwaddr_is_equal(&again.head.hw, &msg->head.hw));
	check(strcmp(again.head.file, msg->head.file) == 0);
	check(strcmp(again.head.sname, msg->head.sname) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pxe_dhcp_msg msg;

	if (pxe_dhcp_parse(data, size, &msg) < 0)
		return 0;
	check_options(&msg);
	check_facts(&msg);
	check_build(&msg, PXE_DHCP_PLAIN_BYTES);
	check_build(&msg, 1472);
	check_build(&msg, PXE_DHCP_MAX_BYTES);
	return 0;
}
