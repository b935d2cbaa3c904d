/* SPDX-License-Identifier: ISC */
/*
 * Chained hash tables over nodes of the caller's, which can be found in two
 * ways and walked over.  Adding, finding and removing cost the same however
 * many there are.
 *
 * A node begins with a struct pxe_hash_node, was made by malloc, and belongs
 * to the table once it is added.  What a node is, and when two are equal, is
 * the caller's business: the table knows hashes only.
 */
#ifndef PXE_CORE_HASH_H
#define PXE_CORE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { PXE_HASH_INDEXES = 2 };

struct pxe_hash_node {
	struct pxe_hash_node *next[PXE_HASH_INDEXES];
	uint32_t hash[PXE_HASH_INDEXES];
	bool is_in[PXE_HASH_INDEXES];
	size_t at; /* in the table's list of all */
};

struct pxe_hash {
	struct pxe_hash_node **bucket[PXE_HASH_INDEXES]; /* n_buckets */
	struct pxe_hash_node **all; /* cap, n of them in use */
	size_t cap, n, n_buckets;   /* the last is a power of two */
	uint32_t seed; /* so that peers cannot choose keys that collide */
};

/* An empty table in the caller's storage.  0, -ENOMEM. */
int pxe_hash_init(struct pxe_hash *table) PXE_MUST_CHECK;

/* Frees all nodes, and what the table has. */
void pxe_hash_done(struct pxe_hash *table);

/* The hash of a number, of a NUL-terminated text. */
uint32_t pxe_hash_number(const struct pxe_hash *table, uint32_t number);
uint32_t pxe_hash_text(const struct pxe_hash *table, const char *text);

/* Takes a node in, to be walked over; no index has it yet.  0, -ENOMEM. */
int pxe_hash_add(struct pxe_hash *table,
		 struct pxe_hash_node *node) PXE_MUST_CHECK;

/* Lets a node be found by `hash` in `index` (0, 1), and no more. */
void pxe_hash_link(struct pxe_hash *table, struct pxe_hash_node *node,
		   int index, uint32_t hash);
void pxe_hash_unlink(struct pxe_hash *table, struct pxe_hash_node *node,
		     int index);

/* Takes a node out of everything and frees it. */
void pxe_hash_remove(struct pxe_hash *table, struct pxe_hash_node *node);

/* The first node with `hash` in `index`, and the next after it; or NULL. */
struct pxe_hash_node *pxe_hash_first(const struct pxe_hash *table, int index,
				     uint32_t hash);
struct pxe_hash_node *pxe_hash_next(const struct pxe_hash_node *node,
				    int index);

/* Walks over all nodes in no order: *at = 0 to start; NULL at the end. */
struct pxe_hash_node *pxe_hash_walk(const struct pxe_hash *table, size_t *at);

#endif
