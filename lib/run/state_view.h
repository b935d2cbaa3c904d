/* SPDX-License-Identifier: ISC */
/*
 * A copy of pxe-stated's client records and orders that follows it (the Watch
 * method on a connection of its own).  While stated is away the last known
 * records stay.  Main thread only, but for what pxe_state_view_guard() says.
 */
#ifndef PXE_RUN_STATE_VIEW_H
#define PXE_RUN_STATE_VIEW_H

#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/attr.h"
#include "core/client.h"
#include "core/order_table.h"

struct pxe_state_view;

/* What a view has. */
enum {
	PXE_VIEW_CLIENTS = 1,
	PXE_VIEW_ORDERS = 2,
};

/* Starts to follow the stated at `path`, for ever.  NULL: no memory. */
struct pxe_state_view *pxe_state_view_new(struct event_base *base,
					  const char *path,
					  unsigned what) PXE_MUST_CHECK;
void pxe_state_view_free(struct pxe_state_view *view);

/*
 * From now on the view takes `world`, borrowed, for writing while it changes:
 * then other threads that hold it for reading may ask the view as well.
 */
void pxe_state_view_guard(struct pxe_state_view *view, pthread_rwlock_t *world);

/* Was the current state read in full and is the connection up? */
bool pxe_state_view_is_fresh(const struct pxe_state_view *view);

/* The record of a client by address or key; NULL.  Valid until the loop
 * runs again. */
const struct pxe_client *pxe_state_view_find_address(
	const struct pxe_state_view *view, uint32_t address);
const struct pxe_client *pxe_state_view_find(const struct pxe_state_view *view,
					     const char *key);

/* All orders; valid until the loop runs again. */
const struct pxe_order_table *pxe_state_view_orders(
	const struct pxe_state_view *view);

#endif
