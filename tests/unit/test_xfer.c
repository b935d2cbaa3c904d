/* SPDX-License-Identifier: ISC */
/*
 * The transfer engine, step by step, and against a model of a client over a
 * network that loses, doubles and reorders, all under a virtual clock.
 */
#include <string.h>

#include "base/attr.h"
#include "tftpd/xfer.h"
#include "unit.h"

#define MS 1000ull

static const struct pxe_xfer_params plain = {
	.size_bytes = 5120 + 7,
	.blksize = 512,
	.windowsize = 1,
	.max_timeout_ms = 1000,
	.retries = 4,
};

static struct pxe_xfer x;
static struct pxe_xfer_todo todo;

static void start(uint64_t size, uint16_t window, bool has_oack)
{
	struct pxe_xfer_params params = plain;

	params.size_bytes = size;
	params.windowsize = window;
	params.has_oack = params.asked_tsize = has_oack;
	pxe_xfer_start(&x, &params, 0, &todo);
}

static void step(enum pxe_xfer_event_kind kind, uint16_t number,
		 uint64_t now_us)
{
	struct pxe_xfer_event event = {
		.kind = kind,
		.block = number,
		.code = number,
		.reason = PXE_REASON_IO,
		.now_us = now_us,
	};

	pxe_xfer_step(&x, &event, &todo);
}

static void expect_send(uint64_t first, uint32_t n)
{
	ck_assert(!todo.is_done);
	ck_assert_uint_eq(todo.n_blocks, n);
	ck_assert_uint_eq(todo.first_block, first);
	ck_assert_uint_gt(todo.timer_us, 0);
}

static void expect_nothing(void)
{
	ck_assert(!todo.is_done);
	ck_assert_uint_eq(todo.n_blocks, 0);
	ck_assert_uint_eq(todo.timer_us, 0);
}

static void expect_end(enum pxe_reason reason)
{
	ck_assert(todo.is_done);
	ck_assert_str_eq(pxe_reason_name(todo.reason), pxe_reason_name(reason));
	ck_assert_uint_eq(todo.n_blocks, 0);
	ck_assert_int_eq(x.state, PXE_XFER_ENDED);
}

START_TEST(xfer_lock_step)
{
	start(1024 + 1, 1, false);
	expect_send(1, 1);
	step(PXE_XFER_ACK, 1, 1);
	expect_send(2, 1);
	ck_assert_uint_eq(pxe_xfer_block_bytes(&x, 2), 512);
	ck_assert_uint_eq(pxe_xfer_acked_bytes(&x), 512);
	step(PXE_XFER_ACK, 2, 2);
	expect_send(3, 1);
	ck_assert_uint_eq(pxe_xfer_block_bytes(&x, 3), 1);
	step(PXE_XFER_ACK, 3, 3);
	expect_end(PXE_REASON_OK);
	ck_assert_uint_eq(pxe_xfer_acked_bytes(&x), 1025);
	/* nothing wakes it up again */
	step(PXE_XFER_ACK, 3, 4);
	expect_nothing();
	step(PXE_XFER_TIMEOUT, 0, 5);
	expect_nothing();
}
END_TEST

