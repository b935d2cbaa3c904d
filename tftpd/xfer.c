/* SPDX-License-Identifier: ISC */
#include "tftpd/xfer.h"

#include <string.h>

#include "wire/tftp.h"

/*
 * A measured timeout may be as short as this: a duplicate costs little, a
 * lost block that nobody repeats costs the whole first timeout.
 */
#define MIN_TIMEOUT_US 20000
#define MIN_SPREAD_US  10000
#define MAX_BACKOFF    8 /* longest timeout, in first timeouts */

/* What an event means to this transfer. */
enum meaning {
	ACK_NEW,  /* of blocks that were under way */
	ACK_OLD,  /* of what was acknowledged before */
	ACK_WILD, /* of what was never sent, or long ago */
	ERROR,
	GONE,
	TIMEOUT,
	FAIL,
	N_MEANINGS
};

typedef void handler(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		     struct pxe_xfer_todo *todo);

static uint64_t first_timeout(const struct pxe_xfer *x)
{
	return x->params.timeout_s > 0
		       ? (uint64_t)x->params.timeout_s * 1000000
		       : (uint64_t)x->params.max_timeout_ms * 1000;
}

static void finish(struct pxe_xfer *x, enum pxe_reason reason,
		   struct pxe_xfer_todo *todo)
{
	x->state = PXE_XFER_ENDED;
	todo->is_done = true;
	todo->reason = reason;
}

/* The block behind the window that begins with `next`. */
static uint64_t window_end(const struct pxe_xfer *x)
{
	uint64_t left = x->last_block - x->next + 1;

	if (x->next == 0)
		return 1; /* the OACK goes alone */
	return x->next +
	       (x->params.windowsize < left ? x->params.windowsize : left);
}

/* Sends blocks from `first` to the end of the window. */
static void send_from(struct pxe_xfer *x, uint64_t first, uint64_t now_us,
		      struct pxe_xfer_todo *todo)
{
	x->end = window_end(x);
	if (x->next == 0)
		x->state = PXE_XFER_OACK;
	else
		x->state =
			x->end > x->last_block ? PXE_XFER_LAST : PXE_XFER_DATA;
	x->sent_us = now_us;
	todo->first_block = first;
	todo->n_blocks = (uint32_t)(x->end - first);
	todo->timer_us = x->timeout_us;
}

/* Sends the whole window, also what of it was sent before. */
static void send_window(struct pxe_xfer *x, uint64_t now_us,
			struct pxe_xfer_todo *todo)
{
	uint64_t before = x->end;

	send_from(x, x->next, now_us, todo);
	x->is_clean = x->next >= before;
	if (!x->is_clean) {
		x->n_resent_blocks +=
			(before < x->end ? before : x->end) - x->next;
		x->resent_end = before;
	}
}

/* Sends what the window has won at its end. */
static void slide_window(struct pxe_xfer *x, uint64_t now_us,
			 struct pxe_xfer_todo *todo)
{
	x->is_clean = false;
	send_from(x, x->end, now_us, todo);
}

/* What the measured round trips make of the timeout (RFC 6298). */
static uint64_t measured_timeout(const struct pxe_xfer *x)
{
	uint64_t spread = 4 * x->rttvar_us;
	uint64_t timeout;

	if (x->srtt_us == 0 || x->params.timeout_s > 0)
		return first_timeout(x);
	if (spread < MIN_SPREAD_US)
		spread = MIN_SPREAD_US;
	timeout = x->srtt_us + spread;
	if (timeout < MIN_TIMEOUT_US)
		timeout = MIN_TIMEOUT_US;
	return timeout < first_timeout(x) ? timeout : first_timeout(x);
}

