/* SPDX-License-Identifier: ISC */
/* The transfer engine: block sizes that do not get through. */
#include "xfer_steps.h"

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

UNIT_MAIN("xfer_size", xfer_blocks_too_large_for_the_way,
	  xfer_size_is_not_suspect, xfer_suspicion_ends,
	  xfer_told_that_blocks_are_too_large, xfer_told_so_in_the_middle)
