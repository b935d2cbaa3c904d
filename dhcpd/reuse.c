/* SPDX-License-Identifier: ISC */
#include "dhcpd/reuse.h"

#include <string.h>

bool pxe_reuse_is_due(const struct pxe_reuse *reuse, int64_t now_s)
{
	return now_s >= reuse->none_until_s;
}

void pxe_reuse_add(struct pxe_reuse *reuse, uint32_t address, int64_t end_s)
{
	size_t i = reuse->n;

	if (i == PXE_REUSE_MAX) {
		if (end_s >= reuse->row[0].end_s)
			return;
		memmove(&reuse->row[0], &reuse->row[1],
			(PXE_REUSE_MAX - 1) * sizeof(reuse->row[0]));
		i--;
	} else {
		reuse->n++;
	}
	for (; i > 0 && reuse->row[i - 1].end_s < end_s; i--)
		reuse->row[i] = reuse->row[i - 1];
	reuse->row[i].address = address;
	reuse->row[i].end_s = end_s;
}

bool pxe_reuse_take(struct pxe_reuse *reuse, uint32_t *address)
{
	if (reuse->n == 0)
		return false;
	*address = reuse->row[--reuse->n].address;
	return true;
}