/* Takes one round trip into account: RFC 6298 section 2. */
static void measure(struct pxe_xfer *x, uint64_t rtt_us)
{
	uint64_t off =
		rtt_us > x->srtt_us ? rtt_us - x->srtt_us : x->srtt_us - rtt_us;

	if (x->srtt_us == 0) {
		x->srtt_us = rtt_us;
		x->rttvar_us = rtt_us / 2;
	} else {
		x->rttvar_us = (3 * x->rttvar_us + off) / 4;
		x->srtt_us = (7 * x->srtt_us + rtt_us) / 8;
	}
	if (x->srtt_us == 0)
		x->srtt_us = 1;
}

/*
 * An ACK made progress.  Of a window that was sent once it tells the round
 * trip; after a timeout it may answer either copy (Karn), and only a second
 * ACK for the end of the window will tell that the first copy had arrived.
 */
static void clock_progress(struct pxe_xfer *x, bool is_whole, uint64_t now_us)
{
	x->maybe_us = 0;
	if (x->is_clean)
		measure(x, now_us - x->sent_us);
	else if (x->had_timeout && is_whole)
		x->maybe_us = now_us - x->first_sent_us;
	x->timeout_us = measured_timeout(x);
	x->first_sent_us = now_us;
	x->had_timeout = false;
	x->n_full_timeouts = 0;
}

/* The block that an ACK_NEW acknowledges. */
static uint64_t acked_block(const struct pxe_xfer *x, uint16_t block)
{
	return x->next + (uint16_t)(block - (uint16_t)x->next);
}

/*
 * The client has everything up to the block it names.  If that is not the
 * last of the window, the next one was lost (RFC 7440 section 4): the window
 * is sent again from there.
 *
 * But each block that arrives twice also makes the client name the last one
 * in order, and answering that with blocks makes more of them.  So while
 * copies may be under way the window only moves on; if something was lost
 * again, the timer tells.
 */
static void on_ack(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		   struct pxe_xfer_todo *todo)
{
	uint64_t acked = acked_block(x, event->block);
	bool is_whole = acked == x->end - 1;

	clock_progress(x, is_whole, event->now_us);
	x->next = acked + 1;
	if (x->next > x->last_block)
		finish(x, PXE_REASON_OK, todo);
	else if (!is_whole && acked < x->resent_end)
		slide_window(x, event->now_us, todo);
	else
		send_window(x, event->now_us, todo);
}

/*
 * Never answered with data: two copies of each block would go round for ever
 * (RFC 1123 section 4.2.3.1, the Sorcerer's Apprentice).  But it may tell
 * that the timeout is shorter than the round trip.
 */
static void on_old_ack(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		       struct pxe_xfer_todo *todo)
{
	(void)event;
	(void)todo;
	if (x->maybe_us > 0)
		measure(x, x->maybe_us);
	x->maybe_us = 0;
}

/*
 * Only the first timeouts after a short round trip are short and free; those
 * as long as the configured one count, so that a client that pauses for
 * seconds (a slow flash, a switch port that comes up) is not given up.
 */
static void on_timeout(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		       struct pxe_xfer_todo *todo)
{
	uint64_t first = first_timeout(x);

	x->n_timeouts++;
	x->had_timeout = true;
	if (x->timeout_us >= first &&
	    ++x->n_full_timeouts > x->params.retries) {
		finish(x, PXE_REASON_TIMEOUT, todo);
		return;
	}
	if (x->timeout_us < first && x->timeout_us * 2 > first)
		x->timeout_us = first;
	else if (x->params.timeout_s == 0)
		x->timeout_us *= 2;
	if (x->timeout_us > first * MAX_BACKOFF)
		x->timeout_us = first * MAX_BACKOFF;
	send_window(x, event->now_us, todo);
}

/*
 * EDK2 asks for the size, ends with code 8 when the OACK has told it, and
 * then begins a second transfer without that option.
 */
static void on_error(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		     struct pxe_xfer_todo *todo)
{
	bool is_probe = x->params.asked_tsize && x->params.has_oack &&
			x->next <= 1 &&
			(event->code == PXE_TFTP_OPTION_REFUSED ||
			 event->code == PXE_TFTP_UNDEFINED);

	finish(x, is_probe ? PXE_REASON_PROBE : PXE_REASON_ABORTED, todo);
}

