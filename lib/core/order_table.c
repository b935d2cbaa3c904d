/* SPDX-License-Identifier: ISC */
#include "core/order_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

struct node {
	struct pxe_hash_node link; /* first: a link is its node */
	struct pxe_order order;
};

struct pxe_order_table {
	struct pxe_hash hash;
};

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

static struct node *find(const struct pxe_order_table *table,
			 const char *machine)
{
	struct pxe_hash_node *l = pxe_hash_first(
		&table->hash, 0, pxe_hash_text(&table->hash, machine));

	while (l != NULL &&
	       strcmp(((struct node *)l)->order.machine, machine) != 0)
		l = pxe_hash_next(l, 0);
	return (struct node *)l;
}

struct pxe_order *pxe_order_table_find(const struct pxe_order_table *table,
				       const char *machine)
{
	struct node *n = find(table, machine);

	return n != NULL ? &n->order : NULL;
}

const struct pxe_order *
pxe_order_table_find_for(const struct pxe_order_table *table,
			 const struct pxe_conf_host *host, const char *key)
{
	const struct pxe_order *order = NULL;
	char machine[PXE_ORDER_MACHINE_TEXT];

	if (host != NULL) {
		pxe_order_write_machine(host, "", machine);
		order = pxe_order_table_find(table, machine);
	}
	if (order == NULL && key != NULL && key[0] != '\0')
		order = pxe_order_table_find(table, key);
	return order;
}

int pxe_order_table_set(struct pxe_order_table *table,
			const struct pxe_order *order)
{
	struct node *n = find(table, order->machine);

	if (n == NULL) {
		n = calloc(1, sizeof(*n));
		if (n == NULL)
			return -ENOMEM;
		if (pxe_hash_add(&table->hash, &n->link) < 0) {
			free(n);
			return -ENOMEM;
		}
		pxe_hash_link(&table->hash, &n->link, 0,
			      pxe_hash_text(&table->hash, order->machine));
	}
	n->order = *order;
	return 0;
}

void pxe_order_table_remove(struct pxe_order_table *table, const char *machine)
{
	struct node *n = find(table, machine);

	if (n != NULL)
		pxe_hash_remove(&table->hash, &n->link);
}

struct pxe_order *pxe_order_table_next(const struct pxe_order_table *table,
				       size_t *at)
{
	struct pxe_hash_node *l = pxe_hash_walk(&table->hash, at);

	return l != NULL ? &((struct node *)l)->order : NULL;
}
