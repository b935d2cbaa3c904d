/* SPDX-License-Identifier: ISC */
/* Whom an order is for: words of an administrator become machines. */
#ifndef PXECTL_ORDER_WHO_H
#define PXECTL_ORDER_WHO_H

#include "base/attr.h"
#include "core/order.h"
#include "pxectl/ctl.h"

/*
 * The machines (core/order.h) that `who` names: "@GROUP", "@all", a host
 * section, or a machine by hardware address, UUID, address or name.  A new
 * array of texts; NULL: told why.
 */
json_t *pxe_order_who(struct pxe_ctl *ctl, const char *who) PXE_MUST_CHECK;

/* The host section of an order's machine as it is now; NULL: it has none. */
const struct pxe_conf_host *pxe_order_find_host(struct pxe_ctl *ctl,
						const char *machine);

/*
 * Those who have an order by the key of a client, from before they had one of
 * the host sections that are among `machines`: it would come to life again
 * with the end of the other.  A new array; NULL: told why.
 */
json_t *pxe_order_find_older(struct pxe_ctl *ctl,
			     const json_t *machines) PXE_MUST_CHECK;

/*
 * The order of a machine with that host section's name ("" or NULL: none),
 * else of that client.  1; 0: it has none; -1: told why it is not known.
 */
int pxe_order_fetch(struct pxe_ctl *ctl, const char *host, const char *key,
		    struct pxe_order *order) PXE_MUST_CHECK;

#endif
