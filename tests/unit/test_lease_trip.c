/* SPDX-License-Identifier: ISC */
/* pxectl/lease_*: what is written is read again, whatever a client said. */
#include <string.h>

#include "pxectl/lease_csv.h"
#include "pxectl/lease_isc.h"
#include "unit.h"

#define NOW 1800000000 /* 2027-01-15 08:00:00 */

typedef int parse_fn(const char *text, size_t size, int64_t now_s,
		     struct pxe_lease_list *list);

static struct pxe_conf_subnet subnet = { .net = { 0x0a000000, 16 } };
static const struct pxe_conf conf = { .subnets = &subnet, .n_subnets = 1 };
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

static const struct pxe_lease leases[] = {
	{ 0x0a000001,
	  PXE_LEASE_ACTIVE,
	  NOW - 60,
	  NOW + 3600,
	  0,
	  "alpha",
	  { 1, 6, { 0x52, 0x54, 0, 0, 0, 3 } },
	  true,
	  "52:54:00:00:00:03" },
	{ 0x0a000002,
	  PXE_LEASE_ACTIVE,
	  NOW - 60,
	  PXE_LEASE_FOREVER_S,
	  INT64_MAX,
	  "=1+1",
	  { 1, 6, { 0x52, 0x54, 0, 0, 0, 4 } },
	  false,
	  "id:ff00227d5c0a" },
	{ 0x0a000003,
	  PXE_LEASE_ACTIVE,
	  NOW - 60,
	  NOW - 1,
	  7,
	  "'a\\x0a}\"; lease,",
	  { 1, 6, { 0, 0xe0, 0x4c, 0, 0, 1 } },
	  false,
	  "uuid:00112233-4455-6677-8899-aabbccddeeff" },
	{ 0x0a000004,
	  PXE_LEASE_RELEASED,
	  NOW - 60,
	  NOW - 30,
	  0,
	  "a\\\\x41 b",
	  { 1, 6, { 0x52, 0x54, 0, 0, 0, 5 } },
	  false,
	  "52:54:00:00:00:06" },
	{ 0x0a000005,
	  PXE_LEASE_DECLINED,
	  NOW - 60,
	  NOW + 30,
	  0,
	  "",
	  { 0 },
	  false,
	  "id:01" },
	{ 0x0a000006,
	  PXE_LEASE_ACTIVE,
	  951782400,
	  NOW + 1,
	  0,
	  "",
	  { 27, 8, { 1, 2, 3 } },
	  false,
	  "27-01:02:03:00:00:00:00:00" },
};

static void check_same(const struct pxe_lease *a, const struct pxe_lease *b)
{
	ck_assert_uint_eq(a->address, b->address);
	ck_assert_uint_eq(a->state, b->state);
	ck_assert_int_eq(a->start_s, b->start_s);
	ck_assert_int_eq(a->end_s, b->end_s);
	ck_assert_uint_eq(a->circuit, b->circuit);
	ck_assert_str_eq(a->host_name, b->host_name);
	ck_assert_str_eq(a->client, b->client);
	ck_assert(a->is_boot == b->is_boot);
	ck_assert(pxe_hwaddr_is_equal(&a->hw, &b->hw));
}

static void check_all_same(void)
{
	ck_assert_uint_eq(list.n_refused + count_skipped(), 0);
	ck_assert_uint_eq(list.n, PXE_LEN(leases));
	for (size_t i = 0; i < PXE_LEN(leases); i++)
		check_same(&list.records[i].lease, &leases[i]);
}

START_TEST(nothing_is_lost)
{
	static char text[PXE_LEN(leases) * PXE_LEASE_ISC_TEXT];
	struct pxe_str out;

	pxe_str_init(&out, text, sizeof(text));
	for (size_t i = 0; i < PXE_LEN(leases); i++)
		pxe_lease_isc_put(&out, &leases[i], NOW);
	load(pxe_lease_isc_parse, text);
	check_all_same();
	pxe_str_init(&out, text, sizeof(text));
	pxe_lease_csv_put_head(&out);
	for (size_t i = 0; i < PXE_LEN(leases); i++)
		pxe_lease_csv_put(&out, &leases[i]);
	load(pxe_lease_csv_parse, text);
	check_all_same();
}
END_TEST

/* What a client sent begins no line, no statement and no formula. */
START_TEST(hostile_names_stay_names)
{
	static const char *const names[] = {
		"=cmd|'/c calc'!A1",
		"+1",
		"-1",
		"@x",
		"\t=1",
		"\"\n10.0.0.9,evil",
		"\r\n",
		"\"; }\nlease 10.0.0.9 {",
	};

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		struct pxe_lease lease = leases[0];
		char text[PXE_LEASE_ISC_TEXT];
		struct pxe_str out;

		pxe_str_copy(lease.host_name, sizeof(lease.host_name),
			     names[i]);
		pxe_str_init(&out, text, sizeof(text));
		pxe_lease_csv_put(&out, &lease);
		ck_assert_ptr_eq(strchr(text, '\n'), text + out.len - 1);
		ck_assert(strstr(text, ",=") == NULL &&
			  strstr(text, "\"=") == NULL &&
			  strstr(text, ",+") == NULL &&
			  strstr(text, ",-") == NULL &&
			  strstr(text, ",@") == NULL);
		pxe_str_init(&out, text, sizeof(text));
		pxe_lease_isc_put(&out, &lease, NOW);
		load(pxe_lease_isc_parse, text);
		ck_assert_uint_eq(only()->address, lease.address);
	}
}
END_TEST

START_TEST(calendar)
{
	static const struct {
		int64_t seconds;
		unsigned year, month, day, weekday;
	} rows[] = {
		{ 0, 1970, 1, 1, 4 },
		{ 951782400, 2000, 2, 29, 2 },
		{ 951868800, 2000, 3, 1, 3 },
		{ 1709164800, 2024, 2, 29, 4 },
		{ 4107542400, 2100, 3, 1, 1 },
		{ NOW - 28800, 2027, 1, 15, 5 },
		{ PXE_LEASE_FOREVER_S - 86399, 9999, 12, 31, 5 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_lease_utc utc;
		int64_t seconds;

		pxe_lease_utc_split(rows[i].seconds, &utc);
		ck_assert_int_eq(utc.year, rows[i].year);
		ck_assert_uint_eq(utc.month, rows[i].month);
		ck_assert_uint_eq(utc.day, rows[i].day);
		ck_assert_uint_eq(utc.weekday, rows[i].weekday);
		ck_assert_int_eq(pxe_lease_utc_join(&utc, &seconds), 0);
		ck_assert_int_eq(seconds, rows[i].seconds);
	}
	for (int64_t day = 0; day < 2932897; day++) {
		struct pxe_lease_utc utc;
		int64_t seconds;

		pxe_lease_utc_split(day * 86400, &utc);
		ck_assert(pxe_lease_utc_join(&utc, &seconds) == 0 &&
			  seconds == day * 86400);
	}
}
END_TEST

UNIT_MAIN("lease_trip", nothing_is_lost, hostile_names_stay_names, calendar)
