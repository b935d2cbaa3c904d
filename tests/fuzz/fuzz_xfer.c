/* SPDX-License-Identifier: ISC */
/*
 * Any sequence of events on a transfer: it sends only blocks that exist,
 * never more than a window, never without a timer, and once ended it rests.
 *
 * The input: 8 octets of parameters, then 4 octets an event.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "tftpd/xfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool is_first_alone(const struct pxe_xfer *x)
{
	return x->params.has_oack || x->params.windowsize == 1;
}

static void check_todo(const struct pxe_xfer *x,
		       const struct pxe_xfer_todo *todo)
{
	uint64_t end = todo->first_block + todo->n_blocks;

	check(todo->suspect_bytes <= x->params.blksize);
	check(todo->suspect_bytes == 0 || todo->passed_bytes == 0);
	check(todo->suspect_bytes == 0 || todo->suspect_bytes > 512);
	if (todo->is_done) {
		check(x->state == PXE_XFER_ENDED && todo->n_blocks == 0);
		check(todo->reason < PXE_N_REASONS);
		check(todo->reason != PXE_REASON_OK ||
		      x->next >= x->last_block);
		check(todo->reason != PXE_REASON_BLOCK_SIZE || x->is_suspect);
		return;
	}
	check(todo->n_blocks == 0 || todo->timer_us > 0);
	check(todo->n_blocks <= x->params.windowsize);
	check(todo->n_blocks == 0 || end <= x->last_block + 1);
	check(todo->n_blocks == 0 || todo->first_block > 0 ||
	      (todo->n_blocks == 1 && x->params.has_oack));
	check(x->next <= x->end && x->end <= x->last_block + 1);
	check(x->end - x->next <= x->params.windowsize);
	check(x->timeout_us > 0);
	/* where nothing is answered yet, no window was agreed on */
	check(x->is_heard || !is_first_alone(x) ||
	      x->n_resent_blocks <= PXE_XFER_UNPROVEN_RETRIES);
	check(!x->is_slid || !x->is_probing);
	for (uint64_t b = todo->first_block; b < end; b++)
		check(b == 0 ||
		      pxe_xfer_block_bytes(x, b) <= x->params.blksize);
	check(pxe_xfer_acked_bytes(x) <= x->params.size_bytes);
}

static uint16_t at_least_1(uint16_t value)
{
	return value > 0 ? value : 1;
}

/* A block near to the beginning of the window, or to its end. */
static uint16_t near(const struct pxe_xfer *x, uint16_t number)
{
	return pxe_xfer_wire_block(x, number & 0x8000
					      ? x->end - 1 - (number & 3)
					      : x->next + number % 5 - 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_xfer_params params = { .max_timeout_ms = 1000 };
	struct pxe_xfer_event event = { .reason = PXE_REASON_IO };
	struct pxe_xfer_todo todo;
	struct pxe_xfer x;
	struct pxe_rd rd;
	uint8_t flags;

	pxe_rd_init(&rd, data, size);
	flags = pxe_rd_u8(&rd);
	params.has_oack = flags & 1;
	params.asked_tsize = flags & 2;
	params.rollover = flags >> 2 & 1;
	params.head_bytes = flags & 8 ? 32 : 0;
	params.timeout_us = flags >> 4 == 15   ? 3000000
			    : flags >> 4 == 14 ? 10000
					       : 0;
	params.retries = pxe_rd_u8(&rd) & 7;
	params.blksize = at_least_1(pxe_rd_u16(&rd));
	params.windowsize = at_least_1(pxe_rd_u8(&rd));
	params.size_bytes = (uint64_t)pxe_rd_u8(&rd) << 16 | pxe_rd_u16(&rd);
	pxe_xfer_start(&x, &params, 0, &todo);
	check_todo(&x, &todo);
	while (rd.left > 0) {
		uint8_t kind = pxe_rd_u8(&rd);
		bool was_ended = x.state == PXE_XFER_ENDED;

		event.kind = (kind & 7) > PXE_XFER_LOST
				     ? PXE_XFER_ACK
				     : (enum pxe_xfer_event_kind)(kind & 7);
		event.now_us += (uint64_t)pxe_rd_u8(&rd) << (kind >> 4);
		event.block = event.code = pxe_rd_u16(&rd);
		event.mtu_bytes = event.block;
		if (kind & 8)
			event.block = near(&x, event.block);
		pxe_xfer_step(&x, &event, &todo);
		check_todo(&x, &todo);
		check(!was_ended || (!todo.is_done && todo.n_blocks == 0));
	}
	return 0;
}
