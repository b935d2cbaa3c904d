/* SPDX-License-Identifier: ISC */
/*
 * The methods about orders and boot sessions, and what guards them: the store
 * must be the one that was written last.
 */
#ifndef PXE_STATED_ORDERS_H
#define PXE_STATED_ORDERS_H

#include "stated/stated.h"

struct pxe_alarms;
struct pxe_conf;

/* Takes the rules from the configuration. */
void pxe_stated_orders_configure(struct pxe_stated *st,
				 const struct pxe_conf *conf);

/* The store is loaded: compares it with its witness, and holds what must be
 * held. */
void pxe_stated_orders_start(struct pxe_stated *st, const char *witness_dir);

/* Once a second: what is too late ends, what could not be written is tried
 * again. */
void pxe_stated_orders_tick(struct pxe_stated *st, int64_t now_s);

/* The store has what the guard says: so shall the witness.  0, -errno. */
int pxe_stated_orders_witness(struct pxe_stated *st);

void pxe_stated_orders_add_alarms(const struct pxe_stated *st,
				  struct pxe_alarms *alarms);

typedef void pxe_orders_verb(struct pxe_state_request *request,
			     const json_t *params, void *arg);
pxe_orders_verb pxe_orders_verb_assign, pxe_orders_verb_list,
	pxe_orders_verb_release, pxe_orders_verb_arm, pxe_orders_verb_open,
	pxe_orders_verb_get, pxe_orders_verb_begin, pxe_orders_verb_finish;

#endif
