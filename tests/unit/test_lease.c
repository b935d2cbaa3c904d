/* SPDX-License-Identifier: ISC */
#include "core/lease.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct pxe_lease_table *table;

static void set(uint32_t address, const char *client,
		enum pxe_lease_state state, int64_t end_s)
{
	struct pxe_lease l = { .address = address,
			       .state = state,
			       .end_s = end_s,
			       .client = client };

	ck_assert_int_eq(pxe_lease_table_set(table, &l), 0);
}

static const char *owner(uint32_t address)
{
	const struct pxe_lease *l = pxe_lease_table_find(table, address);

	return l != NULL ? l->client : "-";
}

static uint32_t address_of(const char *client)
{
	const struct pxe_lease *l = pxe_lease_table_find_client(table, client);

	return l != NULL ? l->address : 0;
}

/* How many leases a client has, and the sum of their addresses. */
static void check_client(const char *client, unsigned n, uint32_t sum)
{
	const struct pxe_lease *l = pxe_lease_table_find_client(table, client);

	for (; l != NULL; l = pxe_lease_table_next_client(l), n--) {
		ck_assert_str_eq(l->client, client);
		ck_assert_uint_ne(n, 0);
		sum -= l->address;
	}
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(sum, 0);
}

START_TEST(test_one_lease_an_address_several_a_client)
{
	table = pxe_lease_table_new();
	set(1, "a", PXE_LEASE_ACTIVE, 10);
	set(2, "b", PXE_LEASE_ACTIVE, 10);
	ck_assert_uint_eq(address_of("a"), 1);
	ck_assert_str_eq(owner(2), "b");

	set(3, "a", PXE_LEASE_ACTIVE, 10);
	ck_assert_str_eq(owner(1), "a");
	check_client("a", 2, 1 + 3);
	ck_assert_uint_eq(pxe_lease_table_count(table), 3);

	set(2, "a", PXE_LEASE_ACTIVE, 10); /* takes b's address */
	check_client("b", 0, 0);
	check_client("a", 3, 1 + 2 + 3);
	set(3, "a", PXE_LEASE_DECLINED, 10);
	check_client("a", 2, 1 + 2);
	ck_assert_uint_eq(pxe_lease_table_count(table), 3);

	ck_assert_int_eq(pxe_lease_table_remove(table, 2), 0);
	ck_assert_int_eq(pxe_lease_table_remove(table, 2), -ENOENT);
	check_client("a", 1, 1);
	check_client("", 0, 0);
	pxe_lease_table_free(table);
}
END_TEST

START_TEST(test_a_lease_of_the_table_can_be_set_again)
{
	struct pxe_lease changed;

	table = pxe_lease_table_new();
	set(1, "a", PXE_LEASE_ACTIVE, 10);
	changed = *pxe_lease_table_find(table, 1);
	changed.end_s = 20; /* changed.client still belongs to the table */
	ck_assert_int_eq(pxe_lease_table_set(table, &changed), 0);
	ck_assert_int_eq(pxe_lease_table_find(table, 1)->end_s, 20);
	ck_assert_int_eq(
		pxe_lease_table_set(table, pxe_lease_table_find(table, 1)), 0);
	ck_assert_str_eq(owner(1), "a");
	ck_assert_uint_eq(pxe_lease_table_count(table), 1);
	pxe_lease_table_free(table);
}
END_TEST

START_TEST(test_a_declined_address_is_nobodys)
{
	table = pxe_lease_table_new();
	set(1, "a", PXE_LEASE_ACTIVE, 10);
	set(1, "a", PXE_LEASE_DECLINED, 100);
	ck_assert_uint_eq(address_of("a"), 0);
	set(2, "a", PXE_LEASE_ACTIVE, 10); /* the quarantine stays */
	ck_assert_str_eq(owner(1), "a");
	ck_assert_uint_eq(address_of("a"), 2);
	set(2, "a", PXE_LEASE_DECLINED, 100);
	ck_assert_uint_eq(pxe_lease_table_count(table), 2);
	ck_assert_int_eq(pxe_lease_table_remove(table, 1), 0);
	ck_assert_int_eq(pxe_lease_table_remove(table, 2), 0);
	ck_assert_uint_eq(pxe_lease_table_count(table), 0);
	pxe_lease_table_free(table);
}
END_TEST

