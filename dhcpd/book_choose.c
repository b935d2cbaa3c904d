/* SPDX-License-Identifier: ISC */
#include "dhcpd/book_priv.h"

#include <errno.h>
#include <string.h>

static bool is_free_in(const struct pxe_lease_table *table, uint32_t address,
		       const char *client, int64_t now_s)
{
	const struct pxe_lease *l = pxe_lease_table_find(table, address);

	return l == NULL || pxe_lease_is_free(l, client, now_s);
}

/* Does nobody else have it leased, offered or pending? */
static bool is_free(const struct pxe_book *book, uint32_t address,
		    const char *client, int64_t now_s)
{
	return is_free_in(book->leases, address, client, now_s) &&
	       is_free_in(book->offers, address, client, now_s) &&
	       is_free_in(book->pending, address, client, now_s);
}

/* May it be given to the client at all, whoever has it now? */
static bool is_usable(const struct pxe_book *book,
		      const struct pxe_book_ask *ask, uint32_t address)
{
	const struct pxe_conf_host *host = ask->host;
	const struct pxe_book_sub *sub =
		&book->subs[ask->subnet - book->conf->subnets];

	if (address == 0 || !pxe_ip4_net_has(&ask->subnet->net, address))
		return false;
	switch (pxe_blocked_find(&book->blocked, address)) {
	case PXE_BLOCKED_NO:
		return pxe_pool_has(sub->pool, address);
	case PXE_BLOCKED_RESERVED:
		return host != NULL && host->address == address;
	case PXE_BLOCKED_NAMED:
	case PXE_BLOCKED_OWN:
		break;
	}
	return false;
}

/* The client's own lease that runs, though the ranges no longer have it. */
static bool has_now(const struct pxe_book *book, const struct pxe_book_ask *ask,
		    uint32_t address)
{
	const struct pxe_lease *l = pxe_lease_table_find(book->leases, address);

	return l != NULL && pxe_lease_is_active(l, ask->now_s) &&
	       strcmp(l->client, ask->client) == 0 &&
	       pxe_ip4_net_has(&ask->subnet->net, address) &&
	       pxe_blocked_find(&book->blocked, address) == PXE_BLOCKED_NO;
}

static bool can_give(const struct pxe_book *book,
		     const struct pxe_book_ask *ask, uint32_t address)
{
	return is_usable(book, ask, address) &&
	       is_free(book, address, ask->client, ask->now_s);
}

/* Searches all leases for those of the subnet that ended. */
static void search_reuse(const struct pxe_book *book,
			 const struct pxe_book_ask *ask,
			 struct pxe_book_sub *sub)
{
	int64_t next_s = INT64_MAX;
	const struct pxe_lease *l;
	size_t at = 0;

	while ((l = pxe_lease_table_next(book->leases, &at)) != NULL) {
		if (!pxe_pool_has(sub->pool, l->address))
			continue;
		if (can_give(book, ask, l->address))
			pxe_reuse_add(&sub->reuse, l->address, l->end_s);
		else if (l->end_s > ask->now_s && l->end_s < next_s)
			next_s = l->end_s;
	}
	/* offers that end and commits that fail touch() their address */
	pxe_reuse_end(&sub->reuse, next_s);
}

/* The first that the last search found and that can still be given. */
static bool find_found(const struct pxe_book *book,
		       const struct pxe_book_ask *ask, struct pxe_book_sub *sub,
		       uint32_t *address)
{
	while (pxe_reuse_get(&sub->reuse, address)) {
		if (can_give(book, ask, *address))
			return true;
		pxe_reuse_drop(&sub->reuse);
	}
	return false;
}

static int find_reuse(const struct pxe_book *book,
		      const struct pxe_book_ask *ask, struct pxe_book_sub *sub,
		      uint32_t *address)
{
	if (find_found(book, ask, sub, address))
		return 0;
	if (!pxe_reuse_begin(&sub->reuse, ask->now_s))
		return -EADDRNOTAVAIL;
	search_reuse(book, ask, sub);
	return find_found(book, ask, sub, address) ? 0 : -EADDRNOTAVAIL;
}

