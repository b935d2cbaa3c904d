/* SPDX-License-Identifier: ISC */
/*
 * The free addresses of a subnet's ranges: a bitmap with summaries over it,
 * one bit of a level standing for one word of the level below.  Each question
 * costs the same however large the ranges are and however many are taken.
 *
 * The pool knows nothing of leases: who takes and who gives back is the
 * caller's business.  It owns its memory.
 */
#ifndef PXE_CORE_POOL_H
#define PXE_CORE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/ip4.h"

#define PXE_POOL_MAX (1u << 24) /* addresses of one pool: a /8 */

struct pxe_pool;

/*
 * A pool of the `n` ranges (any order, may overlap; none: an empty pool) in
 * which all addresses are free.
 * 0; -E2BIG (more than PXE_POOL_MAX addresses), -ENOMEM.
 */
int pxe_pool_new(const struct pxe_ip4_range *ranges, size_t n,
		 struct pxe_pool **pool) PXE_MUST_CHECK;
/* Frees a pool; NULL is allowed. */
void pxe_pool_free(struct pxe_pool *pool);

/* Does `address` belong to the ranges? */
bool pxe_pool_has(const struct pxe_pool *pool, uint32_t address);

/* Does it belong to the ranges and is free? */
bool pxe_pool_is_free(const struct pxe_pool *pool, uint32_t address);

/* Takes an address: true if it was free. */
bool pxe_pool_take(struct pxe_pool *pool, uint32_t address);

/* Gives an address back: true if it was taken. */
bool pxe_pool_give(struct pxe_pool *pool, uint32_t address);

/* The lowest free address.  0, -EADDRNOTAVAIL (none is left). */
int pxe_pool_find_lowest(const struct pxe_pool *pool,
			 uint32_t *address) PXE_MUST_CHECK;

/* How many addresses there are, and how many of them are free. */
uint32_t pxe_pool_count(const struct pxe_pool *pool);
uint32_t pxe_pool_count_free(const struct pxe_pool *pool);

/*
 * Walks over the ranges' addresses upwards: *at = 0 to start; false at the
 * end.
 */
bool pxe_pool_next(const struct pxe_pool *pool, uint32_t *at,
		   uint32_t *address);

#endif
