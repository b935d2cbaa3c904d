/* SPDX-License-Identifier: ISC */
/* pxectl/host_text: sections that are written and found again. */
#include <errno.h>
#include <string.h>

#include "base/attr.h"
#include "pxectl/host_text.h"
#include "unit.h"

START_TEST(sections_are_appended)
{
	static const struct {
		const char *before, *after;
		struct pxe_host_text host;
	} rows[] = {
		{ "", "host \"a\" {\n\tmac = \"52:54:00:00:00:01\"\n}\n",
		  { .name = "a", .id_key = "mac", .id = "52:54:00:00:00:01" } },
		{ "# x", "\n\nhost \"a\" {\n\tuuid = \"u\"\n}\n",
		  { .name = "a", .id_key = "uuid", .id = "u" } },
		{ "# x\n", "\nhost \"a\" {\n\tuuid = \"u\"\n}\n",
		  { .name = "a", .id_key = "uuid", .id = "u" } },
		{ "# x\n\n", "host \"a\" {\n\tuuid = \"u\"\n}\n",
		  { .name = "a", .id_key = "uuid", .id = "u" } },
		{ "", "host \"a\\\"} host \\\\\" {\n\tmac = \"m\"\n"
		      "\taddress = \"10.0.0.1\"\n\tboot = \"b\"\n"
		      "\tgroups = { \"g\", \"h\" }\n}\n",
		  { .name = "a\"} host \\", .id_key = "mac", .id = "m",
		    .address = "10.0.0.1", .boot = "b", .groups = "g,h" } },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char text[512];
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		ck_assert_int_eq(pxe_host_text_put(&s, rows[i].before,
						   strlen(rows[i].before),
						   &rows[i].host),
				 0);
		ck_assert_str_eq(text, rows[i].after);
	}
}
END_TEST

START_TEST(no_value_begins_a_line)
{
	static const char *const bad[] = { "a\nb", "\x1b[2J", "\x7f", "\r" };

	for (size_t i = 0; i < PXE_LEN(bad); i++)
		for (int field = 0; field < 4; field++) {
			struct pxe_host_text host = {
				.name = field == 0 ? bad[i] : "a",
				.id_key = "mac",
				.id = field == 1 ? bad[i] : "m",
				.boot = field == 2 ? bad[i] : NULL,
				.groups = field == 3 ? bad[i] : NULL,
			};
			char text[512];
			struct pxe_str s;

			pxe_str_init(&s, text, sizeof(text));
			ck_assert_int_eq(pxe_host_text_put(&s, "", 0, &host),
					 -EINVAL);
		}
}
END_TEST

#define A "host \"a\" { mac = \"m\" }\n"
#define B "host b\n{\n\toptions = { \"}\", '}' } # }\n\t/* } */\n}\n"

/* What is left when the host "a", or `name`, is taken out. */
START_TEST(sections_are_found)
{
	static const struct {
		const char *text, *name, *left; /* NULL: it is not found */
	} rows[] = {
		{ A, "a", "" },
		{ "# one\n" A "# two\n", "a", "# one\n# two\n" },
		{ "x = \"1\"\n\n" A "\n" B, "a", "x = \"1\"\n\n" B },
		{ B "\n" A, "a", B },
		{ A B, "b", A },
		{ B A, "b", A },
		{ "  host 'a' { } \r\n" B, "a", B },
		{ "host \"a\" { } # mine\n", "a", " # mine\n" },
		{ "host \"a\" { } host \"b\" { }\n", "a", " host \"b\" { }\n" },
		{ "# host \"a\" { }\n" A, "a", "# host \"a\" { }\n" },
		{ "// host \"a\" { }\n" A, "a", "// host \"a\" { }\n" },
		{ "/* host \"a\" { }\n*/" A, "a", "/* host \"a\" { }\n*/\n" },
		{ "x = { host, \"a\" }\n" A, "a", "x = { host, \"a\" }\n" },
		{ "x = \"host \\\"a\\\" { }\"\n" A, "a",
		  "x = \"host \\\"a\\\" { }\"\n" },
		{ "url = http://x/host\n" A, "a", "url = http://x/host\n" },
		{ "", "a", NULL },
		{ A, "b", NULL },
		{ A, "A", NULL },
		{ "# " A, "a", NULL },
		{ "host \"a\" { mac = \"}\"", "a", NULL },
		{ "hosts \"a\" { }\n", "a", NULL },
		{ "\"host\" \"a\" { }\n", "a", NULL },
		{ "x { host \"a\" { } }\n", "a", NULL },
		{ "host \"\\x61\" { }\n", "a", NULL },
		{ "/* host \"a\" { }", "a", NULL },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const char *text = rows[i].text;
		size_t len = strlen(text), start, end;
		char left[512] = "";
		int r = pxe_host_text_find(text, len, rows[i].name, &start,
					   &end);

		ck_assert_msg(r == (rows[i].left != NULL ? 0 : -ENOENT),
			      "row %zu: %d", i, r);
		if (r < 0)
			continue;
		memcpy(left, text, start);
		memcpy(left + start, text + end, len - end);
		ck_assert_str_eq(left, rows[i].left);
	}
}
END_TEST

START_TEST(what_was_put_is_found)
{
	static const struct pxe_host_text host = {
		.name = "new", .id_key = "mac", .id = "m", .groups = "g"
	};
	char text[512];
	size_t start, end;
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, A);
	ck_assert_int_eq(pxe_host_text_put(&s, text, s.len, &host), 0);
	ck_assert_int_eq(pxe_host_text_find(text, s.len, "new", &start, &end),
			 0);
	ck_assert_uint_eq(end, s.len);
	text[start] = '\0';
	ck_assert_str_eq(text, A);
}
END_TEST

UNIT_MAIN("host_text", sections_are_appended, no_value_begins_a_line,
	  sections_are_found, what_was_put_is_found)
