/* SPDX-License-Identifier: ISC */
/*
 * Records of the order book as rows of the store: a kind, a key and JSON.
 * What cannot be read is an error, since what it forbade would be forgotten.
 */
#ifndef PXE_STATED_ORDER_ROWS_H
#define PXE_STATED_ORDER_ROWS_H

#include "stated/order_book.h"
#include "stated/store.h"

/* Writes the changes that are noted; or everything there is.  0, -errno. */
int pxe_order_rows_write(struct pxe_store *store,
			 const struct pxe_orders *orders) PXE_MUST_CHECK;
int pxe_order_rows_write_all(struct pxe_store *store,
			     const struct pxe_orders *orders) PXE_MUST_CHECK;

/* Takes one row while a store is loaded.  0, -EBADMSG, -ENOMEM. */
int pxe_order_rows_take(struct pxe_orders *orders, int kind, const char *key,
			const char *text) PXE_MUST_CHECK;

#endif
