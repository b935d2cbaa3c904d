/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "wire/dhcp.h"
#include "wire/dhcp_opt.h"

static struct pxe_dhcp_msg msg;
static struct pxe_dhcp_out out;
static uint8_t built[PXE_DHCP_MAX_BYTES];

static void expect_option(uint8_t code, const void *value, size_t len)
{
	struct pxe_rd rd;

	ck_assert(pxe_dhcp_find(&msg, code, &rd));
	ck_assert_uint_eq(rd.left, len);
	if (len > 0)
		ck_assert_mem_eq(rd.p, value, len);
}

/* An option of `len` octets, each the code. */
static void put_filled(uint8_t code, size_t len)
{
	uint8_t value[2048];

	memset(value, code, sizeof(value));
	pxe_dhcp_out_put(&out, code, value, len);
}

static void start_reply(void)
{
	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREPLY;
	out.head.hw = (struct pxe_hwaddr) { .htype = 1, .hlen = 6 };
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, PXE_DHCP_ACK);
	pxe_dhcp_out_put_u32(&out, PXE_OPT_SERVER_ID, 0x0a000001);
	pxe_dhcp_out_put_u32(&out, PXE_OPT_LEASE_TIME, 3600);
}

/* Builds, parses what was built; the length, and what was left out. */
static size_t build(size_t max, unsigned *n_left_out)
{
	size_t len = 0;

	ck_assert_int_eq(pxe_dhcp_build(&out, max, built, sizeof(built), &len,
					n_left_out),
			 0);
	ck_assert_uint_le(len, max);
	ck_assert_int_eq(pxe_dhcp_parse(built, len, &msg), 0);
	return len;
}

START_TEST(order_and_padding)
{
	unsigned n_left_out;
	size_t len;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREPLY;
	put_filled(PXE_OPT_RELAY_AGENT, 3);
	pxe_dhcp_out_put_cstr(&out, PXE_OPT_BOOT_FILE, "a");
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, PXE_DHCP_OFFER);
	put_filled(PXE_OPT_ROUTERS, 4);
	len = build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
	ck_assert_uint_eq(len, PXE_DHCP_MIN_BYTES);
	ck_assert_mem_eq(built + PXE_DHCP_HEAD_BYTES,
			 "\x35\x01\x02\x43\x02"
			 "a\0\x03\x04\3\3\3\3\x52\x03RRR\xff\0\0",
			 21);
	for (size_t i = PXE_DHCP_HEAD_BYTES + 19; i < len; i++)
		ck_assert_uint_eq(built[i], 0);
}
END_TEST

START_TEST(later_values_replace_in_place)
{
	unsigned n_left_out;

	start_reply();
	put_filled(PXE_OPT_ROUTERS, 8);
	put_filled(PXE_OPT_DNS_SERVERS, 4);
	ck_assert(pxe_dhcp_out_has(&out, PXE_OPT_ROUTERS));
	ck_assert(!pxe_dhcp_out_has(&out, PXE_OPT_BOOT_FILE));
	pxe_dhcp_out_put_u32(&out, PXE_OPT_ROUTERS, 0x0a0000fe);
	pxe_dhcp_out_put(&out, PXE_OPT_DNS_SERVERS, "12345678", 8);
	pxe_dhcp_out_put(&out, PXE_OPT_SERVER_ID, NULL, 0);
	build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
	expect_option(PXE_OPT_ROUTERS, "\x0a\0\0\xfe", 4);
	expect_option(PXE_OPT_DNS_SERVERS, "12345678", 8);
	expect_option(PXE_OPT_SERVER_ID, "", 0);
	/* behind 53, 54 (empty) and 51: routers first, as they were */
	ck_assert_uint_eq(built[240 + 3 + 2 + 6], PXE_OPT_ROUTERS);
	/* endless replacing by what is no longer needs no room */
	for (int i = 0; i < 10000; i++)
		pxe_dhcp_out_put_u32(&out, PXE_OPT_ROUTERS, (uint32_t)i);
	pxe_dhcp_out_put_u32(&out, PXE_OPT_T1, 1800);
	ck_assert(!out.bad);
}
END_TEST

