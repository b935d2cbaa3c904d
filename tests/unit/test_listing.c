/* SPDX-License-Identifier: ISC */
/* Listings of directories with names that mean no good. */
#include "httpd/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void row(enum pxe_listing_kind kind, const char *name, char *text)
{
	const struct pxe_listing_entry entry = {
		.name = name,
		.size_bytes = 5368709127,
		.mtime_s = 1000000000,
	};
	struct pxe_str s;

	pxe_str_init(&s, text, PXE_LISTING_TEXT);
	pxe_listing_put_row(&s, kind, &entry, true);
	ck_assert(!s.cut);
}

START_TEST(names)
{
	static const struct {
		const char *name, *href, *html, *json;
	} rows[] = {
		{ "vmlinuz-6.1_a~b", "vmlinuz-6.1_a~b", "vmlinuz-6.1_a~b",
		  "vmlinuz-6.1_a~b" },
		{ "a b", "a%20b", "a b", "a b" },
		{ "<script>alert(\"&'\")</script>",
		  "%3Cscript%3Ealert%28%22%26%27%22%29%3C/script%3E",
		  "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;",
		  "<script>alert(\\\"&'\\\")</script>" },
		/* no scheme, no other host, no query */
		{ "javascript:x", "javascript%3Ax", "javascript:x",
		  "javascript:x" },
		{ "a?b#c%25", "a%3Fb%23c%2525", "a?b#c%25", "a?b#c%25" },
		{ "back\\slash", "back%5Cslash", "back\\slash",
		  "back\\\\slash" },
		/* UTF-8, and what is none: a stray octet, one that is missing,
		 * too long a form, a surrogate, beyond the last */
		{ "gr\xc3\xbcn", "gr%C3%BCn", "gr\xc3\xbcn", "gr\xc3\xbcn" },
		{ "\xf0\x9f\x98\x80", "%F0%9F%98%80", "\xf0\x9f\x98\x80",
		  "\xf0\x9f\x98\x80" },
		{ "\xff"
		  "a",
		  "%FFa",
		  "\xef\xbf\xbd"
		  "a",
		  "\xef\xbf\xbd"
		  "a" },
		{ "\xc3", "%C3", "\xef\xbf\xbd", "\xef\xbf\xbd" },
		{ "\xc3<", "%C3%3C", "\xef\xbf\xbd&lt;", "\xef\xbf\xbd<" },
		{ "\xc0\xbc", "%C0%BC", "\xef\xbf\xbd\xef\xbf\xbd",
		  "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "%ED%A0%80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "%F4%90%80%80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		/* no control character in any of them */
		{ "a\n\x1b\x7f", "a%0A%1B%7F",
		  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	char text[PXE_LISTING_TEXT], want[600];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		row(PXE_LISTING_HTML, rows[i].name, text);
		snprintf(want, sizeof(want),
			 "<tr><td><a href=\"%s\">%s</a></td><td>2001-09-09 "
			 "01:46</td><td>5368709127</td></tr>\n",
			 rows[i].href, rows[i].html);
		ck_assert_str_eq(text, want);
		row(PXE_LISTING_JSON, rows[i].name, text);
		snprintf(want, sizeof(want),
			 "\n{\"name\":\"%s\",\"href\":\"%s\",\"type\":\"file\","
			 "\"mtime\":\"2001-09-09T01:46:40Z\","
			 "\"size\":5368709127}",
			 rows[i].json, rows[i].href);
		ck_assert_str_eq(text, want);
	}
}
END_TEST

/* The worst name and the worst path find room. */
START_TEST(longest_names)
{
	char text[PXE_LISTING_TEXT], name[1024];
	struct pxe_str s;

	for (int kind = PXE_LISTING_HTML; kind <= PXE_LISTING_JSON; kind++)
		for (int c = 1; c < 256; c++) {
			memset(name, c, sizeof(name) - 1);
			name[sizeof(name) - 1] = '\0';
			pxe_str_init(&s, text, sizeof(text));
			pxe_listing_put_head(&s, (enum pxe_listing_kind)kind,
					     name);
			ck_assert_msg(!s.cut, "%d", c);
			name[255] = '\0';
			row((enum pxe_listing_kind)kind, name, text);
		}
}
END_TEST

START_TEST(heads_and_tails)
{
	char text[PXE_LISTING_TEXT];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_listing_put_head(&s, PXE_LISTING_JSON, "a/\"b\"");
	pxe_listing_put_tail(&s, PXE_LISTING_JSON, true);
	ck_assert_str_eq(text, "{\"path\":\"/a/\\\"b\\\"/\",\"entries\":[\n],"
			       "\"complete\":false}\n");
	pxe_str_init(&s, text, sizeof(text));
	pxe_listing_put_head(&s, PXE_LISTING_HTML, "a/<b>");
	ck_assert(strstr(text, "<h1>/a/&lt;b&gt;/</h1>") != NULL);
	ck_assert(strstr(text, "href=\"../\"") != NULL);
	pxe_str_init(&s, text, sizeof(text));
	pxe_listing_put_head(&s, PXE_LISTING_HTML, "");
	ck_assert(strstr(text, "<h1>/</h1>") != NULL);
	ck_assert(strstr(text, "href") == NULL);
}
END_TEST

START_TEST(who_wants_json)
{
	static const struct {
		const char *accept;
		enum pxe_listing_kind kind;
	} rows[] = {
		{ NULL, PXE_LISTING_HTML },
		{ "*/*", PXE_LISTING_HTML },
		{ "application/json", PXE_LISTING_JSON },
		{ "application/json, */*;q=0.1", PXE_LISTING_JSON },
		{ "text/html,application/json;q=0.9", PXE_LISTING_HTML },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_int_eq(pxe_listing_kind_of(rows[i].accept),
				 rows[i].kind);
}
END_TEST

START_TEST(order)
{
	struct pxe_listing_entry e[] = {
		{ .name = "b" },
		{ .name = "z", .is_dir = true },
		{ .name = "B" },
		{ .name = "\xff" },
		{ .name = "a", .is_dir = true },
	};
	static const char *const want[] = { "a", "z", "B", "b", "\xff" };

	qsort(e, PXE_LEN(e), sizeof(e[0]), pxe_listing_compare);
	for (size_t i = 0; i < PXE_LEN(want); i++)
		ck_assert_str_eq(e[i].name, want[i]);
}
END_TEST

UNIT_MAIN("listing", names, longest_names, heads_and_tails, who_wants_json,
	  order)
