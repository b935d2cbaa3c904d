/* SPDX-License-Identifier: ISC */
/*
 * Three lease tables (leases, offers, commits under way) and a pool for each
 * subnet.  A pool's bit says "nobody ever had it, and it may be given":
 * touch() keeps that true after every change of one address.
 */
#include "dhcpd/book_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_MAX = 256 }; /* offers looked at for one to end early */

struct pxe_book *pxe_book_new(void)
{
	struct pxe_book *book = calloc(1, sizeof(*book));

	if (book == NULL)
		return NULL;
	book->leases = pxe_lease_table_new();
	book->offers = pxe_lease_table_new();
	book->pending = pxe_lease_table_new();
	if (book->leases == NULL || book->offers == NULL ||
	    book->pending == NULL || pxe_book_limit_init(book) < 0) {
		pxe_book_free(book);
		return NULL;
	}
	return book;
}

static void free_subs(struct pxe_book_sub *subs, size_t n)
{
	for (size_t i = 0; subs != NULL && i < n; i++)
		pxe_pool_free(subs[i].pool);
	free(subs);
}

void pxe_book_free(struct pxe_book *book)
{
	if (book == NULL)
		return;
	free_subs(book->subs, book->n_subs);
	pxe_blocked_done(&book->blocked);
	pxe_lease_table_free(book->leases);
	pxe_lease_table_free(book->offers);
	pxe_lease_table_free(book->pending);
	pxe_held_done(&book->held);
	pxe_book_limit_done(book);
	free(book);
}

static const struct pxe_conf_subnet *find_subnet(const struct pxe_book *book,
						 uint32_t address)
{
	return book->conf != NULL ? pxe_conf_find_subnet(book->conf, address)
				  : NULL;
}

static struct pxe_book_sub *find_sub(const struct pxe_book *book,
				     uint32_t address)
{
	const struct pxe_conf_subnet *subnet = find_subnet(book, address);

	return subnet != NULL ? &book->subs[subnet - book->conf->subnets]
			      : NULL;
}

const struct pxe_lease *pxe_book_find_in(const struct pxe_lease_table *table,
					 const char *client,
					 const struct pxe_conf_subnet *subnet,
					 uint32_t but)
{
	const struct pxe_lease *l = NULL, *best = NULL;

	if (subnet != NULL)
		l = pxe_lease_table_find_client(table, client);
	for (; l != NULL; l = pxe_lease_table_next_client(l))
		if (l->address != but &&
		    pxe_ip4_net_has(&subnet->net, l->address) &&
		    (best == NULL || l->end_s > best->end_s))
			best = l;
	return best;
}

/* Something about this address changed. */
static void touch(struct pxe_book *book, uint32_t address)
{
	struct pxe_book_sub *sub = find_sub(book, address);

	if (sub == NULL)
		return;
	sub->reuse.is_stale = true;
	if (pxe_lease_table_find(book->leases, address) != NULL ||
	    pxe_lease_table_find(book->offers, address) != NULL ||
	    pxe_lease_table_find(book->pending, address) != NULL ||
	    pxe_blocked_find(&book->blocked, address) != PXE_BLOCKED_NO)
		(void)pxe_pool_take(sub->pool, address);
	else
		(void)pxe_pool_give(sub->pool, address);
}

static void touch_all(struct pxe_book *book)
{
	const struct pxe_lease_table *tables[] = { book->leases, book->offers,
						   book->pending };
	const struct pxe_lease *l;

	for (size_t i = 0; i < book->blocked.n; i++)
		touch(book, book->blocked.row[i].address);
	for (size_t t = 0; t < PXE_LEN(tables); t++) {
		size_t at = 0;

		while ((l = pxe_lease_table_next(tables[t], &at)) != NULL)
			touch(book, l->address);
	}
}

