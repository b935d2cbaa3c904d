/* SPDX-License-Identifier: ISC */
/* httpd/redact: no token of a boot session in any text. */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "httpd/redact.h"
#include "unit.h"

#define TOKEN "0123456789abcdefABCDEF9876543210"

static const char *redacted(const char *text, bool quoted)
{
	static char buf[512];
	struct pxe_str s;

	pxe_str_init(&s, buf, sizeof(buf));
	pxe_redact_put(&s, text, quoted);
	return buf;
}

START_TEST(tokens_are_cut)
{
	static const struct {
		const char *text, *becomes;
	} rows[] = {
		{ "", "" },
		{ "/debian/linux", "/debian/linux" },
		{ "/s/" TOKEN "/debian/linux", "/s/012345*/debian/linux" },
		{ "/answer/" TOKEN "/user-data", "/answer/012345*/user-data" },
		{ "/done/" TOKEN, "/done/012345*" },
		{ "/failed/" TOKEN "?x=" TOKEN, "/failed/012345*?x=012345*" },
		{ "/boot.ipxe?mac=52-54-00-12-34-56&session=" TOKEN "&a=b",
		  "/boot.ipxe?mac=52-54-00-12-34-56&session=012345*&a=b" },
		{ "?uuid=4c4c4544-0042-3510-8051-b4c04f4a3132",
		  "?uuid=4c4c4544-0042-3510-8051-b4c04f4a3132" },
		/* longer ones may have a token in them */
		{ "/s/f" TOKEN "/x", "/s/f01234*/x" },
		{ "/s/" TOKEN TOKEN "/x", "/s/012345*/x" },
		/* shorter ones are none */
		{ "/s/0123456789abcdef0123456789abcde/x",
		  "/s/0123456789abcdef0123456789abcde/x" },
		/* escaped in part or whole */
		{ "/s/%30123456789abcdefABCDEF9876543210/x",
		  "/s/%3012345*/x" },
		{ "/s/0123456%37%38%39abcdefABCDEF987654321%30",
		  "/s/012345*" },
		/* escapes that stand for no digit end it, and are no digits */
		{ "%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f",
		  "%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f%2f" },
		{ "%2f" TOKEN, "%2f012345*" },
		{ TOKEN "%2F", "012345*%2F" },
		{ "%", "%" },
		{ "%3", "%3" },
		{ "%zz" TOKEN "%", "%zz012345*%" },
		{ "a\x1b[2J\"\\", "a\\x1b[2J\"\\\\" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_str_eq(redacted(rows[i].text, false),
				 rows[i].becomes);
}
END_TEST

START_TEST(quotes_do_not_end)
{
	ck_assert_str_eq(redacted("a\"b\\" TOKEN "\"", true),
			 "a\\x22b\\\\012345*\\x22");
}
END_TEST

/* However it is cut or written, no 32 digits of it are left. */
START_TEST(every_way_of_writing)
{
	for (unsigned way = 0; way < 4096; way++) {
		char text[200] = "x/", *p = text + 2;
		const char *out;

		for (int i = 0; i < PXE_REDACT_DIGITS; i++) {
			if (way >> (i % 12) & 1)
				p += sprintf(p, "%%%02x", TOKEN[i]);
			else
				*p++ = TOKEN[i];
		}
		*p = '\0';
		out = redacted(text, true);
		ck_assert_uint_le(strlen(out), 2 + 6 * 3 + 1);
		ck_assert_ptr_ne(strchr(out, '*'), NULL);
	}
}
END_TEST

START_TEST(a_text_is_cut_in_its_place)
{
	static const struct {
		const char *text, *becomes;
	} rows[] = {
		{ "", "" },
		{ "%", "%" },
		{ "answer/" TOKEN "/: there is no answer\\x1b",
		  "answer/012345*/: there is no answer\\x1b" },
		{ TOKEN "%2f" TOKEN TOKEN, "012345*%2f012345*" },
		{ "%3" TOKEN "%30%31", "%3012345*" },
		{ "deadbeef/" TOKEN, "deadbeef/012345*" },
	};
	char text[200];

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		pxe_str_copy(text, sizeof(text), rows[i].text);
		pxe_redact_cut(text);
		ck_assert_str_eq(text, rows[i].becomes);
	}
}
END_TEST

UNIT_MAIN("redact", tokens_are_cut, quotes_do_not_end, every_way_of_writing,
	  a_text_is_cut_in_its_place)
