/* SPDX-License-Identifier: ISC */
/* pxectl/text and pxectl/table: what a terminal gets to see. */
#include <string.h>

#include "base/attr.h"
#include "pxectl/table.h"
#include "pxectl/text.h"
#include "unit.h"

static const char *clean(const char *text, bool utf8)
{
	static char buf[256];
	struct pxe_str s;

	pxe_str_init(&s, buf, sizeof(buf));
	pxe_text_clean(&s, text, utf8);
	return buf;
}

START_TEST(clean_shows_what_a_terminal_would_obey)
{
	static const struct {
		const char *in, *utf8, *ascii;
	} rows[] = {
		{ "plain", "plain", "plain" },
		{ "back\\slash", "back\\slash", "back\\slash" },
		{ "\033[31m", "\\x1b[31m", "\\x1b[31m" },
		{ "a\r\n\tb\x7f", "a\\x0d\\x0a\\x09b\\x7f",
		  "a\\x0d\\x0a\\x09b\\x7f" },
		{ "M\xc3\xbcller", "M\xc3\xbcller", "M\\xc3\\xbcller" },
		/* C1 control CSI, as UTF-8 and as one octet */
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m", "\\xc2\\x9b31m" },
		{ "\x9b"
		  "31m",
		  "\\x9b31m", "\\x9b31m" },
		/* right-to-left override */
		{ "\xe2\x80\xae"
		  "exe.gpj",
		  "\\xe2\\x80\\xaeexe.gpj", "\\xe2\\x80\\xaeexe.gpj" },
		/* overlong slash, surrogate, beyond Unicode, cut short */
		{ "\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80",
		  "\\xf4\\x90\\x80\\x80" },
		{ "x\xe2\x82", "x\\xe2\\x82", "x\\xe2\\x82" },
		{ "\xff\xfe", "\\xff\\xfe", "\\xff\\xfe" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		ck_assert_str_eq(clean(rows[i].in, true), rows[i].utf8);
		ck_assert_str_eq(clean(rows[i].in, false), rows[i].ascii);
	}
}
END_TEST

START_TEST(clean_never_cuts_a_character_in_two)
{
	for (size_t cap = 1; cap < 12; cap++) {
		char buf[12];
		struct pxe_str s;
		size_t n;

		pxe_str_init(&s, buf, cap);
		pxe_text_clean(&s, "a\xe2\x82\xac\033\xe2\x82\xac", true);
		n = strlen(buf);
		ck_assert(n == 0 || n == 1 || n == 4 || n == 8 || n == 11);
		ck_assert(s.cut);
	}
}
END_TEST

START_TEST(widths)
{
	static const struct {
		const char *text;
		size_t width;
	} rows[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "M\xc3\xbcller", 6 },
		{ "e\xcc\x81", 1 },                /* a mark that combines */
		{ "\xe6\xbc\xa2\xe5\xad\x97", 4 }, /* two wide ones */
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_uint_eq(pxe_text_width(rows[i].text), rows[i].width);
	ck_assert_uint_eq(pxe_text_fit("\xe6\xbc\xa2\xe5\xad\x97", 3), 3);
	ck_assert_uint_eq(pxe_text_fit("abc", 3), 3);
	ck_assert_uint_eq(pxe_text_fit("e\xcc\x81x", 1), 3);
}
END_TEST

START_TEST(ages_and_sizes)
{
	static const struct {
		int64_t s;
		const char *text;
	} ages[] = { { -5, "0s" },        { 0, "0s" },
		     { 59, "59s" },       { 60, "1m00s" },
		     { 3599, "59m59s" },  { 3600, "1h00m" },
		     { 86399, "23h59m" }, { 86400 * 12, "12d" } };
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = { { 0, "0 B" },
		      { 999, "999 B" },
		      { 1000, "1.0 kB" },
		      { 999999, "999.9 kB" },
		      { 12345678, "12.3 MB" },
		      { UINT64_MAX, "18446.7 PB" } };
	char text[PXE_TEXT_SHORT];

	for (size_t i = 0; i < PXE_LEN(ages); i++) {
		pxe_text_age(ages[i].s, text, sizeof(text));
		ck_assert_str_eq(text, ages[i].text);
	}
	for (size_t i = 0; i < PXE_LEN(sizes); i++) {
		pxe_text_bytes(sizes[i].bytes, text, sizeof(text));
		ck_assert_str_eq(text, sizes[i].text);
	}
	ck_assert_int_eq(pxe_text_percent(1, 0), -1);
	ck_assert_int_eq(pxe_text_percent(1, 3), 33);
	ck_assert_int_eq(pxe_text_percent(9, 3), 100);
	ck_assert_int_eq(pxe_text_percent(UINT64_MAX / 2, UINT64_MAX), 50);
}
END_TEST

START_TEST(times_that_cannot_be_are_dashes)
{
	char text[PXE_TEXT_SHORT];

	pxe_text_time(0, text, sizeof(text));
	ck_assert_str_eq(text, "-");
	pxe_text_time(INT64_MAX, text, sizeof(text));
	ck_assert_str_eq(text, "-");
	pxe_text_clock(-1, text, sizeof(text));
	ck_assert_str_eq(text, "-");
}
END_TEST

START_TEST(bars)
{
	static const struct {
		int percent;
		const char *ascii;
	} rows[] = { { 0, "...." },  { 24, "...." },  { 25, "#..." },
		     { 99, "###." }, { 100, "####" }, { -1, "...." } };
	char text[64];
	struct pxe_str s;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		pxe_str_init(&s, text, sizeof(text));
		pxe_text_bar(&s, rows[i].percent, 4, false);
		ck_assert_str_eq(text, rows[i].ascii);
		pxe_str_init(&s, text, sizeof(text));
		pxe_text_bar(&s, rows[i].percent, 4, true);
		ck_assert_uint_eq(pxe_text_width(text), 4);
	}
}
END_TEST