int pxe_book_configure(struct pxe_book *book, const struct pxe_conf *conf,
		       const uint32_t *own, size_t n_own)
{
	struct pxe_book_sub *subs = calloc(conf->n_subnets + 1, sizeof(*subs));
	struct pxe_blocked blocked;
	int r = subs == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < conf->n_subnets && r == 0; i++)
		r = pxe_pool_new(conf->subnets[i].ranges,
				 conf->subnets[i].n_ranges, &subs[i].pool);
	if (r == 0)
		r = pxe_blocked_init(&blocked, conf, own, n_own);
	if (r < 0) {
		free_subs(subs, conf->n_subnets);
		return r;
	}
	free_subs(book->subs, book->n_subs);
	pxe_blocked_done(&book->blocked);
	book->conf = conf;
	book->subs = subs;
	book->n_subs = conf->n_subnets;
	book->blocked = blocked;
	touch_all(book);
	pxe_book_limit_note_all(book);
	return 0;
}

static void end_offer(struct pxe_book *book, uint32_t address)
{
	(void)!pxe_lease_table_remove(book->offers, address);
	touch(book, address);
}

void pxe_book_expire(struct pxe_book *book, int64_t now_s)
{
	uint32_t address;

	book->now_s = now_s;
	while (pxe_held_take(&book->held, now_s, &address)) {
		const struct pxe_lease *offer =
			pxe_lease_table_find(book->offers, address);

		/* gone, or renewed: another row is for it */
		if (offer != NULL && offer->end_s <= now_s)
			end_offer(book, address);
	}
}

static bool is_offered(const struct pxe_book *book, uint32_t address,
		       int64_t end_s)
{
	const struct pxe_lease *offer =
		pxe_lease_table_find(book->offers, address);

	return offer != NULL && offer->end_s == end_s &&
	       pxe_lease_table_find(book->pending, address) == NULL;
}

bool pxe_book_end_oldest(struct pxe_book *book,
			 const struct pxe_conf_subnet *subnet, int64_t now_s)
{
	const int64_t held_s = PXE_BOOK_OFFER_S - PXE_BOOK_OFFER_MIN_S;
	uint32_t address;
	int64_t end_s;

	/* rows of offers that are gone would come first for ever */
	while (pxe_held_get(&book->held, 0, &address, &end_s) &&
	       pxe_lease_table_find(book->offers, address) == NULL)
		(void)!pxe_held_take(&book->held, end_s, &address);
	for (size_t i = 0; i < OLDEST_MAX; i++) {
		if (!pxe_held_get(&book->held, i, &address, &end_s) ||
		    end_s > now_s + held_s)
			break;
		if (!pxe_ip4_net_has(&subnet->net, address) ||
		    !is_offered(book, address, end_s))
			continue;
		end_offer(book, address);
		return true;
	}
	return false;
}

const struct pxe_lease *pxe_book_find(const struct pxe_book *book,
				      uint32_t address)
{
	return pxe_lease_table_find(book->leases, address);
}

const struct pxe_lease *pxe_book_find_own(const struct pxe_book *book,
					  const char *client,
					  const struct pxe_conf_subnet *subnet)
{
	return pxe_book_find_in(book->leases, client, subnet, 0);
}

const struct pxe_lease *pxe_book_first_own(const struct pxe_book *book,
					   const char *client)
{
	return pxe_lease_table_find_client(book->leases, client);
}

const struct pxe_lease *pxe_book_next_own(const struct pxe_lease *lease)
{
	return pxe_lease_table_next_client(lease);
}

uint32_t pxe_book_find_offer(const struct pxe_book *book, const char *client,
			     const struct pxe_conf_subnet *subnet)
{
	const struct pxe_lease *o =
		pxe_book_find_in(book->offers, client, subnet, 0);

	return o != NULL ? o->address : 0;
}

bool pxe_book_is_pending(const struct pxe_book *book, const char *client,
			 const struct pxe_conf_subnet *subnet)
{
	return pxe_book_find_in(book->pending, client, subnet, 0) != NULL;
}

size_t pxe_book_count_pending(const struct pxe_book *book)
{
	return pxe_lease_table_count(book->pending);
}

size_t pxe_book_count_leases(const struct pxe_book *book)
{
	return pxe_lease_table_count(book->leases);
}

