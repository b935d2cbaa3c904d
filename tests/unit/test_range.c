/* SPDX-License-Identifier: ISC */
#include "httpd/range.h"

#include <stdio.h>
#include <string.h>

#include "httpd/cond.h"
#include "unit.h"

START_TEST(test_ranges)
{
	static const struct {
		const char *value;
		uint64_t size;
		enum pxe_range_kind kind;
		uint64_t first, last;
	} rows[] = {
		{ NULL, 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=0-0", 100, PXE_RANGE_PART, 0, 0 },
		{ "bytes=5-9", 100, PXE_RANGE_PART, 5, 9 },
		{ "BYTES=5-9", 100, PXE_RANGE_PART, 5, 9 },
		{ "bytes= 5-9 ", 100, PXE_RANGE_PART, 5, 9 },
		{ "bytes=5-", 100, PXE_RANGE_PART, 5, 99 },
		{ "bytes=99-", 100, PXE_RANGE_PART, 99, 99 },
		{ "bytes=5-1000", 100, PXE_RANGE_PART, 5, 99 },
		{ "bytes=-5", 100, PXE_RANGE_PART, 95, 99 },
		{ "bytes=-100", 100, PXE_RANGE_PART, 0, 99 },
		{ "bytes=-1000", 100, PXE_RANGE_PART, 0, 99 },
		{ "bytes=4294967296-4294967297", 5368709120, PXE_RANGE_PART,
		  4294967296, 4294967297 },
		{ "bytes=0-99999999999999999999999", 100, PXE_RANGE_PART, 0,
		  99 },
		{ "bytes=-99999999999999999999999", 100, PXE_RANGE_PART, 0,
		  99 },
		{ "bytes=,5-9,", 100, PXE_RANGE_PART, 5, 9 },
		/* one of two is there */
		{ "bytes=500-600,5-9", 100, PXE_RANGE_PART, 5, 9 },
		/* two become one */
		{ "bytes=5-9,10-20", 100, PXE_RANGE_PART, 5, 20 },
		/* none is */
		{ "bytes=100-", 100, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=100-200", 100, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=-0", 100, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=18446744073709551616-", 100, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=100-,200-", 100, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=0-", 0, PXE_RANGE_BAD, 0, 0 },
		{ "bytes=0-0", 0, PXE_RANGE_BAD, 0, 0 },
		/* an empty file has no last octets: all of it */
		{ "bytes=-5", 0, PXE_RANGE_WHOLE, 0, 0 },
		/* broken: as if it were not there */
		{ "", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=,", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=-", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=5", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=9-5", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=200-100", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=a-b", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=+5-9", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=5-9x", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=5 -9", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=5-9 10-11", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes=--5", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "bytes =5-9", 100, PXE_RANGE_WHOLE, 0, 0 },
		{ "lines=5-9", 100, PXE_RANGE_WHOLE, 0, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_ranges set;

		ck_assert_msg(pxe_range_read(rows[i].value, rows[i].size,
					     &set) == rows[i].kind,
			      "%s", rows[i].value);
		if (rows[i].kind != PXE_RANGE_PART)
			continue;
		ck_assert_msg(set.n == 1 &&
				      set.range[0].first == rows[i].first &&
				      set.range[0].last == rows[i].last,
			      "%s", rows[i].value);
	}
}
END_TEST

START_TEST(test_several_ranges)
{
	static const struct {
		const char *value;
		uint64_t size;
		const char *parts; /* "": the whole file */
	} rows[] = {
		{ "bytes=0-1,500-509", 1000, "0-1 500-509 " },
		{ "bytes=500-509,0-1", 1000, "500-509 0-1 " },
		{ "bytes=0-0,-1", 1000, "0-0 999-999 " },
		{ "bytes=0-0,2000-,-1", 1000, "0-0 999-999 " },
		{ "bytes=0-9,5-20,600-610", 1000, "0-20 600-610 " },
		{ "bytes=600-610,0-9,5-20", 1000, "600-610 0-20 " },
		{ "bytes=0-9,600-610,5-20", 1000, "0-20 600-610 " },
		{ "bytes=0-9,300-309,600-609", 1000, "0-9 300-309 600-609 " },
		/* the last one brings those before together */
		{ "bytes=0-9,300-309,600-609,200-500", 1000,
		  "0-9 200-500 600-609 " },
		{ "bytes=900-909,0-9,300-309,600-609,5-620", 1000,
		  "900-909 0-620 " },
		{ "bytes=0-9,300-309,600-609,0-", 1000, "0-999 " },
		{ "bytes=5-9,5-9,5-9", 1000, "5-9 " },
		/* a gap of 79 octets is sent, one of 80 is not */
		{ "bytes=0-9,89-99", 1000, "0-99 " },
		{ "bytes=0-9,90-99", 1000, "0-9 90-99 " },
		{ "bytes=89-99,0-9", 1000, "0-99 " },
		{ "bytes=90-99,0-9", 1000, "90-99 0-9 " },
		{ "bytes=0-0,18446744073709551614-", UINT64_MAX,
		  "0-0 18446744073709551614-18446744073709551614 " },
		{ "bytes=0-1,500-509,x", 1000, "" },
		{ "bytes=0-1,509-500", 1000, "" },
		{ "bytes=0-1,500-509", 0, "416" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_ranges set;
		char text[200];
		struct pxe_str s;
		enum pxe_range_kind kind =
			pxe_range_read(rows[i].value, rows[i].size, &set);

		pxe_str_init(&s, text, sizeof(text));
		if (kind == PXE_RANGE_BAD)
			pxe_str_puts(&s, "416");
		for (size_t k = 0; k < set.n && kind != PXE_RANGE_WHOLE; k++)
			pxe_str_putf(&s, "%llu-%llu ",
				     (unsigned long long)set.range[k].first,
				     (unsigned long long)set.range[k].last);
		ck_assert_str_eq(text, rows[i].parts);
		if (set.n > 1 && rows[i].parts[0] != '\0')
			ck_assert_int_eq(kind, PXE_RANGE_PARTS);
	}
}
END_TEST

/* No set makes more than the file and a few heads. */
START_TEST(test_many_ranges)
{
	char value[3000] = "bytes=500-600";
	struct pxe_ranges set;
	size_t n;

	for (int i = 1; i < PXE_RANGE_MAX; i++)
		strcat(value, ",500-600");
	ck_assert_int_eq(pxe_range_read(value, 1000, &set), PXE_RANGE_PART);
	strcat(value, ",500-600");
	ck_assert_int_eq(pxe_range_read(value, 1000, &set), PXE_RANGE_WHOLE);

	n = (size_t)sprintf(value, "bytes=");
	for (int i = PXE_RANGE_MAX; i > 0; i--)
		n += (size_t)sprintf(value + n, "%d-%d,", i * 1000, i * 1000);
	ck_assert_int_eq(pxe_range_read(value, 1000000, &set), PXE_RANGE_PARTS);
	ck_assert_uint_eq(set.n, PXE_RANGE_MAX);
	ck_assert_uint_eq(set.range[0].first, PXE_RANGE_MAX * 1000);
}
END_TEST

START_TEST(test_body_of_parts)
{
	static const char want[] =
		"--00000000000000ff\r\nContent-Type: text/x\r\n"
		"Content-Range: bytes 0-1/1000\r\n\r\n"
		"\r\n--00000000000000ff\r\nContent-Type: text/x\r\n"
		"Content-Range: bytes 990-999/1000\r\n\r\n"
		"\r\n--00000000000000ff--\r\n";
	struct pxe_ranges set;
	char text[1000];
	struct pxe_str s;

	ck_assert_int_eq(pxe_range_read("bytes=0-1,-10", 1000, &set),
			 PXE_RANGE_PARTS);
	pxe_str_init(&s, text, sizeof(text));
	for (size_t i = 0; i <= set.n; i++)
		pxe_range_put_head(&s, 255, "text/x", &set, i, 1000);
	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(pxe_range_body_bytes(255, "text/x", &set, 1000),
			  strlen(want) + 12);
	pxe_str_init(&s, text, sizeof(text));
	pxe_range_put_type(&s, 255);
	ck_assert_str_eq(text,
			 "multipart/byteranges; boundary=00000000000000ff");
}
END_TEST

START_TEST(test_dates)
{
	static const struct {
		int64_t time;
		const char *text;
	} rows[] = {
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ 951868799, "Tue, 29 Feb 2000 23:59:59 GMT" },
		{ 1709251200, "Fri, 01 Mar 2024 00:00:00 GMT" },
		{ 4102444800, "Fri, 01 Jan 2100 00:00:00 GMT" },
		{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT" },
		{ -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
		{ -86401, "Tue, 30 Dec 1969 23:59:59 GMT" },
		{ 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char text[PXE_COND_DATE_TEXT];
		int64_t t;

		pxe_cond_date_format(rows[i].time, text, sizeof(text));
		ck_assert_str_eq(text, rows[i].text);
		ck_assert_int_eq(pxe_cond_date_parse(text, &t), 0);
		ck_assert_int_eq(t, rows[i].time);
	}
}
END_TEST

/* Every day of 800 years, there and back. */
START_TEST(test_days)
{
	for (int64_t t = -86400ll * 146097; t < 86400ll * 146097; t += 86400) {
		char text[PXE_COND_DATE_TEXT];
		int64_t back;

		pxe_cond_date_format(t + 3661, text, sizeof(text));
		ck_assert_int_eq(pxe_cond_date_parse(text, &back), 0);
		ck_assert_int_eq(back, t + 3661);
	}
}
END_TEST

START_TEST(test_other_dates)
{
	static const char *const good[] = {
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};
	static const char *const bad[] = {
		"",
		"Sun",
		"784111777",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Thu, 31 Nov 1994 08:49:37 GMT",
		"Thu, 29 Feb 1900 08:49:37 GMT",
		"Fri, 31 Feb 2040 08:49:37 GMT",
		"Sun, 32 Dec 2040 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 06 Nov 1994 8:49:37 GMT",
	};
	int64_t t;

	for (size_t i = 0; i < PXE_LEN(good); i++) {
		ck_assert_int_eq(pxe_cond_date_parse(good[i], &t), 0);
		ck_assert_int_eq(t, 784111777);
	}
	for (size_t i = 0; i < PXE_LEN(bad); i++)
		ck_assert_msg(pxe_cond_date_parse(bad[i], &t) < 0, "%s",
			      bad[i]);
	ck_assert_int_eq(pxe_cond_date_parse("Friday, 06-Nov-70 08:49:37 GMT",
					     &t),
			 0);
	ck_assert_int_eq(t, 26729377);
}
END_TEST

#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define SAME   "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER  "Sun, 06 Nov 1994 08:49:38 GMT"

static const struct pxe_cond_version version = { "\"abc\"", 784111777 };

START_TEST(test_conditions)
{
	static const struct {
		struct pxe_cond_fields f;
		enum pxe_cond_result result;
	} rows[] = {
		{ { 0 }, PXE_COND_SEND },
		{ { .if_none_match = "\"abc\"" }, PXE_COND_NOT_MODIFIED },
		{ { .if_none_match = "W/\"abc\"" }, PXE_COND_NOT_MODIFIED },
		{ { .if_none_match = "\"x,y\", \"abc\"" },
		  PXE_COND_NOT_MODIFIED },
		{ { .if_none_match = "*" }, PXE_COND_NOT_MODIFIED },
		{ { .if_none_match = "\"abd\"" }, PXE_COND_SEND },
		{ { .if_none_match = "abc" }, PXE_COND_SEND },
		{ { .if_none_match = "\"abc" }, PXE_COND_SEND },
		{ { .if_none_match = "" }, PXE_COND_SEND },
		{ { .if_modified_since = BEFORE }, PXE_COND_SEND },
		{ { .if_modified_since = SAME }, PXE_COND_NOT_MODIFIED },
		{ { .if_modified_since = AFTER }, PXE_COND_NOT_MODIFIED },
		{ { .if_modified_since = "yesterday" }, PXE_COND_SEND },
		/* the tag counts, not the date */
		{ { .if_none_match = "\"x\"", .if_modified_since = AFTER },
		  PXE_COND_SEND },
		{ { .if_none_match = "\"abc\"", .if_modified_since = BEFORE },
		  PXE_COND_NOT_MODIFIED },
		{ { .if_match = "\"abc\"" }, PXE_COND_SEND },
		{ { .if_match = "*" }, PXE_COND_SEND },
		{ { .if_match = "W/\"abc\"" }, PXE_COND_FAILED },
		{ { .if_match = "\"x\"" }, PXE_COND_FAILED },
		{ { .if_unmodified_since = BEFORE }, PXE_COND_FAILED },
		{ { .if_unmodified_since = SAME }, PXE_COND_SEND },
		{ { .if_unmodified_since = "?" }, PXE_COND_SEND },
		{ { .if_match = "\"abc\"", .if_unmodified_since = BEFORE },
		  PXE_COND_SEND },
		{ { .if_match = "\"x\"", .if_none_match = "\"abc\"" },
		  PXE_COND_FAILED },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_cond_check(&version, &rows[i].f) ==
				      rows[i].result,
			      "row %zu", i);
}
END_TEST

START_TEST(test_if_range)
{
	static const struct {
		const char *value;
		bool is_range;
	} rows[] = {
		{ NULL, true },     { "\"abc\"", true },    { SAME, true },
		{ "\"x\"", false }, { "W/\"abc\"", false }, { BEFORE, false },
		{ AFTER, false },   { "*", false },         { "", false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_cond_fields f = { .if_range = rows[i].value };

		ck_assert_msg(pxe_cond_is_range(&version, &f) ==
				      rows[i].is_range,
			      "row %zu", i);
	}
}
END_TEST

START_TEST(test_versions_differ)
{
	static const struct pxe_cond_file files[] = {
		{ 1, 2, 2, 3, 3, 4, 5 }, { 2, 2, 2, 3, 3, 4, 5 },
		{ 1, 3, 2, 3, 3, 4, 5 }, { 1, 2, 3, 3, 3, 4, 5 },
		{ 1, 2, 2, 4, 3, 4, 5 }, { 1, 2, 2, 3, 4, 4, 5 },
		{ 1, 2, 2, 3, 3, 5, 5 }, { 1, 2, 2, 3, 3, 4, 6 },
		{ 1, 2, 2, 3, 3, 5, 4 },
	};
	struct pxe_cond_version v[PXE_LEN(files)];

	for (size_t i = 0; i < PXE_LEN(files); i++) {
		pxe_cond_version(&files[i], 1000, &v[i]);
		ck_assert_uint_eq(strlen(v[i].etag), 18);
		ck_assert(v[i].etag[0] == '"' && v[i].etag[17] == '"');
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(v[i].etag, v[k].etag);
	}
}
END_TEST

START_TEST(test_no_time_of_the_future)
{
	struct pxe_cond_file file = { .mtime_s = 1000 };
	struct pxe_cond_version v;

	pxe_cond_version(&file, 1001, &v);
	ck_assert_int_eq(v.mtime_s, 1000);
	pxe_cond_version(&file, 999, &v);
	ck_assert_int_eq(v.mtime_s, 999);
}
END_TEST

UNIT_MAIN("range", test_ranges, test_several_ranges, test_many_ranges,
	  test_body_of_parts, test_dates, test_days, test_other_dates,
	  test_conditions, test_if_range, test_versions_differ,
	  test_no_time_of_the_future)
