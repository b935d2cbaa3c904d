/* SPDX-License-Identifier: ISC */
#include "core/identity.h"

#include <string.h>

#include "core/conf_index.h"
#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp_opt.h"

static struct pxe_dhcp_msg msg;
static struct pxe_facts facts;

static const struct pxe_conf_id ids[] = {
	{ (const uint8_t *)"\x00" "abc", 4 },
	{ (const uint8_t *)"\xff\x01", 2 },
};
static struct pxe_hwaddr two_macs[] = {
	{ 1, 6, { 0x52, 0x54, 0, 0, 0, 0x01 } },
	{ 1, 6, { 0x52, 0x54, 0, 0, 0, 0x02 } },
};
static struct pxe_hwaddr docks[] = { { 1, 3, { 0x00, 0xe0, 0x4c } } };
static struct pxe_conf_host hosts[] = {
	{ .src = { .file = "" }, .name = "two-macs", .hw = two_macs,
	  .n_hw = 2, .ids = (struct pxe_conf_id *)(uintptr_t)&ids[1],
	  .n_ids = 1 },
	{ .src = { .file = "" }, .name = "by-uuid", .has_uuid = true,
	  .uuid = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		      16 } } },
	{ .src = { .file = "" }, .name = "by-id",
	  .ids = (struct pxe_conf_id *)(uintptr_t)&ids[0], .n_ids = 1 },
};
static struct pxe_conf conf = { .hosts = hosts, .n_hosts = PXE_LEN(hosts),
				.shared_macs = docks, .n_shared_macs = 1 };

static void put_hex(struct pxe_dhcp_out *out, uint8_t code, const char *hex)
{
	uint8_t value[512];
	int n;

	if (hex == NULL)
		return;
	n = pxe_str_to_bytes(hex, sizeof(value), value);
	ck_assert_int_ge(n, 0);
	pxe_dhcp_out_put(out, code, value, (size_t)n);
}

/* A message of `mac` (NULL: none) with these options. */
static void make(const char *mac, const char *id, const char *uuid,
		 const char *vendor_class)
{
	static struct pxe_dhcp_out out;
	uint8_t packet[PXE_DHCP_MAX_BYTES];
	size_t len;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	if (mac != NULL)
		ck_assert_int_eq(pxe_hwaddr_parse(mac, &out.head.hw), 0);
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, PXE_DHCP_DISCOVER);
	put_hex(&out, PXE_OPT_CLIENT_ID, id);
	put_hex(&out, PXE_OPT_UUID, uuid);
	if (vendor_class != NULL)
		pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, vendor_class,
				 strlen(vendor_class));
	ck_assert_int_eq(pxe_dhcp_build(&out, sizeof(packet), packet,
					sizeof(packet), &len, NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(packet, len, &msg), 0);
	pxe_facts_read(&msg, &facts);
}

/* The key of who sent the message. */
static void find_key(bool has_mac_lease, char key[PXE_CLIENT_KEY_TEXT])
{
	struct pxe_identity who = {
		.hw = &facts.hw,
		.uuid = facts.has_uuid ? &facts.uuid : NULL,
		.has_booted = pxe_facts_is_boot(&facts) || has_mac_lease,
	};
	struct pxe_rd id;

	if (pxe_dhcp_find(&msg, PXE_OPT_CLIENT_ID, &id)) {
		who.id = id.p;
		who.id_len = id.left;
	}
	pxe_identity_find(&who, &conf, pxe_identity_find_host(&who, &conf),
			  key);
}

#define MAC "52:54:00:00:00:aa"
#define DUID "ff0011223300010001aabb"
#define UUID "000102030405060708090a0b0c0d0e0f10"
#define OTHER "00aabbccddeeff00112233445566778899"