START_TEST(long_values_are_split)
{
	static const size_t lengths[] = { 0, 254, 255, 256, 510, 511, 1000 };
	unsigned n_left_out;

	for (size_t i = 0; i < PXE_LEN(lengths); i++) {
		start_reply();
		put_filled(PXE_OPT_VENDOR_INFO, lengths[i]);
		build(1472, &n_left_out);
		ck_assert_uint_eq(n_left_out, 0);
		ck_assert_uint_eq(msg.opt[PXE_OPT_VENDOR_INFO].len, lengths[i]);
		ck_assert(!pxe_dhcp_find(&msg, PXE_OPT_OVERLOAD, NULL));
	}
	start_reply();
	put_filled(PXE_OPT_VENDOR_INFO, 256);
	build(1472, &n_left_out);
	ck_assert_uint_eq(built[240 + 15], PXE_OPT_VENDOR_INFO);
	ck_assert_uint_eq(built[240 + 16], 255);
	ck_assert_uint_eq(built[240 + 17 + 255], PXE_OPT_VENDOR_INFO);
	ck_assert_uint_eq(built[240 + 17 + 256], 1);
}
END_TEST

/* In 548 octets: 307 beside END; 15 of them are taken by 53, 54 and 51. */
START_TEST(plain_size_to_the_octet)
{
	unsigned n_left_out;
	size_t len;

	start_reply();
	put_filled(PXE_OPT_ROUTERS, 252);
	put_filled(PXE_OPT_DNS_SERVERS, 307 - 15 - 254 - 2);
	len = build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
	ck_assert_uint_eq(len, PXE_DHCP_PLAIN_BYTES);
	ck_assert(!pxe_dhcp_find(&msg, PXE_OPT_OVERLOAD, NULL));
	ck_assert_uint_eq(n_left_out, 0);
	/* one more: overload takes 3, so the second goes to file */
	put_filled(PXE_OPT_DNS_SERVERS, 307 - 15 - 254 - 1);
	len = build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
	ck_assert_uint_eq(len, PXE_DHCP_HEAD_BYTES + 15 + 3 + 254 + 1);
	ck_assert_uint_eq(pxe_dhcp_get_u8(&msg, PXE_OPT_OVERLOAD, 0), 1);
	ck_assert_uint_eq(n_left_out, 0);
	ck_assert_uint_eq(built[108], PXE_OPT_DNS_SERVERS);
	ck_assert_uint_eq(built[108 + 39], PXE_OPT_END);
	ck_assert_uint_eq(built[240 + 3], PXE_OPT_OVERLOAD);
	/* a limit below what any client takes counts as that */
	ck_assert_int_eq(pxe_dhcp_build(&out, 0, built, sizeof(built), &len,
					NULL),
			 0);
	ck_assert_uint_eq(len, PXE_DHCP_HEAD_BYTES + 15 + 3 + 254 + 1);
}
END_TEST

START_TEST(fields_in_use_are_not_overloaded)
{
	static const struct {
		const char *file, *sname;
		uint8_t overload;
		unsigned n_left_out;
	} cases[] = {
		{ "", "", 3, 0 },
		{ "f", "", 2, 1 },
		{ "", "s", 1, 1 },
		{ "f", "s", 0, 2 },
	};
	unsigned n_left_out;

	for (size_t i = 0; i < PXE_LEN(cases); i++) {
		start_reply();
		pxe_str_copy(out.head.file, sizeof(out.head.file),
			     cases[i].file);
		pxe_str_copy(out.head.sname, sizeof(out.head.sname),
			     cases[i].sname);
		put_filled(PXE_OPT_ROUTERS, 250);
		put_filled(PXE_OPT_DNS_SERVERS, 100);
		put_filled(PXE_OPT_HOST_NAME, 61);
		put_filled(PXE_OPT_RELAY_AGENT, 10);
		put_filled(PXE_OPT_BOOT_FILE, 0);
		build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
		ck_assert_uint_eq(n_left_out, cases[i].n_left_out);
		ck_assert_uint_eq(pxe_dhcp_get_u8(&msg, PXE_OPT_OVERLOAD, 0),
				  cases[i].overload);
		ck_assert_str_eq(msg.head.file, cases[i].file);
		ck_assert_str_eq(msg.head.sname, cases[i].sname);
		/* these stay, and a small one behind the left out too */
		expect_option(PXE_OPT_RELAY_AGENT, "RRRRRRRRRR", 10);
		expect_option(PXE_OPT_BOOT_FILE, "", 0);
		ck_assert(pxe_dhcp_find(&msg, PXE_OPT_SERVER_ID, NULL));
		ck_assert(pxe_dhcp_find(&msg, PXE_OPT_ROUTERS, NULL));
	}
}
END_TEST

