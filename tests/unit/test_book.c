/* SPDX-License-Identifier: ISC */
/* What the scenarios of tests/replay are too short for. */
#include "dhcpd/book.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

enum { N = 500, FIRST = 0x0a000010, OTHER = 0x0a010010 };

static struct pxe_ip4_range range = { FIRST, FIRST + N - 1 };
static struct pxe_ip4_range range2 = { OTHER, OTHER + N - 1 };
static struct pxe_conf_subnet subnets[] = {
	{ .src = { .file = "" },
	  .net = { 0x0a000000, 16 },
	  .ranges = &range,
	  .n_ranges = 1,
	  .lease_s = 60,
	  .max_lease_s = 60 },
	{ .src = { .file = "" },
	  .net = { 0x0a010000, 16 },
	  .ranges = &range2,
	  .n_ranges = 1,
	  .lease_s = 60,
	  .max_lease_s = 60 },
};
static const struct pxe_conf conf = { .subnets = subnets, .n_subnets = 2 };
static struct pxe_book *book;

static void make(void)
{
	book = pxe_book_new();
	ck_assert_ptr_nonnull(book);
	ck_assert_int_eq(pxe_book_configure(book, &conf, NULL, 0), 0);
}

static const char *name(unsigned i)
{
	static char text[32];

	snprintf(text, sizeof(text), "client %u", i);
	return text;
}

static uint32_t choose(const char *client, int64_t now_s)
{
	const struct pxe_book_ask ask = { .subnet = &subnets[0],
					  .client = client,
					  .now_s = now_s };
	uint32_t address = 0;

	pxe_book_expire(book, now_s);
	if (pxe_book_choose(book, &ask, &address) < 0)
		return 0;
	return address;
}

static int offer(uint32_t address, const char *client, int64_t until_s)
{
	const struct pxe_lease l = { .address = address,
				     .state = PXE_LEASE_OFFERED,
				     .end_s = until_s,
				     .client = client };

	return pxe_book_offer(book, &l);
}

/* Lease number i, which ends at end_s. */
static void lease(unsigned i, int64_t end_s)
{
	struct pxe_lease l = { .address = FIRST + i,
			       .state = PXE_LEASE_ACTIVE,
			       .end_s = end_s,
			       .client = name(i) };

	ck_assert_int_eq(pxe_book_put(book, &l), 0);
}

START_TEST(test_reuses_in_the_order_of_their_ends)
{
	make();
	for (unsigned i = 0; i < N; i++)
		lease(i, 1000 + (i * 7919) % N);
	ck_assert_uint_eq(choose("new", 999), 0);
	for (unsigned end = 0; end < N; end++) {
		uint32_t a = choose(name(N + end), 2000);

		ck_assert_uint_ne(a, 0);
		ck_assert_uint_eq(((a - FIRST) * 7919) % N, end);
		ck_assert_int_eq(
			offer(a, name(N + end), 2030), 0);
	}
	ck_assert_uint_eq(choose("new", 2004), 0);
	/* all offers end; who had it comes first */
	ck_assert_uint_eq(choose(name(17), 2030), FIRST + 17);
	pxe_book_free(book);
}
END_TEST

START_TEST(test_an_empty_pool_notices_what_becomes_free)
{
	make();
	for (unsigned i = 0; i < N; i++)
		lease(i, 5000);
	ck_assert_uint_eq(choose("new", 1000), 0);
	ck_assert_int_eq(pxe_book_remove(book, FIRST + 42), 0);
	ck_assert_uint_eq(choose("new", 1000), FIRST + 42);
	lease(42, 5000);
	ck_assert_uint_eq(choose("new", 1000), 0);
	lease(43, 1000); /* its end is moved */
	ck_assert_uint_eq(choose("new", 1000), FIRST + 43);
	pxe_book_free(book);
}
END_TEST

/* A flood for which nothing is left does not search for every packet; the
 * next second finds what became free. */
