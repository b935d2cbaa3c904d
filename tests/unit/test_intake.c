/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/attr.h"
#include "tftpd/intake.h"
#include "unit.h"

#define MS 1000ull

static const struct pxe_intake_params plain = {
	.limit_bytes = UINT64_MAX,
	.blksize = 512,
	.windowsize = 1,
	.max_timeout_ms = 1000,
	.retries = 5,
};

static struct pxe_intake x;
static struct pxe_intake_todo todo;

static void start(uint16_t window, bool has_oack)
{
	struct pxe_intake_params params = plain;

	params.windowsize = window;
	params.has_oack = has_oack;
	pxe_intake_start(&x, &params, 0, &todo);
}

static void step(enum pxe_intake_event_kind kind, uint64_t now_us)
{
	struct pxe_intake_event event = {
		.kind = kind,
		.reason =
			kind == PXE_INTAKE_FAIL ? PXE_REASON_IO : PXE_REASON_OK,
		.now_us = now_us,
	};

	pxe_intake_step(&x, &event, &todo);
}

static void data(uint16_t block, uint32_t len, uint64_t now_us)
{
	struct pxe_intake_event event = {
		.kind = PXE_INTAKE_BLOCK,
		.block = block,
		.len = len,
		.now_us = now_us,
	};

	pxe_intake_step(&x, &event, &todo);
}

static void expect_nothing(void)
{
	const struct pxe_intake_todo none = { 0 };

	ck_assert_int_eq(memcmp(&todo, &none, sizeof(todo)), 0);
}

static void expect_ack(uint16_t block, bool is_oack)
{
	ck_assert(todo.has_ack);
	ck_assert_uint_eq(todo.block, block);
	ck_assert_int_eq(todo.is_oack, is_oack);
	ck_assert(!todo.has_error && !todo.is_over);
}

/* Data that is written, and not answered yet. */
static void expect_taken(void)
{
	ck_assert(todo.has_write && !todo.has_ack && !todo.has_commit);
	ck_assert(!todo.is_done && !todo.has_error);
	ck_assert_uint_gt(todo.timer_us, 0);
}

static void expect_end(enum pxe_reason reason, bool is_told)
{
	ck_assert(todo.is_done && todo.is_over && !todo.has_ack);
	ck_assert(!todo.has_write && !todo.has_commit);
	ck_assert_str_eq(pxe_reason_name(todo.reason), pxe_reason_name(reason));
	ck_assert_int_eq(todo.has_error, is_told);
	ck_assert_int_eq(x.state, PXE_INTAKE_ENDED);
	data((uint16_t)(x.have + 1), 1, 1000000 * MS);
	expect_nothing();
	step(PXE_INTAKE_TIMEOUT, 1000000 * MS);
	expect_nothing();
}

/* The whole of a lock-step upload of 512 + 3 octets. */
START_TEST(intake_lock_step)
{
	start(1, false);
	expect_ack(0, false);
	data(1, 512, 1);
	expect_ack(1, false);
	ck_assert(todo.has_write);
	data(2, 3, 2);
	ck_assert(todo.has_write && todo.has_commit && !todo.has_ack);
	ck_assert_uint_eq(x.bytes, 515);
	/* who asks again has to wait until the file is safe */
	data(2, 3, 3);
	expect_nothing();
	step(PXE_INTAKE_TIMEOUT, 1000 * MS);
	expect_nothing();
	step(PXE_INTAKE_COMMITTED, 1001 * MS);
	expect_ack(2, false);
	ck_assert(todo.is_done);
	ck_assert_str_eq(pxe_reason_name(todo.reason), "ok");
	ck_assert_uint_ge(todo.timer_us, 5000 * MS);
	/* its ACK was lost (RFC 1350 section 6) */
	data(2, 3, 3000 * MS);
	expect_ack(2, false);
	ck_assert(!todo.has_write && !todo.is_done);
	data(1, 512, 3000 * MS);
	expect_nothing();
	step(PXE_INTAKE_TIMEOUT, 9000 * MS);
	ck_assert(todo.is_over && !todo.is_done);
}
END_TEST

START_TEST(intake_oack_answers_the_request)
{
	start(4, true);
	expect_ack(0, true);
	step(PXE_INTAKE_REQUEST, 1);
	expect_ack(0, true);
	step(PXE_INTAKE_TIMEOUT, 1000 * MS);
	expect_ack(0, true);
	data(1, 512, 1001 * MS);
	expect_taken();
	step(PXE_INTAKE_REQUEST, 1001 * MS);
	expect_nothing();
}
END_TEST

START_TEST(intake_empty_and_exact_multiples)
{
	start(1, false);
	data(1, 0, 1);
	ck_assert(!todo.has_write && todo.has_commit && !todo.has_ack);
	ck_assert_uint_eq(x.bytes, 0);
	start(1, false);
	data(1, 512, 1);
	expect_ack(1, false);
	data(2, 0, 2);
	ck_assert(!todo.has_write && todo.has_commit);
	ck_assert_uint_eq(x.bytes, 512);
}
END_TEST

