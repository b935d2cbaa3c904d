/* SPDX-License-Identifier: ISC */
/* What the parts of pxe-stated share. */
#ifndef PXE_STATED_STATED_H
#define PXE_STATED_STATED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"
#include "run/daemon.h"
#include "run/state_server.h"
#include "stated/order_book.h"
#include "stated/registry.h"
#include "stated/rights.h"
#include "stated/store.h"
#include "stated/witness.h"

#define PXE_STATED_INTERFACE "io.pxesuite.State"

/* The text of lib/io.pxesuite.State.varlink, put in by the build. */
extern const char pxe_stated_interface_text[];

struct pxe_alarm_book;
struct pxe_batch;
struct pxe_peers;
struct pxe_watchers;

struct pxe_stated {
	struct event_base *base;
	struct pxe_registry *registry;
	struct pxe_store *store;
	struct pxe_state_server *server;
	struct pxe_batch *batch;
	struct pxe_watchers *watchers;
	struct pxe_peers *peers;
	struct pxe_alarm_book *alarms;
	struct pxe_rights rights;
	int64_t started_s;
	/* the clocks; tests set their own */
	struct pxe_clock_time (*read_clock)(void);
	struct pxe_clock clock;
	struct pxe_clock_mark clock_mark;     /* as it is in the store */
	int64_t next_mark_ms, step_retry_ms; /* up_ms of when it is due */
	int64_t stepped_s, step_s; /* the clock was set: when, by; 0: not */

	/* orders: stated/orders.h */
	struct pxe_orders *orders;
	struct pxe_witness witness;
	enum pxe_witness_verdict verdict;
	bool is_verdict_due; /* what follows from it is not on disk yet */
	int64_t unarmed_s;   /* a machine may have been new; 0: none was */
	char unarmed[PXE_ORDER_MACHINE_TEXT]; /* the last of them */

	bool must_refill; /* the store lacks what is in memory */
	uint64_t n_commits; /* lease verbs answered as done */
	uint64_t n_syncs;   /* transactions that were written */
	char store_error[PXE_STORE_ERROR_TEXT]; /* "" while it works */
	int64_t store_error_s; /* since when it does not */
};

/* stated/verbs.c: the methods of the interface. */
extern const struct pxe_state_method pxe_verbs[];
extern const size_t pxe_n_verbs;
/* CommitLease for parameters that are text; false: they are not plain. */
bool pxe_verbs_commit_text(struct pxe_state_request *request, const char *text,
			   size_t len, void *arg);

#endif
