/* SPDX-License-Identifier: ISC */
/* Probes for addresses in use, under a virtual clock. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dhcpd/conflict.h"
#include "unit.h"

#define NET	0x0a000000u /* 10.0.0.0/16 */
#define LINK	7u
#define TIMEOUT 300

static const uint8_t client_mac[6] = { 0x52, 0x54, 0, 0, 0, 1 };
static const uint8_t stranger[6] = { 0x52, 0x54, 0, 0, 0, 2 };
static const uint8_t router[6] = { 0x52, 0x54, 0, 0, 0, 3 };
static uint32_t controls[PXE_CONFLICT_CONTROLS];
static struct pxe_conflict_due due;
static struct pxe_conflict *t;

static void setup(void)
{
	pxe_conflict_free(t);
	t = pxe_conflict_new();
	ck_assert_ptr_nonnull(t);
}

static int start(uint32_t address, const char *client, int64_t now_ms)
{
	struct pxe_conflict_ask ask = { .address = NET + address,
					.net = { NET, 16 },
					.ifindex = LINK,
					.client = client,
					.timeout_ms = TIMEOUT };

	memcpy(ask.mac, client_mac, sizeof(ask.mac));
	return pxe_conflict_start(t, &ask, now_ms);
}

static int hear(uint32_t address, const uint8_t *mac, int64_t now_ms)
{
	return (int)pxe_conflict_hear(t, LINK, NET + address, mac, now_ms,
				      controls);
}

/* The next thing happens at `ms`, not before, and is this. */
static void expect(int64_t ms, enum pxe_conflict_what what, uint32_t address)
{
	ck_assert_int_eq(pxe_conflict_next_ms(t), ms);
	ck_assert(!pxe_conflict_step(t, ms - 1, &due));
	ck_assert(pxe_conflict_step(t, ms, &due));
	ck_assert_int_eq(due.what, what);
	ck_assert_uint_eq(due.address, NET + address);
	ck_assert_uint_eq(due.ifindex, LINK);
}

static void expect_no_more(void)
{
	ck_assert_int_eq(pxe_conflict_next_ms(t), -1);
	ck_assert(!pxe_conflict_step(t, INT64_MAX, &due));
	ck_assert_uint_eq(pxe_conflict_count(t), 0);
}

START_TEST(silence_means_free)
{
	int slot;

	setup();
	ck_assert(!pxe_conflict_is_free(t, NET + 5, 1000));
	slot = start(5, "a", 1000);
	ck_assert_int_ge(slot, 0);
	ck_assert_int_eq(pxe_conflict_find(t, "a"), slot);
	ck_assert_int_eq(pxe_conflict_find(t, "b"), -ENOENT);
	expect(1150, PXE_CONFLICT_SEND, 5);
	ck_assert_int_eq((int)due.slot, slot);
	expect(1300, PXE_CONFLICT_FREE, 5);
	ck_assert_int_eq((int)due.slot, slot);
	ck_assert_int_eq(pxe_conflict_find(t, "a"), -ENOENT);
	expect_no_more();
	/* remembered for a minute */
	ck_assert(pxe_conflict_is_free(t, NET + 5, 61299));
	ck_assert(!pxe_conflict_is_free(t, NET + 5, 61300));
}
END_TEST

START_TEST(a_stranger_is_tried_then_believed)
{
	setup();
	ck_assert_int_ge(start(5, "a", 0), 0);
	ck_assert_int_eq(hear(5, stranger, 3), PXE_CONFLICT_TRY);
	for (int i = 0; i < PXE_CONFLICT_CONTROLS; i++) {
		ck_assert_uint_ne(controls[i], 0);
		ck_assert_uint_ne(controls[i], NET + 5);
		ck_assert_uint_eq(controls[i] & 0xffff0000, NET);
	}
	ck_assert_int_eq(hear(5, stranger, 4), PXE_CONFLICT_NOTHING);
	expect(153, PXE_CONFLICT_TAKEN, 5);
	ck_assert(due.has_mac);
	ck_assert_mem_eq(due.mac, stranger, 6);
	ck_assert(!pxe_conflict_is_free(t, NET + 5, 154));
	/* its next address is known at once, before those that wait */
	ck_assert_int_ge(start(8, "b", 200), 0);
	ck_assert_int_ge(start(9, "c", 200), 0);
	ck_assert_int_eq(hear(9, stranger, 202), PXE_CONFLICT_NOTHING);
	expect(202, PXE_CONFLICT_TAKEN, 9);
	expect(350, PXE_CONFLICT_SEND, 8);
	expect(500, PXE_CONFLICT_FREE, 8);
	expect_no_more();
}
END_TEST

