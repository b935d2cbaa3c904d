/* SPDX-License-Identifier: ISC */
/* Another DHCP server on a link, under a virtual clock. */
#include <string.h>

#include "dhcpd/rival.h"
#include "unit.h"
#include "wire/dhcp_opt.h"

#define OTHER 0xc0a8c802u

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t other_mac[6] = { 2, 0, 0, 0, 0, 2 };
static struct pxe_rival r;

/* The next step is due at `ms`, sends or not, changes something or not. */
static void step(int64_t ms, bool sends, bool changes,
		 enum pxe_rival_state after)
{
	struct pxe_rival_todo todo;

	ck_assert_int_eq(r.next_ms, ms);
	todo = pxe_rival_step(&r, ms - 1, 1);
	ck_assert(!todo.must_send && !todo.is_changed);
	todo = pxe_rival_step(&r, ms, 99);
	ck_assert_int_eq(todo.must_send, sends);
	ck_assert_int_eq(todo.is_changed, changes);
	ck_assert_int_eq(r.state, after);
}

static bool hear(uint32_t address, int64_t ms)
{
	return pxe_rival_hear(&r, address, other_mac, ms).is_changed;
}

START_TEST(silence_lets_us_serve)
{
	pxe_rival_init(&r);
	ck_assert_int_eq(r.state, PXE_RIVAL_UNKNOWN);
	ck_assert_int_eq(r.next_ms, -1);
	pxe_rival_hint(&r, 5); /* nothing to ask on a link that is down */
	ck_assert_int_eq(r.next_ms, -1);
	pxe_rival_link_up(&r, 1000);
	ck_assert_int_eq(r.state, PXE_RIVAL_PROBING);
	step(1000, true, false, PXE_RIVAL_PROBING);
	step(1300, true, false, PXE_RIVAL_PROBING);
	step(1600, false, true, PXE_RIVAL_CLEAR);
	step(61600, true, false, PXE_RIVAL_CLEAR);
	step(121600, true, false, PXE_RIVAL_CLEAR);
}
END_TEST

START_TEST(an_offer_stops_us_and_silence_starts_us)
{
	pxe_rival_init(&r);
	pxe_rival_link_up(&r, 0);
	step(0, true, false, PXE_RIVAL_PROBING);
	ck_assert(hear(OTHER, 10));
	ck_assert_int_eq(r.state, PXE_RIVAL_RIVAL);
	ck_assert_uint_eq(r.n_seen, 1);
	ck_assert_uint_eq(r.seen[0].address, OTHER);
	ck_assert_mem_eq(r.seen[0].mac, other_mac, 6);
	step(300, true, false, PXE_RIVAL_RIVAL);
	ck_assert(!hear(OTHER, 310));
	step(10300, true, false, PXE_RIVAL_RIVAL);
	ck_assert(!hear(OTHER, 10310));
	ck_assert_int_eq(r.seen[0].first_ms, 10);
	/* two probes are not answered */
	step(20300, true, false, PXE_RIVAL_RIVAL);
	step(30300, true, false, PXE_RIVAL_RIVAL);
	step(40300, true, true, PXE_RIVAL_CLEAR);
	ck_assert_uint_eq(r.n_seen, 0);
	step(100300, true, false, PXE_RIVAL_CLEAR);
}
END_TEST

START_TEST(one_that_comes_later_is_heard)
{
	pxe_rival_init(&r);
	pxe_rival_link_up(&r, 0);
	step(0, true, false, PXE_RIVAL_PROBING);
	step(300, true, false, PXE_RIVAL_PROBING);
	step(600, false, true, PXE_RIVAL_CLEAR);
	/* it pinged for three seconds before it answered */
	ck_assert(hear(OTHER, 3000));
	ck_assert_int_eq(r.state, PXE_RIVAL_RIVAL);
	step(10300, true, false, PXE_RIVAL_RIVAL);
	/* and a second one */
	ck_assert(hear(OTHER + 1, 10400));
	ck_assert_uint_eq(r.n_seen, 2);
	step(20300, true, false, PXE_RIVAL_RIVAL);
	step(30300, true, true, PXE_RIVAL_RIVAL); /* the first is gone */
	ck_assert_uint_eq(r.n_seen, 1);
	ck_assert_uint_eq(r.seen[0].address, OTHER + 1);
	step(40300, true, true, PXE_RIVAL_CLEAR);
}
END_TEST