START_TEST(xfer_sizes)
{
	static const struct {
		uint64_t size, blocks;
		uint16_t last;
	} rows[] = {
		{ 0, 1, 0 },
		{ 1, 1, 1 },
		{ 511, 1, 511 },
		{ 512, 2, 0 },
		{ 513, 2, 1 },
		{ 512 * 65535ull, 65536, 0 },
		{ 5368709120ull, 10485761, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start(rows[i].size, 1, false);
		ck_assert_uint_eq(x.last_block, rows[i].blocks);
		ck_assert_uint_eq(pxe_xfer_block_bytes(&x, rows[i].blocks),
				  rows[i].last);
	}
}
END_TEST

START_TEST(xfer_oack_first)
{
	start(600, 4, true);
	expect_send(0, 1);
	ck_assert_int_eq(x.state, PXE_XFER_OACK);
	step(PXE_XFER_ACK, 1, 1); /* of nothing that was sent */
	expect_nothing();
	step(PXE_XFER_TIMEOUT, 0, 2);
	expect_send(0, 1);
	step(PXE_XFER_ACK, 0, 3);
	expect_send(1, 2);
	step(PXE_XFER_ACK, 0, 4);
	expect_nothing();
	step(PXE_XFER_ACK, 2, 5);
	expect_end(PXE_REASON_OK);
}
END_TEST

/* RFC 1123 section 4.2.3.1 */
START_TEST(xfer_duplicate_acks_send_nothing)
{
	start(5120, 1, false);
	step(PXE_XFER_ACK, 0, 1);
	expect_nothing();
	step(PXE_XFER_ACK, 1, 1);
	expect_send(2, 1);
	for (int i = 0; i < 100; i++) {
		step(PXE_XFER_ACK, 1, 2);
		expect_nothing();
	}
	step(PXE_XFER_ACK, 2, 3);
	expect_send(3, 1);
	step(PXE_XFER_ACK, 1, 3);
	expect_nothing();
}
END_TEST

START_TEST(xfer_future_acks_are_ignored)
{
	start(512 * 100, 4, false);
	expect_send(1, 4);
	step(PXE_XFER_ACK, 5, 1);
	expect_nothing();
	step(PXE_XFER_ACK, 65535, 1);
	expect_nothing();
	step(PXE_XFER_ACK, 4, 1);
	expect_send(5, 4);
	step(PXE_XFER_ACK, 3, 1); /* late */
	expect_nothing();
}
END_TEST

/* RFC 7440 section 4: an ACK inside the window tells of a gap behind it. */
START_TEST(xfer_gap_in_a_window)
{
	start(512 * 100, 8, false);
	expect_send(1, 8);
	step(PXE_XFER_ACK, 3, 1);
	expect_send(4, 8);
	ck_assert_uint_eq(x.n_resent_blocks, 5);
	step(PXE_XFER_ACK, 3, 1); /* of each block behind the gap */
	expect_nothing();
	step(PXE_XFER_ACK, 11, 2);
	expect_send(12, 8);
	ck_assert_uint_eq(x.n_resent_blocks, 5);
}
END_TEST

START_TEST(xfer_end_of_a_window_at_the_end_of_the_file)
{
	start(512 * 5, 4, false);
	step(PXE_XFER_ACK, 4, 1);
	expect_send(5, 2);
	ck_assert_uint_eq(pxe_xfer_block_bytes(&x, 6), 0);
	step(PXE_XFER_ACK, 6, 1);
	expect_end(PXE_REASON_OK);
}
END_TEST

START_TEST(xfer_block_numbers_roll_over_to_0)
{
	start(512 * 70000, 1, false);
	for (uint64_t block = 1; block <= 70000; block++) {
		expect_send(block, 1);
		step(PXE_XFER_ACK, (uint16_t)block, block);
	}
	expect_send(70001, 1);
	step(PXE_XFER_ACK, (uint16_t)70001, 70001);
	expect_end(PXE_REASON_OK);
}
END_TEST

START_TEST(xfer_gives_up)
{
	uint64_t now = 0;
	unsigned n = 1;

	start(5120, 1, false);
	while (!todo.is_done) {
		now += todo.timer_us;
		step(PXE_XFER_TIMEOUT, 0, now);
		n += todo.n_blocks;
	}
	expect_end(PXE_REASON_TIMEOUT);
	ck_assert_uint_eq(n, 1 + plain.retries);
	/* 1, 2, 4, 8, 8 seconds */
	ck_assert_uint_eq(now, 23000 * MS);
}
END_TEST

/* A short measured timeout must not shorten the patience of the server. */
START_TEST(xfer_patience_does_not_depend_on_the_round_trip)
{
	uint64_t now = 100;

	start(5120, 1, false);
	step(PXE_XFER_ACK, 1, now);
	ck_assert_uint_eq(todo.timer_us, 20 * MS);
	while (!todo.is_done) {
		now += todo.timer_us;
		step(PXE_XFER_TIMEOUT, 0, now);
	}
	expect_end(PXE_REASON_TIMEOUT);
	ck_assert_uint_gt(now, 23000 * MS);
	ck_assert_uint_lt(now, 26000 * MS);
}
END_TEST

START_TEST(xfer_timeout_that_the_client_asked)
{
	struct pxe_xfer_params params = plain;
	uint64_t now = 0;

	params.timeout_s = 3;
	pxe_xfer_start(&x, &params, now, &todo);
	step(PXE_XFER_ACK, 1, 50);
	for (uint32_t i = 0; i < params.retries; i++) {
		ck_assert_uint_eq(todo.timer_us, 3000 * MS);
		step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
		expect_send(2, 1);
	}
	step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
	expect_end(PXE_REASON_TIMEOUT);
}
END_TEST

START_TEST(xfer_timeout_follows_the_round_trip)
{
	uint64_t now = 0, timer;
	uint16_t block = 1;

	start(512 * 1000, 1, false);
	ck_assert_uint_eq(todo.timer_us, 1000 * MS);
	for (; block < 50; block++)
		step(PXE_XFER_ACK, block, now += 200);
	ck_assert_uint_eq(todo.timer_us, 20 * MS);
	/* the way becomes longer than the timeout */
	for (; block < 200; block++) {
		uint64_t sent = now;
		unsigned copies = 0;

		for (; now + todo.timer_us < sent + 90 * MS; copies++)
			step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
		step(PXE_XFER_ACK, block, now = sent + 90 * MS);
		timer = todo.timer_us;
		while (copies-- > 0) {
			step(PXE_XFER_ACK, block, now + 10 * MS);
			expect_nothing();
		}
		todo.timer_us = timer;
	}
	ck_assert_uint_lt(x.n_timeouts, 8);
	ck_assert_uint_gt(todo.timer_us, 90 * MS);
	ck_assert_uint_le(todo.timer_us, 1000 * MS);
}
END_TEST

START_TEST(xfer_probe_or_abort)
{
	static const struct {
		bool has_oack;
		uint16_t acks, code;
		enum pxe_reason reason;
	} rows[] = {
		{ true, 0, 8, PXE_REASON_PROBE },
		{ true, 0, 0, PXE_REASON_PROBE },
		{ true, 1, 8, PXE_REASON_PROBE }, /* ACK of the OACK */
		{ true, 2, 8, PXE_REASON_ABORTED },
		{ true, 0, 4, PXE_REASON_ABORTED },
		{ false, 0, 8, PXE_REASON_ABORTED },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start(5120, 1, rows[i].has_oack);
		for (uint16_t a = 0; a < rows[i].acks; a++)
			step(PXE_XFER_ACK, a, 1);
		step(PXE_XFER_ERROR, rows[i].code, 2);
		expect_end(rows[i].reason);
	}
}
END_TEST

START_TEST(xfer_client_gone)
{
	start(1000, 1, false);
	step(PXE_XFER_GONE, 0, 1);
	expect_end(PXE_REASON_ABORTED);
	/* all but the last ACK came */
	start(1000, 1, false);
	step(PXE_XFER_ACK, 1, 1);
	step(PXE_XFER_GONE, 0, 1);
	expect_end(PXE_REASON_OK);
	/* two blocks of the last window are open */
	start(1000, 2, false);
	step(PXE_XFER_GONE, 0, 1);
	expect_end(PXE_REASON_ABORTED);
}
END_TEST

START_TEST(xfer_server_fails)
{
	start(1000, 1, false);
	step(PXE_XFER_FAIL, 0, 1);
	expect_end(PXE_REASON_IO);
	step(PXE_XFER_ACK, 1, 1);
	expect_nothing();
}
END_TEST

/* --- a client and a network ---------------------------------------------- */

#define MAX_FLYING 4096

struct net {
	unsigned loss_permille, dup_permille, late_permille;
	uint64_t delay_us, late_us; /* the latter added to late packets */
	uint32_t seed;
	struct {
		uint64_t at_us, order;
		bool to_client;
		uint64_t block; /* data: all 64 bits, as its contents */
	} flying[MAX_FLYING];
	size_t n_flying;
	uint64_t n_data; /* DATA packets sent */
	uint64_t n_flown;
};

struct peer {
	uint64_t have; /* blocks in order; UINT64_MAX: not even the OACK */
	unsigned in_window;
	bool is_gap_told, is_done;
	uint64_t heard_us;
};

static struct net net;

static uint32_t roll(void)
{
	net.seed ^= net.seed << 13;
	net.seed ^= net.seed >> 17;
	net.seed ^= net.seed << 5;
	return net.seed;
}

static void fly(bool to_client, uint64_t block, uint64_t now_us)
{
	unsigned copies = 1;

	if (roll() % 1000 < net.loss_permille)
		return;
	if (roll() % 1000 < net.dup_permille)
		copies = 2;
	for (unsigned i = 0; i < copies && net.n_flying < MAX_FLYING; i++) {
		bool is_late = roll() % 1000 < net.late_permille;

		net.flying[net.n_flying].at_us =
			now_us + net.delay_us + (is_late ? net.late_us : 0);
		net.flying[net.n_flying].order = net.n_flown++;
		net.flying[net.n_flying].to_client = to_client;
		net.flying[net.n_flying++].block = block;
	}
}

static void apply(uint64_t now_us, uint64_t *timer_us)
{
	for (uint32_t i = 0; i < todo.n_blocks; i++) {
		net.n_data++;
		fly(true, todo.first_block + i, now_us);
	}
	if (todo.timer_us > 0)
		*timer_us = now_us + todo.timer_us;
}

/* A client that follows RFC 1350 and 7440; checks what it is given. */
static void peer_receive(struct peer *p, uint64_t block, uint64_t now_us)
{
	p->heard_us = now_us;
	if (block == p->have + 1) {
		p->have = block;
		p->is_gap_told = false;
		p->is_done = block == x.last_block;
		if (++p->in_window < x.params.windowsize && !p->is_done &&
		    block != 0)
			return;
	} else if ((uint16_t)block == (uint16_t)(p->have + 1)) {
		ck_abort_msg("block %llu taken for %llu",
			     (unsigned long long)block,
			     (unsigned long long)p->have + 1);
	} else if (p->have == UINT64_MAX ||
		   (p->is_gap_told && block != p->have)) {
		return;
	} else {
		p->is_gap_told = true;
	}
	p->in_window = 0;
	fly(false, p->have, now_us);
}

static size_t first_flying(void)
{
	size_t first = 0;

	for (size_t i = 1; i < net.n_flying; i++)
		if (net.flying[i].at_us < net.flying[first].at_us ||
		    (net.flying[i].at_us == net.flying[first].at_us &&
		     net.flying[i].order < net.flying[first].order))
			first = i;
	return first;
}

/* Runs one transfer to its end; the virtual time it took. */
static uint64_t run(uint64_t size, uint16_t window, bool has_oack)
{
	struct peer p = { .have = has_oack ? UINT64_MAX : 0 };
	uint64_t now = 0, timer = 0;

	net.n_flying = 0;
	net.n_data = 0;
	start(size, window, has_oack);
	x.params.retries = 10;
	apply(now, &timer);
	while (!todo.is_done) {
		size_t i = first_flying();
		uint64_t block;
		bool to_client;

		ck_assert_uint_lt(now, 3600 * 1000 * MS);
		if (net.n_flying == 0 || net.flying[i].at_us >= timer) {
			now = timer;
			step(PXE_XFER_TIMEOUT, 0, now);
			apply(now, &timer);
			continue;
		}
		now = net.flying[i].at_us;
		block = net.flying[i].block;
		to_client = net.flying[i].to_client;
		net.flying[i] = net.flying[--net.n_flying];
		if (to_client) {
			peer_receive(&p, block, now);
		} else {
			step(PXE_XFER_ACK, (uint16_t)block, now);
			apply(now, &timer);
		}
	}
	expect_end(PXE_REASON_OK);
	ck_assert(p.is_done);
	ck_assert_uint_eq(p.have, x.last_block);
	return now;
}

static void clean_net(void)
{
	memset(&net, 0, sizeof(net));
	net.delay_us = 100;
	net.seed = 1;
}

START_TEST(xfer_sim_every_block_once)
{
	static const uint16_t windows[] = { 1, 2, 16, 64 };

	clean_net();
	for (size_t i = 0; i < PXE_LEN(windows); i++) {
		run(512 * 1000, windows[i], true);
		ck_assert_uint_eq(net.n_data, 1002);
		ck_assert_uint_eq(x.n_resent_blocks, 0);
		run(512 * 1000, windows[i], false);
		ck_assert_uint_eq(net.n_data, 1001);
	}
}
END_TEST

/* Every packet twice: no block may be sent twice. */
START_TEST(xfer_sim_everything_doubled)
{
	clean_net();
	net.dup_permille = 1000;
	run(512 * 2000, 1, true);
	ck_assert_uint_eq(net.n_data, 2002);
}
END_TEST

START_TEST(xfer_sim_rolls_over_with_windows)
{
	static const uint16_t windows[] = { 1, 7, 64 };

	for (size_t i = 0; i < PXE_LEN(windows); i++) {
		clean_net();
		run(512 * 140000, windows[i], true);
		net.loss_permille = 2;
		net.dup_permille = 5;
		run(512 * 140000, windows[i], false);
		/* blocks that come twice must not breed more of them */
		ck_assert_uint_lt(net.n_data, 140000 * 3 / 2);
	}
}
END_TEST

START_TEST(xfer_sim_bad_networks)
{
	static const uint16_t windows[] = { 1, 4, 16, 64 };
	static const struct {
		unsigned loss, dup, late;
		uint64_t late_us;
		uint64_t most_ms; /* for 300 blocks, on average */
	} nets[] = {
		{ 10, 0, 0, 0, 500 },     { 0, 100, 0, 0, 200 },
		{ 0, 0, 50, 300, 200 },   { 0, 0, 50, 5000, 500 },
		{ 10, 10, 10, 300, 500 }, { 100, 100, 100, 2000, 20000 },
	};

	for (size_t n = 0; n < PXE_LEN(nets); n++) {
		uint64_t total_us = 0;

		for (size_t w = 0; w < PXE_LEN(windows); w++)
			for (uint32_t seed = 0; seed < 20; seed++) {
				clean_net();
				net.seed = seed * 7919 + 3;
				net.loss_permille = nets[n].loss;
				net.dup_permille = nets[n].dup;
				net.late_permille = nets[n].late;
				net.late_us = nets[n].late_us;
				total_us += run(512 * 300 + seed, windows[w],
						seed & 1);
			}
		ck_assert_uint_lt(total_us / 80, nets[n].most_ms * MS);
	}
}
END_TEST

/* The measured timeout: 1 % loss must not cost a full timeout each time. */
START_TEST(xfer_sim_loss_is_repaired_soon)
{
	uint64_t total_us = 0;

	for (uint32_t seed = 1; seed <= 20; seed++) {
		clean_net();
		net.seed = seed;
		net.loss_permille = 10;
		total_us += run(256 * 1024, 1, false);
	}
	ck_assert_uint_lt(total_us / 20, 700 * MS);
}
END_TEST

UNIT_MAIN("xfer", xfer_lock_step, xfer_sizes, xfer_oack_first,
	  xfer_duplicate_acks_send_nothing, xfer_future_acks_are_ignored,
	  xfer_gap_in_a_window, xfer_end_of_a_window_at_the_end_of_the_file,
	  xfer_block_numbers_roll_over_to_0, xfer_gives_up,
	  xfer_patience_does_not_depend_on_the_round_trip,
	  xfer_timeout_that_the_client_asked,
	  xfer_timeout_follows_the_round_trip, xfer_probe_or_abort,
	  xfer_client_gone, xfer_server_fails, xfer_sim_every_block_once,
	  xfer_sim_everything_doubled, xfer_sim_rolls_over_with_windows,
	  xfer_sim_bad_networks, xfer_sim_loss_is_repaired_soon)
