/* SPDX-License-Identifier: ISC */
/* The records that streams begin with, by key: clients or orders. */
#ifndef PXE_STATED_WATCH_RECORD_H
#define PXE_STATED_WATCH_RECORD_H

#include <jansson.h>

#include "stated/stated.h"

/* The next key (*at = 0 to start); NULL: no more. */
const char *pxe_watch_next_key(const struct pxe_stated *st, bool of_orders,
			       size_t *at);
/* The record of a key; NULL: it is gone. */
json_t *pxe_watch_record(const struct pxe_stated *st, bool of_orders,
			 const char *key);

#endif
