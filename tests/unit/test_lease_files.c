/* SPDX-License-Identifier: ISC */
/* pxectl/lease_*: leases out of files of other servers, and into files. */
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "pxectl/lease_csv.h"
#include "pxectl/lease_dnsmasq.h"
#include "pxectl/lease_isc.h"
#include "unit.h"

#define NOW 1800000000 /* 2027-01-15 08:00:00 */

typedef int parse_fn(const char *text, size_t size, int64_t now_s,
		     struct pxe_lease_list *list);

static struct pxe_conf_subnet subnets[] = {
	{ .net = { 0x0a000000, 16 } }, /* 10.0.0.0/16 */
	{ .net = { 0x0a010000, 16 } },
};

static struct pxe_hwaddr host_hw[] = {
	{ 1, 6, { 0x52, 0x54, 0, 0, 0, 1 } },
	{ 1, 6, { 0x52, 0x54, 0, 0, 0, 2 } },
};

static struct pxe_conf_host hosts[] = {
	{ .name = "two", .hw = host_hw, .n_hw = 2 },
};

static struct pxe_hwaddr docks[] = { { 1, 3, { 0, 0xe0, 0x4c } } };

static struct pxe_conf conf = {
	.subnets = subnets,
	.n_subnets = PXE_LEN(subnets),
	.hosts = hosts,
	.n_hosts = PXE_LEN(hosts),
	.one_address = PXE_ONE_ADDRESS_BOOTING,
	.shared_macs = docks,
	.n_shared_macs = PXE_LEN(docks),
};

static struct pxe_lease_list list;

static void load(parse_fn *parse, const char *text)
{
	pxe_lease_list_done(&list);
	ck_assert_int_eq(parse(text, strlen(text), NOW, &list), 0);
	ck_assert_int_eq(pxe_lease_list_settle(&list, &conf, NOW), 0);
}

static size_t count_skipped(void)
{
	size_t n = 0;

	for (int i = 0; i < PXE_N_LEASE_SKIPS; i++)
		n += list.skipped[i].n;
	return n;
}

/* The one lease of the file. */
static const struct pxe_lease *only(void)
{
	ck_assert_uint_eq(list.n, 1);
	ck_assert_uint_eq(list.n_refused, 0);
	ck_assert_uint_eq(count_skipped(), 0);
	return &list.records[0].lease;
}

/* --- ISC --- */

#define WHEN  "starts 5 2027/01/15 07:00:00; "
#define HELD  WHEN "ends 5 2027/01/15 09:00:00; "
#define HW(n) "hardware ethernet 52:54:00:00:00:" #n "; "

