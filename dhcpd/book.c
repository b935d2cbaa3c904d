/* SPDX-License-Identifier: ISC */
/*
 * Three lease tables (leases, offers, commits under way) and a pool for each
 * subnet.  A pool's bit says "nobody ever had it, and it may be given":
 * touch() keeps that true after every change of one address.
 */
#include "dhcpd/book.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool.h"
#include "dhcpd/blocked.h"
#include "dhcpd/reuse.h"

#define N_DECLINES 256 /* remembered */

struct sub {
	struct pxe_pool *pool;
	struct pxe_reuse reuse;
};

struct held {
	uint32_t address;
	int64_t end_s;
};

struct pxe_book {
	const struct pxe_conf *conf;
	struct sub *subs; /* one for each of conf->subnets */
	size_t n_subs;
	struct pxe_blocked blocked;
	struct pxe_lease_table *leases, *offers, *pending;
	struct held *held; /* a ring of offers in the order of their ends,
			    of a power of two */
	size_t held_cap, held_first, n_held;
	struct {
		uint64_t client;
		int64_t until_s;
	} declines[N_DECLINES];
	size_t next_decline;
};

struct pxe_book *pxe_book_new(void)
{
	struct pxe_book *book = calloc(1, sizeof(*book));

	if (book == NULL)
		return NULL;
	book->leases = pxe_lease_table_new();
	book->offers = pxe_lease_table_new();
	book->pending = pxe_lease_table_new();
	if (book->leases == NULL || book->offers == NULL ||
	    book->pending == NULL) {
		pxe_book_free(book);
		return NULL;
	}
	return book;
}

static void free_subs(struct sub *subs, size_t n)
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
	free(book->held);
	free(book);
}

static struct sub *find_sub(const struct pxe_book *book, uint32_t address)
{
	const struct pxe_conf_subnet *subnet;

	if (book->conf == NULL)
		return NULL;
	subnet = pxe_conf_find_subnet(book->conf, address);
	return subnet != NULL ? &book->subs[subnet - book->conf->subnets]
			      : NULL;
}

/* Something about this address changed. */
static void touch(struct pxe_book *book, uint32_t address)
{
	struct sub *sub = find_sub(book, address);

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
	struct sub *subs = calloc(conf->n_subnets + 1, sizeof(*subs));
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
	return 0;
}

/* The ring's row number `i` after the first. */
static size_t held_at(const struct pxe_book *book, size_t i)
{
	return (book->held_first + i) & (book->held_cap - 1);
}

void pxe_book_expire(struct pxe_book *book, int64_t now_s)
{
	while (book->n_held > 0 &&
	       book->held[book->held_first].end_s <= now_s) {
		struct held h = book->held[book->held_first];
		const struct pxe_lease *offer =
			pxe_lease_table_find(book->offers, h.address);

		book->held_first = held_at(book, 1);
		book->n_held--;
		if (offer == NULL || offer->end_s > now_s)
			continue; /* gone, or renewed: another row is for it */
		(void)!pxe_lease_table_remove(book->offers, h.address);
		touch(book, h.address);
	}
}

const struct pxe_lease *pxe_book_find(const struct pxe_book *book,
				      uint32_t address)
{
	return pxe_lease_table_find(book->leases, address);
}

const struct pxe_lease *pxe_book_find_client(const struct pxe_book *book,
					     const char *client)
{
	return pxe_lease_table_find_client(book->leases, client);
}

uint32_t pxe_book_find_offer(const struct pxe_book *book, const char *client)
{
	const struct pxe_lease *o =
		pxe_lease_table_find_client(book->offers, client);

	return o != NULL ? o->address : 0;
}

bool pxe_book_is_pending(const struct pxe_book *book, const char *client)
{
	return pxe_lease_table_find_client(book->pending, client) != NULL;
}

size_t pxe_book_count_pending(const struct pxe_book *book)
{
	return pxe_lease_table_count(book->pending);
}