START_TEST(hints_are_followed_but_not_in_a_row)
{
	pxe_rival_init(&r);
	pxe_rival_link_up(&r, 0);
	step(0, true, false, PXE_RIVAL_PROBING);
	step(300, true, false, PXE_RIVAL_PROBING);
	step(600, false, true, PXE_RIVAL_CLEAR);
	pxe_rival_hint(&r, 700);
	pxe_rival_hint(&r, 701);
	step(10300, true, false, PXE_RIVAL_CLEAR);
	/* the cable was out: no moment of silence again */
	pxe_rival_link_up(&r, 30000);
	ck_assert_int_eq(r.state, PXE_RIVAL_CLEAR);
	step(30000, true, false, PXE_RIVAL_CLEAR);
	step(90000, true, false, PXE_RIVAL_CLEAR);
}
END_TEST

START_TEST(servers_beyond_the_table_count_as_well)
{
	pxe_rival_init(&r);
	pxe_rival_link_up(&r, 0);
	for (uint32_t i = 0; i < PXE_RIVAL_SEEN_MAX; i++)
		ck_assert(hear(OTHER + i, 10));
	ck_assert(!hear(OTHER + 100, 25009));
	ck_assert_uint_eq(r.n_seen, PXE_RIVAL_SEEN_MAX);
	ck_assert(pxe_rival_step(&r, 25010, 1).is_changed);
	ck_assert_int_eq(r.state, PXE_RIVAL_RIVAL);
}
END_TEST

static struct pxe_dhcp_msg msg;

static void answer(uint8_t op, uint8_t type, uint32_t yiaddr, uint32_t server)
{
	struct pxe_dhcp_out out;
	uint8_t buf[600];
	size_t len;

	pxe_dhcp_out_init(&out);
	out.head.op = op;
	out.head.yiaddr = yiaddr;
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, type);
	if (server != 0)
		pxe_dhcp_out_put_u32(&out, PXE_OPT_SERVER_ID, server);
	ck_assert_int_eq(pxe_dhcp_build(&out, 548, buf, sizeof(buf), &len,
					NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(buf, len, &msg), 0);
}

START_TEST(who_gives_addresses_is_a_rival)
{
	static const struct {
		const char *name;
		uint8_t op, type;
		uint32_t yiaddr, server, is;
	} rows[] = {
		{ "offer", 2, PXE_DHCP_OFFER, 1, OTHER, OTHER },
		{ "ack", 2, PXE_DHCP_ACK, 1, OTHER, OTHER },
		{ "proxy's offer", 2, PXE_DHCP_OFFER, 0, OTHER, 0 },
		{ "answer to inform", 2, PXE_DHCP_ACK, 0, OTHER, 0 },
		{ "nak", 2, PXE_DHCP_NAK, 0, OTHER, 0 },
		{ "no server identifier", 2, PXE_DHCP_OFFER, 1, 0, 0 },
		{ "request", 1, PXE_DHCP_REQUEST, 1, OTHER, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		answer(rows[i].op, rows[i].type, rows[i].yiaddr,
		       rows[i].server);
		ck_assert_msg(pxe_rival_read(&msg) == rows[i].is, "%s",
			      rows[i].name);
	}
}
END_TEST

START_TEST(our_probe_is_known_again)
{
	uint8_t buf[600];
	int n = pxe_rival_build(mac, 99, buf, sizeof(buf));

	ck_assert_int_ge(n, 300);
	ck_assert_int_lt(pxe_rival_build(mac, 99, buf, 100), 0);
	ck_assert_int_eq(pxe_dhcp_parse(buf, (size_t)n, &msg), 0);
	ck_assert_uint_eq(msg.type, PXE_DHCP_DISCOVER);
	ck_assert_uint_eq(msg.head.flags, PXE_DHCP_FLAG_BROADCAST);
	ck_assert_mem_eq(msg.head.hw.addr, mac, 6);
	pxe_rival_init(&r);
	ck_assert(!pxe_rival_is_own(&r, mac, &msg));
	pxe_rival_link_up(&r, 0);
	step(0, true, false, PXE_RIVAL_PROBING);
	ck_assert(pxe_rival_is_own(&r, mac, &msg));
	ck_assert(!pxe_rival_is_own(&r, other_mac, &msg));
	msg.head.xid++;
	ck_assert(!pxe_rival_is_own(&r, mac, &msg));
}
END_TEST

UNIT_MAIN("rival", silence_lets_us_serve,
	  an_offer_stops_us_and_silence_starts_us,
	  one_that_comes_later_is_heard, hints_are_followed_but_not_in_a_row,
	  servers_beyond_the_table_count_as_well,
	  who_gives_addresses_is_a_rival, our_probe_is_known_again)