static void on_gone(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		    struct pxe_xfer_todo *todo)
{
	(void)event;
	finish(x, PXE_REASON_ABORTED, todo);
}

/* It closed its port with one ACK outstanding: that ACK was lost. */
static void on_gone_last(struct pxe_xfer *x, const struct pxe_xfer_event *event,
			 struct pxe_xfer_todo *todo)
{
	(void)event;
	finish(x, x->next == x->last_block ? PXE_REASON_OK : PXE_REASON_ABORTED,
	       todo);
}

static void on_fail(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		    struct pxe_xfer_todo *todo)
{
	finish(x, event->reason, todo);
}

/* No entry: nothing happens. */
/* clang-format off */
static handler *const table[PXE_XFER_N_STATES][N_MEANINGS] = {
	[PXE_XFER_OACK] = {
		[ACK_NEW] = on_ack,	  [ERROR]   = on_error,
		[GONE]	  = on_gone,	  [TIMEOUT] = on_timeout,
		[FAIL]	  = on_fail,
	},
	[PXE_XFER_DATA] = {
		[ACK_NEW] = on_ack,	  [ACK_OLD] = on_old_ack,
		[GONE]	  = on_gone,	  [TIMEOUT] = on_timeout,
		[FAIL]	  = on_fail,	  [ERROR]   = on_error,
	},
	[PXE_XFER_LAST] = {
		[ACK_NEW] = on_ack,	  [ACK_OLD] = on_old_ack,
		[GONE]	  = on_gone_last, [TIMEOUT] = on_timeout,
		[FAIL]	  = on_fail,	  [ERROR]   = on_error,
	},
};
/* clang-format on */

static enum meaning meaning_of(const struct pxe_xfer *x,
			       const struct pxe_xfer_event *event)
{
	static const enum meaning plain[] = {
		[PXE_XFER_ERROR] = ERROR,
		[PXE_XFER_GONE] = GONE,
		[PXE_XFER_TIMEOUT] = TIMEOUT,
		[PXE_XFER_FAIL] = FAIL,
	};
	uint16_t past; /* how far it is past the last acknowledged block */

	if (event->kind != PXE_XFER_ACK)
		return plain[event->kind];
	past = (uint16_t)(event->block - (uint16_t)(x->next - 1));
	if (past == 0)
		return ACK_OLD;
	return past <= x->end - x->next ? ACK_NEW : ACK_WILD;
}

void pxe_xfer_start(struct pxe_xfer *x, const struct pxe_xfer_params *params,
		    uint64_t now_us, struct pxe_xfer_todo *todo)
{
	memset(x, 0, sizeof(*x));
	memset(todo, 0, sizeof(*todo));
	x->params = *params;
	x->last_block = params->size_bytes / params->blksize + 1;
	x->next = x->end = params->has_oack ? 0 : 1;
	x->timeout_us = first_timeout(x);
	x->first_sent_us = now_us;
	send_window(x, now_us, todo);
}

void pxe_xfer_step(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		   struct pxe_xfer_todo *todo)
{
	handler *handle = table[x->state][meaning_of(x, event)];

	memset(todo, 0, sizeof(*todo));
	if (handle != NULL)
		handle(x, event, todo);
}

uint16_t pxe_xfer_block_bytes(const struct pxe_xfer *x, uint64_t block)
{
	return block == x->last_block
		       ? (uint16_t)(x->params.size_bytes % x->params.blksize)
		       : x->params.blksize;
}

uint64_t pxe_xfer_acked_bytes(const struct pxe_xfer *x)
{
	if (x->next <= 1)
		return 0;
	return x->next > x->last_block ? x->params.size_bytes
				       : (x->next - 1) * x->params.blksize;
}
