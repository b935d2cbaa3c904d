/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

static struct pxe_dhcp_msg msg;
static struct pxe_opt_info info;

static void parse_vector(const char *name)
{
	uint8_t packet[PXE_DHCP_MAX_BYTES];
	char path[128];
	int n;

	(void)snprintf(path, sizeof(path), "dhcp/%s", name);
	n = hex_read_vector(path, packet, sizeof(packet));
	ck_assert_msg(n > 0, "%s: %d", path, n);
	ck_assert_int_eq(pxe_dhcp_parse(packet, (size_t)n, &msg), 0);
	pxe_opt_parse(&msg, &info);
}

/* A message with this option alone. */
static void parse_option(uint8_t code, const void *value, size_t len)
{
	static struct pxe_dhcp_out out;
	uint8_t packet[PXE_DHCP_MAX_BYTES];
	size_t n;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	pxe_dhcp_out_put(&out, code, value, len);
	ck_assert_int_eq(pxe_dhcp_build(&out, sizeof(packet), packet,
					sizeof(packet), &n, NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(packet, n, &msg), 0);
	pxe_opt_parse(&msg, &info);
}

START_TEST(captures_say_who_they_are)
{
	static const struct {
		const char *name, *vendor_class;
		enum pxe_vendor_kind vendor;
		const char *user_class;
		bool has_ipxe, can_http, has_uuid;
		int arch; /* -1: none */
		const char *undi;
	} rows[] = {
		{ "ovmf-x64-discover", "PXEClient:Arch:00007:UNDI:003000",
		  PXE_VENDOR_PXE, "", false, false, true, 7, "1.3.0" },
		{ "ovmf-x64-http-discover", "HTTPClient:Arch:00016:UNDI:003000",
		  PXE_VENDOR_HTTP, "", false, false, true, 16, "1.3.0" },
		{ "ipxe-bios-discover", "PXEClient:Arch:00000:UNDI:002001",
		  PXE_VENDOR_PXE, "iPXE", true, true, true, 0, "1.2.1" },
		{ "ipxe-bios-request-4011", "PXEClient", PXE_VENDOR_PXE, "iPXE",
		  true, true, true, 0, "1.2.1" },
		{ "ipxe-efi-x64-discover", "PXEClient:Arch:00007:UNDI:003010",
		  PXE_VENDOR_PXE, "iPXE", true, true, true, 7, "1.3.10" },
		{ "rom-bios-discover", "PXEClient:Arch:00000:UNDI:002001",
		  PXE_VENDOR_PXE, "", false, false, true, 0, "1.2.1" },
		{ "uboot-discover", "U-Boot.armv8", PXE_VENDOR_UBOOT, "", false,
		  false, false, 22, "1.0.0" },
		{ "uboot-as-pxeclient-discover",
		  "PXEClient:Arch:00011:UNDI:003000", PXE_VENDOR_PXE, "", false,
		  false, false, 11, "1.0.0" },
		{ "udhcpc-discover", "udhcp 1.35.0", PXE_VENDOR_NONE, "", false,
		  false, false, -1, "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char undi[16] = "";

		parse_vector(rows[i].name);
		ck_assert_str_eq(info.vendor_class, rows[i].vendor_class);
		ck_assert_int_eq(info.vendor, rows[i].vendor);
		ck_assert_str_eq(info.user_class, rows[i].user_class);
		ck_assert_int_eq(info.has_ipxe_class, rows[i].has_ipxe);
		ck_assert_int_eq(info.has_ipxe, rows[i].has_ipxe);
		ck_assert_int_eq(info.ipxe_features[PXE_IPXE_HTTP],
				 rows[i].can_http);
		ck_assert_msg(info.has_uuid == rows[i].has_uuid, "%s",
			      rows[i].name);
		ck_assert_uint_eq(info.n_archs, rows[i].arch >= 0);
		if (rows[i].arch >= 0)
			ck_assert_int_eq(info.archs[0], rows[i].arch);
		if (info.has_undi)
			(void)snprintf(undi, sizeof(undi), "%u.%u.%u",
				       info.undi_type, info.undi_major,
				       info.undi_minor);
		ck_assert_str_eq(undi, rows[i].undi);
	}
}
END_TEST

START_TEST(user_class_raw_and_framed)
{
	static const struct {
		const char *what, *value;
		size_t len;
		bool is_ipxe;
		const char *user_class;
	} rows[] = {
		{ "raw", "iPXE", 4, true, "iPXE" },
		{ "raw with NUL", "iPXE\0", 5, true, "iPXE" },
		{ "framed", "\4iPXE", 5, true, "iPXE" },
		{ "second", "\3foo\4iPXE", 9, true, "foo" },
		{ "first of two", "\4iPXE\1x", 7, true, "iPXE" },
		{ "other", "\3foo", 4, false, "foo" },
		{ "raw other", "gPXE", 4, false, "gPXE" },
		{ "longer", "\5iPXEx", 6, false, "iPXEx" },
		{ "raw longer", "iPXE 1.0", 8, false, "iPXE 1.0" },
		{ "cut", "\5iPXE", 5, false, "\\x05iPXE" },
		{ "one class of length 0", "\0\4iPXE", 6, false,
		  "\\x00\\x04iPXE" },
		{ "only NUL", "\0\0", 2, false, "" },
		{ "empty", "", 0, false, "" },
		{ "case", "ipxe", 4, false, "ipxe" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		parse_option(PXE_OPT_USER_CLASS, rows[i].value, rows[i].len);
		ck_assert_msg(info.has_ipxe_class == rows[i].is_ipxe, "%s",
			      rows[i].what);
		ck_assert_str_eq(info.user_class, rows[i].user_class);
	}
}
END_TEST

START_TEST(vendor_class_by_its_beginning)
{
	static const struct {
		const char *value;
		size_t len;
		enum pxe_vendor_kind vendor;
		const char *text;
	} rows[] = {
		{ "PXEClient", 9, PXE_VENDOR_PXE, "PXEClient" },
		{ "PXEClient\0", 10, PXE_VENDOR_PXE, "PXEClient" },
		{ "PXEClien", 8, PXE_VENDOR_NONE, "PXEClien" },
		{ "pxeclient", 9, PXE_VENDOR_NONE, "pxeclient" },
		{ "HTTPClient:x", 12, PXE_VENDOR_HTTP, "HTTPClient:x" },
		{ "U-Boot.armv7", 12, PXE_VENDOR_UBOOT, "U-Boot.armv7" },
		{ "\0PXEClient", 10, PXE_VENDOR_NONE, "\\x00PXEClient" },
		{ "MSFT 5.0", 8, PXE_VENDOR_NONE, "MSFT 5.0" },
		{ "", 0, PXE_VENDOR_NONE, "" },
		{ "\0", 1, PXE_VENDOR_NONE, "" },
	};
	uint8_t newlines[600];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		parse_option(PXE_OPT_VENDOR_CLASS, rows[i].value, rows[i].len);
		ck_assert_msg(info.vendor == rows[i].vendor, "%s",
			      rows[i].text);
		ck_assert_str_eq(info.vendor_class, rows[i].text);
	}
	memset(newlines, '\n', sizeof(newlines));
	parse_option(PXE_OPT_VENDOR_CLASS, newlines, sizeof(newlines));
	ck_assert_uint_eq(strlen(info.vendor_class), PXE_VENDOR_CLASS_MAX);
	parse_option(PXE_OPT_USER_CLASS, newlines, sizeof(newlines));
	ck_assert_uint_eq(strlen(info.user_class), PXE_USER_CLASS_MAX);
}
END_TEST

START_TEST(archs_as_a_list)
{
	static const uint8_t many[] = { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5,
					0, 6, 0, 7, 0, 8, 0, 9, 0, 10 };

	parse_option(PXE_OPT_ARCH, "\0\x07\0\x10", 4);
	ck_assert_uint_eq(info.n_archs, 2);
	ck_assert_uint_eq(info.archs[1], 16);
	parse_option(PXE_OPT_ARCH, many, sizeof(many));
	ck_assert_uint_eq(info.n_archs, PXE_ARCHS_MAX);
	ck_assert_uint_eq(info.archs[PXE_ARCHS_MAX - 1], 8);
	parse_option(PXE_OPT_ARCH, "\0\x07\0", 3);
	ck_assert_uint_eq(info.n_archs, 0);
	parse_option(PXE_OPT_ARCH, "\x07", 1);
	ck_assert_uint_eq(info.n_archs, 0);
	parse_option(PXE_OPT_ARCH, "", 0);
	ck_assert_uint_eq(info.n_archs, 0);
}
END_TEST

START_TEST(uuid_and_undi_of_their_lengths)
{
	uint8_t uuid[18] = { 0, 1, 2, 3 };

	parse_option(PXE_OPT_UUID, uuid, 17);
	ck_assert(info.has_uuid);
	ck_assert_mem_eq(info.uuid.b, uuid + 1, 16);
	parse_option(PXE_OPT_UUID, uuid, 16);
	ck_assert(!info.has_uuid);
	parse_option(PXE_OPT_UUID, uuid, 18);
	ck_assert(!info.has_uuid);
	uuid[0] = 1;
	parse_option(PXE_OPT_UUID, uuid, 17);
	ck_assert(!info.has_uuid);
	parse_option(PXE_OPT_UNDI, "\1\3\x10", 3);
	ck_assert(info.has_undi && info.undi_minor == 16);
	parse_option(PXE_OPT_UNDI, "\1\3", 2);
	ck_assert(!info.has_undi);
}
END_TEST

START_TEST(ipxe_features)
{
	/* http, menu switched off, bus-id of five octets, efi empty */
	parse_option(PXE_OPT_IPXE,
		     "\x13\1\1\x27\1\0\0\0\xb1\5\1\2\3\4\5\x24\0\xff\x21\1\1",
		     21);
	ck_assert(info.has_ipxe);
	ck_assert(info.ipxe_features[PXE_IPXE_HTTP]);
	ck_assert(!info.ipxe_features[PXE_IPXE_MENU]);
	ck_assert(info.ipxe_features[0xb1]);
	ck_assert(info.ipxe_features[PXE_IPXE_EFI]);
	ck_assert(!info.ipxe_features[PXE_IPXE_PXE]);
	/* broken: it is there, but says nothing */
	parse_option(PXE_OPT_IPXE, "\x13\1\1\x27\2\1", 6);
	ck_assert(info.has_ipxe);
	ck_assert(!info.ipxe_features[PXE_IPXE_HTTP]);
	parse_option(PXE_OPT_IPXE, "", 0);
	ck_assert(info.has_ipxe);
}
END_TEST

START_TEST(sub_options_there_and_back)
{
	uint8_t buf[300], big[256] = { 0 };
	struct pxe_rd rd, value;
	struct pxe_wr wr;
	uint8_t code;

	pxe_wr_init(&wr, buf, sizeof(buf));
	pxe_opt_put_sub(&wr, PXE_VENDOR_DISCOVERY_CONTROL, "\x08", 1);
	pxe_opt_put_sub(&wr, PXE_VENDOR_BOOT_ITEM, "\0\0\0\0", 4);
	pxe_opt_put_sub(&wr, 200, NULL, 0);
	ck_assert(!wr.bad);
	ck_assert_mem_eq(buf, "\6\1\x08\x47\4\0\0\0\0\xc8\0", 11);
	pxe_rd_init(&rd, buf, wr.len);
	ck_assert(pxe_opt_next_sub(&rd, &code, &value));
	ck_assert_uint_eq(code, PXE_VENDOR_DISCOVERY_CONTROL);
	ck_assert_uint_eq(pxe_rd_u8(&value), PXE_DISCOVERY_JUST_BOOT);
	ck_assert(pxe_opt_next_sub(&rd, &code, &value));
	ck_assert_uint_eq(value.left, 4);
	ck_assert(pxe_opt_next_sub(&rd, &code, &value));
	ck_assert_uint_eq(value.left, 0);
	ck_assert(!pxe_opt_next_sub(&rd, &code, &value));
	ck_assert(!rd.bad);
	/* all or nothing */
	pxe_opt_put_sub(&wr, 201, big, 256);
	ck_assert(wr.bad);
	pxe_wr_init(&wr, buf, 4);
	pxe_opt_put_sub(&wr, 201, big, 3);
	ck_assert(wr.bad);
	ck_assert_uint_eq(wr.len, 0);
	/* cut */
	pxe_rd_init(&rd, "\6\1\x08\x47\4\0\0", 7);
	ck_assert(pxe_opt_next_sub(&rd, &code, &value));
	ck_assert(!pxe_opt_next_sub(&rd, &code, &value));
	ck_assert(rd.bad);
	pxe_rd_init(&rd, "\0\0", 2);
	ck_assert(!pxe_opt_next_sub(&rd, &code, &value));
	ck_assert(!rd.bad);
}
END_TEST

START_TEST(option_43_of_a_real_request)
{
	struct pxe_rd rd, value;
	uint16_t type, layer;
	uint8_t code;

	parse_vector("ipxe-bios-request-4011");
	ck_assert(pxe_dhcp_find(&msg, PXE_OPT_VENDOR_INFO, &rd));
	ck_assert(pxe_opt_next_sub(&rd, &code, &value));
	ck_assert_uint_eq(code, PXE_VENDOR_BOOT_ITEM);
	ck_assert_uint_eq(pxe_rd_u16(&value), 0x8011);
	ck_assert_uint_eq(pxe_rd_u16(&value), 0);
	ck_assert(!pxe_opt_next_sub(&rd, &code, &value));
	ck_assert(!rd.bad);
	ck_assert(pxe_opt_find_item(&msg, &type, &layer));
	ck_assert_uint_eq(type, 0x8011);
	ck_assert_uint_eq(layer, 0);
	parse_vector("ovmf-x64-request-4011");
	ck_assert(!pxe_opt_find_item(&msg, &type, &layer));
}
END_TEST

UNIT_MAIN("pxe_opt", captures_say_who_they_are, user_class_raw_and_framed,
	  vendor_class_by_its_beginning, archs_as_a_list,
	  uuid_and_undi_of_their_lengths, ipxe_features,
	  sub_options_there_and_back, option_43_of_a_real_request)