/* RFC 7440: the last block of a window is acknowledged, or the last at all. */
START_TEST(intake_windows)
{
	start(4, true);
	for (uint16_t block = 1; block <= 8; block++) {
		data(block, 512, block);
		if (block % 4 == 0)
			expect_ack(block, false);
		else
			expect_taken();
	}
	data(9, 512, 9);
	expect_taken();
	data(10, 511, 9);
	ck_assert(todo.has_commit && !todo.has_ack);
	step(PXE_INTAKE_COMMITTED, 10);
	expect_ack(10, false);
}
END_TEST

START_TEST(intake_gap_is_told_once)
{
	start(8, true);
	data(1, 512, 1);
	data(3, 512, 100 * MS);
	expect_ack(1, false);
	ck_assert(!todo.has_write);
	data(4, 512, 200 * MS);
	expect_nothing();
	data(8, 512, 200 * MS);
	expect_nothing();
	/* the new window begins behind what was acknowledged: 2 to 9 */
	for (uint16_t block = 2; block <= 8; block++) {
		data(block, 512, 200 * MS);
		expect_taken();
	}
	data(9, 512, 201 * MS);
	expect_ack(9, false);
	/* a second gap is told, too */
	data(11, 512, 300 * MS);
	expect_ack(9, false);
}
END_TEST

START_TEST(intake_window_that_comes_again_is_answered_once)
{
	start(4, true);
	for (uint16_t block = 1; block <= 4; block++)
		data(block, 512, 1);
	expect_ack(4, false);
	for (uint16_t block = 1; block <= 3; block++) {
		data(block, 512, 500 * MS);
		expect_nothing();
	}
	data(4, 512, 500 * MS);
	expect_ack(4, false);
	ck_assert_uint_eq(x.n_doubled_blocks, 4);
	/* half of a window, from its beginning on again: the end is answered */
	data(5, 512, 501 * MS);
	data(6, 512, 501 * MS);
	data(5, 512, 900 * MS);
	expect_nothing();
	data(6, 512, 900 * MS);
	expect_nothing();
	data(7, 512, 900 * MS);
	data(8, 512, 900 * MS);
	expect_ack(8, false);
}
END_TEST

/*
 * RFC 1123 section 4.2.3.1: a block that crosses our ACK, since a client sent
 * one for each of two ACKs, must not make a third.
 */
START_TEST(intake_crossing_doubles_breed_nothing)
{
	start(1, false);
	data(1, 512, 1 * MS);
	expect_ack(1, false);
	step(PXE_INTAKE_TIMEOUT, 21 * MS);
	expect_ack(1, false);
	data(2, 512, 22 * MS); /* for the first of the two */
	expect_ack(2, false);
	data(2, 512, 23 * MS); /* for the second */
	expect_nothing();
	/* but who is still there with it later did not get the ACK */
	data(2, 512, 100 * MS);
	expect_ack(2, false);
}
END_TEST

START_TEST(intake_takes_no_wild_blocks)
{
	start(4, true);
	for (uint16_t block = 1; block <= 4; block++)
		data(block, 512, 1);
	data(9, 512, 500 * MS); /* beyond the window, 5 to 8 */
	expect_nothing();
	data(40000, 512, 500 * MS);
	expect_nothing();
	data(0, 512, 500 * MS);
	expect_nothing();
	ck_assert_uint_eq(x.have, 4);
}
END_TEST

START_TEST(intake_gives_up)
{
	uint64_t now = 0;
	unsigned n = 1;

	start(1, false);
	while (!todo.is_done) {
		now += todo.timer_us;
		step(PXE_INTAKE_TIMEOUT, now);
		n += todo.has_ack;
	}
	expect_end(PXE_REASON_TIMEOUT, false);
	ck_assert_uint_eq(n, 1 + plain.retries);
	/* 1, 2, 4, 8, 8, 8 seconds */
	ck_assert_uint_eq(now, 31000 * MS);
}
END_TEST

/* It holds the upload for no longer than one who is silent. */
START_TEST(intake_who_repeats_one_block_is_given_up)
{
	uint64_t now = 0, late = 0;

	start(1, false);
	data(1, 512, 1);
	late = todo.timer_us;
	while (!todo.is_done && now < 100000 * MS) {
		now += 250 * MS;
		data(1, 512, now);
		ck_assert_uint_eq(todo.timer_us, 0);
		if (now < late)
			continue;
		step(PXE_INTAKE_TIMEOUT, now);
		late = now + todo.timer_us;
	}
	expect_end(PXE_REASON_TIMEOUT, false);
}
END_TEST

