/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "wire/varlink.h"

static void append(struct pxe_varlink_stream *s, const void *octets, size_t n)
{
	memcpy(s->buf + s->len, octets, n);
	s->len += n;
}

START_TEST(messages_come_out_whole)
{
	struct pxe_varlink_stream s;
	char buf[64];
	const char *text;
	size_t len;

	pxe_varlink_init(&s, buf, 16);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
	append(&s, "{}\0{\"a\":1}\0{", 12);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_str_eq(text, "{}");
	ck_assert_uint_eq(len, 2);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_str_eq(text, "{\"a\":1}");
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
	append(&s, "}", 2);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_str_eq(text, "{}");
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
}
END_TEST

START_TEST(an_empty_message_is_a_message)
{
	struct pxe_varlink_stream s;
	char buf[8];
	const char *text;
	size_t len;

	pxe_varlink_init(&s, buf, 4);
	append(&s, "\0\0", 2);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
}
END_TEST

START_TEST(the_limit_holds_with_and_without_a_nul)
{
	struct pxe_varlink_stream s;
	char buf[32];
	const char *text;
	size_t len;

	pxe_varlink_init(&s, buf, 4);
	append(&s, "1234", 5);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	append(&s, "12345", 6);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), -EMSGSIZE);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), -EMSGSIZE);

	pxe_varlink_init(&s, buf, 4);
	append(&s, "1234", 4);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 0);
	append(&s, "5", 1);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), -EMSGSIZE);
}
END_TEST

/* Two messages, cut at every octet, through a buffer that is compacted. */
START_TEST(any_cut_gives_the_same_messages)
{
	static const char all[] = "{\"method\":\"a\"}\0{\"method\":\"bc\"}";
	struct pxe_varlink_stream s;
	char buf[64];
	const char *text;
	size_t len, n = 0;

	for (size_t cut = 0; cut <= sizeof(all); cut++) {
		pxe_varlink_init(&s, buf, 20);
		n = 0;
		append(&s, all, cut);
		while (pxe_varlink_next(&s, &text, &len) == 1)
			n++;
		pxe_varlink_compact(&s);
		append(&s, all + cut, sizeof(all) - cut);
		while (pxe_varlink_next(&s, &text, &len) == 1) {
			ck_assert_uint_eq(len, strlen(text));
			ck_assert_str_eq(text, n == 0 ? "{\"method\":\"a\"}"
						      : "{\"method\":\"bc\"}");
			n++;
		}
		ck_assert_uint_eq(n, 2);
	}
}
END_TEST

START_TEST(compact_frees_at_least_half)
{
	struct pxe_varlink_stream s;
	char buf[16];
	const char *text;
	size_t len;

	pxe_varlink_init(&s, buf, 8);
	append(&s, "aa\0bbbbb", 8);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	pxe_varlink_compact(&s); /* 3 taken, 5 left: stays */
	ck_assert_uint_eq(s.len, 8);
	append(&s, "", 1);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_str_eq(text, "bbbbb");
	append(&s, "cc", 2);
	pxe_varlink_compact(&s);
	ck_assert_uint_eq(s.len, 2);
	ck_assert_uint_eq(s.at, 0);
	append(&s, "", 1);
	ck_assert_int_eq(pxe_varlink_next(&s, &text, &len), 1);
	ck_assert_str_eq(text, "cc");
}
END_TEST

UNIT_MAIN("varlink", messages_come_out_whole, an_empty_message_is_a_message,
	  the_limit_holds_with_and_without_a_nul,
	  any_cut_gives_the_same_messages, compact_frees_at_least_half)