START_TEST(test_many_are_all_found_and_walked)
{
	enum { N = 20000 };
	size_t at = 0, seen = 0;
	char key[32];

	table = pxe_lease_table_new();
	for (uint32_t i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "52:54:00:%02x:%02x:%02x", i >> 16,
			 i >> 8 & 255, i & 255);
		set(0x0a000000 + i, key, PXE_LEASE_ACTIVE, 10);
	}
	for (uint32_t i = 0; i < N; i += 2)
		ck_assert_int_eq(pxe_lease_table_remove(table, 0x0a000000 + i),
				 0);
	while (pxe_lease_table_next(table, &at) != NULL)
		seen++;
	ck_assert_uint_eq(seen, N / 2);
	for (uint32_t i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "52:54:00:%02x:%02x:%02x", i >> 16,
			 i >> 8 & 255, i & 255);
		ck_assert_uint_eq(address_of(key),
				  i % 2 == 0 ? 0 : 0x0a000000 + i);
	}
	pxe_lease_table_free(table);
	pxe_lease_table_free(NULL);
}
END_TEST

START_TEST(test_who_may_have_an_address)
{
	static const struct {
		enum pxe_lease_state state;
		const char *client;
		int64_t now_s;
		bool is_free, is_active;
	} rows[] = {
		{ PXE_LEASE_ACTIVE, "a", 5, true, true },
		{ PXE_LEASE_ACTIVE, "b", 5, false, true },
		{ PXE_LEASE_ACTIVE, "b", 9, false, true },
		{ PXE_LEASE_ACTIVE, "b", 10, true, false },
		{ PXE_LEASE_OFFERED, "a", 5, true, false },
		{ PXE_LEASE_OFFERED, "b", 5, false, false },
		{ PXE_LEASE_RELEASED, "b", 5, true, false },
		{ PXE_LEASE_DECLINED, "a", 5, false, false },
		{ PXE_LEASE_DECLINED, "b", 5, false, false },
		{ PXE_LEASE_DECLINED, "b", 10, true, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_lease l = { .state = rows[i].state,
				       .end_s = 10,
				       .client = "a" };

		ck_assert_msg(pxe_lease_is_free(&l, rows[i].client,
						rows[i].now_s) ==
				      rows[i].is_free,
			      "row %zu: free", i);
		ck_assert_msg(pxe_lease_is_active(&l, rows[i].now_s) ==
				      rows[i].is_active,
			      "row %zu: active", i);
	}
}
END_TEST

START_TEST(test_the_record_is_that_of_the_hardware_address)
{
	struct pxe_lease l = { .client = "id:01" };
	char text[PXE_HWADDR_TEXT];

	ck_assert_str_eq(pxe_lease_record_key(&l, text), "id:01");
	l.hw = (struct pxe_hwaddr){ 1, 6, { 0x52, 0x54, 0, 0x12, 0x34, 0x56 } };
	ck_assert_str_eq(pxe_lease_record_key(&l, text), "52:54:00:12:34:56");
}
END_TEST

START_TEST(test_states_have_words)
{
	for (int s = 0; s < PXE_N_LEASE_STATES; s++)
		ck_assert_int_eq(
			pxe_lease_state_from_name(pxe_lease_state_name(
				(enum pxe_lease_state)s)),
			s);
	ck_assert_int_eq(pxe_lease_state_from_name("lost"), -ENOENT);
}
END_TEST

UNIT_MAIN("lease", test_one_lease_an_address_several_a_client,
	  test_a_lease_of_the_table_can_be_set_again,
	  test_a_declined_address_is_nobodys,
	  test_many_are_all_found_and_walked, test_who_may_have_an_address,
	  test_the_record_is_that_of_the_hardware_address,
	  test_states_have_words)
