/* SPDX-License-Identifier: ISC */
#include "core/pool.h"

#include <errno.h>

#include "unit.h"

static struct pxe_pool *make(const struct pxe_ip4_range *ranges, size_t n)
{
	struct pxe_pool *pool;

	ck_assert_int_eq(pxe_pool_new(ranges, n, &pool), 0);
	return pool;
}

static uint32_t lowest(const struct pxe_pool *pool)
{
	uint32_t address = 0;

	(void)!pxe_pool_find_lowest(pool, &address);
	return address;
}

START_TEST(test_gives_the_lowest_free)
{
	const struct pxe_ip4_range ranges[] = { { 200, 201 }, { 10, 12 } };
	struct pxe_pool *pool = make(ranges, 2);
	static const uint32_t order[] = { 10, 11, 12, 200, 201 };
	uint32_t address;

	ck_assert_uint_eq(pxe_pool_count(pool), 5);
	for (size_t i = 0; i < PXE_LEN(order); i++) {
		ck_assert_uint_eq(lowest(pool), order[i]);
		ck_assert(pxe_pool_take(pool, order[i]));
		ck_assert(!pxe_pool_take(pool, order[i]));
		ck_assert(!pxe_pool_is_free(pool, order[i]));
	}
	ck_assert_int_eq(pxe_pool_find_lowest(pool, &address), -EADDRNOTAVAIL);
	ck_assert(pxe_pool_give(pool, 200));
	ck_assert(!pxe_pool_give(pool, 200));
	ck_assert(pxe_pool_give(pool, 11));
	ck_assert_uint_eq(pxe_pool_count_free(pool), 2);
	ck_assert_uint_eq(lowest(pool), 11);
	pxe_pool_free(pool);
}
END_TEST

START_TEST(test_knows_its_ranges)
{
	const struct pxe_ip4_range ranges[] = { { 10, 20 }, { 15, 30 },
						{ 31, 31 }, { 40, 40 } };
	struct pxe_pool *pool = make(ranges, 4);
	uint32_t at = 0, address, sum = 0;

	ck_assert_uint_eq(pxe_pool_count(pool), 23);
	ck_assert(!pxe_pool_has(pool, 9));
	ck_assert(pxe_pool_has(pool, 10));
	ck_assert(pxe_pool_has(pool, 31));
	ck_assert(!pxe_pool_has(pool, 32));
	ck_assert(!pxe_pool_has(pool, 39));
	ck_assert(pxe_pool_has(pool, 40));
	ck_assert(!pxe_pool_has(pool, 41));
	ck_assert(!pxe_pool_take(pool, 41));
	ck_assert(!pxe_pool_give(pool, 41));
	while (pxe_pool_next(pool, &at, &address))
		sum += address;
	ck_assert_uint_eq(sum, (10 + 31) * 22 / 2 + 40);
	pxe_pool_free(pool);
}
END_TEST

START_TEST(test_an_empty_pool)
{
	struct pxe_pool *pool = make(NULL, 0);
	uint32_t at = 0, address;

	ck_assert_int_eq(pxe_pool_find_lowest(pool, &address), -EADDRNOTAVAIL);
	ck_assert(!pxe_pool_has(pool, 0));
	ck_assert(!pxe_pool_next(pool, &at, &address));
	pxe_pool_free(pool);
	pxe_pool_free(NULL);
}
END_TEST

/* Random takes and gives beside a plain array that says the same. */
START_TEST(test_agrees_with_a_plain_array)
{
	enum { N = 64 * 64 * 3 + 7, FIRST = 5000 };
	static bool taken[N];
	const struct pxe_ip4_range range = { FIRST, FIRST + N - 1 };
	struct pxe_pool *pool = make(&range, 1);
	uint32_t random = 1, n_free = N, low = 0;

	for (int i = 0; i < 200000; i++) {
		uint32_t k;

		random = random * 1664525 + 1013904223;
		k = (random >> 8) % (N * 2) / 2;
		if (i % 5 < 3) {
			ck_assert(pxe_pool_take(pool, FIRST + k) == !taken[k]);
			n_free -= !taken[k];
			taken[k] = true;
		} else {
			ck_assert(pxe_pool_give(pool, FIRST + k) == taken[k]);
			n_free += taken[k];
			taken[k] = false;
		}
		ck_assert_uint_eq(pxe_pool_count_free(pool), n_free);
		if (i % 64 != 0)
			continue;
		for (low = 0; taken[low]; low++)
			;
		ck_assert_uint_eq(lowest(pool), FIRST + low);
	}
	pxe_pool_free(pool);
}
END_TEST

START_TEST(test_a_slash_8_and_no_more)
{
	const struct pxe_ip4_range eight = { 0x0a000000, 0x0affffff };
	const struct pxe_ip4_range more[] = { { 0x0a000000, 0x0affffff },
					      { 0xc0000000, 0xc0000000 } };
	const struct pxe_ip4_range top = { 0xfffffff0, 0xffffffff };
	struct pxe_pool *pool = make(&eight, 1);

	ck_assert_uint_eq(pxe_pool_count(pool), PXE_POOL_MAX);
	for (uint32_t a = 0x0a000000; a < 0x0a050000; a++) {
		ck_assert_uint_eq(lowest(pool), a);
		ck_assert(pxe_pool_take(pool, a));
	}
	ck_assert(pxe_pool_take(pool, 0x0affffff));
	pxe_pool_free(pool);
	ck_assert_int_eq(pxe_pool_new(more, 2, &pool), -E2BIG);
	pool = make(&top, 1);
	ck_assert(pxe_pool_has(pool, 0xffffffff));
	pxe_pool_free(pool);
}
END_TEST

UNIT_MAIN("pool", test_gives_the_lowest_free, test_knows_its_ranges,
	  test_an_empty_pool, test_agrees_with_a_plain_array,
	  test_a_slash_8_and_no_more)
