/* SPDX-License-Identifier: ISC */
/*
 * The engine of uploads against models of clients over a network that loses,
 * doubles and delays, under a virtual clock.
 */
#include <string.h>

#include "base/attr.h"
#include "tftpd/intake.h"
#include "unit.h"

#define MS         1000ull
#define MAX_FLYING 4096
#define BLKSIZE    512
#define COMMIT_US  3000 /* what a disk takes */

/* How a client sends. */
enum manners {
	PROPER, /* never twice for an ACK that comes twice */
	NAIVE,  /* a window for each ACK that is not of the future, as curl */
};

static struct net {
	unsigned loss_permille, dup_permille, late_permille;
	uint64_t delay_us, late_us; /* the latter added to late packets */
	uint32_t seed;
	struct {
		uint64_t at_us, order;
		bool to_client;
		uint64_t block; /* all 64 bits, as the contents of data */
	} flying[MAX_FLYING];
	size_t n_flying;
	uint64_t n_flown, n_data, n_acks;
} net;

static struct {
	uint64_t next, last; /* first not acknowledged; the last of all */
	uint64_t timer_us, wait_us; /* when it repeats, and after how long */
	uint16_t window;
	enum manners manners;
	bool has_begun, is_done;
} client;

static struct {
	struct pxe_intake x;
	struct pxe_intake_todo todo;
	uint64_t timer_us, commit_us; /* 0: none */
	uint64_t written;             /* the last block that was written */
	bool is_committed, is_done, is_over;
} server;

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

	if (to_client)
		net.n_acks++;
	else
		net.n_data++;
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

static void client_send(uint64_t now_us)
{
	for (uint64_t i = 0; i < client.window; i++)
		if (client.next + i <= client.last)
			fly(false, client.next + i, now_us);
	client.timer_us = now_us + client.wait_us;
}

static void client_take(uint64_t acked, uint64_t now_us)
{
	if (client.is_done)
		return;
	ck_assert_uint_lt(acked, client.next + client.window);
	if (acked + 1 < client.next ||
	    (acked + 1 == client.next && client.manners == PROPER &&
	     client.has_begun))
		return;
	client.has_begun = true;
	client.next = acked + 1;
	client.is_done = acked == client.last;
	if (client.is_done)
		ck_assert(server.is_committed);
	else
		client_send(now_us);
}

/* The number that has the 16 bits of `block` and is next to `near`. */
static uint64_t widen(uint16_t block, uint64_t near)
{
	return near + (uint64_t)(int64_t)(int16_t)(block - (uint16_t)near);
}

static void apply(uint64_t block, uint64_t now_us)
{
	const struct pxe_intake_todo *todo = &server.todo;

	if (todo->has_write || (todo->has_commit && block != 0)) {
		ck_assert_uint_eq(block, server.written + 1);
		server.written = block;
	}
	if (todo->has_commit)
		server.commit_us = now_us + COMMIT_US;
	if (todo->has_ack)
		fly(true, widen(todo->block, server.x.have), now_us);
	if (todo->timer_us > 0)
		server.timer_us = now_us + todo->timer_us;
	ck_assert(!todo->has_error && !todo->has_cancel);
	if (todo->is_done)
		ck_assert_str_eq(pxe_reason_name(todo->reason), "ok");
	server.is_done |= todo->is_done;
	server.is_over |= todo->is_over;
}

