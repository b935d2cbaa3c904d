/* SPDX-License-Identifier: ISC */
/*
 * The time that leases are judged by.  When somebody sets the clock, all
 * leases are moved with it, on disk first, so that none is longer or shorter
 * than its client was told.
 */
#ifndef PXE_STATED_CLOCK_H
#define PXE_STATED_CLOCK_H

#include "stated/stated.h"

/*
 * Before the store is loaded: moves its leases if the clock was set while
 * pxe-stated was away, and begins to follow the clocks.  0, or -errno with
 * the sentence in the store's error.
 */
int pxe_stated_clock_start(struct pxe_stated *st,
			   const char *boot_id) PXE_MUST_CHECK;

/*
 * Seconds since 1970 on the scale of the leases.  Where the clock was set,
 * all leases are moved first; as long as the store cannot take that, time
 * goes on as if it had not been set.  The registry may change.
 */
int64_t pxe_stated_now_s(struct pxe_stated *st);

/* Every second: notes now and then how the clocks are. */
void pxe_stated_clock_tick(struct pxe_stated *st);
/* At the end, after the last commit. */
void pxe_stated_clock_stop(struct pxe_stated *st);

#endif