START_TEST(isc_says_who_and_until_when)
{
	static const struct {
		const char *inside;
		enum pxe_lease_state state;
		int64_t start_s, end_s;
		const char *client, *name;
		bool is_boot;
	} rows[] = {
		{ HELD HW(09), PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600,
		  "52:54:00:00:00:09", "", false },
		{ HELD "binding state active; " HW(9), PXE_LEASE_ACTIVE,
		  NOW - 3600, NOW + 3600, "52:54:00:00:00:09", "", false },
		{ "starts epoch 1799999000; # Fri\n ends never; binding state "
		  "bootp;" HW(09),
		  PXE_LEASE_ACTIVE, NOW - 1000, PXE_LEASE_FOREVER_S,
		  "52:54:00:00:00:09", "", false },
		/* over: its client gets it again */
		{ WHEN
		  "ends 5 2027/01/15 07:30:00; binding state free; " HW(09),
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW - 1800, "52:54:00:00:00:09",
		  "", false },
		{ HELD "binding state expired;" HW(09), PXE_LEASE_RELEASED,
		  NOW - 3600, NOW, "52:54:00:00:00:09", "", false },
		{ HELD "binding state released;" HW(09), PXE_LEASE_RELEASED,
		  NOW - 3600, NOW, "52:54:00:00:00:09", "", false },
		{ WHEN "binding state backup;" HW(09), PXE_LEASE_ACTIVE,
		  NOW - 3600, NOW - 3600, "52:54:00:00:00:09", "", false },
		/* the address once more is no identifier */
		{ HELD HW(09) "uid \"\\001RT\\000\\000\\000\\011\";",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "52:54:00:00:00:09",
		  "", false },
		{ HELD HW(09) "uid \"\\377\\000\\\"}\\\\\";", PXE_LEASE_ACTIVE,
		  NOW - 3600, NOW + 3600, "id:ff00227d5c", "", false },
		{ HELD HW(09) "uid ff:0:1a;", PXE_LEASE_ACTIVE, NOW - 3600,
		  NOW + 3600, "id:ff001a", "", false },
		{ HELD "uid \"a:b\";", PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600,
		  "id:613a62", "", false },
		/* a boot ROM: one address for all that it loads */
		{ HELD HW(09) "uid 0:1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:10;",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "52:54:00:00:00:09",
		  "", true },
		{ HELD HW(09) "uid ff:1; set vendor-class-identifier = "
			      "\"PXEClient:Arch:00007\";",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "52:54:00:00:00:09",
		  "", true },
		/* the second address of a host section */
		{ HELD HW(02) "uid ff:1;", PXE_LEASE_ACTIVE, NOW - 3600,
		  NOW + 3600, "52:54:00:00:00:01", "", false },
		/* a dock's address says nothing */
		{ HELD "hardware ethernet 00:e0:4c:1:2:3; uid ff:1;",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "id:ff01", "",
		  false },
		{ HELD "hardware infiniband 80:1:2;", PXE_LEASE_ACTIVE,
		  NOW - 3600, NOW + 3600, "32-80:01:02", "", false },
		{ HELD HW(09) "client-hostname \"a\\\"; } lease\\012b\\\\\";",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "52:54:00:00:00:09",
		  "a\"; } lease\\x0ab\\\\", false },
		{ HELD HW(09) "on expiry or release { set a = \"}\"; if b { "
			      "c; } } tstp 5 2027/01/15 09:00:00; next "
			      "binding state free; rewind binding state "
			      "abandoned; option agent.circuit-id 1:2; "
			      "reserved;",
		  PXE_LEASE_ACTIVE, NOW - 3600, NOW + 3600, "52:54:00:00:00:09",
		  "", false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char text[1024];
		const struct pxe_lease *lease;

		snprintf(text, sizeof(text), "lease 10.0.0.9 { %s }",
			 rows[i].inside);
		load(pxe_lease_isc_parse, text);
		lease = only();
		ck_assert_msg(strcmp(lease->client, rows[i].client) == 0,
			      "row %zu: %s", i, lease->client);
		ck_assert_msg(lease->state == rows[i].state, "row %zu", i);
		ck_assert_msg(lease->start_s == rows[i].start_s, "row %zu", i);
		ck_assert_msg(lease->end_s == rows[i].end_s, "row %zu: %lld", i,
			      (long long)lease->end_s);
		ck_assert_msg(lease->is_boot == rows[i].is_boot, "row %zu", i);
		ck_assert_str_eq(lease->host_name, rows[i].name);
	}
}
END_TEST

START_TEST(isc_passes_over_and_counts)
{
	static const struct {
		const char *text;
		enum pxe_lease_skip skip;
	} rows[] = {
		{ "lease 10.0.0.9 { " HELD HW(09) "binding state abandoned; }",
		  PXE_LEASE_SKIP_ABANDONED },
		{ "lease 10.0.0.9 { " HELD HW(09) "abandoned; }",
		  PXE_LEASE_SKIP_ABANDONED },
		{ "lease 10.0.0.9 { " HELD "}", PXE_LEASE_SKIP_NO_CLIENT },
		{ "lease 192.168.0.9 { " HELD HW(09) "}",
		  PXE_LEASE_SKIP_OUTSIDE },
		{ "lease 10.0.0.0 { " HELD HW(09) "}", PXE_LEASE_SKIP_NO_HOST },
		{ "lease 10.0.255.255 { " HELD HW(09) "}",
		  PXE_LEASE_SKIP_NO_HOST },
		{ "ia-na \"\\001}\" { cltt 1; iaaddr 2001:db8::1 { x; } }",
		  PXE_LEASE_SKIP_IPV6 },
		{ "host a { dynamic; " HW(09) "fixed-address 10.0.0.9; }",
		  PXE_LEASE_SKIP_HOST },
		{ "lease 10.0.0.9 { " HELD HW(09), PXE_LEASE_SKIP_TORN },
		{ "lease 10.0.0.9 { starts 5 2027/01/1", PXE_LEASE_SKIP_TORN },
		{ "lease 10.0.0.9 { uid \"\\00", PXE_LEASE_SKIP_TORN },
		{ "lease 10.0", PXE_LEASE_SKIP_TORN },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		load(pxe_lease_isc_parse, rows[i].text);
		ck_assert_msg(list.n == 0 && list.n_refused == 0, "row %zu", i);
		ck_assert_msg(list.skipped[rows[i].skip].n == 1, "row %zu", i);
		ck_assert_msg(count_skipped() == 1, "row %zu", i);
		ck_assert_uint_eq(list.skipped[rows[i].skip].line, 1);
	}
	load(pxe_lease_isc_parse,
	     "# lease 10.0.0.1 {\n;authoring-byte-order little-endian;\n"
	     "server-duid \"\\000\\001{\";\nfailover peer \"a\" state {\n"
	     "  my state normal at 5 2027/01/15 07:00:00;\n}\n"
	     "group { class \"a\" { } }\n");
	ck_assert_uint_eq(list.n + list.n_refused + count_skipped(), 0);
}
END_TEST

START_TEST(isc_refuses_with_the_line)
{
	static const struct {
		const char *text;
		unsigned line;
		uint32_t address;
		const char *why;
	} rows[] = {
		{ "\n\nlease 10.0.0.9 {\n starts 5 2027/02/30 07:00:00;\n}", 3,
		  0x0a000009, "'starts'" },
		{ "lease 10.0.0.9 { " WHEN "ends 5; }", 1, 0x0a000009,
		  "'ends' is no time" },
		{ "lease 10.0.0.9 { " WHEN HW(09) "}", 1, 0x0a000009,
		  "'ends' is missing" },
		{ "lease 10.0.0.9 { " HELD "hardware ethernet x; }", 1,
		  0x0a000009, "'hardware'" },
		{ "lease 10.0.0.9 { " HELD "binding state odd; }", 1,
		  0x0a000009, "binding state" },
		{ "lease 10.0.0.9 { " HELD "set pxe-client = \"odd\"; }", 1,
		  0x0a000009, "'pxe-client'" },
		{ "subnet 10.0.0.0 netmask 255.0.0.0 {\n}\n", 1, 0,
		  "no statement" },
		{ "\n}", 2, 0, "no statement" },
		{ "1800000000 52:54:00:00:00:09 10.0.0.9 * *;", 1, 0,
		  "no statement" },
		{ "lease 2001:db8::1 {\n}", 1, 0, "no statement" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		load(pxe_lease_isc_parse, rows[i].text);
		ck_assert_msg(list.n == 0 && list.n_refused == 1, "row %zu", i);
		ck_assert_msg(strstr(list.problems[0].why, rows[i].why) != NULL,
			      "row %zu: %s", i, list.problems[0].why);
		ck_assert_uint_eq(list.problems[0].line, rows[i].line);
		ck_assert_uint_eq(list.problems[0].address, rows[i].address);
	}
}
END_TEST

START_TEST(later_records_win)
{
	load(pxe_lease_isc_parse,
	     "lease 10.0.0.9 { " HELD HW(
		     09) "}\n"
			 "lease 10.0.0.7 { " HELD HW(
				 07) "}\n"
				     "lease 10.0.0.9 { " HELD HW(
					     08) "}\n"
						 "lease 10.0.0.7 { " HELD HW(
							 07) "binding state "
							     "abandoned; }\n");
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.records[0].lease.client, "52:54:00:00:00:08");
	ck_assert_uint_eq(list.records[0].line, 3);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_ABANDONED].line, 4);
	/* torn, and the server that was started again wrote on */
	load(pxe_lease_isc_parse,
	     "lease 10.0.0.9 { " WHEN "ends 5 2027/lease 10.0.0.7 { " HELD
	     "}lease 10.0.0.8 {\nlease 10.0.0.6 { " HELD HW(06) "}");
	ck_assert_uint_eq(list.n, 1);
	ck_assert_uint_eq(list.records[0].lease.address, 0x0a000006);
}
END_TEST

