/* SPDX-License-Identifier: ISC */
#include "core/order_table.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

enum { BY_MACHINE };

struct node {
	struct pxe_hash_node link; /* first: a link is its node */
	struct pxe_order order;
};

struct pxe_order_table {
	struct pxe_hash hash;
};

static struct node *node_of(struct pxe_hash_node *link)
{
	return (struct node *)link;
}

struct pxe_order_table *pxe_order_table_new(void)
{
	struct pxe_order_table *table = calloc(1, sizeof(*table));

	if (table != NULL && pxe_hash_init(&table->hash) < 0) {
		free(table);
		table = NULL;
	}
	return table;
}

void pxe_order_table_free(struct pxe_order_table *table)
{
	if (table == NULL)
		return;
	pxe_hash_done(&table->hash);
	free(table);
}

size_t pxe_order_table_count(const struct pxe_order_table *table)
{
	return table->hash.n;
}

struct pxe_order *pxe_order_table_find(const struct pxe_order_table *table,
				       const char *machine)
{
	struct pxe_hash_node *l =
		pxe_hash_first(&table->hash, BY_MACHINE,
			       pxe_hash_text(&table->hash, machine));

	while (l != NULL && strcmp(node_of(l)->order.machine, machine) != 0)
		l = pxe_hash_next(l, BY_MACHINE);
	return l != NULL ? &node_of(l)->order : NULL;
}

const struct pxe_order *pxe_order_table_find_for(
	const struct pxe_order_table *table, const struct pxe_conf_host *host,
	const char *key)
{
	char machine[PXE_ORDER_MACHINE_TEXT];
	const struct pxe_order *order = NULL;

	if (host != NULL) {
		pxe_order_write_machine(host, NULL, machine);
		order = pxe_order_table_find(table, machine);
	}
	return order == NULL && key != NULL && key[0] != '\0'
		       ? pxe_order_table_find(table, key)
		       : order;
}

struct pxe_order *pxe_order_table_set(struct pxe_order_table *table,
				      const struct pxe_order *order)
{
	struct pxe_order *own = pxe_order_table_find(table, order->machine);
	struct node *n;

	if (own != NULL) {
		*own = *order;
		return own;
	}
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return NULL;
	n->order = *order;
	if (pxe_hash_add(&table->hash, &n->link) < 0) {
		free(n);
		return NULL;
	}
	pxe_hash_link(&table->hash, &n->link, BY_MACHINE,
		      pxe_hash_text(&table->hash, order->machine));
	return &n->order;
}

void pxe_order_table_remove(struct pxe_order_table *table,
			    struct pxe_order *order)
{
	pxe_hash_remove(&table->hash,
			(struct pxe_hash_node *)((char *)order -
						 offsetof(struct node, order)));
}

struct pxe_order *pxe_order_table_next(const struct pxe_order_table *table,
				       size_t *at)
{
	struct pxe_hash_node *l = pxe_hash_walk(&table->hash, at);

	return l != NULL ? &node_of(l)->order : NULL;
}
