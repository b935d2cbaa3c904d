/* SPDX-License-Identifier: ISC */
/*
 * What a file server counts, told to pxe-stated, which shows it: the type
 * Counters of io.pxesuite.State.varlink.
 */
#ifndef PXE_RUN_STATE_COUNTS_H
#define PXE_RUN_STATE_COUNTS_H

#include <event2/event.h>
#include <jansson.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/reason.h"
#include "run/state_client.h"

struct pxe_counts {
	uint64_t running;                /* transfers, now */
	uint64_t bytes;                  /* of those that ended */
	uint64_t reasons[PXE_N_REASONS]; /* how often each ended a request */
};

/* A new reference, NULL only without memory. */
json_t *pxe_state_counts_to_json(const struct pxe_counts *counts)
	PXE_MUST_CHECK;
/* Reasons that are not known are left out.  0, -EBADMSG. */
int pxe_state_counts_from_json(const json_t *json,
			       struct pxe_counts *counts) PXE_MUST_CHECK;

/* Fills `counts`, which is all zero, with what there is now. */
typedef void pxe_state_count(struct pxe_counts *counts, void *arg);

struct pxe_state_teller;

/*
 * From now on tells what `count` says, asked once a second: what changed, and
 * now and then what did not, as pxe-stated may have been started again.
 * `client` is borrowed and must be there until _free.  NULL: no memory.
 */
struct pxe_state_teller *pxe_state_teller_new(struct event_base *base,
					      struct pxe_state_client *client,
					      pxe_state_count *count,
					      void *arg) PXE_MUST_CHECK;
void pxe_state_teller_free(struct pxe_state_teller *teller);

#endif
