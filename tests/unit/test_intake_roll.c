/* SPDX-License-Identifier: ISC */
/* Uploads of more blocks than there are numbers on the wire. */
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

/* `first`: what follows 65535 */
static void roll_over(uint16_t first)
{
	uint16_t number = 0;

	start(1, false);
	for (uint32_t i = 1; i <= 200000; i++) {
		number = number == UINT16_MAX ? first : (uint16_t)(number + 1);
		data(number, 512, i * MS);
		expect_ack(number, false);
		ck_assert(todo.has_write);
	}
	ck_assert_uint_eq(x.have, 200000);
	ck_assert_uint_eq(x.bytes, 512 * 200000);
	/* and the last once more */
	data(number, 512, 300000 * MS);
	expect_ack(number, false);
	data((uint16_t)(number + 1), 0, 300001 * MS);
	ck_assert(todo.has_commit);
}

START_TEST(intake_numbers_roll_over_to_0_or_1)
{
	roll_over(0);
	roll_over(1);
}
END_TEST

START_TEST(intake_windows_roll_over_to_0)
{
	start(16, true);
	for (uint32_t i = 1; i <= 160000; i++) {
		data((uint16_t)i, 512, i);
		ck_assert(todo.has_write);
		ck_assert_int_eq(todo.has_ack, i % 16 == 0);
	}
	/* 65535, and then 1: the block 0 between them is missing */
	start(7, true);
	for (uint32_t i = 1; i <= 65535; i++)
		data((uint16_t)i, 512, i);
	data(1, 512, 100000 * MS);
	ck_assert(!todo.has_write);
	expect_ack(65535, false);
}
END_TEST

/* The client negotiated it. */
START_TEST(intake_windows_roll_over_to_1)
{
	struct pxe_intake_params params = plain;
	uint16_t number = 0;

	params.windowsize = 16;
	params.rolls_to_1 = params.has_oack = true;
	pxe_intake_start(&x, &params, 0, &todo);
	for (uint32_t i = 1; i <= 200000; i++) {
		number = number == UINT16_MAX ? 1 : (uint16_t)(number + 1);
		if (i % 1000 == 7) {
			data(0, 512, i); /* there is no such number */
			expect_nothing();
			data((uint16_t)(number - 1), 512, i);
			ck_assert(!todo.has_write);
		}
		data(number, 512, i);
		ck_assert(todo.has_write);
		ck_assert_int_eq(todo.has_ack, i % 16 == 0);
		if (todo.has_ack)
			ck_assert_uint_eq(todo.block, number);
	}
	data((uint16_t)(number + 2), 512, 300000 * MS);
	expect_ack(number, false);
}
END_TEST

UNIT_MAIN("intake_roll", intake_numbers_roll_over_to_0_or_1,
	  intake_windows_roll_over_to_0, intake_windows_roll_over_to_1)
