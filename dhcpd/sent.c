/* SPDX-License-Identifier: ISC */
#include "dhcpd/sent.h"

static uint64_t make_hash(const void *buf, size_t len)
{
	const uint8_t *p = buf;
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++) /* FNV-1a */
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd); /* murmur3 */
	return h | 1; /* 0: a free place */
}

static size_t find_row(uint64_t hash)
{
	return (size_t)(hash >> 33) % PXE_SENT_ROWS;
}

void pxe_sent_put(struct pxe_sent *sent, const void *buf, size_t len)
{
	uint64_t hash = make_hash(buf, len);
	size_t row = find_row(hash);
	uint8_t *next = &sent->next[row];

	sent->hash[row][*next] = hash;
	*next = (uint8_t)((*next + 1) % PXE_SENT_WAYS);
}

bool pxe_sent_has(const struct pxe_sent *sent, const void *buf, size_t len)
{
	uint64_t hash = make_hash(buf, len);
	const uint64_t *row = sent->hash[find_row(hash)];

	for (size_t i = 0; i < PXE_SENT_WAYS; i++)
		if (row[i] == hash)
			return true;
	return false;
}
