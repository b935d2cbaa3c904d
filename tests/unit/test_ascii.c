/* SPDX-License-Identifier: ISC */
/* Blocks of a text in netascii, in whatever order they are asked for. */
#include <string.h>

#include "tftpd/ascii.h"
#include "unit.h"

enum { SIZE = 20000, BLKSIZE = 64 };

static uint8_t text[SIZE], wire[2 * SIZE];
static size_t wire_len;
static uint64_t n_read; /* octets */

static uint32_t roll(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void make_text(uint32_t seed)
{
	struct pxe_netascii state = { 0 };
	size_t used;

	for (size_t i = 0; i < SIZE; i++) {
		uint32_t r = roll(&seed) % 20;

		text[i] = r == 0 ? '\n' : r == 1 ? '\r' : (uint8_t)('a' + r);
	}
	text[SIZE - 1] = '\n';
	wire_len = pxe_netascii_encode(&state, text, SIZE, &used, wire,
				       sizeof(wire));
	ck_assert_uint_eq(used, SIZE);
	ck_assert_uint_eq(wire_len, pxe_netascii_count(text, SIZE));
}

static uint64_t last_block(void)
{
	return wire_len / BLKSIZE + 1;
}

/* Makes a block from pieces of `piece` octets, and compares it. */
static void take_block(struct pxe_ascii *a, uint64_t block, size_t piece)
{
	size_t at = (size_t)(block - 1) * BLKSIZE, n = 0;
	size_t want = block < last_block() ? BLKSIZE : wire_len - at;
	uint8_t out[BLKSIZE];

	pxe_ascii_seek(a, block);
	while (n < want) {
		uint64_t offset = pxe_ascii_offset(a);
		size_t len, made;

		ck_assert_uint_le(offset, SIZE);
		len = SIZE - offset < piece ? (size_t)(SIZE - offset) : piece;
		made = pxe_ascii_make(a, text + offset, len, out + n,
				      sizeof(out) - n);
		ck_assert(made > 0 || len > 0);
		n_read += pxe_ascii_offset(a) - offset;
		n += made;
	}
	ck_assert_uint_eq(n, want);
	ck_assert_int_eq(memcmp(out, wire + at, n), 0);
}

START_TEST(ascii_one_after_the_other)
{
	struct pxe_ascii a;

	make_text(1);
	for (size_t piece = 1; piece < 300; piece += 7) {
		pxe_ascii_start(&a, BLKSIZE, 1);
		n_read = 0;
		for (uint64_t b = 1; b <= last_block(); b++)
			take_block(&a, b, piece);
		ck_assert_uint_eq(n_read, SIZE);
	}
}
END_TEST

/* Each block anew from any place of the window, as after lost packets. */
START_TEST(ascii_again_from_a_gap)
{
	static const uint16_t windows[] = {
		1, 2, 16, 61, 62, 63, 64, 200, 999
	};
	uint32_t seed = 77;
	struct pxe_ascii a;

	make_text(2);
	for (size_t w = 0; w < sizeof(windows) / sizeof(*windows); w++) {
		uint64_t next = 1, most = windows[w], n_taken = 0;

		pxe_ascii_start(&a, BLKSIZE, windows[w]);
		n_read = 0;
		while (next <= last_block()) {
			uint64_t end = next + most;

			if (end > last_block() + 1)
				end = last_block() + 1;
			for (uint64_t b = next; b < end; b++, n_taken++)
				take_block(&a, b, 100);
			/* any of it was acknowledged, or nothing */
			next += roll(&seed) % (end - next + 1);
		}
		/* at most one stride more than what is sent is read again */
		ck_assert_uint_le(n_read, n_taken * BLKSIZE *
						  (windows[w] < 62 ? 1 : 2));
	}
}
END_TEST

/* Whatever is asked for is found, far ones from the beginning. */
START_TEST(ascii_any_order)
{
	uint32_t seed = 5;
	struct pxe_ascii a;

	make_text(3);
	pxe_ascii_start(&a, BLKSIZE, 4);
	for (int i = 0; i < 3000; i++)
		take_block(&a, roll(&seed) % last_block() + 1,
			   roll(&seed) % 500 + 1);
}
END_TEST

/* A block that was made in part is begun again. */
START_TEST(ascii_half_a_block)
{
	uint8_t out[BLKSIZE];
	struct pxe_ascii a;

	make_text(4);
	pxe_ascii_start(&a, BLKSIZE, 4);
	take_block(&a, 1, 100);
	pxe_ascii_seek(&a, 2);
	ck_assert_uint_eq(pxe_ascii_make(&a, text + pxe_ascii_offset(&a), 64,
					 out, 10),
			  10);
	take_block(&a, 2, 100);
	pxe_ascii_seek(&a, 3);
	ck_assert_uint_eq(pxe_ascii_make(&a, text + pxe_ascii_offset(&a), 64,
					 out, 10),
			  10);
	take_block(&a, 5, 100);
}
END_TEST

/* The file became shorter: nothing comes out, rather than something wrong. */
START_TEST(ascii_shorter_file)
{
	uint8_t out[BLKSIZE];
	struct pxe_ascii a;

	pxe_ascii_start(&a, BLKSIZE, 4);
	ck_assert_uint_eq(pxe_ascii_make(&a, "ab\n", 3, out, BLKSIZE), 4);
	ck_assert_uint_eq(pxe_ascii_offset(&a), 3);
	ck_assert_uint_eq(pxe_ascii_make(&a, "", 0, out, BLKSIZE), 0);
	pxe_ascii_seek(&a, 3);
	ck_assert_uint_eq(pxe_ascii_make(&a, "", 0, out, BLKSIZE), 0);
}
END_TEST

UNIT_MAIN("ascii", ascii_one_after_the_other, ascii_again_from_a_gap,
	  ascii_any_order, ascii_half_a_block, ascii_shorter_file)
