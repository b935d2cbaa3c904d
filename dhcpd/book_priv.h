/* SPDX-License-Identifier: ISC */
/*
 * Between the files of the address book:
 *
 *	book.c         what it holds, and how that changes
 *	book_choose.c  who may have what, and what is chosen
 *	book_limit.c   how much a circuit or a hardware address may have
 */
#ifndef PXE_DHCPD_BOOK_PRIV_H
#define PXE_DHCPD_BOOK_PRIV_H

#include "core/pool.h"
#include "dhcpd/blocked.h"
#include "dhcpd/book.h"
#include "dhcpd/declines.h"
#include "dhcpd/held.h"
#include "dhcpd/quota.h"
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
	struct pxe_quota *circuits, *names;
	int64_t now_s; /* of pxe_book_expire() */
};

/* The client's lease in a subnet that ends last, `but` for one address. */
const struct pxe_lease *pxe_book_find_in(const struct pxe_lease_table *table,
					 const char *client,
					 const struct pxe_conf_subnet *subnet,
					 uint32_t but);

/* Ends the oldest offer in a subnet that was held for PXE_BOOK_OFFER_MIN_S;
 * false: there is none among the oldest of all. */
bool pxe_book_end_oldest(struct pxe_book *book,
			 const struct pxe_conf_subnet *subnet, int64_t now_s);

/* 0, -ENOMEM. */
int pxe_book_limit_init(struct pxe_book *book) PXE_MUST_CHECK;
void pxe_book_limit_done(struct pxe_book *book);

/* An address is somebody's from now on: counted, where there is a limit.
 * 0, -ENOMEM. */
int pxe_book_limit_note(struct pxe_book *book,
			const struct pxe_lease *lease) PXE_MUST_CHECK;
/* The same for all: the configuration or the leases are new. */
void pxe_book_limit_note_all(struct pxe_book *book);

/* May the client have one more?  0, -EDQUOT (its circuit has enough),
 * -EUSERS (its hardware address has, under other client-ids). */
int pxe_book_limit_check(struct pxe_book *book,
			 const struct pxe_book_ask *ask) PXE_MUST_CHECK;

#endif