START_TEST(the_client_itself_may_answer)
{
	setup();
	ck_assert_int_ge(start(5, "a", 0), 0);
	ck_assert_int_eq(hear(5, client_mac, 3), PXE_CONFLICT_NOTHING);
	expect(150, PXE_CONFLICT_SEND, 5);
	expect(300, PXE_CONFLICT_FREE, 5);
	/* but that is not free for others */
	ck_assert(!pxe_conflict_is_free(t, NET + 5, 301));
	expect_no_more();
}
END_TEST

START_TEST(a_router_answers_for_all_and_counts_for_nothing)
{
	setup();
	ck_assert_int_ge(start(5, "a", 0), 0);
	ck_assert_int_ge(start(6, "b", 0), 0);
	ck_assert_int_eq(hear(5, router, 3), PXE_CONFLICT_TRY);
	ck_assert_int_eq(hear(6, router, 3), PXE_CONFLICT_NOTHING);
	for (unsigned i = 0; i < PXE_CONFLICT_ROUTER; i++)
		ck_assert_int_eq(hear(controls[i] - NET, router, 5),
				 i + 1 < PXE_CONFLICT_ROUTER
					 ? PXE_CONFLICT_NOTHING
					 : PXE_CONFLICT_NEW_ROUTER);
	ck_assert_int_eq(hear(controls[3] - NET, router, 6),
			 PXE_CONFLICT_NOTHING);
	/* one of the two is taken in earnest */
	ck_assert_int_eq(hear(6, stranger, 7), PXE_CONFLICT_TRY);
	expect(153, PXE_CONFLICT_FREE, 5);
	expect(157, PXE_CONFLICT_TAKEN, 6);
	ck_assert_mem_eq(due.mac, stranger, 6);
	/* it is known from now on */
	ck_assert_int_ge(start(7, "c", 1000), 0);
	ck_assert_int_eq(hear(7, router, 1001), PXE_CONFLICT_NOTHING);
	expect(1150, PXE_CONFLICT_SEND, 7);
	expect(1300, PXE_CONFLICT_FREE, 7);
	/* not for ever: what it is now is found out again */
	ck_assert_int_ge(start(8, "d", 1002 + PXE_CONFLICT_ROUTER_MS), 0);
	ck_assert_int_eq(hear(8, router, 1003 + PXE_CONFLICT_ROUTER_MS),
			 PXE_CONFLICT_TRY);
}
END_TEST

START_TEST(a_host_has_some_addresses_not_all)
{
	char client[16];

	setup();
	for (uint32_t i = 0; i < PXE_CONFLICT_HOST_MAX; i++) {
		(void)snprintf(client, sizeof(client), "c%u", i);
		ck_assert_int_ge(start(i + 1, client, i * 1000), 0);
		ck_assert_int_eq(hear(i + 1, stranger, i * 1000 + 1),
				 i == 0 ? PXE_CONFLICT_TRY
					: PXE_CONFLICT_NOTHING);
		ck_assert(pxe_conflict_step(t, i * 1000 + 500, &due));
		ck_assert_int_eq(due.what, PXE_CONFLICT_TAKEN);
	}
	ck_assert_int_ge(start(99, "z", 20000), 0);
	ck_assert_int_eq(hear(99, stranger, 20001), PXE_CONFLICT_NEW_ROUTER);
	expect(20150, PXE_CONFLICT_SEND, 99);
	expect(20300, PXE_CONFLICT_FREE, 99);
}
END_TEST

START_TEST(only_answers_for_what_was_asked_count)
{
	static const struct {
		const char *name;
		unsigned ifindex;
		uint32_t address;
		const uint8_t *mac;
	} rows[] = {
		{ "another address", LINK, NET + 6, stranger },
		{ "another link", LINK + 1, NET + 5, stranger },
		{ "an echo", 0, NET + 5, NULL },
	};

	setup();
	ck_assert_int_ge(start(5, "a", 0), 0);
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_conflict_hear(t, rows[i].ifindex,
						rows[i].address, rows[i].mac, 1,
						controls) ==
				      PXE_CONFLICT_NOTHING,
			      "%s", rows[i].name);
	expect(150, PXE_CONFLICT_SEND, 5);
	expect(300, PXE_CONFLICT_FREE, 5);
}
END_TEST

START_TEST(an_echo_behind_a_relay)
{
	struct pxe_conflict_ask ask = { .address = NET + 5,
					.net = { NET, 16 },
					.client = "a",
					.timeout_ms = TIMEOUT };

	setup();
	ck_assert_int_ge(pxe_conflict_start(t, &ask, 0), 0);
	ck_assert_int_eq(pxe_conflict_hear(t, 0, NET + 5, NULL, 10, controls),
			 PXE_CONFLICT_TRY);
	ck_assert(pxe_conflict_step(t, 160, &due));
	ck_assert_int_eq(due.what, PXE_CONFLICT_TAKEN);
	ck_assert(!due.has_mac);
	/* a firewall that answers for its whole network */
	ask.net = (struct pxe_ip4_net){ 0x0a010000, 16 };
	ask.address = 0x0a010005;
	ck_assert_int_ge(pxe_conflict_start(t, &ask, 1000), 0);
	ck_assert_int_eq(pxe_conflict_hear(t, 0, ask.address, NULL, 1001,
					   controls),
			 PXE_CONFLICT_TRY);
	for (int i = 0; i < PXE_CONFLICT_CONTROLS; i++)
		ck_assert_int_eq(pxe_conflict_hear(t, 0, controls[i], NULL,
						   1002, controls),
				 i == PXE_CONFLICT_ROUTER - 1
					 ? PXE_CONFLICT_NEW_ROUTER
					 : PXE_CONFLICT_NOTHING);
	ck_assert(pxe_conflict_step(t, 1151, &due));
	ck_assert_int_eq(due.what, PXE_CONFLICT_FREE);
	expect_no_more();
}
END_TEST

