/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "core/facts.h"
#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp_opt.h"

static struct pxe_dhcp_msg msg;
static struct pxe_dhcp_out out;
static struct pxe_facts facts;

static void read_vector(const char *name)
{
	uint8_t packet[PXE_DHCP_MAX_BYTES];
	char path[128];
	int n;

	(void)snprintf(path, sizeof(path), "dhcp/%s", name);
	n = hex_read_vector(path, packet, sizeof(packet));
	ck_assert_msg(n > 0, "%s: %d", path, n);
	ck_assert_int_eq(pxe_dhcp_parse(packet, (size_t)n, &msg), 0);
	pxe_facts_read(&msg, &facts);
}

/* The message in `out`, on the wire and back. */
static void read_out(void)
{
	uint8_t packet[PXE_DHCP_MAX_BYTES];
	size_t n;

	ck_assert_int_eq(pxe_dhcp_build(&out, sizeof(packet), packet,
					sizeof(packet), &n, NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(packet, n, &msg), 0);
	memset(&facts, 0xaa, sizeof(facts));
	pxe_facts_read(&msg, &facts);
}

static void start_request(uint8_t htype, uint8_t hlen, uint8_t fill)
{
	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	out.head.hw.htype = htype;
	out.head.hw.hlen = hlen;
	memset(out.head.hw.addr, fill, hlen);
}

START_TEST(captures_tell_stage_and_arch)
{
	static const struct {
		const char *name, *key;
		enum pxe_stage stage;
		uint16_t arch;
		bool has_uuid, can_http, can_menu;
		/* and the rest of what an iPXE must have: all here do */
	} rows[] = {
		{ "ovmf-x64-discover", "52:54:00:77:00:10", PXE_STAGE_ROM, 7,
		  true, false, false },
		{ "ovmf-x64-request-4011", "52:54:00:77:00:10", PXE_STAGE_ROM,
		  7, true, false, false },
		{ "ovmf-x64-http-discover", "52:54:00:77:00:12", PXE_STAGE_HTTP,
		  16, true, false, false },
		{ "rom-bios-discover", "52:54:00:77:00:03", PXE_STAGE_ROM, 0,
		  true, false, false },
		{ "ipxe-bios-discover", "52:54:00:77:00:01", PXE_STAGE_IPXE, 0,
		  true, true, true },
		{ "undionly-after-4011-discover", "52:54:00:77:00:03",
		  PXE_STAGE_IPXE, 0, true, true, true },
		{ "ipxe-efi-x64-discover", "52:54:00:77:00:10", PXE_STAGE_IPXE,
		  7, true, true, true },
		{ "snponly-discover", "52:54:00:77:00:11", PXE_STAGE_IPXE, 7,
		  true, true, true },
		{ "uboot-discover", "52:52:52:52:52:52", PXE_STAGE_UBOOT, 22,
		  false, false, false },
		{ "uboot-as-pxeclient-discover", "52:52:52:52:52:52",
		  PXE_STAGE_ROM, 11, false, false, false },
		{ "udhcpc-discover", "52:54:00:77:00:04", PXE_STAGE_OS,
		  PXE_ARCH_NONE, false, false, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		read_vector(rows[i].name);
		ck_assert_str_eq(facts.key, rows[i].key);
		ck_assert_msg(facts.stage == rows[i].stage, "%s", rows[i].name);
		ck_assert_uint_eq(facts.arch, rows[i].arch);
		ck_assert_msg(facts.has_uuid == rows[i].has_uuid, "%s",
			      rows[i].name);
		ck_assert_msg(facts.ipxe_can_http == rows[i].can_http, "%s",
			      rows[i].name);
		ck_assert_msg(facts.ipxe_can_menu == rows[i].can_menu, "%s",
			      rows[i].name);
		ck_assert_msg(facts.ipxe_tells == rows[i].can_menu, "%s",
			      rows[i].name);
		ck_assert_msg(facts.ipxe_can_boot == rows[i].can_menu, "%s",
			      rows[i].name);
		ck_assert_int_eq(pxe_facts_is_boot(&facts),
				 rows[i].stage != PXE_STAGE_OS);
	}
}
END_TEST

/* What an iPXE can, by its option 175 and nothing else: FlexBoot. */
START_TEST(features_of_ipxe)
{
	static const struct {
		const char *what, *octets;
		size_t len;
		bool tells, http, menu, boot;
	} rows[] = {
		{ "all, BIOS", "\x13\1\1\x27\1\1\x21\1\1\x18\1\1", 12, true,
		  true, true, true },
		{ "all, UEFI", "\x13\1\1\x27\1\1\x24\1\1", 9, true, true,
		  true, true },
		{ "no Linux", "\x13\1\1\x27\1\1\x21\1\1", 9, true, true,
		  true, false },
		{ "no loaders", "\x13\1\1\x27\1\1\x18\1\1", 9, true, true,
		  true, false },
		{ "no HTTP", "\x27\1\1\x24\1\1", 6, true, false, true,
		  true },
		{ "no menus", "\x13\1\1\x24\1\1", 6, true, true, false,
		  true },
		{ "menus switched off", "\x13\1\1\x27\1\0\x24\1\1", 9, true,
		  true, false, true },
		{ "only its version", "\xeb\3\1\2\3", 5, true, false, false,
		  false },
		{ "cut short", "\x13\1\1\x27\1\1\x24\4\1", 9, true, false,
		  false, false },
		{ "nothing", NULL, 0, false, false, false, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start_request(1, 6, 2);
		pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, "PXEClient", 9);
		if (rows[i].octets != NULL)
			pxe_dhcp_out_put(&out, PXE_OPT_IPXE, rows[i].octets,
					 rows[i].len);
		read_out();
		ck_assert_msg(facts.stage == (rows[i].tells ? PXE_STAGE_IPXE
							    : PXE_STAGE_ROM),
			      "%s", rows[i].what);
		ck_assert_msg(facts.ipxe_tells == rows[i].tells, "%s",
			      rows[i].what);
		ck_assert_msg(facts.ipxe_can_http == rows[i].http, "%s",
			      rows[i].what);
		ck_assert_msg(facts.ipxe_can_menu == rows[i].menu, "%s",
			      rows[i].what);
		ck_assert_msg(facts.ipxe_can_boot == rows[i].boot, "%s",
			      rows[i].what);
	}
}
END_TEST

START_TEST(keys)
{
	static const struct {
		const char *what;
		uint8_t htype, hlen, fill;
		const char *client_id;
		size_t id_len;
		const char *key;
	} rows[] = {
		{ "Ethernet", 1, 6, 2, "\1id", 3, "02:02:02:02:02:02" },
		{ "InfiniBand with a GUID", 32, 16, 1, NULL, 0,
		  "32-01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01" },
		{ "IPoIB: no address", 32, 0, 0, "\xff\xab", 2, "id:ffab" },
		{ "all zero with an id", 1, 6, 0, "\0x", 2, "id:0078" },
		{ "all zero without", 1, 6, 0, NULL, 0, "" },
		{ "nothing", 0, 0, 0, NULL, 0, "" },
		{ "empty id", 32, 0, 0, "", 0, "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start_request(rows[i].htype, rows[i].hlen, rows[i].fill);
		if (rows[i].client_id != NULL)
			pxe_dhcp_out_put(&out, PXE_OPT_CLIENT_ID,
					 rows[i].client_id, rows[i].id_len);
		read_out();
		ck_assert_str_eq(facts.key, rows[i].key);
		ck_assert_msg(pxe_hwaddr_is_zero(&facts.hw) ==
				      (rows[i].fill == 0),
			      "%s", rows[i].what);
	}
}
END_TEST

START_TEST(long_client_ids)
{
	uint8_t id[300];

	memset(id, 0xee, sizeof(id));
	start_request(32, 0, 0);
	pxe_dhcp_out_put(&out, PXE_OPT_CLIENT_ID, id, 255);
	read_out();
	ck_assert_uint_eq(strlen(facts.key), 3 + 510);
	/* cut, two of them would be one client */
	pxe_dhcp_out_put(&out, PXE_OPT_CLIENT_ID, id, 256);
	read_out();
	ck_assert_str_eq(facts.key, "");
}
END_TEST

START_TEST(stages)
{
	static const struct {
		const char *vendor, *user;
		bool has_ipxe;
		enum pxe_stage stage;
		const char *name;
	} rows[] = {
		{ "PXEClient", NULL, false, PXE_STAGE_ROM, "rom" },
		{ "PXEClient", "iPXE", false, PXE_STAGE_IPXE, "ipxe" },
		{ "PXEClient", "\4iPXE", false, PXE_STAGE_IPXE, "ipxe" },
		{ "PXEClient", "\5other\4iPXE", false, PXE_STAGE_IPXE, "ipxe" },
		{ "PXEClient", "\5iPXEs", false, PXE_STAGE_ROM, "rom" },
		/* FlexBoot */
		{ "PXEClient", NULL, true, PXE_STAGE_IPXE, "ipxe" },
		{ NULL, NULL, true, PXE_STAGE_IPXE, "ipxe" },
		{ "HTTPClient", "iPXE", false, PXE_STAGE_IPXE, "ipxe" },
		{ "HTTPClient", NULL, false, PXE_STAGE_HTTP, "http" },
		{ "U-Boot", NULL, false, PXE_STAGE_UBOOT, "uboot" },
		{ "U-Boot.armv8", NULL, false, PXE_STAGE_UBOOT, "uboot" },
		{ "MSFT 5.0", NULL, false, PXE_STAGE_OS, "os" },
		{ NULL, NULL, false, PXE_STAGE_OS, "os" },
		{ "PXEClient", "other", false, PXE_STAGE_ROM, "rom" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start_request(1, 6, 2);
		if (rows[i].vendor != NULL)
			pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS,
					 rows[i].vendor,
					 strlen(rows[i].vendor));
		if (rows[i].user != NULL)
			pxe_dhcp_out_put(&out, PXE_OPT_USER_CLASS, rows[i].user,
					 strlen(rows[i].user));
		if (rows[i].has_ipxe)
			pxe_dhcp_out_put(&out, PXE_OPT_IPXE, "\x13\1\1", 3);
		read_out();
		ck_assert_str_eq(pxe_stage_name(facts.stage), rows[i].name);
		ck_assert_int_eq(pxe_stage_from_name(rows[i].name),
				 (int)rows[i].stage);
		ck_assert_int_eq(facts.ipxe_can_http, rows[i].has_ipxe);
	}
	ck_assert_int_eq(pxe_stage_from_name("ROM"), -ENOENT);
	ck_assert_str_eq(pxe_stage_name((enum pxe_stage)99), "?");
}
END_TEST

START_TEST(architecture_from_93_else_60)
{
	static const struct {
		const char *list;
		size_t len;
		const char *vendor;
		uint16_t arch;
	} rows[] = {
		{ "\0\x07", 2, "PXEClient:Arch:00000", 7 },
		{ "\xff\x01\0\x06", 4, "PXEClient", 6 },
		{ "\0\x07\0", 3, "PXEClient:Arch:00011:UNDI:003000", 11 },
		{ NULL, 0, "HTTPClient:Arch:00016:UNDI:003000", 16 },
		{ NULL, 0, "PXEClient", PXE_ARCH_NONE },
		{ NULL, 0, "U-Boot.armv8", PXE_ARCH_NONE },
		{ "\x12\x34", 2, "PXEClient:Arch:00007", 0x1234 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start_request(1, 6, 2);
		pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, rows[i].vendor,
				 strlen(rows[i].vendor));
		if (rows[i].list != NULL)
			pxe_dhcp_out_put(&out, PXE_OPT_ARCH, rows[i].list,
					 rows[i].len);
		read_out();
		ck_assert_uint_eq(facts.arch, rows[i].arch);
	}
}
END_TEST

START_TEST(uuids_that_identify_nobody)
{
	static const char *const shared[] = {
		"00000000-0000-0000-0000-000000000000",
		"ffffffff-ffff-ffff-ffff-ffffffffffff",
		"03000200-0400-0500-0006-000700080009",
	};
	uint8_t value[17] = { 0 };
	struct pxe_uuid uuid;

	for (size_t i = 0; i < PXE_LEN(shared); i++) {
		ck_assert_int_eq(pxe_uuid_parse(shared[i], &uuid), 0);
		memcpy(value + 1, uuid.b, sizeof(uuid.b));
		start_request(1, 6, 2);
		pxe_dhcp_out_put(&out, PXE_OPT_UUID, value, sizeof(value));
		read_out();
		ck_assert(!facts.has_uuid);
	}
	value[1] ^= 1;
	pxe_dhcp_out_put(&out, PXE_OPT_UUID, value, sizeof(value));
	read_out();
	ck_assert(facts.has_uuid);
	ck_assert_mem_eq(facts.uuid.b, value + 1, 16);
}
END_TEST

/* An OUI or a UUID of theirs, and the options of a boot ROM. */
START_TEST(boot_roms_of_raspberry_pi)
{
	static const char bios[] = "PXEClient:Arch:00000:UNDI:002001";
	static const struct {
		const char *name;
		uint8_t oui[3], uuid[4]; /* uuid 0: no option 97 */
		const char *vendor;
		int arch; /* option 93; -1: none */
		enum pxe_stage stage;
		uint16_t is;
	} rows[] = {
		{ "DISCOVER", { 0xb8, 0x27, 0xeb }, { 0 }, bios, 0,
		  PXE_STAGE_ROM, PXE_ARCH_RPI },
		{ "REQUEST", { 0xdc, 0xa6, 0x32 }, { 0 }, "", 0, PXE_STAGE_ROM,
		  PXE_ARCH_RPI },
		{ "REQUEST with 97 only", { 0x2c, 0xcf, 0x67 }, { 1, 2, 3, 4 },
		  "", -1, PXE_STAGE_ROM, PXE_ARCH_RPI },
		{ "by UUID", { 0x52, 0x54, 0 }, { 'R', 'P', 'i', '4' }, bios, 0,
		  PXE_STAGE_ROM, PXE_ARCH_RPI },
		{ "Pi 5", { 0x52, 0x54, 0 }, { 'R', 'P', 'i', '5' }, "", 0,
		  PXE_STAGE_ROM, PXE_ARCH_RPI },
		{ "number", { 0x52, 0x54, 0 }, { 0x80, 0x01, 0x75, 0x90 },
		  bios, 0, PXE_STAGE_ROM, PXE_ARCH_RPI },
		{ "no Pi", { 0x52, 0x54, 0 }, { 1, 2, 3, 4 }, bios, 0,
		  PXE_STAGE_ROM, 0 },
		{ "no Pi, no 60", { 0x52, 0x54, 0 }, { 1, 2, 3, 4 }, "", 0,
		  PXE_STAGE_OS, 0 },
		{ "UEFI on it", { 0xb8, 0x27, 0xeb }, { 'R', 'P', 'i', '4' },
		  "PXEClient:Arch:00011:UNDI:003000", 11, PXE_STAGE_ROM, 11 },
		{ "U-Boot on it", { 0xb8, 0x27, 0xeb }, { 0 }, "U-Boot.armv8",
		  -1, PXE_STAGE_UBOOT, PXE_ARCH_NONE },
		{ "Linux on it", { 0xb8, 0x27, 0xeb }, { 0 }, "", -1,
		  PXE_STAGE_OS, PXE_ARCH_NONE },
		{ "dhcpcd on it", { 0xb8, 0x27, 0xeb }, { 1, 2, 3, 4 },
		  "dhcpcd-9.4.1:Linux", -1, PXE_STAGE_OS, PXE_ARCH_NONE },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		uint8_t uuid[17] = { 0 };

		start_request(1, 6, 2);
		memcpy(out.head.hw.addr, rows[i].oui, 3);
		memcpy(uuid + 1, rows[i].uuid, 4);
		if (rows[i].uuid[0] != 0)
			pxe_dhcp_out_put(&out, PXE_OPT_UUID, uuid,
					 sizeof(uuid));
		if (rows[i].vendor[0] != '\0')
			pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS,
					 rows[i].vendor,
					 strlen(rows[i].vendor));
		if (rows[i].arch >= 0)
			pxe_dhcp_out_put_u16(&out, PXE_OPT_ARCH,
					     (uint16_t)rows[i].arch);
		read_out();
		ck_assert_msg(facts.stage == rows[i].stage, "%s",
			      rows[i].name);
		ck_assert_msg(facts.arch == rows[i].is, "%s", rows[i].name);
	}
}
END_TEST

START_TEST(texts_are_escaped_and_cut)
{
	uint8_t name[255];

	start_request(1, 6, 2);
	pxe_dhcp_out_put(&out, PXE_OPT_HOST_NAME, "a\n\x1b[2J\0", 7);
	pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, "x\"\\y", 4);
	read_out();
	ck_assert_str_eq(facts.host_name, "a\\x0a\\x1b[2J");
	ck_assert_str_eq(facts.vendor_class, "x\"\\\\y");
	memset(name, 'n', sizeof(name));
	pxe_dhcp_out_put(&out, PXE_OPT_HOST_NAME, name, sizeof(name));
	pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, name, sizeof(name));
	read_out();
	ck_assert_uint_eq(strlen(facts.host_name), PXE_HOST_NAME_TEXT - 1);
	ck_assert_uint_eq(strlen(facts.vendor_class),
			  sizeof(facts.vendor_class) - 1);
}
END_TEST

UNIT_MAIN("facts", captures_tell_stage_and_arch, features_of_ipxe, keys,
	  long_client_ids, stages,
	  architecture_from_93_else_60, uuids_that_identify_nobody,
	  boot_roms_of_raspberry_pi, texts_are_escaped_and_cut)
