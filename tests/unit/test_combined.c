/* SPDX-License-Identifier: ISC */
/* Lines of the access log. */
#include "httpd/combined.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define BEFORE "10.0.0.7 - - [09/Sep/2001:01:46:40 +0000] "

static void make(const struct pxe_combined *r, char *text)
{
	struct pxe_str s;

	pxe_str_init(&s, text, PXE_COMBINED_TEXT);
	pxe_combined_put(&s, r);
	ck_assert(!s.cut);
}

START_TEST(lines)
{
	static const struct {
		struct pxe_combined r;
		const char *line;
	} rows[] = {
		{ { .method = "GET",
		    .target = "/linux",
		    .version = "HTTP/1.1",
		    .status = 200,
		    .n_bytes = 5368709127,
		    .agent = "iPXE/1.0.0" },
		  "\"GET /linux HTTP/1.1\" 200 5368709127 \"-\" "
		  "\"iPXE/1.0.0\"\n" },
		{ { .method = "HEAD",
		    .target = "/",
		    .version = "HTTP/1.0",
		    .status = 304,
		    .referer = "http://a/" },
		  "\"HEAD / HTTP/1.0\" 304 - \"http://a/\" \"-\"\n" },
		{ { .line = "POST /x HTTP/1.1", .status = 405 },
		  "\"POST /x HTTP/1.1\" 405 - \"-\" \"-\"\n" },
		{ { .line = "", .status = 408 }, "\"-\" 408 - \"-\" \"-\"\n" },
		/* nobody makes a field or a line of his own */
		{ { .line = "GET /\" 200 1 \"-\" \"x\"\n1.2.3.4 - -",
		    .status = 400 },
		  "\"GET /\\x22 200 1 \\x22-\\x22 \\x22x\\x22\\x0a1.2.3.4 - -\""
		  " 400 - \"-\" \"-\"\n" },
		{ { .method = "GET",
		    .target = "/a\\\"b\r\n",
		    .status = 200,
		    .version = "HTTP/1.1",
		    .referer = "\"",
		    .agent = "\\" },
		  "\"GET /a\\\\\\x22b\\x0d\\x0a HTTP/1.1\" 200 - \"\\x22\" "
		  "\"\\\\\"\n" },
		{ { .method = "GET",
		    .target = "/gr\xc3\xbcn\x1b[31m",
		    .version = "HTTP/1.1",
		    .status = 404,
		    .n_bytes = 30 },
		  "\"GET /gr\\xc3\\xbcn\\x1b[31m HTTP/1.1\" 404 30 \"-\" "
		  "\"-\"\n" },
		/* nor reads a token */
		{ { .method = "GET",
		    .status = 200,
		    .n_bytes = 1,
		    .target = "/answer/00112233445566778899aabbccddeeff/ks",
		    .version = "HTTP/1.1",
		    .referer = "http://a/s/00112233445566778899aabbccddeeff/" },
		  "\"GET /answer/001122*/ks HTTP/1.1\" 200 1 "
		  "\"http://a/s/001122*/\" \"-\"\n" },
	};
	char text[PXE_COMBINED_TEXT], want[500];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_combined r = rows[i].r;

		r.peer = "10.0.0.7";
		r.time_s = 1000000000;
		make(&r, text);
		snprintf(want, sizeof(want), BEFORE "%s", rows[i].line);
		ck_assert_str_eq(text, want);
	}
}
END_TEST

/* However long the fields are and wherever they are cut, the line is one. */
START_TEST(long_fields_are_cut)
{
	static char field[20000];
	struct pxe_combined r = {
		.peer = "fd00:1111:2222:3333:4444:5555:6666:7777",
		.method = "HEAD",
		.version = "HTTP/1.1",
		.status = 200,
		.n_bytes = UINT64_MAX,
		.target = field,
		.referer = field,
		.agent = field,
	};
	char text[PXE_COMBINED_TEXT];
	static const char octets[] = "a\"\\\n\xff";

	for (size_t k = 0; k < strlen(octets); k++)
		for (size_t shift = 0; shift < 5; shift++) {
			size_t n_quotes = 0;

			memset(field, octets[k], sizeof(field) - 1);
			memset(field, 'x', shift);
			make(&r, text);
			ck_assert(strchr(text, '\n') ==
				  text + strlen(text) - 1);
			for (const char *p = text; *p != '\0'; p++) {
				if (*p == '\\')
					p += p[1] == '\\' ? 1 : 3;
				else
					n_quotes += *p == '"';
			}
			ck_assert_uint_eq(n_quotes, 6);
		}
}
END_TEST

UNIT_MAIN("combined", lines, long_fields_are_cut)
