/* SPDX-License-Identifier: ISC */
/*
 * Group commit: what lease verbs changed in one turn of the loop goes into one
 * transaction, and they are answered after it.  A batch never waits for more:
 * it is written as soon as everything that was readable has been handled.
 */
#ifndef PXE_STATED_BATCH_H
#define PXE_STATED_BATCH_H

#include <jansson.h>

#include "stated/stated.h"

/* NULL: no memory. */
struct pxe_batch *pxe_batch_new(struct pxe_stated *stated) PXE_MUST_CHECK;
void pxe_batch_free(struct pxe_batch *batch);

/*
 * The registry has dealt with a lease verb; it is answered when the batch is
 * written, with `params` (stolen; NULL: none).  `error` NULL: done; else the
 * error, which may rest on changes that are not written yet.
 */
void pxe_batch_add(struct pxe_batch *batch, struct pxe_state_request *request,
		   const char *error, json_t *params);

/* The same for BeginBoot: is answered as done only if the witness of orders
 * is on disk as well. */
void pxe_batch_add_begun(struct pxe_batch *batch,
			 struct pxe_state_request *request, json_t *params);

/* GetLease: answers, with the batch, what the lease of `address` is then. */
void pxe_batch_look(struct pxe_batch *batch, struct pxe_state_request *request,
		    uint32_t address);

/* Before pxe_batch_add(): the lease of `address` was asked for by an operating
 * system, which is to be noted once it is on disk. */
void pxe_batch_note_os(struct pxe_batch *batch, uint32_t address);

/* Writes and answers what there is, now: before somebody looks at leases. */
void pxe_batch_run(struct pxe_batch *batch);

/* Is there something that is not written? */
bool pxe_batch_is_pending(const struct pxe_batch *batch);

/* What a transaction of somebody else's came to: says once that the store
 * fails, and once that it works again. */
void pxe_batch_note_result(struct pxe_batch *batch, int r);

/* Nothing is forgotten for an hour: it may be set again. */
void pxe_batch_clock_was_set(struct pxe_batch *batch);

/* Writes everything, client records too: before the program ends. */
void pxe_batch_finish(struct pxe_batch *batch);

#endif
