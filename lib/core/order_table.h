/* SPDX-License-Identifier: ISC */
/* Orders (core/order.h) by their machine.  Pure; the records are copies. */
#ifndef PXE_CORE_ORDER_TABLE_H
#define PXE_CORE_ORDER_TABLE_H

#include <stddef.h>

#include "base/attr.h"
#include "core/order.h"

struct pxe_order_table;

/* An empty table; NULL: no memory. */
struct pxe_order_table *pxe_order_table_new(void) PXE_MUST_CHECK;
void pxe_order_table_free(struct pxe_order_table *table);
size_t pxe_order_table_count(const struct pxe_order_table *table);

/* The order of a machine; NULL: it has none. */
struct pxe_order *pxe_order_table_find(const struct pxe_order_table *table,
				       const char *machine);

/*
 * The order of a machine that a request comes from: that of its host section,
 * if it has one, else that of its client's key (either may be NULL).  NULL:
 * there is neither.
 */
const struct pxe_order *
pxe_order_table_find_for(const struct pxe_order_table *table,
			 const struct pxe_conf_host *host, const char *key);

/* Puts a copy in, in the place of what its machine has.  0, -ENOMEM. */
int pxe_order_table_set(struct pxe_order_table *table,
			const struct pxe_order *order) PXE_MUST_CHECK;

/* The machine has none any more; it may have had none. */
void pxe_order_table_remove(struct pxe_order_table *table, const char *machine);

/* Walks over all in no order: *at = 0 to start; NULL at the end. */
struct pxe_order *pxe_order_table_next(const struct pxe_order_table *table,
				       size_t *at);

#endif
