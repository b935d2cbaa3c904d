/* SPDX-License-Identifier: ISC */
/* The transfer engine, step by step. */
#include "xfer_steps.h"

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
	  xfer_block_numbers_roll_over_to_0, xfer_block_numbers_roll_over_to_1,
	  xfer_gives_up, xfer_unproven_client_gets_few_copies,
	  xfer_patience_does_not_depend_on_the_round_trip,
	  xfer_timeout_that_the_client_asked,
	  xfer_short_timeout_that_the_client_asked,
	  xfer_timeout_follows_the_round_trip, xfer_probe_or_abort,
	  xfer_client_gone, xfer_server_fails)
