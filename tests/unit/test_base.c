/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/hwaddr.h"
#include "base/ip4.h"
#include "base/names.h"
#include "base/rd.h"
#include "base/str.h"
#include "base/uuid.h"
#include "base/wr.h"
#include "unit.h"

START_TEST(rd_reads_and_fails_for_good)
{
	const uint8_t b[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct pxe_rd rd, sub;

	pxe_rd_init(&rd, b, sizeof(b));
	ck_assert_uint_eq(pxe_rd_u8(&rd), 1);
	ck_assert_uint_eq(pxe_rd_u16(&rd), 0x0203);
	ck_assert_uint_eq(pxe_rd_u32(&rd), 0x04050607);
	ck_assert(!rd.bad);
	ck_assert_uint_eq(pxe_rd_u16(&rd), 0);
	ck_assert(rd.bad);
	ck_assert_uint_eq(rd.left, 0);
	ck_assert_uint_eq(pxe_rd_u8(&rd), 0);
	ck_assert_ptr_null(pxe_rd_bytes(&rd, 0));

	pxe_rd_init(&rd, b, sizeof(b));
	sub = pxe_rd_sub(&rd, 3);
	ck_assert_uint_eq(sub.left, 3);
	ck_assert_uint_eq(rd.left, 5);
	sub = pxe_rd_sub(&rd, 6);
	ck_assert(sub.bad && rd.bad && sub.left == 0);

	pxe_rd_init(&rd, NULL, 0);
	ck_assert_uint_eq(pxe_rd_u8(&rd), 0);
	ck_assert(rd.bad);
}
END_TEST

START_TEST(rd_strings_need_their_nul)
{
	struct pxe_rd rd;
	size_t len;

	pxe_rd_init(&rd, "ab\0\0c", 5);
	ck_assert_str_eq(pxe_rd_cstr(&rd, &len), "ab");
	ck_assert_uint_eq(len, 2);
	ck_assert_str_eq(pxe_rd_cstr(&rd, &len), "");
	ck_assert_ptr_null(pxe_rd_cstr(&rd, &len));
	ck_assert(rd.bad);
}
END_TEST

START_TEST(wr_writes_all_or_nothing)
{
	uint8_t b[8];
	struct pxe_wr wr;

	pxe_wr_init(&wr, b, sizeof(b));
	pxe_wr_u8(&wr, 1);
	pxe_wr_u16(&wr, 0x0203);
	pxe_wr_u32(&wr, 0x04050607);
	ck_assert_uint_eq(pxe_wr_room(&wr), 1);
	pxe_wr_u16(&wr, 9);
	ck_assert(wr.bad);
	ck_assert_uint_eq(wr.len, 7);
	ck_assert_uint_eq(pxe_wr_room(&wr), 0);
	pxe_wr_u8(&wr, 9);
	ck_assert_uint_eq(wr.len, 7);
	ck_assert_mem_eq(b, "\1\2\3\4\5\6\7", 7);
}
END_TEST

START_TEST(str_is_cut_and_escaped)
{
	char b[8];
	struct pxe_str s;

	pxe_str_init(&s, b, sizeof(b));
	pxe_str_puts(&s, "abc");
	pxe_str_putf(&s, "%d", 12345);
	ck_assert(s.cut);
	ck_assert_str_eq(b, "abc1234");
	pxe_str_init(&s, b, sizeof(b));
	pxe_str_put_u64(&s, 0);
	pxe_str_put_u64(&s, 4096);
	pxe_str_put_hex(&s, "\x0a", 1, ':');
	ck_assert_str_eq(b, "040960a");
	ck_assert(!s.cut);
	pxe_str_init(&s, b, sizeof(b));
	pxe_str_put_u64(&s, UINT64_MAX);
	ck_assert(s.cut);
	ck_assert_str_eq(b, "1844674");
	pxe_str_init(&s, b, sizeof(b));
	pxe_str_put_escaped(&s, "a\n\\", 3);
	ck_assert_str_eq(b, "a\\x0a\\\\");
	ck_assert(!s.cut);
	ck_assert(!pxe_str_copy(b, 3, "abc"));
	ck_assert_str_eq(b, "ab");
}
END_TEST

START_TEST(str_numbers)
{
	uint32_t v = 7;
	uint64_t w;

	ck_assert_int_eq(pxe_str_to_u32("42", 0, 100, &v), 0);
	ck_assert_uint_eq(v, 42);
	ck_assert_int_eq(pxe_str_to_u32("", 0, 100, &v), -EINVAL);
	ck_assert_int_eq(pxe_str_to_u32("-1", 0, 100, &v), -EINVAL);
	ck_assert_int_eq(pxe_str_to_u32("1 ", 0, 100, &v), -EINVAL);
	ck_assert_int_eq(pxe_str_to_u32("101", 0, 100, &v), -ERANGE);
	ck_assert_int_eq(pxe_str_to_u64("18446744073709551615", 0, UINT64_MAX,
					&w), 0);
	ck_assert_int_eq(pxe_str_to_u64("18446744073709551616", 0, UINT64_MAX,
					&w), -ERANGE);
	ck_assert_uint_eq(v, 42);
}
END_TEST

START_TEST(hwaddr_text)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "52:54:00:12:34:56", "52:54:00:12:34:56" },
		{ "52-54-00-AB-CD-EF", "52:54:00:ab:cd:ef" },
		{ "525400123456", "52:54:00:12:34:56" },
		{ "32-00:01:02", "32-00:01:02" },
		{ "1-00:01:02", "1-00:01:02" },
	};
	static const char *const bad[] = { "", "52:54", "zz:54:00:12:34:56",
					   "52:54:00:12:34:5", "300-00:01",
					   "52:54:00:12:34:56:", "1-" };
	char text[PXE_HWADDR_TEXT];
	struct pxe_hwaddr a;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		ck_assert_int_eq(pxe_hwaddr_parse(rows[i].in, &a), 0);
		pxe_hwaddr_format(&a, text, sizeof(text));
		ck_assert_str_eq(text, rows[i].out);
	}
	for (size_t i = 0; i < PXE_LEN(bad); i++)
		ck_assert_msg(pxe_hwaddr_parse(bad[i], &a) == -EINVAL, "%s",
			      bad[i]);
}
END_TEST

