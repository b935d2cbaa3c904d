/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "wire/dhcp_opt.h"

START_TEST(rows_are_sorted_and_named_once)
{
	size_t n;
	const struct pxe_dhcp_opt *rows = pxe_dhcp_opt_rows(&n);

	ck_assert_uint_gt(n, 140);
	for (size_t i = 0; i < n; i++) {
		const char *name = rows[i].name;

		ck_assert(i == 0 || rows[i - 1].code < rows[i].code);
		ck_assert_ptr_eq(pxe_dhcp_opt_find(rows[i].code), &rows[i]);
		ck_assert_ptr_eq(pxe_dhcp_opt_find_name(name), &rows[i]);
		ck_assert_uint_ge(strlen(name), 3);
		/* a word that a configuration file takes */
		for (const char *c = name; *c != '\0'; c++)
			ck_assert_msg(pxe_is_alnum(*c) || *c == '-', "%s",
				      name);
	}
	/* padding, end, withdrawn, private */
	ck_assert_ptr_null(pxe_dhcp_opt_find(PXE_OPT_PAD));
	ck_assert_ptr_null(pxe_dhcp_opt_find(PXE_OPT_END));
	ck_assert_ptr_null(pxe_dhcp_opt_find(84));
	ck_assert_ptr_null(pxe_dhcp_opt_find(230));
	ck_assert_ptr_null(pxe_dhcp_opt_find_name("router"));
	ck_assert_ptr_null(pxe_dhcp_opt_find_name(""));
}
END_TEST

START_TEST(names_that_people_write)
{
	static const struct {
		const char *name;
		uint8_t code;
		enum pxe_dhcp_opt_kind kind;
	} rows[] = {
		{ "subnet-mask", 1, PXE_OPT_KIND_IP },
		{ "routers", 3, PXE_OPT_KIND_IPS },
		{ "dns-servers", 6, PXE_OPT_KIND_IPS },
		{ "host-name", 12, PXE_OPT_KIND_TEXT },
		{ "domain-name", 15, PXE_OPT_KIND_TEXT },
		{ "root-path", 17, PXE_OPT_KIND_TEXT },
		{ "interface-mtu", 26, PXE_OPT_KIND_U16 },
		{ "broadcast-address", 28, PXE_OPT_KIND_IP },
		{ "ntp-servers", 42, PXE_OPT_KIND_IPS },
		{ "lease-time", 51, PXE_OPT_KIND_U32 },
		{ "tftp-server-name", 66, PXE_OPT_KIND_TEXT },
		{ "boot-file", 67, PXE_OPT_KIND_TEXT },
		{ "rapid-commit", 80, PXE_OPT_KIND_NONE },
		{ "relay-agent-info", 82, PXE_OPT_KIND_OPAQUE },
		{ "client-architectures", 93, PXE_OPT_KIND_U16S },
		{ "domain-search", 119, PXE_OPT_KIND_DOMAINS },
		{ "tftp-servers", 150, PXE_OPT_KIND_IPS },
		{ "ipxe", 175, PXE_OPT_KIND_OPAQUE },
		{ "pxelinux-config-file", 209, PXE_OPT_KIND_TEXT },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_dhcp_opt *row =
			pxe_dhcp_opt_find_name(rows[i].name);

		ck_assert_msg(row != NULL, "%s", rows[i].name);
		ck_assert_uint_eq(row->code, rows[i].code);
		ck_assert_int_eq(row->kind, rows[i].kind);
	}
	ck_assert(pxe_dhcp_opt_is_list(PXE_OPT_KIND_IPS));
	ck_assert(!pxe_dhcp_opt_is_list(PXE_OPT_KIND_IP));
	ck_assert(!pxe_dhcp_opt_is_list(PXE_OPT_KIND_TEXT));
}
END_TEST

#define K(kind) PXE_OPT_KIND_##kind
#define LABEL_63                                                               \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789-"