START_TEST(isc_hosts_are_for_the_configuration)
{
	static const char *const want[] = {
		"host \"a--b\" { mac = \"52:54:00:00:00:09\" "
		"address = \"10.0.0.9\" }",
		"host \"c\" { client-id = \"ff:01\" }",
	};

	load(pxe_lease_isc_parse,
	     "host c { dynamic; uid ff:1; }\n"
	     "host \"a\"\"}b\" { }\n"
	     "host \"a\\\"}b\" { dynamic; " HW(
		     08) "}\n"
			 "host gone { dynamic; " HW(
				 07) "}\n"
				     "host \"a\\\"}b\" { dynamic; " HW(
					     09) "fixed-address 10.0.0.9; on "
						 "expiry { x; } }\n"
						 "host gone { dynamic; "
						 "deleted; }\n"
						 "host bad { dynamic; "
						 "fixed-address example.org; "
						 "}\n");
	ck_assert_uint_eq(list.n_refused, 1);
	ck_assert_uint_eq(list.problems[0].line, 7);
	ck_assert_uint_eq(list.n_hosts, 3);
	for (size_t i = 0; i < PXE_LEN(want); i++) {
		char text[1024];
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		pxe_lease_host_put(&s, &list.hosts[i + 1]);
		ck_assert_str_eq(text, want[i]);
	}
}
END_TEST

