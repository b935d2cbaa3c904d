/* SPDX-License-Identifier: ISC */
/* Clients that are held because their boots go round in circles. */
#ifndef PXE_STATED_LOOPS_H
#define PXE_STATED_LOOPS_H

#include "core/alarm.h"
#include "stated/stated.h"

/* Takes the rules over from the configuration. */
void pxe_loops_configure(struct pxe_stated *st, const struct pxe_conf *conf);

/* Logs that a client was held or released by what it did. */
void pxe_loops_tell(const struct pxe_client *client,
		    const struct pxe_event *event,
		    enum pxe_loop_change change);

/* An alarm for each client that is held. */
void pxe_loops_add_alarms(const struct pxe_stated *st, int64_t now_s,
			  struct pxe_alarms *alarms);

/* The method ReleaseClient. */
void pxe_loops_release(struct pxe_state_request *request,
		       const json_t *params, void *arg);

#endif
