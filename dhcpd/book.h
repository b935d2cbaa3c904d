/* SPDX-License-Identifier: ISC */
/*
 * The address book: whose every address is, as far as pxe-dhcpd knows.  It
 * holds the working copy of pxe-stated's leases, the offers made from memory,
 * the commits under way, and the free addresses of every subnet.
 *
 * Pure: it decides nothing about messages and knows no clock.  A client is
 * its key (core/facts.h).  Times are seconds since 1970 as in leases.
 */
#ifndef PXE_DHCPD_BOOK_H
#define PXE_DHCPD_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/lease.h"

enum {
	PXE_BOOK_OFFER_S = 30,	     /* how long an offer is held */
	PXE_BOOK_OFFER_MIN_S = 5, /* even if nothing else is left: EDK2
				     gathers offers for 4 s */
	PXE_BOOK_QUARANTINE_S = 3600, /* a declined address stays unused */
	PXE_BOOK_DECLINES_MAX = 4, /* a client may quarantine so many */
};

struct pxe_book;

/* An empty book; NULL: no memory. */
struct pxe_book *pxe_book_new(void) PXE_MUST_CHECK;
void pxe_book_free(struct pxe_book *book);

/*
 * Takes a configuration (borrowed until the next call) and the `n_own`
 * addresses of this host, which are given to nobody.  Leases, offers and
 * commits stay.  0; -ENOMEM, -E2BIG (a subnet's ranges have more than
 * PXE_POOL_MAX addresses): the book is as before.
 */
int pxe_book_configure(struct pxe_book *book, const struct pxe_conf *conf,
		       const uint32_t *own, size_t n_own) PXE_MUST_CHECK;

/* Lets offers end whose time is over.  Call before questions at `now_s`. */
void pxe_book_expire(struct pxe_book *book, int64_t now_s);

/* The working copy's lease of an address, or NULL. */
const struct pxe_lease *pxe_book_find(const struct pxe_book *book,
				      uint32_t address);

/*
 * The client's lease in a subnet: the one that ends last, or NULL.  A client
 * may have one in each subnet that it is on.
 */
const struct pxe_lease *
pxe_book_find_own(const struct pxe_book *book, const char *client,
		  const struct pxe_conf_subnet *subnet);

/* All leases of a client: its first, and the next after one; or NULL. */
const struct pxe_lease *pxe_book_first_own(const struct pxe_book *book,
					   const char *client);
const struct pxe_lease *pxe_book_next_own(const struct pxe_lease *lease);

/* The address of a subnet that is offered to a client, 0: none. */
uint32_t pxe_book_find_offer(const struct pxe_book *book, const char *client,
			     const struct pxe_conf_subnet *subnet);

/* Is a commit of this client in this subnet under way?  How many in all? */
bool pxe_book_is_pending(const struct pxe_book *book, const char *client,
			 const struct pxe_conf_subnet *subnet);
size_t pxe_book_count_pending(const struct pxe_book *book);

size_t pxe_book_count_leases(const struct pxe_book *book);

/* Does the client have a host section, or is a lease of it remembered? */
bool pxe_book_is_known(const struct pxe_book *book, const char *client,
		       const struct pxe_conf_host *host);

/* Who asks for an address. */
struct pxe_book_ask {
	const struct pxe_conf_subnet *subnet;
	const char *client;		  /* key */
	const struct pxe_conf_host *host; /* its host section, or NULL */
	const struct pxe_hwaddr *hw;	  /* or NULL */
	uint64_t circuit;		  /* as in leases; 0: none */
	uint32_t requested;		  /* option 50; 0: none */
	bool is_last_resort; /* an offer that nobody took up may end for it */
	int64_t now_s;
};

/*
 * May the client have this address?  It must lie in the subnet's ranges, or
 * be its reservation or what it has now; belong to no server, router or other
 * host's reservation; nobody else may have it leased, offered or pending; and
 * if it is a new one for the client, no limit may forbid it.
 */
bool pxe_book_may_have(struct pxe_book *book,
		       const struct pxe_book_ask *ask, uint32_t address);

/*
 * Chooses an address: the client's reservation, what it has or had, what it
 * was offered, what it requests, the lowest that nobody ever had, the one
 * whose lease ended longest ago, as last resort the one whose offer nobody
 * took up for longest (which ends).  0; -EADDRNOTAVAIL (none is left), -EPERM
 * (those that are left are reserved, and the client is a stranger), -EDQUOT
 * (its circuit has enough), -EUSERS (its hardware address has enough, under
 * other client-ids).
 */
int pxe_book_choose(struct pxe_book *book, const struct pxe_book_ask *ask,
		    uint32_t *address) PXE_MUST_CHECK;

/* Holds an address for a client until `end_s` of the offer, instead of what it
 * was offered in this subnet before.  0, -ENOMEM. */
int pxe_book_offer(struct pxe_book *book,
		   const struct pxe_lease *offer) PXE_MUST_CHECK;

/* Gives back what was offered to a client in a subnet, if anything. */
void pxe_book_unoffer(struct pxe_book *book, const char *client,
		      const struct pxe_conf_subnet *subnet);

/*
 * A commit of `lease` begins: the address is the client's meanwhile.
 * 0, -EALREADY (one of this client is under way there), -ENOMEM.
 */
int pxe_book_begin(struct pxe_book *book,
		   const struct pxe_lease *lease) PXE_MUST_CHECK;

/* The address of the lease that `lease` takes over: the client's other one
 * in its subnet; 0: none. */
uint32_t pxe_book_find_replaced(const struct pxe_book *book,
				const struct pxe_lease *lease);

/*
 * The commit for `address` ended.  If `is_done` it becomes a lease, the one
 * that it `replaces` and what the client was offered there are over, else all
 * is as before.  0, -ENOMEM (not in the copy).
 */
int pxe_book_end(struct pxe_book *book, uint32_t address, uint32_t replaces,
		 bool is_done) PXE_MUST_CHECK;

/* Changes the working copy as pxe-stated's did.  0, -ENOMEM; -ENOENT. */
int pxe_book_put(struct pxe_book *book,
		 const struct pxe_lease *lease) PXE_MUST_CHECK;
int pxe_book_remove(struct pxe_book *book, uint32_t address) PXE_MUST_CHECK;

/* The clock was set by `by_s`: leases, offers, commits under way and
 * quarantines go on as long as they would have. */
void pxe_book_move(struct pxe_book *book, int64_t by_s);

/*
 * Replaces the working copy by `leases`, which the book owns from now on.
 * Quarantines that only this copy knows and that have not ended stay.
 */
void pxe_book_replace(struct pxe_book *book, struct pxe_lease_table *leases,
		      int64_t now_s);

/*
 * May the client put one more address into quarantine?  Counts it if so:
 * PXE_BOOK_DECLINES_MAX within PXE_BOOK_QUARANTINE_S, so that no client can
 * empty a pool by declining address after address.
 */
bool pxe_book_count_decline(struct pxe_book *book, const char *client,
			    int64_t now_s);

#endif
