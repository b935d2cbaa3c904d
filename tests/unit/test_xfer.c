/* SPDX-License-Identifier: ISC */
/* The transfer engine, step by step. */
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

/* The first timeout of a window asks with its last block. */
START_TEST(xfer_probe_of_a_window)
{
	start(512 * 100, 8, false);
	step(PXE_XFER_TIMEOUT, 0, 1000 * MS);
	expect_send(8, 1);
	ck_assert_uint_eq(x.n_resent_blocks, 1);
	/* that was all it lacked */
	step(PXE_XFER_ACK, 8, 1001 * MS);
	expect_send(9, 8);
	/* it lacks another one */
	step(PXE_XFER_TIMEOUT, 0, 3000 * MS);
	expect_send(16, 1);
	step(PXE_XFER_ACK, 10, 3001 * MS);
	expect_send(11, 8);
	/* the first of the window; it says so once, or for each block */
	step(PXE_XFER_ACK, 18, 3002 * MS);
	expect_send(19, 8);
	step(PXE_XFER_TIMEOUT, 0, 5000 * MS);
	expect_send(26, 1);
	step(PXE_XFER_ACK, 18, 5001 * MS);
	expect_send(19, 8);
	for (int i = 0; i < 20; i++) {
		step(PXE_XFER_ACK, 18, 5002 * MS);
		expect_nothing();
	}
	/* it says nothing: the whole window */
	step(PXE_XFER_TIMEOUT, 0, 9000 * MS);
	step(PXE_XFER_TIMEOUT, 0, 15000 * MS);
	expect_send(19, 8);
}
END_TEST

/* It said before the timeout that it waits for the first: no question. */
START_TEST(xfer_no_probe_where_the_gap_is_known)
{
	start(512 * 100, 8, false);
	step(PXE_XFER_ACK, 8, 1);
	step(PXE_XFER_ACK, 8, 2);
	expect_nothing();
	step(PXE_XFER_TIMEOUT, 0, 20 * MS);
	expect_send(9, 8);
}
END_TEST

/* With a round trip of 1 ms: what may be an echo of copies, and what not. */
START_TEST(xfer_gap_among_copies)
{
	static const struct {
		uint16_t acked;
		uint64_t after_us;
		bool is_gap;
	} rows[] = {
		{ 14, 1000, true },  /* copies 12, 13, 14 were taken */
		{ 12, 1000, false }, /* block 12 came twice: it was late */
		{ 16, 1000, false }, /* all came twice: nothing was lost */
		{ 14, 100, false },  /* the copies are not there yet */
		{ 17, 1000, true },  /* behind the copies */
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start(512 * 100, 8, false);
		step(PXE_XFER_ACK, 8, 1000);
		expect_send(9, 8);
		step(PXE_XFER_ACK, 11, 2000);
		expect_send(12, 8); /* copies of 12 to 16 */
		step(PXE_XFER_ACK, rows[i].acked, 2000 + rows[i].after_us);
		if (rows[i].is_gap)
			expect_send(rows[i].acked + 1u, 8);
		else
			expect_send(20, rows[i].acked - 11u);
		step(PXE_XFER_ACK, rows[i].acked, 5000);
		expect_nothing();
	}
}
END_TEST

/* Where gaps turn out to be none, they are not believed any more. */
START_TEST(xfer_gaps_that_are_none)
{
	uint64_t now = 1000;

	start(512 * 1000, 8, false);
	step(PXE_XFER_ACK, 8, now);
	expect_send(9, 8);
	for (int i = 0; i < 2; i++) {
		uint16_t at = (uint16_t)x.next;

		step(PXE_XFER_ACK, at, now += 1000);
		expect_send(at + 1u, 8);
		step(PXE_XFER_ACK, at + 7, now += 1000);
		expect_send(at + 9u, 7);
	}
	step(PXE_XFER_ACK, (uint16_t)(x.next + 2), now += 1000);
	ck_assert_uint_eq(todo.n_blocks, 3);
	ck_assert_uint_eq(x.end - todo.first_block, 3);
	/* until one was */
	step(PXE_XFER_TIMEOUT, 0, now += 20000);
	expect_send(x.next, 8);
	step(PXE_XFER_ACK, (uint16_t)(x.end - 1), now += 1000);
	step(PXE_XFER_ACK, (uint16_t)(x.next + 2), now += 1000);
	expect_send(x.next, 8);
}
END_TEST