START_TEST(intake_timeout_follows_the_round_trip)
{
	start(1, false);
	ck_assert_uint_eq(todo.timer_us, 1000 * MS);
	for (uint16_t block = 1; block <= 50; block++)
		data(block, 512, block * 30 * MS);
	ck_assert_uint_ge(todo.timer_us, 30 * MS);
	ck_assert_uint_le(todo.timer_us, 60 * MS);
	/* doubles, up to the first timeout */
	step(PXE_INTAKE_TIMEOUT, 2000 * MS);
	ck_assert_uint_ge(todo.timer_us, 60 * MS);
}
END_TEST

START_TEST(intake_timeout_that_the_client_asked)
{
	struct pxe_intake_params params = plain;

	params.timeout_us = 20000000;
	pxe_intake_start(&x, &params, 0, &todo);
	data(1, 512, 50);
	for (uint32_t i = 0; i < params.retries; i++) {
		ck_assert_uint_eq(todo.timer_us, 20000 * MS);
		step(PXE_INTAKE_TIMEOUT, 20000 * MS * (i + 1));
		expect_ack(1, false);
	}
	data(2, 0, 200000 * MS);
	step(PXE_INTAKE_COMMITTED, 200001 * MS);
	ck_assert_uint_ge(todo.timer_us, 40000 * MS);
}
END_TEST

START_TEST(intake_limit)
{
	struct pxe_intake_params params = plain;

	params.limit_bytes = 1024;
	pxe_intake_start(&x, &params, 0, &todo);
	data(1, 512, 1);
	data(2, 512, 2);
	expect_ack(2, false);
	data(3, 0, 3);
	ck_assert(todo.has_commit);
	pxe_intake_start(&x, &params, 0, &todo);
	data(1, 512, 1);
	data(2, 512, 2);
	data(3, 1, 3);
	expect_end(PXE_REASON_TOO_LARGE, true);
}
END_TEST

START_TEST(intake_block_longer_than_agreed)
{
	start(1, false);
	data(1, 513, 1);
	expect_end(PXE_REASON_BAD_PACKET, true);
}
END_TEST

START_TEST(intake_ends_early)
{
	static const struct {
		enum pxe_intake_event_kind kind;
		enum pxe_reason reason;
		bool is_told;
	} rows[] = {
		{ PXE_INTAKE_ERROR, PXE_REASON_ABORTED, false },
		{ PXE_INTAKE_GONE, PXE_REASON_ABORTED, false },
		{ PXE_INTAKE_FAIL, PXE_REASON_IO, true },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		start(1, false);
		step(rows[i].kind, 1);
		expect_end(rows[i].reason, rows[i].is_told);
		start(1, false);
		data(1, 512, 1);
		step(rows[i].kind, 2);
		expect_end(rows[i].reason, rows[i].is_told);
	}
}
END_TEST

static void commit_with(enum pxe_reason reason)
{
	const struct pxe_intake_event event = {
		.kind = PXE_INTAKE_COMMITTED,
		.reason = reason,
		.now_us = 100,
	};

	pxe_intake_step(&x, &event, &todo);
}

START_TEST(intake_commit_fails)
{
	start(1, false);
	data(1, 1, 1);
	commit_with(PXE_REASON_IO);
	expect_end(PXE_REASON_IO, true);
}
END_TEST

/* The client gave up while the disk was working: nobody is answered. */
START_TEST(intake_client_gives_up_during_the_commit)
{
	static const enum pxe_reason reasons[] = { PXE_REASON_OK,
						   PXE_REASON_ABORTED };

	for (size_t i = 0; i < PXE_LEN(reasons); i++) {
		start(1, false);
		data(1, 1, 1);
		step(PXE_INTAKE_ERROR, 2);
		ck_assert(todo.has_cancel && !todo.is_done);
		step(PXE_INTAKE_ERROR, 2);
		ck_assert(!todo.has_cancel);
		commit_with(reasons[i]);
		expect_end(reasons[i], false);
	}
	/* all data are here: who only closed its port may have what it wants */
	start(1, false);
	data(1, 1, 1);
	step(PXE_INTAKE_GONE, 2);
	expect_nothing();
	step(PXE_INTAKE_COMMITTED, 3);
	expect_ack(1, false);
	step(PXE_INTAKE_GONE, 4);
	ck_assert(todo.is_over && !todo.is_done);
}
END_TEST

UNIT_MAIN("intake", intake_lock_step, intake_oack_answers_the_request,
	  intake_empty_and_exact_multiples, intake_windows,
	  intake_gap_is_told_once,
	  intake_window_that_comes_again_is_answered_once,
	  intake_crossing_doubles_breed_nothing, intake_takes_no_wild_blocks,

	  intake_gives_up, intake_who_repeats_one_block_is_given_up,
	  intake_timeout_follows_the_round_trip,
	  intake_timeout_that_the_client_asked, intake_limit,
	  intake_block_longer_than_agreed, intake_ends_early,
	  intake_commit_fails, intake_client_gives_up_during_the_commit)
