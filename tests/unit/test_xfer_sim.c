/* SPDX-License-Identifier: ISC */
/*
 * The transfer engine against a model of a client over a network that loses,
 * doubles and delays, under a virtual clock.
 */
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "tftpd/xfer.h"
#include "unit.h"

#define MS 1000ull

static struct pxe_xfer x;
static struct pxe_xfer_todo todo;

static void start(uint64_t size, uint16_t window, bool has_oack)
{
	const struct pxe_xfer_params params = {
		.size_bytes = size,
		.blksize = 512,
		.windowsize = window,
		.has_oack = has_oack,
		.max_timeout_ms = 1000,
		.retries = 10,
	};

	pxe_xfer_start(&x, &params, 0, &todo);
}

static void step(enum pxe_xfer_event_kind kind, uint16_t block, uint64_t now_us)
{
	struct pxe_xfer_event event = {
		.kind = kind,
		.block = block,
		.now_us = now_us,
	};

	pxe_xfer_step(&x, &event, &todo);
}

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

/* What a client says to a block that is not the next one. */
enum manner {
	TELLS_ONCE, /* the last one in order, once for each gap */
	TELLS_EACH, /* for each such block, as EDK2 does */
	IS_MUTE,    /* nothing, but to the last one in order */
	N_MANNERS
};

static enum manner manner;
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
	} else if (p->have == UINT64_MAX) {
		return;
	} else if (manner != TELLS_EACH && block != p->have &&
		   (p->is_gap_told || manner == IS_MUTE)) {
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
	ck_assert_str_eq(pxe_reason_name(todo.reason), "ok");
	ck_assert(p.is_done);
	ck_assert_uint_eq(p.have, x.last_block);
	return now;
}

static void clean_net(void)
{
	memset(&net, 0, sizeof(net));
	manner = TELLS_ONCE;
	net.delay_us = 100;
	net.seed = 1;
}

START_TEST(sim_every_block_once)
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

/* Every packet twice, or many: that must not double what is sent, too. */
START_TEST(sim_everything_doubled)
{
	static const uint16_t windows[] = { 1, 2, 4, 16, 64 };
	static const unsigned dups[] = { 10, 100, 500, 1000 };

	for (size_t w = 0; w < PXE_LEN(windows); w++)
		for (size_t d = 0; d < PXE_LEN(dups); d++)
			for (int m = 0; m < N_MANNERS; m++) {
				clean_net();
				net.dup_permille = dups[d];
				manner = (enum manner)m;
				run(512 * 2000, windows[w], true);
				ck_assert_uint_le(net.n_data, windows[w] == 1
								      ? 2002
								      : 2300);
				ck_assert_uint_eq(x.n_timeouts, 0);
			}
}
END_TEST

START_TEST(sim_rolls_over_with_windows)
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

START_TEST(sim_bad_networks)
{
	static const uint16_t windows[] = { 1, 4, 16, 64 };
	static const struct {
		unsigned loss, dup, late;
		uint64_t late_us;
		uint64_t most_ms[N_MANNERS]; /* for 300 blocks, on average */
	} nets[] = {
		{ 10, 0, 0, 0, { 200, 200, 500 } },
		{ 0, 100, 0, 0, { 50, 50, 50 } },
		{ 0, 0, 50, 300, { 100, 100, 2500 } },
		{ 0, 0, 50, 5000, { 200, 200, 2500 } },
		{ 10, 10, 10, 300, { 200, 200, 1000 } },
		{ 100, 100, 100, 2000, { 2500, 2000, 10000 } },
	};

	for (size_t n = 0; n < PXE_LEN(nets) * N_MANNERS; n++) {
		size_t at = n / N_MANNERS, m = n % N_MANNERS;
		uint64_t total_us = 0;

		for (size_t w = 0; w < PXE_LEN(windows); w++)
			for (uint32_t seed = 0; seed < 20; seed++) {
				clean_net();
				manner = (enum manner)m;
				net.seed = seed * 7919 + 3;
				net.loss_permille = nets[at].loss;
				net.dup_permille = nets[at].dup;
				net.late_permille = nets[at].late;
				net.late_us = nets[at].late_us;
				total_us += run(512 * 300 + seed, windows[w],
						seed & 1);
			}
		ck_assert_uint_lt(total_us / 80, nets[at].most_ms[m] * MS);
	}
}
END_TEST

static int compare(const void *a, const void *b)
{
	uint64_t x1 = *(const uint64_t *)a, x2 = *(const uint64_t *)b;

	return (x1 > x2) - (x1 < x2);
}

/*
 * 1 % loss, 2000 blocks: how much longer it takes than without, and how many
 * blocks are sent besides.  The median, since a lost OACK costs a second.
 */
START_TEST(sim_loss_is_repaired_soon)
{
	static const struct {
		enum manner manner;
		uint16_t window;
		uint64_t trip_us; /* there and back */
		double most_times, most_copies;
	} rows[] = {
		{ TELLS_ONCE, 1, 200, 3.5, 0.04 },
		{ TELLS_ONCE, 4, 200, 2.2, 0.05 },
		{ TELLS_ONCE, 16, 200, 2.6, 0.13 },
		{ TELLS_ONCE, 64, 200, 4.0, 0.50 },
		{ TELLS_ONCE, 1, 1000, 1.5, 0.04 },
		{ TELLS_ONCE, 16, 1000, 1.5, 0.13 },
		{ TELLS_ONCE, 64, 1000, 2.5, 0.50 },
		{ TELLS_ONCE, 1, 25000, 1.1, 0.04 },
		{ TELLS_ONCE, 16, 25000, 1.3, 0.13 },
		{ TELLS_ONCE, 64, 25000, 1.7, 0.50 },
		{ TELLS_EACH, 4, 200, 2.2, 0.05 },
		{ TELLS_EACH, 16, 200, 2.4, 0.13 },
		{ TELLS_EACH, 64, 200, 3.0, 0.50 },
		{ IS_MUTE, 16, 200, 8.0, 0.30 },
		{ IS_MUTE, 64, 25000, 3.0, 1.10 },
	};
	enum { RUNS = 30, BLOCKS = 2000 };

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		uint64_t took_us[RUNS], n_data = 0, clean_us;

		clean_net();
		net.delay_us = rows[i].trip_us / 2;
		clean_us = run(512 * BLOCKS - 1, rows[i].window, true);
		for (uint32_t seed = 0; seed < RUNS; seed++) {
			clean_net();
			manner = rows[i].manner;
			net.delay_us = rows[i].trip_us / 2;
			net.loss_permille = 10;
			net.seed = seed * 7919 + 3;
			took_us[seed] =
				run(512 * BLOCKS - 1, rows[i].window, true);
			n_data += net.n_data;
		}
		qsort(took_us, RUNS, sizeof(*took_us), compare);
		ck_assert_double_le((double)took_us[RUNS / 2],
				    (double)clean_us * rows[i].most_times);
		ck_assert_double_le((double)n_data / RUNS / BLOCKS - 1,
				    rows[i].most_copies);
	}
}
END_TEST

UNIT_MAIN("xfer_sim", sim_every_block_once, sim_everything_doubled,
	  sim_rolls_over_with_windows, sim_bad_networks,
	  sim_loss_is_repaired_soon)
