/* SPDX-License-Identifier: ISC */
/* A store whose files were removed is written anew from memory. */
#ifndef PXE_STATED_REFILL_H
#define PXE_STATED_REFILL_H

#include "stated/stated.h"

/* Every second: are the files of the store still there?  If not, they are
 * made anew, and st->must_refill is set. */
void pxe_refill_check(struct pxe_stated *st);

/* Puts all that is in memory into the transaction that has begun. */
int pxe_refill_store(struct pxe_stated *st) PXE_MUST_CHECK;

#endif