START_TEST(a_network_of_two_has_no_controls)
{
	struct pxe_conflict_ask ask = { .address = NET + 1,
					.net = { NET, 30 },
					.ifindex = LINK,
					.client = "a",
					.timeout_ms = TIMEOUT };

	setup();
	ck_assert_int_ge(pxe_conflict_start(t, &ask, 0), 0);
	ck_assert_int_eq(hear(1, stranger, 1), PXE_CONFLICT_TRY);
	ck_assert_uint_eq(controls[0], NET + 2);
	ck_assert_uint_eq(controls[1], 0);
	expect(151, PXE_CONFLICT_TAKEN, 1);
}
END_TEST

START_TEST(the_slots_are_bounded)
{
	char client[16];

	setup();
	for (uint32_t i = 0; i < PXE_CONFLICT_SLOTS; i++) {
		(void)snprintf(client, sizeof(client), "c%u", i);
		ck_assert_int_ge(start(i + 1, client, i / 100), 0);
	}
	ck_assert_int_eq(start(9999, "more", 40), -EBUSY);
	for (uint32_t i = 0; i < PXE_CONFLICT_SLOTS; i++) {
		(void)snprintf(client, sizeof(client), "c%u", i);
		ck_assert_int_ge(pxe_conflict_find(t, client), 0);
		if (i % 2 == 0)
			pxe_conflict_cancel(t, client);
	}
	pxe_conflict_cancel(t, "nobody");
	ck_assert_uint_eq(pxe_conflict_count(t), PXE_CONFLICT_SLOTS / 2);
	ck_assert_int_ge(start(9999, "more", 41), 0);
	for (uint32_t i = 0; i <= PXE_CONFLICT_SLOTS / 2; i++) {
		ck_assert(pxe_conflict_step(t, 191, &due));
		ck_assert_int_eq(due.what, PXE_CONFLICT_SEND);
	}
	for (uint32_t i = 1; i < PXE_CONFLICT_SLOTS; i += 2) {
		ck_assert(pxe_conflict_step(t, 341, &due));
		ck_assert_int_eq(due.what, PXE_CONFLICT_FREE);
		ck_assert_uint_eq(due.address, NET + i + 1);
	}
	expect(341, PXE_CONFLICT_FREE, 9999);
	expect_no_more();
}
END_TEST

START_TEST(an_offer_has_eight_tries)
{
	struct pxe_conflict_ask ask = { .address = NET + 5,
					.net = { NET, 16 },
					.ifindex = LINK,
					.client = "a",
					.timeout_ms = TIMEOUT };

	setup();
	ask.tries = PXE_CONFLICT_TRIES - 1;
	ck_assert_int_ge(pxe_conflict_start(t, &ask, 0), 0);
	pxe_conflict_cancel(t, "a");
	ask.tries = PXE_CONFLICT_TRIES;
	ck_assert_int_eq(pxe_conflict_start(t, &ask, 0), -ELOOP);
	expect_no_more();
}
END_TEST

START_TEST(a_shorter_time_comes_first)
{
	struct pxe_conflict_ask ask = { .address = NET + 6,
					.net = { NET, 16 },
					.ifindex = LINK,
					.client = "b",
					.timeout_ms = 50 };

	setup();
	ck_assert_int_ge(start(5, "a", 0), 0);
	ck_assert_int_ge(pxe_conflict_start(t, &ask, 10), 0);
	expect(35, PXE_CONFLICT_SEND, 6);
	expect(60, PXE_CONFLICT_FREE, 6);
	expect(150, PXE_CONFLICT_SEND, 5);
	expect(300, PXE_CONFLICT_FREE, 5);
}
END_TEST

UNIT_MAIN("conflict", silence_means_free, a_stranger_is_tried_then_believed,
	  the_client_itself_may_answer,
	  a_router_answers_for_all_and_counts_for_nothing,
	  a_host_has_some_addresses_not_all,
	  only_answers_for_what_was_asked_count, an_echo_behind_a_relay,
	  a_network_of_two_has_no_controls, the_slots_are_bounded,
	  an_offer_has_eight_tries, a_shorter_time_comes_first)
