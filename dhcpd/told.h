/* SPDX-License-Identifier: ISC */
/*
 * What pxe-stated was told of ordinary clients, so that it is not told again
 * at each renewal.  A memory of fixed size: who is not in it any more is
 * reported once too often, and all are each hour, since reports can get lost.
 * Pure.
 */
#ifndef PXE_DHCPD_TOLD_H
#define PXE_DHCPD_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/facts.h"

enum { PXE_TOLD_ROWS = 1 << 16, PXE_TOLD_S = 3600 };

/* Zeroed by the owner: nothing was told. */
struct pxe_told {
	uint64_t row[PXE_TOLD_ROWS];
	int64_t since_s;
};

/* Everything is to be told anew. */
void pxe_told_forget(struct pxe_told *told);

/*
 * Is anything of this news: the facts, or the name of its host section ("":
 * none)?  Then it counts as told.  `mono_s`: a clock that is never set.
 */
bool pxe_told_is_news(struct pxe_told *told, const struct pxe_facts *facts,
		      const char *host, int64_t mono_s);

#endif
