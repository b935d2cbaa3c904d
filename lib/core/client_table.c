/* SPDX-License-Identifier: ISC */
/*
 * The table of core/client.h.  Records without an address are found by their
 * key only.
 */
#include <stdlib.h>
#include <string.h>

#include "core/client.h"
#include "core/hash.h"

enum { BY_KEY, BY_ADDRESS };

struct node {
	struct pxe_hash_node link; /* first: a link is its node */
	struct pxe_client client;
	char key[];
};

struct pxe_client_table {
	struct pxe_hash hash;
};

static struct node *node_of(struct pxe_hash_node *link)
{
	return (struct node *)link;
}

/* The link of a record that this table made. */
static struct pxe_hash_node *link_of(struct pxe_client *client)
{
	return (struct pxe_hash_node *)((char *)client -
					offsetof(struct node, client));
}

struct pxe_client_table *pxe_client_table_new(void)
{
	struct pxe_client_table *table = calloc(1, sizeof(*table));

	if (table != NULL && pxe_hash_init(&table->hash) < 0) {
		free(table);
		table = NULL;
	}
	return table;
}

void pxe_client_table_free(struct pxe_client_table *table)
{
	if (table == NULL)
		return;
	pxe_hash_done(&table->hash);
	free(table);
}

size_t pxe_client_table_count(const struct pxe_client_table *table)
{
	return table->hash.n;
}

struct pxe_client *pxe_client_table_find(const struct pxe_client_table *table,
					 const char *key)
{
	struct pxe_hash_node *l = pxe_hash_first(
		&table->hash, BY_KEY, pxe_hash_text(&table->hash, key));

	while (l != NULL && strcmp(node_of(l)->key, key) != 0)
		l = pxe_hash_next(l, BY_KEY);
	return l != NULL ? &node_of(l)->client : NULL;
}

struct pxe_client *pxe_client_table_find_address(
	const struct pxe_client_table *table, uint32_t address)
{
	struct pxe_hash_node *l =
		pxe_hash_first(&table->hash, BY_ADDRESS,
			       pxe_hash_number(&table->hash, address));

	while (l != NULL && node_of(l)->client.address != address)
		l = pxe_hash_next(l, BY_ADDRESS);
	return l != NULL ? &node_of(l)->client : NULL;
}

struct pxe_client *pxe_client_table_get(struct pxe_client_table *table,
					const char *key)
{
	struct pxe_client *found = pxe_client_table_find(table, key);
	size_t size = strlen(key) + 1;
	struct node *n;

	if (found != NULL)
		return found;
	n = calloc(1, sizeof(*n) + size);
	if (n == NULL)
		return NULL;
	memcpy(n->key, key, size);
	n->client.key = n->key;
	n->client.facts.arch = PXE_ARCH_NONE;
	if (pxe_hash_add(&table->hash, &n->link) < 0) {
		free(n);
		return NULL;
	}
	pxe_hash_link(&table->hash, &n->link, BY_KEY,
		      pxe_hash_text(&table->hash, n->key));
	return &n->client;
}

void pxe_client_table_set_address(struct pxe_client_table *table,
				  struct pxe_client *client, uint32_t address)
{
	struct pxe_client *old;

	if (client->address == address)
		return;
	old = pxe_client_table_find_address(table, address);
	if (old != NULL)
		pxe_client_table_set_address(table, old, 0);
	pxe_hash_unlink(&table->hash, link_of(client), BY_ADDRESS);
	client->address = address;
	if (address != 0)
		pxe_hash_link(&table->hash, link_of(client), BY_ADDRESS,
			      pxe_hash_number(&table->hash, address));
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
	pxe_hash_remove(&table->hash, link_of(client));
}

struct pxe_client *pxe_client_table_next(const struct pxe_client_table *table,
					 size_t *at)
{
	struct pxe_hash_node *l = pxe_hash_walk(&table->hash, at);

	return l != NULL ? &node_of(l)->client : NULL;
}
