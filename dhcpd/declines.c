/* SPDX-License-Identifier: ISC */
#include "dhcpd/declines.h"

static uint64_t hash_key(const char *client)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *client != '\0'; client++)
		h = (h ^ (unsigned char)*client) * UINT64_C(0x100000001b3);
	return h;
}

bool pxe_declines_count(struct pxe_declines *declines, const char *client,
			int max, int64_t until_s, int64_t now_s)
{
	uint64_t h = hash_key(client);
	int n = 0;

	for (size_t i = 0; i < PXE_DECLINES_ROWS; i++)
		n += declines->row[i].client == h &&
		     declines->row[i].until_s > now_s;
	if (n >= max)
		return false;
	declines->row[declines->next].client = h;
	declines->row[declines->next].until_s = until_s;
	declines->next = (declines->next + 1) % PXE_DECLINES_ROWS;
	return true;
}

void pxe_declines_move(struct pxe_declines *declines, int64_t by_s)
{
	for (size_t i = 0; i < PXE_DECLINES_ROWS; i++)
		declines->row[i].until_s += by_s;
}
