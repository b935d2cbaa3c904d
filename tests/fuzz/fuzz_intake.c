/* SPDX-License-Identifier: ISC */
/*
 * Any sequence of events on an upload: only blocks in order are written, what
 * is acknowledged was written, the last ACK follows the commit, nothing is
 * waited for without a timer, and once ended it rests.
 *
 * The input: 6 octets of parameters, then 4 octets an event.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "tftpd/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came of it so far. */
struct seen {
	uint64_t bytes, blocks;
	bool is_committing, is_committed, is_done, is_over;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_data(const struct pxe_intake *x, struct seen *seen,
		       const struct pxe_intake_event *event,
		       const struct pxe_intake_todo *todo)
{
	if (todo->has_write) {
		check(event->kind == PXE_INTAKE_BLOCK && event->len > 0);
		check(event->len <= x->params.blksize);
		check(!seen->is_committing && !seen->is_done);
		seen->bytes += event->len;
	}
	if (todo->has_commit) {
		check(event->kind == PXE_INTAKE_BLOCK);
		check(event->len < x->params.blksize && !seen->is_committing);
		seen->is_committing = true;
	}
	check(!todo->has_cancel ||
	      (seen->is_committing && !seen->is_committed));
	check(x->bytes == seen->bytes && x->bytes <= x->params.limit_bytes);
	check(x->have - x->acked < x->params.windowsize ||
	      x->state >= PXE_INTAKE_COMMIT);
	check(x->bytes <= x->have * x->params.blksize);
}

static void check_todo(const struct pxe_intake *x, struct seen *seen,
		       const struct pxe_intake_event *event,
		       const struct pxe_intake_todo *todo)
{
	check_data(x, seen, event, todo);
	check(!todo->is_done || !seen->is_done);
	check(!todo->is_over || !seen->is_over);
	seen->is_done |= todo->is_done;
	seen->is_over |= todo->is_over;
	check(!seen->is_over || seen->is_done);
	check(seen->is_over == (x->state == PXE_INTAKE_ENDED));
	check(!todo->has_ack || !seen->is_over);
	check(!todo->has_ack || !seen->is_committing || seen->is_committed);
	check(!todo->is_oack || (x->params.has_oack && x->have == 0));
	check(!todo->has_error ||
	      (todo->is_over && todo->reason != PXE_REASON_OK));
	check(!todo->is_done || todo->reason < PXE_N_REASONS);
	check(x->timeout_us > 0);
}

static uint16_t at_least_1(uint16_t value)
{
	return value > 0 ? value : 1;
}

static void read_params(struct pxe_rd *rd, struct pxe_intake_params *params)
{
	uint8_t flags = pxe_rd_u8(rd);

	*params = (struct pxe_intake_params) { .max_timeout_ms = 1000 };
	params->has_oack = flags & 1;
	params->timeout_us = flags >> 4 == 15 ? 3000000 : 0;
	params->rolls_to_1 = flags >> 4 & 1;
	params->retries = flags >> 1 & 7;
	params->blksize = at_least_1(pxe_rd_u16(rd));
	params->windowsize = at_least_1(pxe_rd_u8(rd));
	params->limit_bytes = (uint64_t)pxe_rd_u16(rd) << 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_intake_event event = { .kind = PXE_INTAKE_REQUEST };
	struct pxe_intake_params params;
	struct pxe_intake_todo todo;
	struct seen seen = { 0 };
	struct pxe_intake x;
	struct pxe_rd rd;

	pxe_rd_init(&rd, data, size);
	read_params(&rd, &params);
	pxe_intake_start(&x, &params, 0, &todo);
	check_todo(&x, &seen, &event, &todo);
	check(todo.timer_us > 0 && todo.has_ack);
	while (rd.left > 0) {
		uint8_t kind = pxe_rd_u8(&rd);
		bool was_over = seen.is_over;

		event.kind = (enum pxe_intake_event_kind)(
			(kind & 15) % (PXE_INTAKE_N_EVENTS + 2));
		/* most events are blocks, most of those near the next one */
		if (event.kind >= PXE_INTAKE_N_EVENTS)
			event.kind = PXE_INTAKE_BLOCK;
		event.now_us += (uint64_t)pxe_rd_u8(&rd) << (kind >> 4);
		event.block = pxe_rd_u8(&rd);
		event.len = pxe_rd_u8(&rd);
		event.reason = event.len & 1 ? PXE_REASON_IO : PXE_REASON_OK;
		if (event.len >= 128)
			event.len = x.params.blksize + (event.len / 255u);
		if (event.block < 192)
			event.block = (uint16_t)(x.have + event.block % 6 - 1);
		if (event.kind == PXE_INTAKE_COMMITTED) {
			if (!seen.is_committing || seen.is_committed)
				continue;
			seen.is_committed = true;
		}
		if (event.kind == PXE_INTAKE_FAIL)
			event.reason = PXE_REASON_IO;
		pxe_intake_step(&x, &event, &todo);
		check_todo(&x, &seen, &event, &todo);
		check(!was_over || (!todo.is_done && !todo.has_ack));
	}
	return 0;
}