/* clang-format off */
static const struct pxe_table_column columns[] = {
	{ "WHO", false, 4 }, { "N", true, 0 }, { "FILE", false, 5 },
};
/* clang-format on */

/* The printed table of two rows. */
static void print(const struct pxe_table_style *style, char *text, size_t cap)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), style->utf8);
	FILE *out = fmemopen(text, cap, "w");

	ck_assert_ptr_nonnull(table);
	ck_assert_int_eq(pxe_table_add(table,
				       (const char *[]) { "m\xc3\xbcller", "7",
							  "boot/vmlinuz" }),
			 0);
	ck_assert_int_eq(pxe_table_add(table,
				       (const char *[]) { "b\033[1m", "1234",
							  NULL }),
			 0);
	ck_assert_uint_eq(pxe_table_count(table), 2);
	pxe_table_print(table, style, out);
	fclose(out);
	pxe_table_free(table);
}

START_TEST(table_lines_up)
{
	char text[512];

	print(&(struct pxe_table_style) { .utf8 = true, .heading = true }, text,
	      sizeof(text));
	ck_assert_str_eq(text, "WHO          N  FILE\n"
			       "m\xc3\xbcller       7  boot/vmlinuz\n"
			       "b\\x1b[1m  1234  -\n");
}
END_TEST

START_TEST(table_gives_way_to_the_terminal)
{
	char text[512], *rest = NULL;

	print(&(struct pxe_table_style) { .utf8 = true, .width = 20 }, text,
	      sizeof(text));
	ck_assert_str_eq(text,
			 "m\xc3\xbcller     7 boot/v\xe2\x80\xa6\n"
			 "b\\x1b[\xe2\x80\xa6 1234 -\n");
	print(&(struct pxe_table_style) { .width = 1 }, text, sizeof(text));
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		ck_assert_uint_le(pxe_text_width(line), 4 + 2 + 4 + 2 + 5);
}
END_TEST

UNIT_MAIN("ctl_table", clean_shows_what_a_terminal_would_obey,
	  clean_never_cuts_a_character_in_two, widths, ages_and_sizes,
	  times_that_cannot_be_are_dashes, bars, table_lines_up,
	  table_gives_way_to_the_terminal)
