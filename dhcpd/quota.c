/* SPDX-License-Identifier: ISC */
#include "dhcpd/quota.h"

#include <errno.h>
#include <stdlib.h>

#include "core/hash.h"

enum { SWEEP_MIN = 1024, FIRST_CAP = 4 };

struct group {
	struct pxe_hash_node node; /* must be first */
	uint64_t id;
	uint32_t *address;
	size_t n, cap;
};

struct pxe_quota {
	struct pxe_hash groups;
	pxe_quota_holds *holds;
	void *arg;
	size_t sweep_at; /* so many groups are looked through */
};

struct pxe_quota *pxe_quota_new(pxe_quota_holds *holds, void *arg)
{
	struct pxe_quota *quota = calloc(1, sizeof(*quota));

	if (quota == NULL || pxe_hash_init(&quota->groups) < 0) {
		free(quota);
		return NULL;
	}
	quota->holds = holds;
	quota->arg = arg;
	quota->sweep_at = SWEEP_MIN;
	return quota;
}

static struct group *next_group(const struct pxe_quota *quota, size_t *at)
{
	return (struct group *)pxe_hash_walk(&quota->groups, at);
}

void pxe_quota_free(struct pxe_quota *quota)
{
	struct group *g;
	size_t at = 0;

	if (quota == NULL)
		return;
	while ((g = next_group(quota, &at)) != NULL)
		free(g->address);
	pxe_hash_done(&quota->groups);
	free(quota);
}

static uint32_t hash_of(const struct pxe_quota *quota, uint64_t id)
{
	return pxe_hash_number(&quota->groups, (uint32_t)(id ^ id >> 32));
}

static struct group *find_group(const struct pxe_quota *quota, uint64_t id)
{
	struct pxe_hash_node *node = pxe_hash_first(&quota->groups, 0,
						    hash_of(quota, id));

	while (node != NULL && ((struct group *)node)->id != id)
		node = pxe_hash_next(node, 0);
	return (struct group *)node;
}

/* Drops what the group does not hold any longer. */
static void prune(const struct pxe_quota *quota, struct group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		if (quota->holds(g->id, g->address[i], quota->arg))
			g->address[n++] = g->address[i];
	g->n = n;
}

/* Forgets groups that hold nothing; as rarely as there are many. */
static void sweep(struct pxe_quota *quota)
{
	size_t at = 0;
	struct group *g;

	/* removing puts the last node into the place of the one that went */
	while ((g = next_group(quota, &at)) != NULL) {
		prune(quota, g);
		if (g->n > 0)
			continue;
		free(g->address);
		pxe_hash_remove(&quota->groups, &g->node);
		at--;
	}
	quota->sweep_at = quota->groups.n * 2 > SWEEP_MIN
				  ? quota->groups.n * 2
				  : SWEEP_MIN;
}

static struct group *add_group(struct pxe_quota *quota, uint64_t id)
{
	struct group *g;

	if (quota->groups.n >= quota->sweep_at)
		sweep(quota);
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return NULL;
	g->id = id;
	if (pxe_hash_add(&quota->groups, &g->node) < 0) {
		free(g);
		return NULL;
	}
	pxe_hash_link(&quota->groups, &g->node, 0, hash_of(quota, id));
	return g;
}

static int grow(struct group *g)
{
	size_t cap = g->cap > 0 ? g->cap * 2 : FIRST_CAP;
	uint32_t *address = realloc(g->address, cap * sizeof(*address));

	if (address == NULL)
		return -ENOMEM;
	g->address = address;
	g->cap = cap;
	return 0;
}

int pxe_quota_note(struct pxe_quota *quota, uint64_t id, uint32_t address)
{
	struct group *g;

	if (id == 0)
		return 0;
	g = find_group(quota, id);
	if (g == NULL)
		g = add_group(quota, id);
	if (g == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < g->n; i++)
		if (g->address[i] == address)
			return 0;
	if (g->n == g->cap)
		prune(quota, g);
	if (g->n == g->cap && grow(g) < 0)
		return -ENOMEM;
	g->address[g->n++] = address;
	return 0;
}

size_t pxe_quota_count(struct pxe_quota *quota, uint64_t id)
{
	struct group *g = id != 0 ? find_group(quota, id) : NULL;

	if (g == NULL)
		return 0;
	prune(quota, g);
	return g->n;
}
