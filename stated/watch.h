/* SPDX-License-Identifier: ISC */
/*
 * Streams of records: lists in pieces, and Watch: the current state, then
 * every change.  The state is sent as fast as the watcher reads; a watcher
 * whose changes pile up is ended with the error Resync.  Others are not
 * affected.
 */
#ifndef PXE_STATED_WATCH_H
#define PXE_STATED_WATCH_H

#include "stated/stated.h"

struct pxe_watchers *pxe_watchers_new(struct pxe_stated *stated) PXE_MUST_CHECK;
void pxe_watchers_free(struct pxe_watchers *watchers);
size_t pxe_watchers_count(const struct pxe_watchers *watchers);

/* What a stream is about. */
enum {
	PXE_WATCH_LEASES = 1 << 0,
	PXE_WATCH_CLIENTS = 1 << 1,
	PXE_WATCH_EVENTS = 1 << 2,
	/* of leases: only what other processes than the watcher's change,
	 * without the state at the beginning */
	PXE_WATCH_OTHERS = 1 << 3,
	PXE_WATCH_ORDERS = 1 << 4,
};

/* Begins a Watch over `what`; answers the request. */
void pxe_watchers_watch(struct pxe_watchers *watchers,
			struct pxe_state_request *request, unsigned what);
/* Answers with the list of LEASES, CLIENTS or ORDERS, in pieces if asked with
 * more. */
void pxe_watchers_list(struct pxe_watchers *watchers,
		       struct pxe_state_request *request, unsigned what);

/* Process `author` changed the lease of `address` (NULL: it is gone), and
 * that is on disk. */
void pxe_watchers_lease(struct pxe_watchers *watchers, uint64_t author,
			uint32_t address, const struct pxe_lease *lease);
/* The order of a machine changed (NULL: it is gone), and that is on disk. */
void pxe_watchers_order(struct pxe_watchers *watchers, const char *machine,
			const struct pxe_order *order);
void pxe_watchers_event(struct pxe_watchers *watchers,
			const struct pxe_event *event);
/* So much of `what` changed that whoever follows it is to watch again. */
void pxe_watchers_resync(struct pxe_watchers *watchers, unsigned what);
/* A client was forgotten. */
void pxe_watchers_gone(struct pxe_watchers *watchers, const char *key);

/*
 * Tells of the client records that changed (once for all their changes since
 * the last time), and lets streams go on that waited for a batch.
 */
void pxe_watchers_flush(struct pxe_watchers *watchers);
/* The same at the end of this turn of the loop. */
void pxe_watchers_want_flush(struct pxe_watchers *watchers);

#endif
