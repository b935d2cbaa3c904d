/* SPDX-License-Identifier: ISC */
/*
 * What a machine boots when its order is over.  The boot policy decides by it,
 * and pxectl tells it.
 */
#ifndef PXE_CORE_ORDER_NEXT_H
#define PXE_CORE_ORDER_NEXT_H

#include <stdbool.h>

#include "core/conf.h"
#include "core/order.h"

/* Who says it, the first that does.  Rows: enumerator, word. */
#define PXE_ORDER_SAYS(X)                                                      \
	X(ORDER, "order")   /* `--next` of the order */                        \
	X(TARGET, "target") /* `next` of its target */                         \
	X(HOST, "host")     /* `boot` of the host section */                   \
	X(LOCAL, "local")   /* nobody: to its own disk */

enum pxe_order_says {
#define X(id, name) PXE_ORDER_SAYS_##id,
	PXE_ORDER_SAYS(X)
#undef X
		PXE_N_ORDER_SAYS
};

struct pxe_order_next {
	enum pxe_order_says says;
	/* never a destructive one; NULL: to the disk, by no target */
	const struct pxe_conf_target *target;
};

/* Of a machine with that host section; NULL: it has none. */
struct pxe_order_next pxe_order_find_next(const struct pxe_conf *conf,
					  const struct pxe_order *order,
					  const struct pxe_conf_host *host);

/* The word of who says it ("?" beyond the table). */
const char *pxe_order_says_name(enum pxe_order_says says);

/* The first target that leads to the disk; NULL: none. */
const struct pxe_conf_target *pxe_order_find_local(const struct pxe_conf *conf);

/* An order to be carried out whose target is not there, or has become
 * destructive, which an order that is not for once does not let have. */
bool pxe_order_is_broken(const struct pxe_conf *conf,
			 const struct pxe_order *order);

#endif
