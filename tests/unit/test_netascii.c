/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/attr.h"
#include "unit.h"
#include "wire/netascii.h"

#define TEXT(t) (t), sizeof(t) - 1

static const struct {
	const char *name;
	const char *text;
	size_t len;
	const char *wire;
	size_t wire_len;
} rows[] = {
	{ "nothing", TEXT(""), TEXT("") },
	{ "no line end", TEXT("abc"), TEXT("abc") },
	{ "one line", TEXT("abc\n"), TEXT("abc\r\n") },
	{ "a bare CR", TEXT("a\rb"), TEXT("a\r\0b") },
	{ "CR LF of DOS", TEXT("a\r\n"), TEXT("a\r\0\r\n") },
	{ "CR at the end", TEXT("a\r"), TEXT("a\r\0") },
	{ "empty lines", TEXT("\n\n\n"), TEXT("\r\n\r\n\r\n") },
	{ "CRs", TEXT("\r\r"), TEXT("\r\0\r\0") },
	{ "NULs", TEXT("\0a\0\n\0"), TEXT("\0a\0\r\n\0") },
	{ "ends near words of eight octets",
	  TEXT("1234567\n12345678\n123456\n\r12345678901234567890"),
	  TEXT("1234567\r\n12345678\r\n123456\r\n\r\0"
	       "12345678901234567890") },
	/* an octet whose neighbours borrow in sloppy word tricks */
	{ "octets like LF and CR", TEXT("\x0b\x0c\x0e\x8a\x8d\x09\x0b\xff"),
	  TEXT("\x0b\x0c\x0e\x8a\x8d\x09\x0b\xff") },
	{ "LF beside its neighbours", TEXT("\x0b\x0a\x0b\x0d\x0c\x0e\x0b\x0b"),
	  TEXT("\x0b\r\x0a\x0b\r\0\x0c\x0e\x0b\x0b") },
};

/* Encodes `len` octets, `in` at a time into `out` at a time. */
static size_t encode(const char *text, size_t len, size_t in, size_t out,
		     char *wire)
{
	struct pxe_netascii state = { 0 };
	size_t at = 0, n = 0;

	for (;;) {
		size_t most = len - at < in ? len - at : in;
		size_t used, made;

		made = pxe_netascii_encode(&state, text + at, most, &used,
					   wire + n, out);
		ck_assert_uint_le(made, out);
		ck_assert_uint_le(used, most);
		if (made == 0 && used == 0)
			return n;
		at += used;
		n += made;
	}
}

START_TEST(netascii_encodes)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		char wire[256];

		for (size_t in = 1; in < 9; in++)
			for (size_t out = 1; out < 40; out++) {
				size_t n = encode(rows[i].text, rows[i].len,
						  in * in, out, wire);

				ck_assert_msg(n == rows[i].wire_len &&
						      memcmp(wire, rows[i].wire,
							     n) == 0,
					      "%s", rows[i].name);
			}
		ck_assert_uint_eq(pxe_netascii_count(rows[i].text, rows[i].len),
				  rows[i].wire_len);
	}
}
END_TEST

/* Without a buffer the same is counted, to the same state. */
START_TEST(netascii_only_counts)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		for (size_t cap = 0; cap < 60; cap++) {
			struct pxe_netascii one = { 0 }, two = { 0 };
			size_t n_one, n_two, used_one, used_two;
			char wire[60];

			n_one = pxe_netascii_encode(&one, rows[i].text,
						    rows[i].len, &used_one,
						    wire, cap);
			n_two = pxe_netascii_encode(&two, rows[i].text,
						    rows[i].len, &used_two,
						    NULL, cap);
			ck_assert_uint_eq(n_one, n_two);
			ck_assert_uint_eq(used_one, used_two);
			ck_assert_int_eq(one.is_owed, two.is_owed);
		}
}
END_TEST

START_TEST(netascii_decodes)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		for (size_t piece = 1; piece < 40; piece++) {
			struct pxe_netascii_decoder state = { 0 };
			char text[256];
			size_t n = 0;

			for (size_t at = 0; at < rows[i].wire_len;
			     at += piece) {
				size_t left = rows[i].wire_len - at;

				n += pxe_netascii_decode(&state,
							 rows[i].wire + at,
							 left < piece ? left
								      : piece,
							 text + n);
			}
			n += pxe_netascii_decode_end(&state, text + n);
			ck_assert_msg(n == rows[i].len &&
					      memcmp(text, rows[i].text, n) ==
						      0,
				      "%s", rows[i].name);
		}
}
END_TEST

/* What no encoder writes. */
START_TEST(netascii_decodes_what_was_not_encoded)
{
	static const struct {
		const char *wire;
		size_t wire_len;
		const char *text;
		size_t len;
	} odd[] = {
		{ TEXT("a\nb\n"), TEXT("a\nb\n") },
		{ TEXT("a\rb"), TEXT("a\rb") },
		{ TEXT("a\r"), TEXT("a\r") },
		{ TEXT("\r\r\n"), TEXT("\r\n") },
		{ TEXT("\r\r\r\0"), TEXT("\r\r\r") },
		{ TEXT("\n\r"), TEXT("\n\r") },
	};

	for (size_t i = 0; i < PXE_LEN(odd); i++) {
		struct pxe_netascii_decoder state = { 0 };
		char text[16];
		size_t n;

		n = pxe_netascii_decode(&state, odd[i].wire, odd[i].wire_len,
					text);
		n += pxe_netascii_decode_end(&state, text + n);
		ck_assert_uint_eq(n, odd[i].len);
		ck_assert_int_eq(memcmp(text, odd[i].text, n), 0);
		ck_assert_uint_eq(pxe_netascii_decode_end(&state, text), 0);
	}
}
END_TEST

UNIT_MAIN("netascii", netascii_encodes, netascii_only_counts, netascii_decodes,
	  netascii_decodes_what_was_not_encoded)