START_TEST(texts_to_octets)
{
	static const struct {
		enum pxe_dhcp_opt_kind kind;
		const char *text;
		size_t len;
		const char *value;
	} rows[] = {
		{ K(OPAQUE), "01:ab-CDef", 4, "\x01\xab\xcd\xef" },
		{ K(IP), "10.0.0.1", 4, "\x0a\0\0\1" },
		{ K(IPS), "255.255.255.0", 4, "\xff\xff\xff\0" },
		{ K(U8), "255", 1, "\xff" },
		{ K(U16), "1500", 2, "\x05\xdc" },
		{ K(U16S), "65535", 2, "\xff\xff" },
		{ K(U32), "4294967295", 4, "\xff\xff\xff\xff" },
		{ K(U8S), "0", 1, "\0" },
		{ K(S32), "-3600", 4, "\xff\xff\xf1\xf0" },
		{ K(S32), "3600", 4, "\0\0\x0e\x10" },
		{ K(S32), "-2147483648", 4, "\x80\0\0\0" },
		{ K(BOOL), "true", 1, "\1" },
		{ K(BOOL), "no", 1, "\0" },
		{ K(BOOL), "on", 1, "\1" },
		{ K(TEXT), "example.org", 11, "example.org" },
		{ K(NONE), "", 0, "" },
		{ K(DOMAINS), "a.org", 7, "\1a\3org" },
		{ K(DOMAINS), "a.org.", 7, "\1a\3org" },
		{ K(DOMAINS), LABEL_63, 65, "\x3f" LABEL_63 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		uint8_t buf[80] = "before";
		size_t len = 6;

		ck_assert_msg(pxe_dhcp_opt_encode(rows[i].kind, rows[i].text,
						  buf, sizeof(buf), &len) == 0,
			      "%s", rows[i].text);
		ck_assert_msg(len == 6 + rows[i].len, "%s", rows[i].text);
		ck_assert_mem_eq(buf, "before", 6);
		if (rows[i].len > 0)
			ck_assert_mem_eq(buf + 6, rows[i].value, rows[i].len);
		/* one octet too few: nothing is taken */
		len = 6;
		if (rows[i].len > 0)
			ck_assert_int_eq(pxe_dhcp_opt_encode(rows[i].kind,
							     rows[i].text, buf,
							     5 + rows[i].len,
							     &len),
					 -ENOSPC);
	}
}
END_TEST

START_TEST(texts_of_another_kind)
{
	static const struct {
		enum pxe_dhcp_opt_kind kind;
		const char *text;
	} rows[] = {
		{ K(OPAQUE), "" },
		{ K(OPAQUE), "0" },
		{ K(OPAQUE), "0g" },
		{ K(OPAQUE), "hello" },
		{ K(IP), "" },
		{ K(IP), "10.0.0" },
		{ K(IP), "10.0.0.256" },
		{ K(IPS), "10.0.0.1,10.0.0.2" },
		{ K(U8), "256" },
		{ K(U8), "-1" },
		{ K(U8), "" },
		{ K(U16), "65536" },
		{ K(U32), "4294967296" },
		{ K(U32), "1h" },
		{ K(S32), "2147483648" },
		{ K(S32), "-2147483649" },
		{ K(S32), "--1" },
		{ K(S32), "-" },
		{ K(BOOL), "2" },
		{ K(BOOL), "True" },
		{ K(TEXT), "" },
		{ K(NONE), "x" },
		{ K(DOMAINS), "" },
		{ K(DOMAINS), "." },
		{ K(DOMAINS), "a..org" },
		{ K(DOMAINS), ".org" },
		{ K(DOMAINS), "x" LABEL_63 },
		{ K(DOMAINS), LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		uint8_t buf[400];
		size_t len = 3;

		ck_assert_msg(pxe_dhcp_opt_encode(rows[i].kind, rows[i].text,
						  buf, sizeof(buf),
						  &len) == -EINVAL,
			      "%d '%s'", rows[i].kind, rows[i].text);
		ck_assert_uint_eq(len, 3);
	}
}
END_TEST

START_TEST(octets_to_texts)
{
	static const struct {
		uint8_t code;
		size_t len;
		const char *value, *text;
	} rows[] = {
		{ 1, 4, "\xff\xff\xff\0", "255.255.255.0" },
		{ 1, 3, "\xff\xff\xff", "ff:ff:ff" },
		{ 1, 8, "\xff\xff\xff\0\1\2\3\4", "ff:ff:ff:00:01:02:03:04" },
		{ 1, 0, "", "" },
		{ 2, 4, "\xff\xff\xf1\xf0", "-3600" },
		{ 3, 8, "\x0a\0\0\1\x0a\0\0\2", "10.0.0.1, 10.0.0.2" },
		{ 3, 6, "\x0a\0\0\1\x0a\0", "0a:00:00:01:0a:00" },
		{ 12, 5, "a\nb\\c", "a\\x0ab\\\\c" },
		{ 12, 3, "ab\0", "ab" },
		{ 12, 2, "\0\0", "" },
		{ 19, 1, "\1", "true" },
		{ 19, 1, "\2", "02" },
		{ 51, 4, "\0\0\x0e\x10", "3600" },
		{ 55, 3, "\1\0\3", "1, 0, 3" },
		{ 57, 2, "\xff\0", "65280" },
		{ 80, 0, "", "" },
		{ 80, 1, "\1", "01" },
		{ 82, 2, "\xab\xcd", "ab:cd" },
		{ 93, 4, "\0\x07\0\x10", "7, 16" },
		{ 93, 3, "\0\x07\0", "00:07:00" },
		{ 119, 10, "\1a\3org\0\1b\0", "a.org., b." },
		{ 119, 5, "\1a\3or", "01:61:03:6f:72" },
		{ 119, 4, "\1a\xc0\0", "01:61:c0:00" },
		{ 230, 2, "hi", "68:69" },
		{ 255, 1, "x", "78" },
		{ 0, 1, "x", "78" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char text[64], cut[4];
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		pxe_str_puts(&s, "=");
		pxe_dhcp_opt_print(rows[i].code, (const uint8_t *)rows[i].value,
				   rows[i].len, &s);
		ck_assert_str_eq(text + 1, rows[i].text);
		ck_assert_uint_eq(s.len, strlen(text));
		pxe_str_init(&s, cut, sizeof(cut));
		pxe_dhcp_opt_print(rows[i].code, (const uint8_t *)rows[i].value,
				   rows[i].len, &s);
		ck_assert_int_eq(strncmp(cut, rows[i].text, 3), 0);
	}
}
END_TEST

START_TEST(a_compressed_name_is_hex)
{
	uint8_t value[2 + 0xc0 + 1] = { 0xc0, 'x' };
	char text[1024];
	struct pxe_str s;

	memset(value + 2, 'y', 0xc0 - 1);
	pxe_str_init(&s, text, sizeof(text));
	pxe_dhcp_opt_print(119, value, sizeof(value), &s);
	ck_assert_int_eq(strncmp(text, "c0:78:79", 8), 0);
}
END_TEST

/* Any octets under any code: never more than the buffer, only ASCII. */
START_TEST(any_octets_can_be_printed)
{
	uint8_t value[40];
	char text[40 * 4 + 1];

	for (unsigned code = 0; code < 256; code++)
		for (size_t len = 0; len <= sizeof(value); len++) {
			struct pxe_str s;

			for (size_t i = 0; i < len; i++)
				value[i] = (uint8_t)(i * 37 + code);
			pxe_str_init(&s, text, sizeof(text));
			pxe_dhcp_opt_print((uint8_t)code, value, len, &s);
			for (size_t i = 0; i < s.len; i++)
				ck_assert(text[i] >= ' ' && text[i] <= '~');
		}
}
END_TEST

UNIT_MAIN("dhcp_opt", rows_are_sorted_and_named_once, names_that_people_write,
	  texts_to_octets, texts_of_another_kind, octets_to_texts,
	  a_compressed_name_is_hex, any_octets_can_be_printed)
