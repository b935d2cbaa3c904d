/* SPDX-License-Identifier: ISC */
#include "core/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORD_BITS = 64,
	MAX_LEVELS = 4, /* 64^4 = PXE_POOL_MAX */
};

struct span {
	uint32_t first, last; /* addresses */
	uint32_t at;	      /* number of the first among all */
};

struct pxe_pool {
	struct span *spans; /* upwards, apart from each other */
	size_t n_spans;
	uint32_t n, n_free;
	int n_levels; /* level[n_levels - 1] is one word */
	uint64_t *level[MAX_LEVELS]; /* 1: free, or one of its word is */
};

static int compare_ranges(const void *a, const void *b)
{
	const struct pxe_ip4_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Sorts the ranges and joins those that overlap or touch. */
static size_t join_ranges(struct pxe_ip4_range *r, size_t n)
{
	size_t out = 0;

	if (n == 0)
		return 0;
	qsort(r, n, sizeof(*r), compare_ranges);
	for (size_t i = 1; i < n; i++) {
		bool apart = r[out].last != PXE_IP4_BROADCAST &&
			     r[i].first > r[out].last + 1;

		if (apart)
			r[++out] = r[i];
		else if (r[i].last > r[out].last)
			r[out].last = r[i].last;
	}
	return out + 1;
}

static int make_spans(struct pxe_pool *pool, const struct pxe_ip4_range *ranges,
		      size_t n)
{
	struct pxe_ip4_range *r;
	uint64_t total = 0;

	r = calloc(n + 1, sizeof(*r));
	pool->spans = calloc(n + 1, sizeof(*pool->spans));
	if (r == NULL || pool->spans == NULL) {
		free(r);
		return -ENOMEM;
	}
	if (n > 0)
		memcpy(r, ranges, n * sizeof(*r));
	pool->n_spans = join_ranges(r, n);
	for (size_t i = 0; i < pool->n_spans && total <= PXE_POOL_MAX; i++) {
		pool->spans[i] = (struct span){ .first = r[i].first,
						.last = r[i].last,
						.at = (uint32_t)total };
		total += (uint64_t)r[i].last - r[i].first + 1;
	}
	free(r);
	if (total > PXE_POOL_MAX)
		return -E2BIG;
	pool->n = (uint32_t)total;
	return 0;
}

static int make_levels(struct pxe_pool *pool)
{
	uint32_t bits = pool->n;

	do {
		uint32_t words = (bits + WORD_BITS - 1) / WORD_BITS;
		uint64_t *w = calloc(words > 0 ? words : 1, sizeof(*w));

		if (w == NULL)
			return -ENOMEM;
		pool->level[pool->n_levels++] = w;
		memset(w, 0xff, bits / WORD_BITS * sizeof(*w));
		if (bits % WORD_BITS != 0)
			w[words - 1] = (UINT64_C(1) << bits % WORD_BITS) - 1;
		bits = words;
	} while (bits > 1);
	pool->n_free = pool->n;
	return 0;
}

int pxe_pool_new(const struct pxe_ip4_range *ranges, size_t n,
		 struct pxe_pool **pool)
{
	struct pxe_pool *p = calloc(1, sizeof(*p));
	int r;

	if (p == NULL)
		return -ENOMEM;
	r = make_spans(p, ranges, n);
	if (r == 0)
		r = make_levels(p);
	if (r < 0) {
		pxe_pool_free(p);
		return r;
	}
	*pool = p;
	return 0;
}

void pxe_pool_free(struct pxe_pool *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < pool->n_levels; i++)
		free(pool->level[i]);
	free(pool->spans);
	free(pool);
}

/* The span that holds what `key` names: a number or an address. */
static const struct span *find_span(const struct pxe_pool *pool, uint32_t key,
				    bool by_number)
{
	size_t low = 0, high = pool->n_spans;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct span *s = &pool->spans[mid];

		if ((by_number ? s->at : s->first) <= key)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 ? &pool->spans[low - 1] : NULL;
}

static bool find_number(const struct pxe_pool *pool, uint32_t address,
			uint32_t *number)
{
	const struct span *s = find_span(pool, address, false);

	if (s == NULL || address > s->last)
		return false;
	*number = s->at + (address - s->first);
	return true;
}

static uint32_t address_at(const struct pxe_pool *pool, uint32_t number)
{
	const struct span *s = find_span(pool, number, true);

	return s->first + (number - s->at);
}

static bool has_bit(const struct pxe_pool *pool, uint32_t number)
{
	return pool->level[0][number / WORD_BITS] >> number % WORD_BITS & 1;
}

bool pxe_pool_has(const struct pxe_pool *pool, uint32_t address)
{
	uint32_t number;

	return find_number(pool, address, &number);
}

bool pxe_pool_is_free(const struct pxe_pool *pool, uint32_t address)
{
	uint32_t number;

	return find_number(pool, address, &number) && has_bit(pool, number);
}

bool pxe_pool_take(struct pxe_pool *pool, uint32_t address)
{
	uint32_t number;

	if (!find_number(pool, address, &number) || !has_bit(pool, number))
		return false;
	pool->n_free--;
	for (int i = 0; i < pool->n_levels; i++) {
		uint64_t *word = &pool->level[i][number / WORD_BITS];

		*word &= ~(UINT64_C(1) << number % WORD_BITS);
		if (*word != 0)
			break;
		number /= WORD_BITS;
	}
	return true;
}

bool pxe_pool_give(struct pxe_pool *pool, uint32_t address)
{
	uint32_t number;

	if (!find_number(pool, address, &number) || has_bit(pool, number))
		return false;
	pool->n_free++;
	for (int i = 0; i < pool->n_levels; i++) {
		pool->level[i][number / WORD_BITS] |= UINT64_C(1)
						      << number % WORD_BITS;
		number /= WORD_BITS;
	}
	return true;
}

int pxe_pool_find_lowest(const struct pxe_pool *pool, uint32_t *address)
{
	uint32_t number = 0;

	if (pool->n_free == 0)
		return -EADDRNOTAVAIL;
	for (int i = pool->n_levels - 1; i >= 0; i--) {
		uint64_t word = pool->level[i][number];

		number = number * WORD_BITS + (uint32_t)__builtin_ctzll(word);
	}
	*address = address_at(pool, number);
	return 0;
}

uint32_t pxe_pool_count(const struct pxe_pool *pool)
{
	return pool->n;
}

uint32_t pxe_pool_count_free(const struct pxe_pool *pool)
{
	return pool->n_free;
}

bool pxe_pool_next(const struct pxe_pool *pool, uint32_t *at,
		   uint32_t *address)
{
	if (*at >= pool->n)
		return false;
	*address = address_at(pool, (*at)++);
	return true;
}
