/* SPDX-License-Identifier: ISC */
/* One transfer, and what the tests of its engine do and expect. */
#ifndef PXE_TESTS_XFER_STEPS_H
#define PXE_TESTS_XFER_STEPS_H

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

PXE_UNUSED static void start(uint64_t size, uint16_t window, bool has_oack)
{
	struct pxe_xfer_params params = plain;

	params.size_bytes = size;
	params.windowsize = window;
	params.has_oack = params.asked_tsize = has_oack;
	pxe_xfer_start(&x, &params, 0, &todo);
}

PXE_UNUSED static void step(enum pxe_xfer_event_kind kind, uint16_t number,
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

PXE_UNUSED static void expect_send(uint64_t first, uint32_t n)
{
	ck_assert(!todo.is_done);
	ck_assert_uint_eq(todo.n_blocks, n);
	ck_assert_uint_eq(todo.first_block, first);
	ck_assert_uint_gt(todo.timer_us, 0);
}

PXE_UNUSED static void expect_nothing(void)
{
	ck_assert(!todo.is_done);
	ck_assert_uint_eq(todo.n_blocks, 0);
	ck_assert_uint_eq(todo.timer_us, 0);
}

PXE_UNUSED static void expect_end(enum pxe_reason reason)
{
	ck_assert(todo.is_done);
	ck_assert_str_eq(pxe_reason_name(todo.reason), pxe_reason_name(reason));
	ck_assert_uint_eq(todo.n_blocks, 0);
	ck_assert_int_eq(x.state, PXE_XFER_ENDED);
}

/* From now on nobody answers: how many blocks go out until the end. */
PXE_UNUSED static unsigned fall_silent(uint64_t *now)
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

#endif
