/* SPDX-License-Identifier: ISC */
#include "dhcpd/quota.h"

#include "unit.h"

enum { N = 5000 };

static uint64_t owner[N]; /* the group that holds address i; 0: nobody */

static bool holds(uint64_t group, uint32_t address, void *arg)
{
	ck_assert_ptr_eq(arg, owner);
	return owner[address] == group;
}

static struct pxe_quota *make(void)
{
	struct pxe_quota *quota = pxe_quota_new(holds, owner);

	ck_assert_ptr_nonnull(quota);
	for (uint32_t i = 0; i < N; i++)
		owner[i] = 0;
	return quota;
}

static void give(struct pxe_quota *quota, uint64_t group, uint32_t address)
{
	owner[address] = group;
	ck_assert_int_eq(pxe_quota_note(quota, group, address), 0);
}

START_TEST(test_counts_what_is_held)
{
	struct pxe_quota *quota = make();

	ck_assert_uint_eq(pxe_quota_count(quota, 7), 0);
	for (uint32_t i = 0; i < 20; i++)
		give(quota, 7, i);
	give(quota, 7, 3); /* renewed */
	give(quota, 8, 20);
	ck_assert_uint_eq(pxe_quota_count(quota, 7), 20);
	ck_assert_uint_eq(pxe_quota_count(quota, 8), 1);
	owner[0] = 0; /* ended */
	give(quota, 8, 1); /* another's now */
	ck_assert_uint_eq(pxe_quota_count(quota, 7), 18);
	ck_assert_uint_eq(pxe_quota_count(quota, 8), 2);
	pxe_quota_free(quota);
}
END_TEST

START_TEST(test_nobody_is_no_group)
{
	struct pxe_quota *quota = make();

	ck_assert_int_eq(pxe_quota_note(quota, 0, 1), 0);
	ck_assert_uint_eq(pxe_quota_count(quota, 0), 0);
	pxe_quota_free(quota);
}
END_TEST

/* Groups that hold nothing are forgotten, the others are not. */
START_TEST(test_forgets_empty_groups)
{
	struct pxe_quota *quota = make();

	for (uint32_t i = 0; i < 500; i++)
		give(quota, 1000000 + i, i);
	for (uint64_t g = 1; g < 100000; g++) {
		give(quota, g, 600);
		owner[600] = 0;
	}
	for (uint32_t i = 0; i < 500; i++)
		ck_assert_uint_eq(pxe_quota_count(quota, 1000000 + i), 1);
	pxe_quota_free(quota);
}
END_TEST

UNIT_MAIN("quota", test_counts_what_is_held, test_nobody_is_no_group,
	  test_forgets_empty_groups)