int pxe_book_offer(struct pxe_book *book, const struct pxe_lease *offer)
{
	const uint32_t address = offer->address;
	const struct pxe_lease *o =
		pxe_book_find_in(book->offers, offer->client,
				 find_subnet(book, address), 0);
	uint32_t before = o != NULL ? o->address : 0;
	int r;

	if (o != NULL && o->address == address && o->end_s == offer->end_s)
		return 0; /* asked again within a second: has its row */
	r = pxe_held_grow(&book->held);
	if (r == 0)
		r = pxe_book_limit_note(book, offer);
	if (r == 0)
		r = pxe_lease_table_set(book->offers, offer);
	if (r < 0)
		return r;
	pxe_held_add(&book->held, address, offer->end_s);
	touch(book, address);
	if (before != 0 && before != address)
		end_offer(book, before);
	return 0;
}

void pxe_book_unoffer(struct pxe_book *book, const char *client,
		      const struct pxe_conf_subnet *subnet)
{
	uint32_t address = pxe_book_find_offer(book, client, subnet);

	if (address != 0)
		end_offer(book, address);
}

int pxe_book_begin(struct pxe_book *book, const struct pxe_lease *lease)
{
	const struct pxe_conf_subnet *subnet =
		find_subnet(book, lease->address);
	int r;

	if (pxe_book_is_pending(book, lease->client, subnet))
		return -EALREADY;
	r = pxe_book_limit_note(book, lease);
	if (r == 0)
		r = pxe_lease_table_set(book->pending, lease);
	if (r == 0)
		touch(book, lease->address);
	return r;
}

uint32_t pxe_book_find_replaced(const struct pxe_book *book,
				const struct pxe_lease *lease)
{
	const struct pxe_lease *old =
		pxe_book_find_in(book->leases, lease->client,
				 find_subnet(book, lease->address),
				 lease->address);

	return old != NULL ? old->address : 0;
}

int pxe_book_end(struct pxe_book *book, uint32_t address, uint32_t replaces,
		 bool is_done)
{
	const struct pxe_lease *p =
		pxe_lease_table_find(book->pending, address);
	const struct pxe_lease *old =
		pxe_lease_table_find(book->leases, replaces);
	int r = 0;

	if (p == NULL)
		return 0;
	if (is_done) {
		if (old != NULL && strcmp(old->client, p->client) == 0)
			(void)!pxe_book_remove(book, replaces);
		r = pxe_book_put(book, p);
		pxe_book_unoffer(book, p->client, find_subnet(book, address));
	}
	(void)!pxe_lease_table_remove(book->pending, address);
	touch(book, address);
	return r;
}

int pxe_book_put(struct pxe_book *book, const struct pxe_lease *lease)
{
	uint32_t address = lease->address;
	int r = pxe_lease_table_set(book->leases, lease);

	if (r == 0)
		touch(book, address);
	return r;
}

int pxe_book_remove(struct pxe_book *book, uint32_t address)
{
	int r = pxe_lease_table_remove(book->leases, address);

	if (r == 0)
		touch(book, address);
	return r;
}

void pxe_book_replace(struct pxe_book *book, struct pxe_lease_table *leases,
		      int64_t now_s)
{
	struct pxe_lease_table *old = book->leases;
	const struct pxe_lease *l;
	size_t at = 0;

	while ((l = pxe_lease_table_next(old, &at)) != NULL)
		if (l->state == PXE_LEASE_DECLINED && l->end_s > now_s)
			(void)!pxe_lease_table_set(leases, l);
	book->leases = leases;
	at = 0;
	while ((l = pxe_lease_table_next(old, &at)) != NULL)
		touch(book, l->address);
	pxe_lease_table_free(old);
	touch_all(book);
	pxe_book_limit_note_all(book);
}

bool pxe_book_count_decline(struct pxe_book *book, const char *client,
			    int64_t now_s)
{
	return pxe_declines_count(&book->declines, client,
				  PXE_BOOK_DECLINES_MAX,
				  now_s + PXE_BOOK_QUARANTINE_S, now_s);
}

void pxe_book_move(struct pxe_book *book, int64_t by_s)
{
	const struct pxe_clock_shift all = { by_s, INT64_MIN };

	pxe_lease_table_move(book->leases, all);
	pxe_lease_table_move(book->offers, all);
	pxe_lease_table_move(book->pending, all);
	pxe_held_move(&book->held, by_s);
	pxe_declines_move(&book->declines, by_s);
	book->now_s += by_s;
	for (size_t i = 0; i < book->n_subs; i++)
		book->subs[i].reuse = (struct pxe_reuse){ .is_stale = true };
}