size_t pxe_book_count_leases(const struct pxe_book *book)
{
	return pxe_lease_table_count(book->leases);
}

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
	const struct sub *sub =
		&book->subs[ask->subnet - book->conf->subnets];

	if (address == 0 || !pxe_ip4_net_has(&ask->subnet->net, address))
		return false;
	switch (pxe_blocked_find(&book->blocked, address)) {
	case PXE_BLOCKED_NO:
		return pxe_pool_has(sub->pool, address);
	case PXE_BLOCKED_RESERVED:
		return host != NULL && host->address == address;
	case PXE_BLOCKED_SERVER:
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

bool pxe_book_may_have(const struct pxe_book *book,
		       const struct pxe_book_ask *ask, uint32_t address)
{
	return (is_usable(book, ask, address) || has_now(book, ask, address)) &&
	       is_free(book, address, ask->client, ask->now_s);
}

static bool can_give(const struct pxe_book *book,
		     const struct pxe_book_ask *ask, uint32_t address)
{
	return is_usable(book, ask, address) &&
	       is_free(book, address, ask->client, ask->now_s);
}

/* Searches all leases for those of the subnet that ended. */
static void search_reuse(const struct pxe_book *book,
			 const struct pxe_book_ask *ask, struct sub *sub)
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

static int find_reuse(const struct pxe_book *book,
		      const struct pxe_book_ask *ask, struct sub *sub,
		      uint32_t *address)
{
	uint32_t a;

	for (int round = 0; round < 2; round++) {
		while (pxe_reuse_take(&sub->reuse, &a))
			if (can_give(book, ask, a)) {
				*address = a;
				return 0;
			}
		if (round == 0 && pxe_reuse_begin(&sub->reuse, ask->now_s))
			search_reuse(book, ask, sub);
	}
	return -EADDRNOTAVAIL;
}

int pxe_book_choose(struct pxe_book *book, const struct pxe_book_ask *ask,
		    uint32_t *address)
{
	struct sub *sub = &book->subs[ask->subnet - book->conf->subnets];
	const struct pxe_lease *own = pxe_book_find_client(book, ask->client);
	const struct pxe_lease *pending =
		pxe_lease_table_find_client(book->pending, ask->client);
	const uint32_t wishes[] = {
		ask->host != NULL ? ask->host->address : 0,
		pending != NULL ? pending->address : 0,
		own != NULL ? own->address : 0,
		pxe_book_find_offer(book, ask->client),
		/* what another had is kept for it while others are left */
		pxe_pool_is_free(sub->pool, ask->requested) ? ask->requested
							    : 0,
	};

	for (size_t i = 0; i < PXE_LEN(wishes); i++)
		if (can_give(book, ask, wishes[i])) {
			*address = wishes[i];
			return 0;
		}
	if (pxe_pool_find_lowest(sub->pool, address) == 0)
		return 0;
	return find_reuse(book, ask, sub, address);
}

/* Room for one more row in the ring. */
static int grow_held(struct pxe_book *book)
{
	size_t cap = book->held_cap > 0 ? book->held_cap * 2 : 64;
	struct held *held;

	if (book->n_held < book->held_cap)
		return 0;
	held = calloc(cap, sizeof(*held));
	if (held == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < book->n_held; i++)
		held[i] = book->held[held_at(book, i)];
	free(book->held);
	book->held = held;
	book->held_cap = cap;
	book->held_first = 0;
	return 0;
}

int pxe_book_offer(struct pxe_book *book, uint32_t address, const char *client,
		   int64_t until_s)
{
	struct pxe_lease offer = { .address = address,
				   .state = PXE_LEASE_OFFERED,
				   .end_s = until_s,
				   .client = client };
	const struct pxe_lease *o =
		pxe_lease_table_find_client(book->offers, client);
	uint32_t before = o != NULL ? o->address : 0;
	int r;

	if (o != NULL && o->address == address && o->end_s == until_s)
		return 0; /* asked again within a second: has its row */
	r = grow_held(book);
	if (r == 0)
		r = pxe_lease_table_set(book->offers, &offer);
	if (r < 0)
		return r;
	assert(book->held_cap > book->n_held);
	book->held[held_at(book, book->n_held++)] =
		(struct held){ address, until_s };
	touch(book, address);
	if (before != 0 && before != address)
		touch(book, before);
	return 0;
}

void pxe_book_unoffer(struct pxe_book *book, const char *client)
{
	uint32_t address = pxe_book_find_offer(book, client);

	if (address == 0)
		return;
	(void)!pxe_lease_table_remove(book->offers, address);
	touch(book, address);
}

int pxe_book_begin(struct pxe_book *book, const struct pxe_lease *lease)
{
	int r;

	if (pxe_book_is_pending(book, lease->client))
		return -EALREADY;
	r = pxe_lease_table_set(book->pending, lease);
	if (r == 0)
		touch(book, lease->address);
	return r;
}

int pxe_book_end(struct pxe_book *book, const char *client, bool is_done)
{
	const struct pxe_lease *p =
		pxe_lease_table_find_client(book->pending, client);
	uint32_t address;
	int r = 0;

	if (p == NULL)
		return 0;
	address = p->address;
	if (is_done) {
		r = pxe_book_put(book, p);
		pxe_book_unoffer(book, client);
	}
	(void)!pxe_lease_table_remove(book->pending, address);
	touch(book, address);
	return r;
}

int pxe_book_put(struct pxe_book *book, const struct pxe_lease *lease)
{
	const struct pxe_lease *own =
		pxe_lease_table_find_client(book->leases, lease->client);
	uint32_t before = own != NULL ? own->address : 0;
	uint32_t address = lease->address;
	int r = pxe_lease_table_set(book->leases, lease);

	if (r < 0)
		return r;
	touch(book, address);
	if (before != 0 && before != address)
		touch(book, before);
	return 0;
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
}

static uint64_t hash_key(const char *client)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *client != '\0'; client++)
		h = (h ^ (unsigned char)*client) * UINT64_C(0x100000001b3);
	return h;
}

bool pxe_book_count_decline(struct pxe_book *book, const char *client,
			    int64_t now_s)
{
	uint64_t h = hash_key(client);
	int n = 0;

	for (size_t i = 0; i < N_DECLINES; i++)
		n += book->declines[i].client == h &&
		     book->declines[i].until_s > now_s;
	if (n >= PXE_BOOK_DECLINES_MAX)
		return false;
	book->declines[book->next_decline].client = h;
	book->declines[book->next_decline].until_s =
		now_s + PXE_BOOK_QUARANTINE_S;
	book->next_decline = (book->next_decline + 1) % N_DECLINES;
	return true;
}
