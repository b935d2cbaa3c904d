/* SPDX-License-Identifier: ISC */
#include "dhcpd/reuse.h"

#include <string.h>

bool pxe_reuse_begin(struct pxe_reuse *reuse, int64_t now_s)
{
	if (!reuse->is_stale && now_s < reuse->none_until_s &&
	    reuse->n_ended <= reuse->n)
		return false;
	if (reuse->vain_s != now_s) {
		reuse->vain_s = now_s;
		reuse->n_vain = 0;
	}
	if (reuse->n_vain >= PXE_REUSE_VAIN)
		return false;
	reuse->had_rows = reuse->n > 0;
	reuse->n = reuse->n_ended = 0;
	return true;
}

void pxe_reuse_end(struct pxe_reuse *reuse, int64_t next_s)
{
	if (reuse->n == 0 || reuse->had_rows)
		reuse->n_vain++;
	reuse->is_stale = false;
	reuse->none_until_s = next_s;
}

void pxe_reuse_add(struct pxe_reuse *reuse, uint32_t address, int64_t end_s)
{
	size_t i = reuse->n;

	reuse->n_ended++;
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

bool pxe_reuse_get(const struct pxe_reuse *reuse, uint32_t *address)
{
	if (reuse->n == 0)
		return false;
	*address = reuse->row[reuse->n - 1].address;
	return true;
}

void pxe_reuse_drop(struct pxe_reuse *reuse)
{
	reuse->n--;
	reuse->n_ended--;
}
