/* SPDX-License-Identifier: ISC */
/*
 * The table of core/client.h: two chained hash tables over the same nodes,
 * and an array of the nodes to walk over.  Records without an address are in
 * the first one only.
 */
#include <stdlib.h>
#include <string.h>

#include "core/client.h"

enum { BY_KEY, BY_ADDRESS, N_INDEXES };

struct node {
	struct pxe_client client; /* first: a record is its node */
	struct node *next[N_INDEXES];
	uint32_t hash; /* of the key */
	size_t at;     /* in table->all */
	char key[];
};

struct pxe_client_table {
	struct node **bucket[N_INDEXES]; /* cap of each, a power of two */
	struct node **all;               /* cap, n of them in use */
	size_t cap, n;
	uint32_t seed; /* so that peers cannot choose keys that collide */
};

static uint32_t mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x7feb352dU;
	h ^= h >> 15;
	h *= 0x846ca68bU;
	return h ^ h >> 16;
}

static uint32_t hash_key(const struct pxe_client_table *table, const char *key)
{
	uint32_t h = table->seed;

	for (; *key != '\0'; key++)
		h = mix(h + (unsigned char)*key);
	return h;
}

static struct node **find_slot(const struct pxe_client_table *table, int index,
			       uint32_t hash)
{
	return &table->bucket[index][hash & (table->cap - 1)];
}

static struct node **slot_of(const struct pxe_client_table *table, int index,
			     const struct node *n)
{
	return find_slot(table, index,
			 index == BY_KEY
				 ? n->hash
				 : mix(n->client.address ^ table->seed));
}

static bool is_in(const struct node *n, int index)
{
	return index == BY_KEY || n->client.address != 0;
}

static void link_node(const struct pxe_client_table *table, struct node *n,
		      int index)
{
	struct node **slot;

	if (!is_in(n, index))
		return;
	slot = slot_of(table, index, n);
	n->next[index] = *slot;
	*slot = n;
}

static void unlink_node(const struct pxe_client_table *table, struct node *n,
			int index)
{
	struct node **slot;

	if (!is_in(n, index))
		return;
	slot = slot_of(table, index, n);
	while (*slot != n)
		slot = &(*slot)->next[index];
	*slot = n->next[index];
}

static int resize(struct pxe_client_table *table, size_t cap)
{
	struct node **bucket[N_INDEXES], **all;

	all = realloc(table->all, cap * sizeof(struct node *));
	if (all == NULL)
		return -1;
	table->all = all;
	for (int i = 0; i < N_INDEXES; i++)
		bucket[i] = calloc(cap, sizeof(struct node *));
	if (bucket[BY_KEY] == NULL || bucket[BY_ADDRESS] == NULL) {
		free(bucket[BY_KEY]);
		free(bucket[BY_ADDRESS]);
		return -1;
	}
	for (int i = 0; i < N_INDEXES; i++) {
		free(table->bucket[i]);
		table->bucket[i] = bucket[i];
	}
	table->cap = cap;
	for (size_t i = 0; i < table->n; i++) {
		link_node(table, table->all[i], BY_KEY);
		link_node(table, table->all[i], BY_ADDRESS);
	}
	return 0;
}

struct pxe_client_table *pxe_client_table_new(void)
{
	struct pxe_client_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	/* where the heap begins is not known to a peer */
	table->seed = mix((uint32_t)((uintptr_t)table >> 4));
	if (resize(table, 64) < 0) {
		pxe_client_table_free(table);
		return NULL;
	}
	return table;
}

void pxe_client_table_free(struct pxe_client_table *table)
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

size_t pxe_client_table_count(const struct pxe_client_table *table)
{
	return table->n;
}

struct pxe_client *pxe_client_table_find(const struct pxe_client_table *table,
					 const char *key)
{
	uint32_t hash = hash_key(table, key);
	struct node *n = *find_slot(table, BY_KEY, hash);

	while (n != NULL && (n->hash != hash || strcmp(n->key, key) != 0))
		n = n->next[BY_KEY];
	return n != NULL ? &n->client : NULL;
}

struct pxe_client *pxe_client_table_find_address(
	const struct pxe_client_table *table, uint32_t address)
{
	struct node *n =
		*find_slot(table, BY_ADDRESS, mix(address ^ table->seed));

	if (address == 0)
		return NULL;
	while (n != NULL && n->client.address != address)
		n = n->next[BY_ADDRESS];
	return n != NULL ? &n->client : NULL;
}

struct pxe_client *pxe_client_table_get(struct pxe_client_table *table,
					const char *key)
{
	struct pxe_client *found = pxe_client_table_find(table, key);
	size_t size = strlen(key) + 1;
	struct node *n;

	if (found != NULL)
		return found;
	if (table->n == table->cap && resize(table, table->cap * 2) < 0)
		return NULL;
	n = calloc(1, sizeof(*n) + size);
	if (n == NULL)
		return NULL;
	memcpy(n->key, key, size);
	n->client.key = n->key;
	n->client.facts.arch = PXE_ARCH_NONE;
	n->hash = hash_key(table, key);
	n->at = table->n;
	table->all[table->n++] = n;
	link_node(table, n, BY_KEY);
	return &n->client;
}

void pxe_client_table_set_address(struct pxe_client_table *table,
				  struct pxe_client *client, uint32_t address)
{
	struct node *n = (struct node *)client;
	struct pxe_client *old;

	if (client->address == address)
		return;
	old = pxe_client_table_find_address(table, address);
	if (old != NULL)
		pxe_client_table_set_address(table, old, 0);
	unlink_node(table, n, BY_ADDRESS);
	client->address = address;
	link_node(table, n, BY_ADDRESS);
}

struct pxe_client *pxe_client_table_set(struct pxe_client_table *table,
					const struct pxe_client *client)
{
	struct pxe_client *own = pxe_client_table_get(table, client->key);
	const char *key;
	uint32_t address;
	unsigned marks;

	if (own == NULL)
		return NULL;
	key = own->key;
	address = own->address;
	marks = own->marks;
	*own = *client;
	own->key = key;
	own->address = address;
	own->marks = marks;
	pxe_client_table_set_address(table, own, client->address);
	return own;
}

void pxe_client_table_remove(struct pxe_client_table *table,
			     struct pxe_client *client)
{
	struct node *n = (struct node *)client;

	unlink_node(table, n, BY_KEY);
	unlink_node(table, n, BY_ADDRESS);
	table->all[n->at] = table->all[--table->n];
	table->all[n->at]->at = n->at;
	free(n);
}

struct pxe_client *pxe_client_table_next(const struct pxe_client_table *table,
					 size_t *at)
{
	return *at < table->n ? &table->all[(*at)++]->client : NULL;
}