START_TEST(a_lease_has_one_key)
{
	enum { B = PXE_ONE_ADDRESS_BOOTING, A = PXE_ONE_ADDRESS_ALWAYS,
	       N = PXE_ONE_ADDRESS_NEVER };
	static const struct {
		const char *name, *mac, *id, *uuid, *vendor_class;
		int one_address;
		bool has_mac_lease;
		const char *key;
	} rows[] = {
		{ "a plain client", MAC, NULL, NULL, NULL, B, 0, MAC },
		{ "01 and its MAC", MAC, "015254000000aa", NULL, NULL, B, 0,
		  MAC },
		{ "01 and another MAC", MAC, "015254000000ab", NULL, NULL, B, 0,
		  "id:015254000000ab" },
		{ "an OS with a DUID", MAC, DUID, NULL, NULL, B, 0,
		  "id:" DUID },
		{ "an empty id", MAC, "", NULL, NULL, B, 0, MAC },
		{ "a ROM", MAC, "00aabb", NULL, "PXEClient", B, 0, MAC },
		{ "HTTP boot", MAC, DUID, NULL, "HTTPClient", B, 0, MAC },
		{ "the OS of what booted", MAC, DUID, NULL, NULL, B, 1, MAC },
		{ "always", MAC, DUID, NULL, NULL, A, 0, MAC },
		{ "never, booting", MAC, "00aabb", NULL, "PXEClient", N, 0,
		  "id:00aabb" },
		{ "never, booted", MAC, DUID, NULL, NULL, N, 1, "id:" DUID },
		{ "never, without an id", MAC, NULL, NULL, NULL, N, 0, MAC },
		{ "no MAC", NULL, DUID, NULL, NULL, A, 0, "id:" DUID },
		{ "nothing at all", NULL, NULL, NULL, NULL, B, 0, "" },
		{ "a host's first MAC", "52:54:00:00:00:01", DUID, NULL, NULL,
		  B, 0, "52:54:00:00:00:01" },
		{ "a host's second MAC", "52:54:00:00:00:02", NULL, NULL, NULL,
		  N, 0, "52:54:00:00:00:01" },
		{ "a host's id at a strange MAC", MAC, "ff01", NULL, NULL, B, 0,
		  "52:54:00:00:00:01" },
		{ "a host by UUID", MAC, NULL, UUID, "PXEClient", B, 0,
		  "uuid:04030201-0605-0807-090a-0b0c0d0e0f10" },
		{ "a host by UUID without a MAC", NULL, NULL, UUID,
		  "PXEClient", B, 0,
		  "uuid:04030201-0605-0807-090a-0b0c0d0e0f10" },
		{ "a host by id", MAC, "00616263", NULL, NULL, A, 0,
		  "id:00616263" },
		{ "a dock, UUID", "00:e0:4c:00:00:01", DUID, OTHER, "PXEClient",
		  B, 0, "uuid:ddccbbaa-ffee-1100-2233-445566778899" },
		{ "a dock, id", "00:e0:4c:00:00:01", DUID, NULL, NULL, A, 1,
		  "id:" DUID },
		{ "a dock, its own MAC as id", "00:e0:4c:00:00:01",
		  "0100e04c000001", NULL, NULL, B, 0, "00:e0:4c:00:00:01" },
	};
	char key[PXE_CLIENT_KEY_TEXT];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		conf.one_address = (enum pxe_one_address)rows[i].one_address;
		make(rows[i].mac, rows[i].id, rows[i].uuid,
		     rows[i].vendor_class);
		find_key(rows[i].has_mac_lease, key);
		ck_assert_msg(strcmp(key, rows[i].key) == 0, "%s: %s",
			      rows[i].name, key);
	}
}
END_TEST

/* The longest client-id has a key, one octet more has none. */
START_TEST(a_key_has_its_limit)
{
	char hex[513], key[PXE_CLIENT_KEY_TEXT];

	conf.one_address = PXE_ONE_ADDRESS_BOOTING;
	memset(hex, 'a', sizeof(hex));
	hex[510] = '\0';
	make(MAC, hex, NULL, NULL);
	find_key(false, key);
	ck_assert_uint_eq(strlen(key), 3 + 510);
	hex[510] = 'a';
	hex[512] = '\0';
	make(MAC, hex, NULL, NULL);
	find_key(false, key);
	ck_assert_str_eq(key, MAC);
}
END_TEST

UNIT_MAIN("identity", a_lease_has_one_key, a_key_has_its_limit)