START_TEST(ip4_text)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5",
					   "1.2.3.256", "1.2.3.4 ",
					   "a.2.3.4", "1..2.3", "0001.2.3.4" };
	struct pxe_ip4_range range;
	struct pxe_ip4_net net;
	char text[PXE_IP4_NET_TEXT];
	uint32_t a;

	ck_assert_int_eq(pxe_ip4_parse("192.168.200.1", &a), 0);
	ck_assert_uint_eq(a, 0xc0a8c801);
	for (size_t i = 0; i < PXE_LEN(bad); i++)
		ck_assert_msg(pxe_ip4_parse(bad[i], &a) == -EINVAL, "%s",
			      bad[i]);
	ck_assert_int_eq(pxe_ip4_net_parse("10.1.0.0/16", &net), 0);
	pxe_ip4_net_format(&net, text, sizeof(text));
	ck_assert_str_eq(text, "10.1.0.0/16");
	ck_assert_uint_eq(pxe_ip4_net_broadcast(&net), 0x0a01ffff);
	ck_assert(pxe_ip4_net_has(&net, 0x0a01ffff));
	ck_assert(!pxe_ip4_net_has(&net, 0x0a020000));
	ck_assert_int_eq(pxe_ip4_net_parse("10.1.0.1/16", &net), -ERANGE);
	ck_assert_int_eq(pxe_ip4_net_parse("10.1.0.0/33", &net), -EINVAL);
	ck_assert_int_eq(pxe_ip4_net_parse("0.0.0.0/0", &net), 0);
	ck_assert(pxe_ip4_net_has(&net, 0xffffffff));
	ck_assert_int_eq(pxe_ip4_range_parse("10.0.0.1-10.0.0.9", &range), 0);
	ck_assert(pxe_ip4_range_has(&range, 0x0a000009));
	ck_assert(!pxe_ip4_range_has(&range, 0x0a00000a));
	ck_assert_int_eq(pxe_ip4_range_parse("10.0.0.9-10.0.0.1", &range),
			 -ERANGE);
	ck_assert_int_eq(pxe_ip4_range_parse("10.0.0.9", &range), 0);
	ck_assert_uint_eq(range.first, range.last);
}
END_TEST

START_TEST(uuid_is_little_endian_on_the_wire)
{
	/* QEMU -uuid 77777777-0000-4000-8000-000000000001 as captured */
	const struct pxe_uuid wire = { { 0x77, 0x77, 0x77, 0x77, 0, 0, 0, 0x40,
					 0x80, 0, 0, 0, 0, 0, 0, 1 } };
	struct pxe_uuid u;
	char text[PXE_UUID_TEXT];

	pxe_uuid_format(&wire, text, sizeof(text));
	ck_assert_str_eq(text, "77777777-0000-4000-8000-000000000001");
	ck_assert_int_eq(pxe_uuid_parse(text, &u), 0);
	ck_assert_mem_eq(&u, &wire, sizeof(u));
	ck_assert(pxe_uuid_is_unique(&u));
	ck_assert_int_eq(pxe_uuid_parse("7777", &u), -EINVAL);
	memset(&u, 0xff, sizeof(u));
	ck_assert(!pxe_uuid_is_unique(&u));
	memset(&u, 0, sizeof(u));
	ck_assert(!pxe_uuid_is_unique(&u));
	ck_assert_int_eq(
		pxe_uuid_parse("03000200-0400-0500-0006-000700080009", &u), 0);
	ck_assert(!pxe_uuid_is_unique(&u));
}
END_TEST

START_TEST(names_both_ways)
{
	static const struct pxe_name rows[] = { { 0, "zero" }, { 5, "five" } };

	ck_assert_str_eq(pxe_names_name(rows, 2, 5), "five");
	ck_assert_str_eq(pxe_names_name(rows, 2, 6), "?");
	ck_assert_int_eq(pxe_names_value(rows, 2, "five"), 5);
	ck_assert_int_eq(pxe_names_value(rows, 2, "Five"), -ENOENT);
}
END_TEST

UNIT_MAIN("base", rd_reads_and_fails_for_good, rd_strings_need_their_nul,
	  wr_writes_all_or_nothing, str_is_cut_and_escaped, str_numbers,
	  hwaddr_text, ip4_text, uuid_is_little_endian_on_the_wire,
	  names_both_ways)