START_TEST(a_client_has_one_lease_in_a_subnet)
{
	load(pxe_lease_isc_parse,
	     "lease 10.0.0.4 { starts 5 2027/01/15 07:59:00; ends 5 "
	     "2027/01/15 07:59:30; binding state free;" HW(
		     09) "}\n"
			 "lease 10.0.0.5 { " HELD HW(
				 09) "}\n"
				     "lease 10.0.0.6 { starts 5 2027/01/15 "
				     "06:00:00; ends never; " HW(
					     09) "}\n"
						 "lease 10.1.0.6 { " HELD HW(
							 09) "}\n");
	ck_assert_uint_eq(list.n, 2);
	ck_assert_uint_eq(list.records[0].lease.address, 0x0a000005);
	ck_assert_uint_eq(list.records[1].lease.address, 0x0a010006);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_OLDER].n, 2);
}
END_TEST

/* --- dnsmasq --- */

START_TEST(dnsmasq_says_who_and_until_when)
{
	static const struct {
		const char *line;
		int64_t start_s, end_s;
		const char *client, *mac, *name;
	} rows[] = {
		{ "1800003600 52:54:00:00:00:09 10.0.0.9 alpha "
		  "01:52:54:00:00:00:09",
		  NOW, NOW + 3600, "52:54:00:00:00:09", "52:54:00:00:00:09",
		  "alpha" },
		{ "0 52:54:00:00:00:09 10.0.0.9 * *", NOW, PXE_LEASE_FOREVER_S,
		  "52:54:00:00:00:09", "52:54:00:00:00:09", "" },
		{ "1799990000 52:54:00:00:00:09 10.0.0.9 * ff:00:01\r",
		  NOW - 10000, NOW - 10000, "id:ff0001", "52:54:00:00:00:09",
		  "" },
		{ "1800003600 06-52:54:00 10.0.0.9 * *", NOW, NOW + 3600,
		  "6-52:54:00", "6-52:54:00", "" },
		{ "1800003600 20-80:01 10.0.0.9 * *", NOW, NOW + 3600,
		  "32-80:01", "32-80:01", "" },
		{ "1800003600 00- 10.0.0.9 * ff:02", NOW, NOW + 3600, "id:ff02",
		  "", "" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct pxe_lease *lease;
		char mac[PXE_HWADDR_TEXT];

		load(pxe_lease_dnsmasq_parse, rows[i].line);
		lease = only();
		pxe_hwaddr_format(&lease->hw, mac, sizeof(mac));
		ck_assert_uint_eq(lease->address, 0x0a000009);
		ck_assert_str_eq(lease->client, rows[i].client);
		ck_assert_str_eq(mac, rows[i].mac);
		ck_assert_str_eq(lease->host_name, rows[i].name);
		ck_assert_int_eq(lease->start_s, rows[i].start_s);
		ck_assert_int_eq(lease->end_s, rows[i].end_s);
	}
}
END_TEST

START_TEST(dnsmasq_passes_over_and_refuses)
{
	load(pxe_lease_dnsmasq_parse,
	     "duid 00:01:00:01:2a\n"
	     "1800003600 123 2001:db8::1 a 00:01\n"
	     "\n"
	     "x 52:54:00:00:00:09 10.0.0.9 * *\n"
	     "1800003600 52:54:00:00:00:0 10.0.0.9 * *\n"
	     "1800003600 52:54:00:00:00:09 10.0.0 * *\n"
	     "1800003600 52:54:00:00:00:09 10.0.0.9 * zz\n"
	     "1800003600 52:54:00:00:00:09 10.0.0.9 *\n"
	     "1800003600 52:54:00:00:00:09 10.0.0.9 * * *\n"
	     "1800003600 52:54:00:00:00:09 10.0.0.9 *");
	ck_assert_uint_eq(list.n, 0);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_IPV6].n, 1);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_TORN].line, 10);
	ck_assert_uint_eq(list.n_refused, 6);
	for (unsigned i = 0; i < 6; i++)
		ck_assert_uint_eq(list.problems[i].line, 4 + i);
}
END_TEST

/* --- CSV --- */

#define KEA_HEAD                                                               \
	"address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,"   \
	"fqdn_rev,hostname,state,user_context\n"

