/* SPDX-License-Identifier: ISC */
/*
 * A table of orders, found by their machine.  It owns its records; pointers
 * stay valid until the record is removed or the table freed.
 */
#ifndef PXE_CORE_ORDER_TABLE_H
#define PXE_CORE_ORDER_TABLE_H

#include <stddef.h>

#include "base/attr.h"
#include "core/order.h"

struct pxe_order_table;

/* NULL: no memory. */
struct pxe_order_table *pxe_order_table_new(void) PXE_MUST_CHECK;
void pxe_order_table_free(struct pxe_order_table *table);
size_t pxe_order_table_count(const struct pxe_order_table *table);

/* The order of that machine; NULL: none. */
struct pxe_order *pxe_order_table_find(const struct pxe_order_table *table,
				       const char *machine);

/* The order of a client with that host section (either may be NULL): of the
 * section first, then of its key; NULL: none. */
const struct pxe_order *
pxe_order_table_find_for(const struct pxe_order_table *table,
			 const struct pxe_conf_host *host, const char *key);

/* Puts a copy in, replacing the one of its machine.  The record in the table,
 * or NULL: no memory. */
struct pxe_order *pxe_order_table_set(struct pxe_order_table *table,
				      const struct pxe_order *order);
void pxe_order_table_remove(struct pxe_order_table *table,
			    struct pxe_order *order);

/* Walks over all in no order: *at = 0 to start; NULL at the end.  The one just
 * given may be removed: then *at must be lowered by one. */
struct pxe_order *pxe_order_table_next(const struct pxe_order_table *table,
				       size_t *at);

#endif
