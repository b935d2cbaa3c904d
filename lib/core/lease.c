/* SPDX-License-Identifier: ISC */
/* Declined leases are found by their address only. */
#include "core/lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"
#include "core/hash.h"

enum { BY_ADDRESS, BY_CLIENT };

struct node {
	struct pxe_hash_node link; /* first: a link is its node */
	struct pxe_lease lease;	   /* lease.client points to `key` */
	char key[];
};

struct pxe_lease_table {
	struct pxe_hash hash;
};

static const struct pxe_name states[] = {
#define X(id, name) { PXE_LEASE_##id, name },
	PXE_LEASE_STATES(X)
#undef X
};

static struct node *node_of(struct pxe_hash_node *link)
{
	return (struct node *)link;
}

static struct node *find_address(const struct pxe_lease_table *table,
				 uint32_t address)
{
	struct pxe_hash_node *l =
		pxe_hash_first(&table->hash, BY_ADDRESS,
			       pxe_hash_number(&table->hash, address));

	while (l != NULL && node_of(l)->lease.address != address)
		l = pxe_hash_next(l, BY_ADDRESS);
	return node_of(l);
}

static const struct pxe_lease *lease_of(const struct node *n)
{
	return n != NULL ? &n->lease : NULL;
}

/* The first of the chain from `l` on that is a lease of `client`. */
static const struct pxe_lease *skip_others(struct pxe_hash_node *l,
					   const char *client)
{
	while (l != NULL && strcmp(node_of(l)->key, client) != 0)
		l = pxe_hash_next(l, BY_CLIENT);
	return lease_of(node_of(l));
}

static void remove_node(struct pxe_lease_table *table, struct node *n)
{
	if (n != NULL)
		pxe_hash_remove(&table->hash, &n->link);
}

struct pxe_lease_table *pxe_lease_table_new(void)
{
	struct pxe_lease_table *table = calloc(1, sizeof(*table));

	if (table != NULL && pxe_hash_init(&table->hash) < 0) {
		free(table);
		table = NULL;
	}
	return table;
}

void pxe_lease_table_free(struct pxe_lease_table *table)
{
	if (table == NULL)
		return;
	pxe_hash_done(&table->hash);
	free(table);
}

size_t pxe_lease_table_count(const struct pxe_lease_table *table)
{
	return table->hash.n;
}

const struct pxe_lease *
pxe_lease_table_find(const struct pxe_lease_table *table, uint32_t address)
{
	return lease_of(find_address(table, address));
}

const struct pxe_lease *
pxe_lease_table_find_client(const struct pxe_lease_table *table,
			    const char *client)
{
	return skip_others(pxe_hash_first(&table->hash, BY_CLIENT,
					  pxe_hash_text(&table->hash, client)),
			   client);
}

const struct pxe_lease *
pxe_lease_table_next_client(const struct pxe_lease *lease)
{
	const struct node *n =
		(const void *)((const char *)lease -
			       offsetof(struct node, lease));

	return skip_others(pxe_hash_next(&n->link, BY_CLIENT), lease->client);
}

static struct node *new_node(const struct pxe_lease *lease)
{
	size_t size = strlen(lease->client) + 1;
	struct node *n = malloc(sizeof(*n) + size);

	if (n == NULL)
		return NULL;
	n->lease = *lease;
	memcpy(n->key, lease->client, size);
	n->lease.client = n->key;
	return n;
}

int pxe_lease_table_set(struct pxe_lease_table *table,
			const struct pxe_lease *lease)
{
	struct pxe_hash *hash = &table->hash;
	bool has_client = lease->state != PXE_LEASE_DECLINED;
	struct node *n = new_node(lease);

	if (n == NULL)
		return -ENOMEM;
	if (pxe_hash_add(hash, &n->link) < 0) {
		free(n);
		return -ENOMEM;
	}
	/* `lease` may be the one that goes now */
	remove_node(table, find_address(table, n->lease.address));
	pxe_hash_link(hash, &n->link, BY_ADDRESS,
		      pxe_hash_number(hash, n->lease.address));
	if (has_client)
		pxe_hash_link(hash, &n->link, BY_CLIENT,
			      pxe_hash_text(hash, n->key));
	return 0;
}

int pxe_lease_table_remove(struct pxe_lease_table *table, uint32_t address)
{
	struct node *n = find_address(table, address);

	if (n == NULL)
		return -ENOENT;
	remove_node(table, n);
	return 0;
}

const struct pxe_lease *
pxe_lease_table_next(const struct pxe_lease_table *table, size_t *at)
{
	return lease_of(node_of(pxe_hash_walk(&table->hash, at)));
}

void pxe_lease_move(struct pxe_lease *lease, int64_t by_s)
{
	const int64_t max_s = PXE_LEASE_FOREVER_S;

	if (lease->end_s >= max_s)
		return;
	lease->start_s = pxe_clock_move(lease->start_s, by_s, max_s);
	lease->end_s = pxe_clock_move(lease->end_s, by_s, max_s);
}

void pxe_lease_table_move(struct pxe_lease_table *table,
			  struct pxe_clock_shift shift)
{
	struct node *n;
	size_t at = 0;

	while ((n = node_of(pxe_hash_walk(&table->hash, &at))) != NULL)
		if (n->lease.start_s >= shift.since_s)
			pxe_lease_move(&n->lease, shift.by_s);
}

bool pxe_lease_is_free(const struct pxe_lease *lease, const char *client,
		       int64_t now_s)
{
	if (lease->state == PXE_LEASE_RELEASED || lease->end_s <= now_s)
		return true;
	return lease->state != PXE_LEASE_DECLINED &&
	       strcmp(lease->client, client) == 0;
}

bool pxe_lease_is_active(const struct pxe_lease *lease, int64_t now_s)
{
	return lease->state == PXE_LEASE_ACTIVE && lease->end_s > now_s;
}

const char *pxe_lease_record_key(const struct pxe_lease *lease,
				 char text[static PXE_HWADDR_TEXT])
{
	if (lease->hw.hlen == 0)
		return lease->client;
	pxe_hwaddr_format(&lease->hw, text, PXE_HWADDR_TEXT);
	return text;
}

const char *pxe_lease_state_name(enum pxe_lease_state state)
{
	return pxe_names_name(states, PXE_LEN(states), (int)state);
}

int pxe_lease_state_from_name(const char *name)
{
	return pxe_names_value(states, PXE_LEN(states), name);
}
