/* SPDX-License-Identifier: ISC */
/*
 * Between the files of the address book:
 *
 *	book.c         what it holds, and how that changes
 *	book_choose.c  who may have what, and what is chosen
 */
#ifndef PXE_DHCPD_BOOK_PRIV_H
#define PXE_DHCPD_BOOK_PRIV_H

#include "core/pool.h"
#include "dhcpd/blocked.h"
#include "dhcpd/book.h"
#include "dhcpd/declines.h"
#include "dhcpd/held.h"
#include "dhcpd/reuse.h"

struct pxe_book_sub {
	struct pxe_pool *pool;
	struct pxe_reuse reuse;
};

struct pxe_book {
	const struct pxe_conf *conf;
	struct pxe_book_sub *subs; /* one for each of conf->subnets */
	size_t n_subs;
	struct pxe_blocked blocked;
	struct pxe_lease_table *leases, *offers, *pending;
	struct pxe_held held; /* the offers in the order of their ends */
	struct pxe_declines declines;
};

/* The client's lease in a subnet that ends last, `but` for one address. */
const struct pxe_lease *pxe_book_find_in(const struct pxe_lease_table *table,
					 const char *client,
					 const struct pxe_conf_subnet *subnet,
					 uint32_t but);

#endif