/* Nobody's address: one that nobody ever had, or one to be used again. */
static int find_free(struct pxe_book *book, const struct pxe_book_ask *ask,
		     struct pxe_book_sub *sub, uint32_t *address)
{
	if (pxe_pool_find_lowest(sub->pool, address) == 0)
		return 0;
	return find_reuse(book, ask, sub, address);
}

/* Would enough be left for those who are known? */
static bool has_spare(const struct pxe_book *book,
		      const struct pxe_book_ask *ask, struct pxe_book_sub *sub)
{
	const uint32_t reserve = ask->subnet->reserve;
	uint32_t a;

	if (pxe_pool_count_free(sub->pool) > reserve)
		return true;
	(void)find_found(book, ask, sub, &a); /* counts no more what is given */
	if (pxe_reuse_begin(&sub->reuse, ask->now_s))
		search_reuse(book, ask, sub);
	return pxe_pool_count_free(sub->pool) + sub->reuse.n_ended > reserve;
}

/* May the client have an address that it does not have now? */
static int check_new(struct pxe_book *book, const struct pxe_book_ask *ask)
{
	struct pxe_book_sub *sub =
		&book->subs[ask->subnet - book->conf->subnets];
	int r = pxe_book_limit_check(book, ask);

	if (r == 0 && ask->subnet->reserve > 0 &&
	    !pxe_book_is_known(book, ask->client, ask->host) &&
	    !has_spare(book, ask, sub))
		r = -EPERM;
	return r;
}

/* The first of the wishes that can be given, or 0. */
static uint32_t find_wish(const struct pxe_book *book,
			  const struct pxe_book_ask *ask,
			  const uint32_t *wishes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (can_give(book, ask, wishes[i]))
			return wishes[i];
	return 0;
}

/* What the client has now, or is to have at any rate; 0: nothing. */
static uint32_t find_firm(const struct pxe_book *book,
			  const struct pxe_book_ask *ask)
{
	const struct pxe_lease *own =
		pxe_book_find_own(book, ask->client, ask->subnet);
	const struct pxe_lease *pending =
		pxe_book_find_in(book->pending, ask->client, ask->subnet, 0);
	const bool is_active = own != NULL &&
			       pxe_lease_is_active(own, ask->now_s);
	const uint32_t wishes[] = {
		ask->host != NULL ? ask->host->address : 0,
		pending != NULL ? pending->address : 0,
		is_active ? own->address : 0,
		pxe_book_find_offer(book, ask->client, ask->subnet),
	};

	return find_wish(book, ask, wishes, PXE_LEN(wishes));
}

bool pxe_book_may_have(struct pxe_book *book, const struct pxe_book_ask *ask,
		       uint32_t address)
{
	if (!is_free(book, address, ask->client, ask->now_s))
		return false;
	if (has_now(book, ask, address))
		return true;
	return is_usable(book, ask, address) &&
	       (find_firm(book, ask) != 0 || check_new(book, ask) == 0);
}

int pxe_book_choose(struct pxe_book *book, const struct pxe_book_ask *ask,
		    uint32_t *address)
{
	struct pxe_book_sub *sub =
		&book->subs[ask->subnet - book->conf->subnets];
	const struct pxe_lease *own =
		pxe_book_find_own(book, ask->client, ask->subnet);
	const uint32_t wishes[] = {
		own != NULL ? own->address : 0,
		/* what another had is kept for it while others are left */
		pxe_pool_is_free(sub->pool, ask->requested) ? ask->requested
							    : 0,
	};
	uint32_t a = find_firm(book, ask);
	int r;

	if (a == 0) {
		r = check_new(book, ask);
		if (r < 0)
			return r;
		a = find_wish(book, ask, wishes, PXE_LEN(wishes));
	}
	if (a != 0) {
		*address = a;
		return 0;
	}
	r = find_free(book, ask, sub, address);
	/* a flood of clients that never take what they are offered does not
	 * keep others out for longer than it must */
	if (r < 0 && ask->is_last_resort &&
	    pxe_book_end_oldest(book, ask->subnet, ask->now_s))
		r = find_free(book, ask, sub, address);
	return r;
}
