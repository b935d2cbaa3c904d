/* SPDX-License-Identifier: ISC */
#include "dhcpd/asked.h"

#include <stddef.h>

static uint64_t make_hash(const char *key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *key != '\0'; key++) /* FNV-1a */
		h = (h ^ (uint8_t)*key) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd); /* murmur3 */
	return h | 1;
}

static size_t find_row(uint64_t hash)
{
	return (size_t)(hash >> 33) % PXE_ASKED_ROWS;
}

void pxe_asked_put(struct pxe_asked *asked, const char *key, uint32_t xid,
		   enum pxe_stage stage)
{
	uint64_t hash = make_hash(key);

	asked->row[find_row(hash)] =
		(struct pxe_asked_row){ hash, xid, stage };
}

const struct pxe_asked_row *pxe_asked_find(const struct pxe_asked *asked,
					   const char *key, uint32_t xid)
{
	uint64_t hash = make_hash(key);
	const struct pxe_asked_row *row = &asked->row[find_row(hash)];

	return row->hash == hash && row->xid == xid ? row : NULL;
}
