/* SPDX-License-Identifier: ISC */
/*
 * The table is two chained hash tables over the same nodes, and an array of
 * the nodes to walk over.  Declined leases are in the first one only.
 */
#include "core/lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/str.h"

enum { BY_ADDRESS, BY_CLIENT, N_INDEXES };

struct node {
	struct pxe_lease lease; /* lease.client points to `key` */
	struct node *next[N_INDEXES];
	uint32_t hash[N_INDEXES];
	size_t at; /* in table->all */
	char key[];
};

struct pxe_lease_table {
	struct node **bucket[N_INDEXES]; /* cap of each, a power of two */
	struct node **all;		 /* cap, n of them in use */
	size_t cap, n;
	uint32_t seed; /* so that peers cannot choose keys that collide */
};

static const struct pxe_name states[] = {
#define X(id, name) { PXE_LEASE_##id, name },
	PXE_LEASE_STATES(X)
#undef X
};

static uint32_t mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x7feb352dU;
	h ^= h >> 15;
	h *= 0x846ca68bU;
	return h ^ h >> 16;
}

static uint32_t hash_address(const struct pxe_lease_table *table,
			     uint32_t address)
{
	return mix(address ^ table->seed);
}

static uint32_t hash_client(const struct pxe_lease_table *table,
			    const char *client)
{
	uint32_t h = table->seed;

	for (; *client != '\0'; client++)
		h = mix(h + (unsigned char)*client);
	return h;
}

/* The head of the chain of `hash`. */
static struct node **find_slot(const struct pxe_lease_table *table, int index,
			       uint32_t hash)
{
	return &table->bucket[index][hash & (table->cap - 1)];
}

static struct node *find_address(const struct pxe_lease_table *table,
				 uint32_t address)
{
	struct node *n = *find_slot(table, BY_ADDRESS,
				    hash_address(table, address));

	while (n != NULL && n->lease.address != address)
		n = n->next[BY_ADDRESS];
	return n;
}

static struct node *find_client(const struct pxe_lease_table *table,
				const char *client)
{
	uint32_t hash = hash_client(table, client);
	struct node *n = *find_slot(table, BY_CLIENT, hash);

	while (n != NULL && (n->hash[BY_CLIENT] != hash ||
			     strcmp(n->key, client) != 0))
		n = n->next[BY_CLIENT];
	return n;
}

static bool is_in(const struct node *n, int index)
{
	return index == BY_ADDRESS || n->lease.state != PXE_LEASE_DECLINED;
}

static void link_node(struct pxe_lease_table *table, struct node *n)
{
	for (int i = 0; i < N_INDEXES; i++) {
		struct node **slot = find_slot(table, i, n->hash[i]);

		if (!is_in(n, i))
			continue;
		n->next[i] = *slot;
		*slot = n;
	}
}

static void unlink_node(struct pxe_lease_table *table, struct node *n)
{
	for (int i = 0; i < N_INDEXES; i++) {
		struct node **slot = find_slot(table, i, n->hash[i]);

		if (!is_in(n, i))
			continue;
		while (*slot != n)
			slot = &(*slot)->next[i];
		*slot = n->next[i];
	}
}

static void remove_node(struct pxe_lease_table *table, struct node *n)
{
	unlink_node(table, n);
	table->all[n->at] = table->all[--table->n];
	table->all[n->at]->at = n->at;
	free(n);
}

/* Gives the table room for `cap` leases, a power of two. */
static int resize(struct pxe_lease_table *table, size_t cap)
{
	struct node **bucket[N_INDEXES], **all;

	all = realloc(table->all, cap * sizeof(struct node *));
	if (all == NULL)
		return -ENOMEM;
	table->all = all;
	for (int i = 0; i < N_INDEXES; i++)
		bucket[i] = calloc(cap, sizeof(struct node *));
	if (bucket[BY_ADDRESS] == NULL || bucket[BY_CLIENT] == NULL) {
		free(bucket[BY_ADDRESS]);
		free(bucket[BY_CLIENT]);
		return -ENOMEM;
	}
	for (int i = 0; i < N_INDEXES; i++) {
		free(table->bucket[i]);
		table->bucket[i] = bucket[i];
	}
	table->cap = cap;
	for (size_t i = 0; i < table->n; i++)
		link_node(table, table->all[i]);
	return 0;
}

struct pxe_lease_table *pxe_lease_table_new(void)
{
	struct pxe_lease_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	/* where the heap begins is not known to a peer */
	table->seed = mix((uint32_t)((uintptr_t)table >> 4));
	if (resize(table, 64) < 0) {
		pxe_lease_table_free(table);
		return NULL;
	}
	return table;
}

void pxe_lease_table_free(struct pxe_lease_table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->n; i++)
		free(table->all[i]);
	for (int i = 0; i < N_INDEXES; i++)
		free(table->bucket[i]);
	free(table->all);
	free(table);
}

size_t pxe_lease_table_count(const struct pxe_lease_table *table)
{
	return table->n;
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

static struct node *new_node(const struct pxe_lease_table *table,
			     const struct pxe_lease *lease)
{
	size_t size = strlen(lease->client) + 1;
	struct node *n = malloc(sizeof(*n) + size);

	if (n == NULL)
		return NULL;
	n->lease = *lease;
	memcpy(n->key, lease->client, size);
	n->lease.client = n->key;
	n->hash[BY_ADDRESS] = hash_address(table, lease->address);
	n->hash[BY_CLIENT] = hash_client(table, lease->client);
	return n;
}

int pxe_lease_table_set(struct pxe_lease_table *table,
			const struct pxe_lease *lease)
{
	struct node *n, *old, *other;

	if (table->n == table->cap && resize(table, table->cap * 2) < 0)
		return -ENOMEM;
	n = new_node(table, lease);
	if (n == NULL)
		return -ENOMEM;
	old = find_address(table, n->lease.address);
	if (old != NULL)
		remove_node(table, old);
	other = is_in(n, BY_CLIENT) ? find_client(table, n->key) : NULL;
	if (other != NULL)
		remove_node(table, other);
	n->at = table->n;
	table->all[table->n++] = n;
	link_node(table, n);
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
	return *at < table->n ? &table->all[(*at)++]->lease : NULL;
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
