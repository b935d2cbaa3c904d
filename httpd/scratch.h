/* SPDX-License-Identifier: ISC */
/*
 * Where a worker makes an answer: text, and pieces of a file between.  What the
 * socket takes at once is never copied again.
 */
#ifndef PXE_HTTPD_SCRATCH_H
#define PXE_HTTPD_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "httpd/conn.h"

#define PXE_SCRATCH_HEAD 4096 /* room for the head, before the body */

/* Starts as zeroes. */
struct pxe_scratch {
	char *text; /* the body's begins at PXE_SCRATCH_HEAD */
	size_t len, cap;
	struct pxe_piece *pieces; /* at least one after _reset */
	size_t n_pieces, cap_pieces;
};

/* An empty body.  0, -ENOMEM. */
int pxe_scratch_reset(struct pxe_scratch *scratch) PXE_MUST_CHECK;

/* Room for `n` octets at the end; NULL: no memory. */
char *pxe_scratch_reserve(struct pxe_scratch *scratch, size_t n) PXE_MUST_CHECK;
/* `n` of them are there.  0, -ENOMEM. */
int pxe_scratch_commit(struct pxe_scratch *scratch, size_t n) PXE_MUST_CHECK;

/* Octets of the answer's file at the end.  0, -ENOMEM. */
int pxe_scratch_add_file(struct pxe_scratch *scratch, uint64_t first,
			 uint64_t n) PXE_MUST_CHECK;

void pxe_scratch_done(struct pxe_scratch *scratch);

#endif
