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

static struct node *find_client(const struct pxe_lease_table *table,
				const char *client)
{
	struct pxe_hash_node *l =
		pxe_hash_first(&table->hash, BY_CLIENT,
			       pxe_hash_text(&table->hash, client));

	while (l != NULL && strcmp(node_of(l)->key, client) != 0)
		l = pxe_hash_next(l, BY_CLIENT);
	return node_of(l);
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
	const struct node *n = find_address(table, address);

	return n != NULL ? &n->lease : NULL;
}

const struct pxe_lease *
pxe_lease_table_find_client(const struct pxe_lease_table *table,
			    const char *client)
{
	const struct node *n = find_client(table, client);

	return n != NULL ? &n->lease : NULL;
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
	/* `lease` may lie in one of those that go now */
	remove_node(table, find_address(table, n->lease.address));
	if (has_client)
		remove_node(table, find_client(table, n->key));
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
	const struct node *n = node_of(pxe_hash_walk(&table->hash, at));

	return n != NULL ? &n->lease : NULL;
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

const char *pxe_lease_state_name(enum pxe_lease_state state)
{
	return pxe_names_name(states, PXE_LEN(states), (int)state);
}

int pxe_lease_state_from_name(const char *name)
{
	return pxe_names_value(states, PXE_LEN(states), name);
}