static void server_step(enum pxe_intake_event_kind kind, uint64_t block,
			uint64_t now_us)
{
	const struct pxe_intake_event event = {
		.kind = kind,
		.block = (uint16_t)block,
		.len = block == client.last ? 0 : BLKSIZE,
		.now_us = now_us,
	};

	pxe_intake_step(&server.x, &event, &server.todo);
	apply(block, now_us);
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

/* What comes next: a packet, or one of the timers.  Its time. */
static uint64_t happen(void)
{
	size_t i = first_flying();
	uint64_t packet = net.n_flying > 0 ? net.flying[i].at_us : UINT64_MAX;
	uint64_t late = server.is_over ? UINT64_MAX : server.timer_us;
	uint64_t commit = server.commit_us ? server.commit_us : UINT64_MAX;
	uint64_t again = client.is_done ? UINT64_MAX : client.timer_us;

	if (commit <= packet && commit <= late && commit <= again) {
		server.commit_us = 0;
		server.is_committed = true;
		server_step(PXE_INTAKE_COMMITTED, 0, commit);
		return commit;
	}
	if (packet <= late && packet <= again) {
		uint64_t block = net.flying[i].block;
		bool to_client = net.flying[i].to_client;

		net.flying[i] = net.flying[--net.n_flying];
		if (to_client)
			client_take(block, packet);
		else
			server_step(PXE_INTAKE_BLOCK, block, packet);
		return packet;
	}
	if (late <= again) {
		server.timer_us = UINT64_MAX;
		server_step(PXE_INTAKE_TIMEOUT, 0, late);
		return late;
	}
	client_send(again);
	return again;
}

/* Runs one upload of `blocks` to its end; when the client heard of it. */
static uint64_t run(uint64_t blocks, uint16_t window, bool has_oack,
		    enum manners manners)
{
	const struct pxe_intake_params params = {
		.limit_bytes = UINT64_MAX,
		.blksize = BLKSIZE,
		.windowsize = window,
		.has_oack = has_oack,
		.max_timeout_ms = 1000,
		.retries = 10,
	};
	uint64_t now = 0, heard = 0;

	memset(&client, 0, sizeof(client));
	memset(&server, 0, sizeof(server));
	net.n_flying = 0;
	net.n_data = net.n_acks = 0;
	client.next = 1;
	client.last = blocks;
	client.window = window;
	client.manners = manners;
	client.wait_us = 1000 * MS;
	client.timer_us = UINT64_MAX; /* the request was heard */
	pxe_intake_start(&server.x, &params, 0, &server.todo);
	apply(0, 0);
	while (!server.is_over) {
		ck_assert_uint_lt(now, 3600 * 1000 * MS);
		now = happen();
		if (client.is_done && heard == 0)
			heard = now;
	}
	ck_assert(server.is_done && server.is_committed);
	ck_assert_uint_eq(server.written, blocks);
	ck_assert_uint_eq(server.x.have, blocks);
	return heard;
}

static void clean_net(void)
{
	memset(&net, 0, sizeof(net));
	net.delay_us = 100;
	net.seed = 1;
}

START_TEST(sim_every_block_once)
{
	static const uint16_t windows[] = { 1, 2, 16, 64 };

	for (size_t i = 0; i < PXE_LEN(windows); i++)
		for (int naive = 0; naive < 2; naive++) {
			clean_net();
			run(1000, windows[i], true, naive ? NAIVE : PROPER);
			ck_assert(client.is_done);
			ck_assert_uint_eq(net.n_data, 1000);
			ck_assert_uint_le(net.n_acks, 1000u / windows[i] + 2);
			ck_assert_uint_eq(server.x.n_doubled_blocks, 0);
		}
}
END_TEST

/* Every packet twice, and a client that answers each ACK: it must not breed. */
START_TEST(sim_everything_doubled)
{
	clean_net();
	net.dup_permille = 1000;
	run(2000, 1, true, PROPER);
	ck_assert(client.is_done);
	ck_assert_uint_eq(net.n_data, 2000);
	/* the network doubles what it sends, but both of us add nothing */
	run(2000, 1, true, NAIVE);
	ck_assert(client.is_done);
	ck_assert_uint_le(net.n_data, 2 * 2000);
	ck_assert_uint_le(net.n_acks, 2000 + 10);
}
END_TEST

/* One delay doubles one ACK, and not all that follow. */
START_TEST(sim_one_double_stays_one)
{
	clean_net();
	net.late_permille = 5;
	net.late_us = 60 * MS;
	run(2000, 1, false, NAIVE);
	ck_assert(client.is_done);
	ck_assert_uint_le(net.n_data, 2000 * 11 / 10);
	ck_assert_uint_le(net.n_acks, 2000 * 11 / 10);
}
END_TEST

START_TEST(sim_rolls_over)
{
	static const uint16_t windows[] = { 1, 7, 64 };

	for (size_t i = 0; i < PXE_LEN(windows); i++) {
		clean_net();
		run(140000, windows[i], true, PROPER);
		ck_assert_uint_eq(net.n_data, 140000);
		net.loss_permille = 2;
		net.dup_permille = 5;
		run(140000, windows[i], true, PROPER);
		ck_assert_uint_lt(net.n_data, 140000 * 3 / 2);
	}
}
END_TEST

START_TEST(sim_bad_networks)
{
	static const uint16_t windows[] = { 1, 4, 16, 64 };
	static const struct {
		unsigned loss, dup, late;
		uint64_t late_us;
		uint64_t most_ms; /* for 300 blocks, on average */
	} nets[] = {
		{ 10, 0, 0, 0, 2500 },     { 0, 100, 0, 0, 200 },
		{ 0, 0, 50, 300, 500 },    { 0, 0, 50, 5000, 500 },
		{ 10, 10, 10, 300, 2500 }, { 100, 100, 100, 2000, 40000 },
	};

	for (size_t n = 0; n < PXE_LEN(nets); n++) {
		uint64_t total_us = 0;
		unsigned n_heard = 0;

		for (size_t w = 0; w < PXE_LEN(windows); w++)
			for (uint32_t seed = 0; seed < 20; seed++) {
				clean_net();
				net.seed = seed * 7919 + 3;
				net.loss_permille = nets[n].loss;
				net.dup_permille = nets[n].dup;
				net.late_permille = nets[n].late;
				net.late_us = nets[n].late_us;
				total_us +=
					run(300 + seed, windows[w], seed & 1,
					    seed & 2 ? NAIVE : PROPER);
				n_heard += client.is_done;
			}
		ck_assert_uint_lt(total_us / 80, nets[n].most_ms * MS);
		/* each time that the last ACK is asked for it is sent */
		ck_assert_uint_ge(n_heard, 80);
	}
}
END_TEST

/* With windows the gap tells at once what was lost. */
START_TEST(sim_gap_is_repaired_soon)
{
	uint64_t total_us = 0;

	for (uint32_t seed = 1; seed <= 20; seed++) {
		clean_net();
		net.seed = seed;
		net.loss_permille = 10;
		total_us += run(2000, 16, true, PROPER);
	}
	ck_assert_uint_lt(total_us / 20, 2500 * MS);
}
END_TEST

UNIT_MAIN("intake_sim", sim_every_block_once, sim_everything_doubled,
	  sim_one_double_stays_one, sim_rolls_over, sim_bad_networks,
	  sim_gap_is_repaired_soon)