/* Who does not answer to single blocks is asked by whole windows. */
START_TEST(xfer_vain_probes)
{
	uint64_t now = 1000;

	start(512 * 1000, 8, false);
	for (int i = 0; i < 2; i++) {
		step(PXE_XFER_ACK, (uint16_t)(x.end - 1), now += 1000);
		step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
		expect_send(x.end - 1, 1);
		ck_assert_uint_le(todo.timer_us, 6 * MS);
		step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
		expect_send(x.next, 8);
	}
	step(PXE_XFER_ACK, (uint16_t)(x.end - 1), now += 1000);
	step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
	expect_send(x.next, 8);
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

START_TEST(xfer_block_numbers_roll_over_to_1)
{
	struct pxe_xfer_params params = plain;
	uint16_t number = 1;

	params.size_bytes = 512 * 200000;
	params.rollover = 1;
	pxe_xfer_start(&x, &params, 0, &todo);
	for (uint64_t block = 1; block <= 200000; block++) {
		expect_send(block, 1);
		ck_assert_uint_eq(pxe_xfer_wire_block(&x, block), number);
		step(PXE_XFER_ACK, 0, block); /* long ago, or never */
		if (block > 1)
			expect_nothing();
		step(PXE_XFER_ACK, number, block);
		number = number == 65535 ? 1 : (uint16_t)(number + 1);
	}
	expect_send(200001, 1);
	step(PXE_XFER_ACK, number, 200001);
	expect_end(PXE_REASON_OK);
}
END_TEST

/* The largest windows, over the place where numbers begin anew. */
START_TEST(xfer_large_windows_roll_over)
{
	static const struct {
		uint16_t window, rollover, last, past, again;
	} rows[] = {
		{ 65534, 0, 65534, 65532, 65533 },
		{ 65535, 0, 65535, 65534, 65535 },
		{ 65534, 1, 65534, 65533, 65534 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_xfer_params params = plain;
		uint64_t w = rows[i].window;

		params.size_bytes = 512 * 400000;
		params.windowsize = rows[i].window;
		params.rollover = rows[i].rollover;
		pxe_xfer_start(&x, &params, 0, &todo);
		expect_send(1, rows[i].window);
		step(PXE_XFER_ACK, rows[i].last, 1);
		expect_send(w + 1, rows[i].window);
		step(PXE_XFER_ACK, rows[i].last, 2);
		expect_nothing();
		/* all of the second window */
		step(PXE_XFER_ACK, rows[i].past, 3);
		expect_send(2 * w + 1, rows[i].window);
		ck_assert_uint_eq(x.n_resent_blocks, 0);
	}
}
END_TEST

/* From now on nobody answers: how many blocks go out until the end. */
static unsigned fall_silent(uint64_t *now)
{
	unsigned n = 0;

	while (!todo.is_done) {
		ck_assert_uint_gt(todo.timer_us, 0);
		*now += todo.timer_us;
		step(PXE_XFER_TIMEOUT, 0, *now);
		n += todo.n_blocks;
	}
	return n;
}

START_TEST(xfer_gives_up)
{
	uint64_t now = 1000 * MS;

	start(5120, 1, false);
	step(PXE_XFER_ACK, 1, now);
	ck_assert_uint_eq(fall_silent(&now), plain.retries);
	expect_end(PXE_REASON_TIMEOUT);
	/* 1, 2, 4, 8, 8 seconds */
	ck_assert_uint_eq(now, 24000 * MS);
}
END_TEST

/* Who never answered may never have asked: few copies, but as much time. */
START_TEST(xfer_unproven_client_gets_few_copies)
{
	static const struct {
		uint32_t retries, timeout_us;
		bool has_oack;
		unsigned copies;
		uint64_t ms;
	} rows[] = {
		{ 5, 0, false, 3, 1000 + 2000 + 4000 + 8000 },
		{ 5, 0, true, 3, 1000 + 2000 + 4000 + 8000 },
		{ 100, 0, true, 3, 1000 + 2000 + 4000 + 8000 },
		{ 1, 0, true, 1, 1000 + 2000 },
		{ 0, 0, true, 0, 1000 },
		{ 5, 1000000, true, 3, 3000 + 8000 },
		{ 5, 30000000, true, 3, 120000 },
		{ 5, 10000, true, 3, 10 + 20 + 40 + 8000 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_xfer_params params = plain;
		uint64_t now = 0;

		params.retries = rows[i].retries;
		params.timeout_us = rows[i].timeout_us;
		params.has_oack = rows[i].has_oack;
		pxe_xfer_start(&x, &params, now, &todo);
		expect_send(!rows[i].has_oack, 1);
		ck_assert_uint_eq(fall_silent(&now), rows[i].copies);
		expect_end(PXE_REASON_TIMEOUT);
		ck_assert_uint_eq(now, rows[i].ms * MS);
	}
}
END_TEST

/* A short measured timeout must not shorten the patience of the server. */
START_TEST(xfer_patience_does_not_depend_on_the_round_trip)
{
	uint64_t now = 100;

	start(5120, 1, false);
	step(PXE_XFER_ACK, 1, now);
	ck_assert_uint_eq(todo.timer_us, 5 * MS);
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

	params.timeout_us = 3000000; /* RFC 2349: as it is */
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

/* utimeout is a beginning: kept as it is, it would be over in a blink. */
START_TEST(xfer_short_timeout_that_the_client_asked)
{
	struct pxe_xfer_params params = plain;
	uint64_t now = 0;

	params.timeout_us = 100000;
	pxe_xfer_start(&x, &params, now, &todo);
	step(PXE_XFER_ACK, 1, now += 50);
	ck_assert_uint_eq(todo.timer_us, 100 * MS);
	step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
	ck_assert_uint_eq(todo.timer_us, 200 * MS);
	step(PXE_XFER_ACK, 2, now += 50);
	ck_assert_uint_eq(todo.timer_us, 100 * MS);
	now = 0;
	fall_silent(&now);
	/* 100, 200, 400, 800, then as always */
	ck_assert_uint_eq(now, 1500 * MS + 23000 * MS);
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
	ck_assert_uint_eq(todo.timer_us, 5 * MS);
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
	ck_assert_uint_lt(x.n_timeouts, 12);
	ck_assert_uint_gt(todo.timer_us, 90 * MS);
	ck_assert_uint_le(todo.timer_us, 1000 * MS);
}
END_TEST

START_TEST(xfer_probe_or_abort)
{
	static const struct {
		bool has_oack, asked_tsize;
		uint16_t acks, code;
		enum pxe_reason reason;
	} rows[] = {
		{ true, true, 0, 8, PXE_REASON_PROBE },
		{ true, true, 0, 0, PXE_REASON_PROBE },
		{ true, true, 1, 8, PXE_REASON_PROBE }, /* ACK of the OACK */
		{ true, true, 2, 8, PXE_REASON_ABORTED },
		{ true, true, 0, 4, PXE_REASON_ABORTED },
		{ true, false, 0, 8, PXE_REASON_NO_OPTIONS },
		{ true, false, 0, 0, PXE_REASON_ABORTED },
		{ true, false, 1, 8, PXE_REASON_ABORTED },
		{ false, false, 0, 8, PXE_REASON_ABORTED },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start(5120, 1, rows[i].has_oack);
		x.params.asked_tsize = rows[i].asked_tsize;
		for (uint16_t a = 0; a < rows[i].acks; a++)
			step(PXE_XFER_ACK, a, 1);
		step(PXE_XFER_ERROR, rows[i].code, 2);
		expect_end(rows[i].reason);
		ck_assert_int_eq(todo.is_refused,
				 rows[i].reason == PXE_REASON_NO_OPTIONS);
	}
}
END_TEST

static void start_large(uint16_t blksize, uint64_t size)
{
	struct pxe_xfer_params params = plain;

	params.size_bytes = size;
	params.blksize = blksize;
	params.windowsize = 4;
	params.head_bytes = 32;
	params.has_oack = params.asked_tsize = true;
	params.retries = 5;
	pxe_xfer_start(&x, &params, 0, &todo);
	step(PXE_XFER_ACK, 0, 200);
}

/* The OACK came through, and no block does: told once, with the size. */
START_TEST(xfer_blocks_too_large_for_the_way)
{
	unsigned n_told = 0;
	uint64_t now = 200;

	start_large(1468, 100000);
	while (!todo.is_done) {
		/* a client that asks again by its own timer */
		if (x.n_late == 3) {
			struct pxe_xfer_todo kept = todo;

			step(PXE_XFER_ACK, 0, now);
			todo = kept;
		}
		now += todo.timer_us;
		step(PXE_XFER_TIMEOUT, 0, now);
		if (todo.suspect_bytes != 0) {
			ck_assert_uint_eq(todo.suspect_bytes, 1468);
			ck_assert_uint_ge(now, 1000 * MS);
			ck_assert_uint_lt(now, 3000 * MS);
			n_told++;
		}
	}
	expect_end(PXE_REASON_BLOCK_SIZE);
	ck_assert_uint_eq(n_told, 1);
}
END_TEST

START_TEST(xfer_size_is_not_suspect)
{
	static const struct {
		uint16_t blksize;
		uint64_t size;
		uint16_t acks;
	} rows[] = {
		{ 512, 100000, 1 },  /* what passes everywhere */
		{ 1468, 512, 1 },    /* one small block */
		{ 1468, 100000, 0 }, /* not even the OACK came through */
		{ 1468, 100000, 2 }, /* the first block did */
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		uint64_t now = 200;

		start_large(rows[i].blksize, rows[i].size);
		if (rows[i].acks == 0) {
			struct pxe_xfer_params params = x.params;

			pxe_xfer_start(&x, &params, 0, &todo);
		}
		if (rows[i].acks == 2)
			step(PXE_XFER_ACK, 1, 400);
		while (!todo.is_done) {
			now += todo.timer_us;
			step(PXE_XFER_TIMEOUT, 0, now);
			ck_assert_uint_eq(todo.suspect_bytes, 0);
		}
		expect_end(PXE_REASON_TIMEOUT);
	}
}
END_TEST

/* A client that only paused clears its blocks of the suspicion. */
START_TEST(xfer_suspicion_ends)
{
	uint64_t now = 200;

	start_large(1468, 100000);
	while (todo.suspect_bytes == 0) {
		now += todo.timer_us;
		step(PXE_XFER_TIMEOUT, 0, now);
	}
	step(PXE_XFER_ACK, 2, now + 1);
	ck_assert_uint_eq(todo.passed_bytes, 1468);
	step(PXE_XFER_ACK, 4, now + 2);
	ck_assert_uint_eq(todo.passed_bytes, 0);
	now = 0;
	fall_silent(&now);
	expect_end(PXE_REASON_TIMEOUT);
	/* one that gave up says what the timeout would have said */
	start_large(1468, 100000);
	ck_assert_uint_eq(todo.passed_bytes, 0);
	for (now = 200; todo.suspect_bytes == 0;)
		step(PXE_XFER_TIMEOUT, 0, now += todo.timer_us);
	step(PXE_XFER_ERROR, 0, now + 1);
	expect_end(PXE_REASON_BLOCK_SIZE);
	/* small blocks prove nothing */
	start_large(512, 100000);
	step(PXE_XFER_ACK, 1, 400);
	ck_assert_uint_eq(todo.passed_bytes, 0);
}
END_TEST

static void lose(uint32_t mtu_bytes, uint64_t now_us)
{
	const struct pxe_xfer_event event = {
		.kind = PXE_XFER_LOST,
		.mtu_bytes = mtu_bytes,
		.now_us = now_us,
	};

	pxe_xfer_step(&x, &event, &todo);
}

START_TEST(xfer_told_that_blocks_are_too_large)
{
	static const struct {
		uint16_t blksize;
		uint32_t mtu_bytes;
		bool is_over;
	} rows[] = {
		{ 1468, 1400, true },  { 1468, 1499, true },
		{ 1468, 1500, false }, { 1468, 0, true },
		{ 512, 400, false },   { 512, 0, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start_large(rows[i].blksize, 100000);
		lose(rows[i].mtu_bytes, 300);
		if (!rows[i].is_over) {
			expect_nothing();
			continue;
		}
		ck_assert_uint_eq(todo.suspect_bytes, 1468);
		expect_end(PXE_REASON_BLOCK_SIZE);
	}
	/* before anything but the OACK went out */
	start(100000, 1, true);
	lose(100, 1);
	expect_nothing();
}
END_TEST

/* Anybody may write ICMP: what got through before is not ended by it. */
START_TEST(xfer_told_so_in_the_middle)
{
	uint64_t now = 500;

	start_large(1468, 100000);
	step(PXE_XFER_ACK, 4, 400);
	lose(1400, now);
	ck_assert_uint_eq(todo.suspect_bytes, 1468);
	ck_assert(!todo.is_done);
	lose(1400, now);
	expect_nothing();
	step(PXE_XFER_ACK, 8, now);
	expect_send(9, 4);
	/* if it was true, this is how it ends */
	lose(1400, now);
	todo.timer_us = x.timeout_us;
	fall_silent(&now);
	expect_end(PXE_REASON_BLOCK_SIZE);
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

UNIT_MAIN("xfer", xfer_lock_step, xfer_sizes, xfer_oack_first,
	  xfer_duplicate_acks_send_nothing, xfer_future_acks_are_ignored,
	  xfer_gap_in_a_window, xfer_end_of_a_window_at_the_end_of_the_file,
	  xfer_probe_of_a_window, xfer_no_probe_where_the_gap_is_known,
	  xfer_gap_among_copies, xfer_gaps_that_are_none, xfer_vain_probes,
	  xfer_block_numbers_roll_over_to_0, xfer_block_numbers_roll_over_to_1,
	  xfer_large_windows_roll_over, xfer_gives_up,
	  xfer_unproven_client_gets_few_copies,
	  xfer_patience_does_not_depend_on_the_round_trip,
	  xfer_timeout_that_the_client_asked,
	  xfer_short_timeout_that_the_client_asked,
	  xfer_timeout_follows_the_round_trip, xfer_probe_or_abort,
	  xfer_blocks_too_large_for_the_way, xfer_size_is_not_suspect,
	  xfer_suspicion_ends, xfer_told_that_blocks_are_too_large,
	  xfer_told_so_in_the_middle, xfer_client_gone, xfer_server_fails)
