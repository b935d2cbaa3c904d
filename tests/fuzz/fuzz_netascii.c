/* SPDX-License-Identifier: ISC */
/*
 * Any text in netascii, encoded and decoded in pieces of any size: the same as
 * in one piece, as long as was counted, and the text again in the end.  And
 * blocks of it asked for in any order are cuts of that.
 *
 * The input: a number that the sizes are made from, then the text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "tftpd/ascii.h"
#include "wire/netascii.h"

enum { MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t seed;

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* From 0 to `most`, the same for the same seed; often an end of that. */
static size_t pick(size_t most)
{
	seed = seed * 1664525 + 1013904223;
	if (seed >> 30 == 0)
		return seed >> 29 & 1 ? most : most > 0;
	return (seed >> 8) % (most + 1);
}

static void check_pieces(const uint8_t *text, size_t len, const uint8_t *wire,
			 size_t wire_len)
{
	struct pxe_netascii_decoder decoder = { 0 };
	struct pxe_netascii state = { 0 };
	uint8_t made[2 * MOST], back[2 * MOST + 1];
	size_t at = 0, n = 0, n_back = 0;
	bool is_more = true;

	while (is_more) {
		size_t in = pick(len - at < 64 ? len - at : 64), used, piece;
		size_t cap = pick(64);

		piece = pxe_netascii_encode(&state, text + at, in, &used,
					    made + n, cap);
		check(used <= in && piece <= cap);
		is_more = at < len || state.is_owed || piece > 0;
		n_back += pxe_netascii_decode(&decoder, made + n, piece,
					      back + n_back);
		at += used;
		n += piece;
	}
	n_back += pxe_netascii_decode_end(&decoder, back + n_back);
	check(n == wire_len && memcmp(made, wire, n) == 0);
	check(n_back == len && memcmp(back, text, len) == 0);
}

static void check_block(struct pxe_ascii *a, uint64_t block,
			const uint8_t *text, size_t len, const uint8_t *wire,
			size_t wire_len)
{
	size_t at = (size_t)(block - 1) * a->blksize, n = 0;
	size_t want = wire_len - at < a->blksize ? wire_len - at : a->blksize;
	uint8_t out[64];

	pxe_ascii_seek(a, block);
	while (n < want) {
		size_t offset = (size_t)pxe_ascii_offset(a), in, made;

		check(offset <= len);
		in = pick(len - offset < 100 ? len - offset : 100);
		made = pxe_ascii_make(a, text + offset, in, out + n, want - n);
		check(made <= want - n && pxe_ascii_offset(a) <= offset + in);
		check(in == 0 || made > 0 || pxe_ascii_offset(a) > offset);
		n += made;
	}
	check(memcmp(out, wire + at, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_netascii state = { 0 };
	uint8_t wire[2 * MOST];
	size_t wire_len, used;
	struct pxe_ascii a;
	struct pxe_rd rd;
	uint16_t blksize, window;

	pxe_rd_init(&rd, data, size);
	seed = pxe_rd_u16(&rd);
	if (rd.bad || rd.left > MOST)
		return 0;
	wire_len = pxe_netascii_encode(&state, rd.p, rd.left, &used, wire,
				       sizeof(wire));
	check(used == rd.left && !state.is_owed);
	check(wire_len == pxe_netascii_count(rd.p, rd.left));
	check_pieces(rd.p, rd.left, wire, wire_len);
	blksize = (uint16_t)(8 + pick(56));
	window = (uint16_t)(1 + pick(100));
	pxe_ascii_start(&a, blksize, window);
	for (int i = 0; i < 50; i++)
		check_block(&a, pick(wire_len / blksize) + 1, rd.p, rd.left,
			    wire, wire_len);
	return 0;
}