/* The options field is full: 307 - 15 - 3 = 289; file has 127, sname 63. */
START_TEST(overloaded_fields_to_the_octet)
{
	static const struct {
		size_t options, file, sname;
		unsigned n_left_out;
	} cases[] = {
		{ 289, 127, 63, 0 },
		{ 289, 128, 63, 1 },
		{ 289, 127, 64, 1 },
		{ 290, 127, 63, 1 },
	};
	unsigned n_left_out;

	for (size_t i = 0; i < PXE_LEN(cases); i++) {
		start_reply();
		/* each too large for the next field */
		put_filled(PXE_OPT_ROUTERS, cases[i].options - 4);
		put_filled(PXE_OPT_DNS_SERVERS, cases[i].file - 2);
		put_filled(PXE_OPT_HOST_NAME, cases[i].sname - 2);
		build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
		ck_assert_uint_eq(n_left_out, cases[i].n_left_out);
	}
}
END_TEST

START_TEST(what_fits_nowhere_does_not_overload)
{
	unsigned n_left_out;

	start_reply();
	put_filled(PXE_OPT_VENDOR_INFO, 400);
	put_filled(PXE_OPT_ROUTERS, 4);
	build(PXE_DHCP_PLAIN_BYTES, &n_left_out);
	ck_assert_uint_eq(n_left_out, 1);
	ck_assert(!pxe_dhcp_find(&msg, PXE_OPT_OVERLOAD, NULL));
	expect_option(PXE_OPT_ROUTERS, "\3\3\3\3", 4);
}
END_TEST

START_TEST(what_cannot_be_built)
{
	unsigned n_left_out;
	size_t len = 77;

	start_reply();
	put_filled(PXE_OPT_RELAY_AGENT, 290); /* with its 4: 294 of 292 */
	ck_assert_int_eq(pxe_dhcp_build(&out, PXE_DHCP_PLAIN_BYTES, built,
					sizeof(built), &len, NULL),
			 -ENOSPC);
	put_filled(PXE_OPT_RELAY_AGENT, 288);
	ck_assert_uint_eq(build(PXE_DHCP_PLAIN_BYTES, &n_left_out),
			  PXE_DHCP_PLAIN_BYTES);
	start_reply();
	for (size_t cap = 0; cap < PXE_DHCP_MIN_BYTES; cap++)
		ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, cap, &len,
						NULL),
				 -ENOSPC);
	ck_assert_uint_eq(len, 77);
	ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, PXE_DHCP_MIN_BYTES,
					&len, NULL),
			 0);
}
END_TEST

START_TEST(mistakes_of_the_caller_show)
{
	static const uint8_t codes[] = { PXE_OPT_PAD, PXE_OPT_END,
					 PXE_OPT_OVERLOAD };
	size_t len;

	for (size_t i = 0; i < PXE_LEN(codes); i++) {
		start_reply();
		pxe_dhcp_out_put_u8(&out, codes[i], 1);
		ck_assert(out.bad);
	}
	start_reply();
	put_filled(PXE_OPT_VENDOR_INFO, sizeof(out.data));
	ck_assert(out.bad);
	start_reply();
	for (uint8_t code = 100; code < 100 + 128 - 3; code++)
		pxe_dhcp_out_put_u8(&out, code, 1);
	ck_assert(!out.bad);
	pxe_dhcp_out_put_u8(&out, 230, 1);
	ck_assert(out.bad);
	ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, sizeof(built), &len,
					NULL),
			 -EINVAL);
	start_reply();
	out.head.hw.hlen = 17;
	ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, sizeof(built), &len,
					NULL),
			 -EINVAL);
	start_reply();
	memset(out.head.file, 'x', 128);
	ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, sizeof(built), &len,
					NULL),
			 -EINVAL);
	out.head.file[127] = '\0';
	ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built, sizeof(built), &len,
					NULL),
			 0);
	ck_assert_uint_eq(built[108 + 127], 0);
}
END_TEST

UNIT_MAIN("dhcp_build", order_and_padding, later_values_replace_in_place,
	  long_values_are_split, plain_size_to_the_octet,
	  fields_in_use_are_not_overloaded,
	  overloaded_fields_to_the_octet, what_fits_nowhere_does_not_overload,
	  what_cannot_be_built,
	  mistakes_of_the_caller_show)