START_TEST(kea_says_who_and_until_when)
{
	const struct pxe_lease *lease;

	load(pxe_lease_kea_parse, KEA_HEAD
	     "10.0.0.9,52:54:00:00:00:08,,3600,1800000000,1,0,0,,0,\n"
	     "10.0.0.9,52:54:00:00:00:09,01:52:54:00:00:00:09,7200,1800003600,"
	     "1,0,0,a&#x2cb,0,{ \"x\": 1 }\n");
	lease = only();
	ck_assert_str_eq(lease->client, "52:54:00:00:00:09");
	ck_assert_str_eq(lease->host_name, "a,b");
	ck_assert_int_eq(lease->start_s, NOW - 3600);
	ck_assert_int_eq(lease->end_s, NOW + 3600);
	ck_assert_uint_eq(lease->state, PXE_LEASE_ACTIVE);
	load(pxe_lease_kea_parse, KEA_HEAD "10.0.0.9,52:54:00:00:00:09,ff:01,"
					   "4294967295,1800003600,1,0,0,,0,");
	lease = only();
	ck_assert_int_eq(lease->end_s, PXE_LEASE_FOREVER_S);
	ck_assert_str_eq(lease->client, "id:ff01");
	/* declined, given back by a later record, reclaimed, torn */
	load(pxe_lease_kea_parse,
	     KEA_HEAD "10.0.0.1,52:54:00:00:00:09,,3600,1800003600,1,0,0,,1,\n"
		      "10.0.0.2,52:54:00:00:00:09,,3600,1800003600,1,0,0,,0,\n"
		      "10.0.0.2,52:54:00:00:00:09,,0,1800003600,1,0,0,,0,\n"
		      "10.0.0.3,,,3600,1799990000,1,0,0,,2,\n" KEA_HEAD
		      "10.0.0.4,52:54:00:00:00:09,,3600,18000036");
	ck_assert_uint_eq(list.n, 0);
	ck_assert_uint_eq(list.n_refused, 0);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_ABANDONED].n, 1);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_NO_CLIENT].n, 2);
	ck_assert_uint_eq(list.skipped[PXE_LEASE_SKIP_TORN].line, 7);
}
END_TEST

START_TEST(csv_of_a_spreadsheet)
{
	const struct pxe_lease *lease;

	load(pxe_lease_csv_parse,
	     "\xef\xbb\xbf"
	     "end;Note;hwaddr;host_name;address\r\n"
	     "\"2027-01-15 09:00:00\";\"a\n;\"\"b\";52-54-00-00-00-09;'=x;"
	     "10.0.0.9\r\n\r\n");
	lease = only();
	ck_assert_str_eq(lease->client, "52:54:00:00:00:09");
	ck_assert_str_eq(lease->host_name, "=x");
	ck_assert_int_eq(lease->start_s, NOW);
	ck_assert_int_eq(lease->end_s, NOW + 3600);
}
END_TEST

START_TEST(csv_refuses_with_the_line)
{
	static const struct {
		const char *text, *why;
		unsigned line;
	} rows[] = {
		{ "", "'address'", 1 },
		{ "a,b\n", "'address'", 1 },
		{ "address,client\n", "'end'", 1 },
		{ "address,end\n", "'hwaddr'", 1 },
		{ "address,client,end\n\"x\ny\",a,never\n", "IPv4", 2 },
		{ "address,client,end\n10.0.0.9,odd,never\n", "'client'", 2 },
		{ "address,hwaddr,end\n10.0.0.9,odd,never\n", "'hwaddr'", 2 },
		{ "address,client,end\n10.0.0.9,id:01,2027-01-15\n", "'end'",
		  2 },
		{ "address,client,end,state\n10.0.0.9,id:01,never,odd\n",
		  "'state'", 2 },
		{ "address,client,end,circuit\n10.0.0.9,id:01,never,-1\n",
		  "'circuit'", 2 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		load(pxe_lease_csv_parse, rows[i].text);
		ck_assert_msg(list.n == 0 && list.n_refused == 1, "row %zu", i);
		ck_assert_msg(strstr(list.problems[0].why, rows[i].why) != NULL,
			      "row %zu: %s", i, list.problems[0].why);
		ck_assert_uint_eq(list.problems[0].line, rows[i].line);
	}
}
END_TEST

UNIT_MAIN("lease_files", isc_says_who_and_until_when,
	  isc_passes_over_and_counts, isc_refuses_with_the_line,
	  later_records_win, isc_hosts_are_for_the_configuration,
	  a_client_has_one_lease_in_a_subnet, dnsmasq_says_who_and_until_when,
	  dnsmasq_passes_over_and_refuses, kea_says_who_and_until_when,
	  csv_of_a_spreadsheet, csv_refuses_with_the_line)
