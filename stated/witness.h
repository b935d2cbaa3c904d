/* SPDX-License-Identifier: ISC */
/*
 * The witness: a small file outside of the store, which says which store it
 * was and how many changes its orders had seen.  Who restores an older copy of
 * the store, or begins with an empty one, is told by it: what was consumed
 * meanwhile would be pending again.
 *
 * It is written after each such change is in the store, and on disk before
 * anybody is answered: so it may be behind by what was never answered, and is
 * never ahead of a store that is whole.
 */
#ifndef PXE_STATED_WITNESS_H
#define PXE_STATED_WITNESS_H

#include <stdint.h>

#include "base/attr.h"
#include "stated/order_book.h"

enum { PXE_WITNESS_ERROR = 200 };

struct pxe_witness {
	char dir[4000];
	char id[PXE_TOKEN_TEXT]; /* what it says; "": there is none */
	uint64_t seq;
	char error[PXE_WITNESS_ERROR]; /* of the last writing; "": it is good */
	int64_t error_s;	       /* since when */
};

/* Reads it.  0, also where there is none; -EBADMSG: it is no witness. */
int pxe_witness_read(struct pxe_witness *witness,
		     const char *dir) PXE_MUST_CHECK;

/* Makes it say what the guard says, on disk, if it does not yet.  0, -errno
 * (`error`). */
int pxe_witness_follow(struct pxe_witness *witness,
		       const struct pxe_orders_guard *guard,
		       int64_t now_s) PXE_MUST_CHECK;

/* What a store with that guard is by its witness. */
enum pxe_witness_verdict {
	PXE_WITNESS_GOOD,
	PXE_WITNESS_NEW,   /* neither has seen anything yet */
	PXE_WITNESS_OLDER, /* something is missing */
};
enum pxe_witness_verdict
pxe_witness_judge(const struct pxe_witness *witness,
		  const struct pxe_orders_guard *guard);

#endif
