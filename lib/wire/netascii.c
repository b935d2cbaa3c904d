/* SPDX-License-Identifier: ISC */
#include "wire/netascii.h"

#include <string.h>

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* 1 in each octet of the word that is 0, and 0 in the others. */
static uint64_t find_zeros(uint64_t word)
{
	uint64_t low = (word & EACH(0x7f)) + EACH(0x7f);

	return (~(low | word) & EACH(0x80)) >> 7;
}

/* 1 in each octet of the eight at `p` that is LF or CR. */
static uint64_t find_ends(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return find_zeros(word ^ EACH('\n')) | find_zeros(word ^ EACH('\r'));
}

static bool is_end(uint8_t octet)
{
	return octet == '\n' || octet == '\r';
}

/* The octets before the first LF or CR, which are sent as they are. */
static size_t plain_run(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (len - n >= 8 && find_ends(p + n) == 0)
		n += 8;
	while (n < len && !is_end(p[n]))
		n++;
	return n;
}

uint64_t pxe_netascii_count(const void *in, size_t len)
{
	const uint8_t *p = in;
	uint64_t n = len;

	for (; len >= 8; p += 8, len -= 8)
		n += find_ends(p) * EACH(1) >> 56; /* the sum of its octets */
	for (; len > 0; p++, len--)
		n += is_end(*p);
	return n;
}

/* Puts one octet, if there is room for it. */
static bool put(uint8_t *out, size_t cap, size_t *n, uint8_t octet)
{
	if (*n == cap)
		return false;
	if (out != NULL)
		out[*n] = octet;
	++*n;
	return true;
}

size_t pxe_netascii_encode(struct pxe_netascii *state, const void *in,
			   size_t in_len, size_t *in_used, void *out,
			   size_t cap)
{
	const uint8_t *p = in;
	uint8_t *to = out;
	size_t used = 0, n = 0;

	for (;;) {
		size_t left = in_len - used, run;

		if (state->is_owed && !put(to, cap, &n, state->owed))
			break;
		state->is_owed = false;
		if (left == 0 || n == cap)
			break;
		run = plain_run(p + used, left < cap - n ? left : cap - n);
		if (to != NULL && run > 0)
			memcpy(to + n, p + used, run);
		n += run;
		used += run;
		if (used == in_len || n == cap)
			continue;
		state->owed = p[used++] == '\n' ? '\n' : '\0';
		state->is_owed = put(to, cap, &n, '\r');
	}
	*in_used = used;
	return n;
}

size_t pxe_netascii_decode(struct pxe_netascii_decoder *state, const void *in,
			   size_t len, void *out)
{
	const uint8_t *p = in, *end = p + len;
	uint8_t *to = out;

	for (; p < end; p++) {
		if (state->has_cr && *p == '\0') {
			*to++ = '\r';
			state->has_cr = false;
			continue;
		}
		if (state->has_cr && *p != '\n')
			*to++ = '\r';
		state->has_cr = *p == '\r';
		if (!state->has_cr)
			*to++ = *p;
	}
	return (size_t)(to - (uint8_t *)out);
}

size_t pxe_netascii_decode_end(struct pxe_netascii_decoder *state, void *out)
{
	size_t n = state->has_cr ? 1 : 0;

	if (n > 0)
		*(uint8_t *)out = '\r';
	state->has_cr = false;
	return n;
}
