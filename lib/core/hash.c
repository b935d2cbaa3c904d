/* SPDX-License-Identifier: ISC */
#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };

static uint32_t mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x7feb352dU;
	h ^= h >> 15;
	h *= 0x846ca68bU;
	return h ^ h >> 16;
}

/* Addresses are given in their order: those of 256 that follow each other are
 * in slots that do, which the processor then has in its cache. */
uint32_t pxe_hash_number(const struct pxe_hash *table, uint32_t number)
{
	return mix(number >> 8 ^ table->seed) + (number & 255);
}

static uint64_t mix_more(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

/* Eight octets at a time, the last of them perhaps twice: every packet asks
 * for a client many times. */
uint32_t pxe_hash_text(const struct pxe_hash *table, const char *text)
{
	const size_t len = strlen(text);
	uint64_t h = table->seed + len, octets = 0;

	if (len < sizeof(octets)) {
		memcpy(&octets, text, len);
		return (uint32_t)mix_more(h ^ octets);
	}
	for (size_t at = 0; at + sizeof(octets) < len; at += sizeof(octets)) {
		memcpy(&octets, text + at, sizeof(octets));
		h = mix_more(h ^ octets);
	}
	memcpy(&octets, text + len - sizeof(octets), sizeof(octets));
	return (uint32_t)mix_more(h ^ octets);
}

/* The head of the chain of `hash`. */
static struct pxe_hash_node **find_slot(const struct pxe_hash *table, int index,
					uint32_t hash)
{
	return &table->bucket[index][hash & (table->n_buckets - 1)];
}

static void push(struct pxe_hash *table, struct pxe_hash_node *node, int index)
{
	struct pxe_hash_node **slot =
		find_slot(table, index, node->hash[index]);

	node->next[index] = *slot;
	*slot = node;
}

/* Gives the table room for `cap` nodes, a power of two. */
static int resize(struct pxe_hash *table, size_t cap)
{
	struct pxe_hash_node **bucket[PXE_HASH_INDEXES], **all;

	all = realloc(table->all, cap * sizeof(struct pxe_hash_node *));
	if (all == NULL)
		return -ENOMEM;
	table->all = all;
	for (int i = 0; i < PXE_HASH_INDEXES; i++)
		bucket[i] = calloc(2 * cap, sizeof(struct pxe_hash_node *));
	if (bucket[0] == NULL || bucket[1] == NULL) {
		free(bucket[0]);
		free(bucket[1]);
		return -ENOMEM;
	}
	table->cap = cap;
	table->n_buckets = 2 * cap; /* most slots have one node at most */
	for (int i = 0; i < PXE_HASH_INDEXES; i++) {
		free(table->bucket[i]);
		table->bucket[i] = bucket[i];
		for (size_t k = 0; k < table->n; k++)
			if (table->all[k]->is_in[i])
				push(table, table->all[k], i);
	}
	return 0;
}

int pxe_hash_init(struct pxe_hash *table)
{
	int r;

	*table = (struct pxe_hash){ .n = 0 };
	r = resize(table, FIRST_CAP);
	if (r < 0) {
		pxe_hash_done(table);
		return r;
	}
	/* where the heap begins is not known to a peer */
	table->seed = mix((uint32_t)((uintptr_t)table->all >> 4));
	return 0;
}

void pxe_hash_done(struct pxe_hash *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->all[i]);
	for (int i = 0; i < PXE_HASH_INDEXES; i++)
		free(table->bucket[i]);
	free(table->all);
}

int pxe_hash_add(struct pxe_hash *table, struct pxe_hash_node *node)
{
	if (table->n == table->cap && resize(table, table->cap * 2) < 0)
		return -ENOMEM;
	for (int i = 0; i < PXE_HASH_INDEXES; i++)
		node->is_in[i] = false;
	node->at = table->n;
	table->all[table->n++] = node;
	return 0;
}

void pxe_hash_link(struct pxe_hash *table, struct pxe_hash_node *node,
		   int index, uint32_t hash)
{
	node->is_in[index] = true;
	node->hash[index] = hash;
	push(table, node, index);
}

void pxe_hash_unlink(struct pxe_hash *table, struct pxe_hash_node *node,
		     int index)
{
	struct pxe_hash_node **slot;

	if (!node->is_in[index])
		return;
	slot = find_slot(table, index, node->hash[index]);
	while (*slot != node)
		slot = &(*slot)->next[index];
	*slot = node->next[index];
	node->is_in[index] = false;
}

void pxe_hash_remove(struct pxe_hash *table, struct pxe_hash_node *node)
{
	for (int i = 0; i < PXE_HASH_INDEXES; i++)
		pxe_hash_unlink(table, node, i);
	table->all[node->at] = table->all[--table->n];
	table->all[node->at]->at = node->at;
	free(node);
}

static struct pxe_hash_node *skip_others(struct pxe_hash_node *node, int index,
					 uint32_t hash)
{
	while (node != NULL && node->hash[index] != hash)
		node = node->next[index];
	return node;
}

struct pxe_hash_node *pxe_hash_first(const struct pxe_hash *table, int index,
				     uint32_t hash)
{
	return skip_others(*find_slot(table, index, hash), index, hash);
}

struct pxe_hash_node *pxe_hash_next(const struct pxe_hash_node *node, int index)
{
	return skip_others(node->next[index], index, node->hash[index]);
}

struct pxe_hash_node *pxe_hash_walk(const struct pxe_hash *table, size_t *at)
{
	return *at < table->n ? table->all[(*at)++] : NULL;
}
