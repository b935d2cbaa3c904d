/* SPDX-License-Identifier: ISC */
/* The transfer engine: windows with gaps. */
#include "xfer_steps.h"

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

UNIT_MAIN("xfer_window", xfer_gap_in_a_window,
	  xfer_end_of_a_window_at_the_end_of_the_file, xfer_probe_of_a_window,
	  xfer_no_probe_where_the_gap_is_known, xfer_gap_among_copies,
	  xfer_gaps_that_are_none, xfer_vain_probes,
	  xfer_large_windows_roll_over)