/* An alarm asks as well, and takes nothing. */
START_TEST(test_who_only_asks_takes_nothing)
{
	make();
	for (unsigned i = 0; i < N; i++)
		lease(i, i == 42 ? 2000 : i == 43 ? 2001 : 5000);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(choose("", 3000), FIRST + 42);
	ck_assert_int_eq(offer(FIRST + 42, "new", 3030), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(choose("", 3000), FIRST + 43);
	ck_assert_uint_eq(choose("new", 3000), FIRST + 42);
	pxe_book_free(book);
}
END_TEST

START_TEST(test_searches_in_vain_are_few)
{
	uint32_t found = 0;

	make();
	for (unsigned i = 0; i < N; i++)
		lease(i, 5000);
	for (unsigned i = 0; i < 100; i++) {
		lease(7, 5000); /* something changes */
		ck_assert_uint_eq(choose("new", 1000), 0);
	}
	ck_assert_int_eq(pxe_book_remove(book, FIRST + 42), 0);
	lease(42, 999);
	ck_assert_uint_eq(choose("new", 1000), 0);
	ck_assert_uint_eq(choose("new", 1001), FIRST + 42);
	lease(42, 5000);
	/* many that ended are found, however few at a time */
	for (unsigned i = 100; i < 300; i++) {
		lease(i, 1500);
		found = choose("other", 2000);
		ck_assert_uint_eq(found, FIRST + i);
		lease(i, 5000);
	}
	pxe_book_free(book);
}
END_TEST

START_TEST(test_offers_end_in_any_order_of_renewal)
{
	make();
	for (unsigned i = 0; i < N; i++)
		ck_assert_int_eq(offer(FIRST + i, name(i), 30),
				 0);
	/* every second one is offered again later */
	for (unsigned i = 0; i < N; i += 2)
		ck_assert_int_eq(offer(FIRST + i, name(i), 40),
				 0);
	ck_assert_uint_eq(choose("new", 4), 0);
	ck_assert_uint_eq(choose("new", 30), FIRST + 1);
	ck_assert_uint_eq(pxe_book_find_offer(book, name(2), &subnets[0]),
			  FIRST + 2);
	ck_assert_uint_eq(choose("new", 40), FIRST);
	ck_assert_uint_eq(pxe_book_find_offer(book, name(2), &subnets[0]), 0);
	pxe_book_free(book);
}
END_TEST

START_TEST(test_a_commit_holds_its_address)
{
	struct pxe_lease l = { .address = FIRST,
			       .state = PXE_LEASE_ACTIVE,
			       .end_s = 100,
			       .client = "a" };

	make();
	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	ck_assert_int_eq(pxe_book_begin(book, &l), -EALREADY);
	ck_assert(pxe_book_is_pending(book, "a", &subnets[0]));
	ck_assert_uint_eq(choose("b", 10), FIRST + 1);
	ck_assert_uint_eq(choose("a", 10), FIRST);
	ck_assert_int_eq(pxe_book_end(book, FIRST, 0, false), 0);
	ck_assert_uint_eq(choose("b", 10), FIRST);
	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	ck_assert_int_eq(pxe_book_end(book, FIRST, 0, true), 0);
	ck_assert_uint_eq(choose("a", 10), FIRST);
	ck_assert_uint_eq(choose("b", 10), FIRST + 1);
	ck_assert_uint_eq(pxe_book_count_pending(book), 0);
	pxe_book_free(book);
}
END_TEST

static void commit(const char *client, uint32_t address, int64_t end_s)
{
	struct pxe_lease l = { .address = address,
			       .state = PXE_LEASE_ACTIVE,
			       .end_s = end_s,
			       .client = client };
	uint32_t replaces = pxe_book_find_replaced(book, &l);

	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	ck_assert_int_eq(pxe_book_end(book, address, replaces, true), 0);
}

static uint32_t own(const char *client, const struct pxe_conf_subnet *in)
{
	const struct pxe_lease *l = pxe_book_find_own(book, client, in);

	return l != NULL ? l->address : 0;
}

/* One machine on two networks, as two VLANs over one card are. */
START_TEST(test_a_client_has_a_lease_in_each_subnet)
{
	struct pxe_lease l = { .address = OTHER + 7,
			       .state = PXE_LEASE_ACTIVE,
			       .end_s = 100,
			       .client = "a" };

	make();
	commit("a", FIRST, 100);
	commit("a", OTHER, 90);
	ck_assert_uint_eq(own("a", &subnets[0]), FIRST);
	ck_assert_uint_eq(own("a", &subnets[1]), OTHER);
	ck_assert_uint_eq(choose("a", 10), FIRST);
	/* a new address in one of them takes over that one only */
	ck_assert_uint_eq(pxe_book_find_replaced(book, &l), OTHER);
	commit("a", OTHER + 7, 100);
	ck_assert_uint_eq(pxe_book_count_leases(book), 2);
	ck_assert_uint_eq(own("a", &subnets[0]), FIRST);
	ck_assert_uint_eq(own("a", &subnets[1]), OTHER + 7);
	ck_assert_uint_eq(pxe_book_find_replaced(book, &l), 0);
	/* offers and commits of one do not disturb the other */
	ck_assert_int_eq(offer(FIRST + 1, "b", 40), 0);
	ck_assert_int_eq(offer(OTHER + 1, "b", 40), 0);
	ck_assert_int_eq(offer(OTHER + 2, "b", 40), 0);
	ck_assert_uint_eq(pxe_book_find_offer(book, "b", &subnets[0]),
			  FIRST + 1);
	ck_assert_uint_eq(pxe_book_find_offer(book, "b", &subnets[1]),
			  OTHER + 2);
	pxe_book_unoffer(book, "b", &subnets[0]);
	ck_assert_uint_eq(pxe_book_find_offer(book, "b", &subnets[1]),
			  OTHER + 2);
	l.client = "b";
	l.address = FIRST + 1;
	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	l.address = OTHER + 2;
	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	l.address = OTHER + 3;
	ck_assert_int_eq(pxe_book_begin(book, &l), -EALREADY);
	ck_assert_int_eq(pxe_book_end(book, FIRST + 1, 0, true), 0);
	ck_assert(pxe_book_is_pending(book, "b", &subnets[1]));
	ck_assert(!pxe_book_is_pending(book, "b", &subnets[0]));
	/* a quarantine is nobody's */
	l = *pxe_book_find(book, FIRST);
	l.state = PXE_LEASE_DECLINED;
	ck_assert_int_eq(pxe_book_put(book, &l), 0);
	ck_assert_uint_eq(own("a", &subnets[0]), 0);
	pxe_book_free(book);
}
END_TEST

START_TEST(test_a_resync_keeps_quarantines)
{
	struct pxe_lease l = { .address = FIRST,
			       .state = PXE_LEASE_DECLINED,
			       .end_s = 100,
			       .client = "a" };
	struct pxe_lease_table *copy = pxe_lease_table_new();

	make();
	ck_assert_int_eq(pxe_book_put(book, &l), 0);
	lease(1, 100);
	pxe_book_replace(book, copy, 10);
	ck_assert_uint_eq(choose("b", 10), FIRST + 1);
	ck_assert_uint_eq(pxe_book_count_leases(book), 1);
	pxe_book_replace(book, pxe_lease_table_new(), 100);
	ck_assert_uint_eq(choose("b", 100), FIRST);
	pxe_book_free(book);
}
END_TEST

START_TEST(test_a_clock_that_is_set)
{
	struct pxe_lease l = { .address = FIRST + 1,
			       .state = PXE_LEASE_ACTIVE,
			       .end_s = 1100,
			       .client = "b" };
	static const int64_t by_s[] = { 30 * 86400, -30 * 86400, -900 };
	int64_t now_s = 1000;

	make();
	lease(0, 1050);
	ck_assert_int_eq(pxe_book_begin(book, &l), 0);
	ck_assert_int_eq(offer(FIRST + 2, "c", 1030), 0);
	for (int i = 0; i < 4; i++)
		ck_assert(pxe_book_count_decline(book, "d", now_s));
	for (size_t i = 0; i < PXE_LEN(by_s); i++) {
		now_s += by_s[i];
		pxe_book_move(book, by_s[i]);
		ck_assert_uint_eq(choose("e", now_s), FIRST + 3);
		ck_assert_uint_eq(choose("c", now_s), FIRST + 2);
		ck_assert_int_eq(pxe_book_find(book, FIRST)->end_s, now_s + 50);
		ck_assert(!pxe_book_count_decline(book, "d", now_s));
	}
	ck_assert_int_eq(pxe_book_end(book, FIRST + 1, 0, true), 0);
	ck_assert_int_eq(pxe_book_find(book, FIRST + 1)->end_s, now_s + 100);
	/* and all of them end in their time */
	ck_assert_uint_eq(choose("e", now_s + 30), FIRST + 2);
	ck_assert(pxe_book_count_decline(book, "d", now_s + 3600));
	pxe_book_free(book);
}
END_TEST

UNIT_MAIN("book", test_reuses_in_the_order_of_their_ends,
	  test_an_empty_pool_notices_what_becomes_free,
	  test_who_only_asks_takes_nothing, test_searches_in_vain_are_few,
	  test_offers_end_in_any_order_of_renewal,
	  test_a_commit_holds_its_address,
	  test_a_client_has_a_lease_in_each_subnet,
	  test_a_resync_keeps_quarantines, test_a_clock_that_is_set)
