/* SPDX-License-Identifier: ISC */
#include "tftpd/intake.h"

#include <string.h>

#define MAX_BACKOFF 8 /* longest timeout, in first timeouts */

/*
 * For how long the last ACK is repeated when it is asked for: longer than the
 * five seconds after which many clients ask.
 */
#define LINGER_US    6000000
#define LINGER_TIMES 2 /* of the client's own timeout */

/* What an event means to this upload. */
enum meaning {
	NEXT,  /* the block that is waited for */
	GAP,   /* one of the window, but behind that */
	AGAIN, /* the last one in order, again */
	OLD,   /* one before it */
	WILD,  /* of no window */
	REQUEST,
	ERROR,
	GONE,
	TIMEOUT,
	COMMITTED,
	FAIL,
	N_MEANINGS
};

typedef void handler(struct pxe_intake *x, const struct pxe_intake_event *event,
		     struct pxe_intake_todo *todo);

static uint64_t first_timeout(const struct pxe_intake *x)
{
	return x->params.timeout_us > 0
		       ? x->params.timeout_us
		       : (uint64_t)x->params.max_timeout_ms * 1000;
}

static uint64_t measured_timeout(const struct pxe_intake *x)
{
	uint64_t first = first_timeout(x);
	uint64_t measured = pxe_rtt_timeout_us(&x->rtt);

	if (x->params.timeout_us > 0 || measured == 0 || measured > first)
		return first;
	return measured;
}

/* How many numbers there are on the wire, and the first after the last. */
static uint32_t n_numbers(const struct pxe_intake *x)
{
	return x->params.rolls_to_1 ? UINT16_MAX : UINT16_MAX + 1u;
}

/* A block's number on the wire. */
static uint16_t wire_number(const struct pxe_intake *x, uint64_t block)
{
	uint64_t past = block > UINT16_MAX ? block - (UINT16_MAX + 1u) : 0;

	if (block <= UINT16_MAX)
		return (uint16_t)block;
	return (uint16_t)(past % n_numbers(x) + x->params.rolls_to_1);
}

static void finish(struct pxe_intake *x, enum pxe_reason reason,
		   struct pxe_intake_todo *todo)
{
	x->state = PXE_INTAKE_ENDED;
	todo->is_done = todo->is_over = true;
	todo->reason = reason;
}

/* It ends because of us: the client is told. */
static void fail(struct pxe_intake *x, enum pxe_reason reason,
		 struct pxe_intake_todo *todo)
{
	finish(x, reason, todo);
	todo->has_error = true;
}

/* Acknowledges all that is there. */
static void send_ack(struct pxe_intake *x, uint64_t now_us,
		     struct pxe_intake_todo *todo)
{
	x->is_clean = x->acked != x->have;
	x->acked = x->have;
	x->sent_us = now_us;
	todo->has_ack = true;
	todo->is_oack = x->have == 0 && x->params.has_oack;
	todo->block = wire_number(x, x->have);
}

/*
 * Did this leave the client before the last ACK can have come to it?  Then it
 * says nothing about that ACK.  Answered, it would make a client that sends a
 * block for each ACK send all of them twice from now on (RFC 1123 section
 * 4.2.3.1, the Sorcerer's Apprentice); if the ACK was lost, the timer tells.
 */
static bool has_crossed(const struct pxe_intake *x, uint64_t now_us)
{
	return now_us - x->sent_us < pxe_rtt_timeout_us(&x->rtt);
}

static void on_next(struct pxe_intake *x, const struct pxe_intake_event *event,
		    struct pxe_intake_todo *todo)
{
	if (event->len > x->params.blksize) {
		fail(x, PXE_REASON_BAD_PACKET, todo);
		return;
	}
	if (event->len > x->params.limit_bytes - x->bytes) {
		fail(x, PXE_REASON_TOO_LARGE, todo);
		return;
	}
	if (x->is_clean)
		pxe_rtt_add(&x->rtt, event->now_us - x->sent_us);
	if (event->block != wire_number(x, x->have + 1))
		x->params.rolls_to_1 = !x->params.rolls_to_1;
	x->is_clean = x->is_gap_told = false;
	x->n_full_timeouts = 0;
	x->timeout_us = measured_timeout(x);
	x->have++;
	x->bytes += event->len;
	todo->has_write = event->len > 0;
	todo->timer_us = x->timeout_us;
	x->state = PXE_INTAKE_DATA;
	if (event->len < x->params.blksize) {
		x->state = PXE_INTAKE_COMMIT;
		todo->has_commit = true;
	} else if (x->have - x->acked >= x->params.windowsize) {
		send_ack(x, event->now_us, todo);
	}
}

/*
 * RFC 7440 section 4: the last block in order is acknowledged, once, and the
 * client goes on from there.  What was under way then arrives within a round
 * trip, and tells of no other gap.
 */
static void on_gap(struct pxe_intake *x, const struct pxe_intake_event *event,
		   struct pxe_intake_todo *todo)
{
	if (x->is_gap_told || event->now_us - x->sent_us < x->rtt.mean_us)
		return;
	x->is_gap_told = true;
	send_ack(x, event->now_us, todo);
	x->is_clean = false;
	todo->timer_us = x->timeout_us;
}

/*
 * The client did not get our ACK, or not in time.  If there are blocks that
 * were not acknowledged yet, more are to come behind this one.  The timer goes
 * on: who only ever repeats one block is given up.
 */
static void on_again(struct pxe_intake *x, const struct pxe_intake_event *event,
		     struct pxe_intake_todo *todo)
{
	x->n_doubled_blocks++;
	if (x->have == x->acked && !has_crossed(x, event->now_us))
		send_ack(x, event->now_us, todo);
}

/* A window that comes again: its end will be answered. */
static void on_old(struct pxe_intake *x, const struct pxe_intake_event *event,
		   struct pxe_intake_todo *todo)
{
	(void)event;
	(void)todo;
	x->n_doubled_blocks++;
}

static void on_request(struct pxe_intake *x,
		       const struct pxe_intake_event *event,
		       struct pxe_intake_todo *todo)
{
	send_ack(x, event->now_us, todo);
}

/* As in xfer.c: only full timeouts count towards giving the client up. */
static void on_timeout(struct pxe_intake *x,
		       const struct pxe_intake_event *event,
		       struct pxe_intake_todo *todo)
{
	uint64_t first = first_timeout(x);

	x->n_timeouts++;
	if (x->timeout_us >= first &&
	    ++x->n_full_timeouts > x->params.retries) {
		finish(x, PXE_REASON_TIMEOUT, todo);
		return;
	}
	if (x->timeout_us < first && x->timeout_us * 2 > first)
		x->timeout_us = first;
	else if (x->params.timeout_us == 0)
		x->timeout_us *= 2;
	if (x->timeout_us > first * MAX_BACKOFF)
		x->timeout_us = first * MAX_BACKOFF;
	x->is_gap_told = false;
	send_ack(x, event->now_us, todo);
	x->is_clean = false;
	todo->timer_us = x->timeout_us;
}

static void on_error(struct pxe_intake *x, const struct pxe_intake_event *event,
		     struct pxe_intake_todo *todo)
{
	(void)event;
	finish(x, PXE_REASON_ABORTED, todo);
}

/* Whether the file appears all the same, the commit will tell. */
static void on_error_commit(struct pxe_intake *x,
			    const struct pxe_intake_event *event,
			    struct pxe_intake_todo *todo)
{
	(void)event;
	todo->has_cancel = !x->is_dropped;
	x->is_dropped = true;
}

static void on_committed(struct pxe_intake *x,
			 const struct pxe_intake_event *event,
			 struct pxe_intake_todo *todo)
{
	uint64_t own = (uint64_t)x->params.timeout_us * LINGER_TIMES;

	if (x->is_dropped) {
		finish(x, event->reason, todo);
		return;
	}
	if (event->reason != PXE_REASON_OK) {
		fail(x, event->reason, todo);
		return;
	}
	x->state = PXE_INTAKE_LINGER;
	send_ack(x, event->now_us, todo);
	todo->timer_us = own > LINGER_US ? own : LINGER_US;
	todo->is_done = true;
	todo->reason = PXE_REASON_OK;
}

static void on_again_linger(struct pxe_intake *x,
			    const struct pxe_intake_event *event,
			    struct pxe_intake_todo *todo)
{
	x->n_doubled_blocks++;
	send_ack(x, event->now_us, todo);
}

static void on_end_linger(struct pxe_intake *x,
			  const struct pxe_intake_event *event,
			  struct pxe_intake_todo *todo)
{
	(void)event;
	x->state = PXE_INTAKE_ENDED;
	todo->is_over = true;
}

static void on_fail(struct pxe_intake *x, const struct pxe_intake_event *event,
		    struct pxe_intake_todo *todo)
{
	fail(x, event->reason, todo);
}

/* No entry: nothing happens. */
/* clang-format off */
static handler *const table[PXE_INTAKE_N_STATES][N_MEANINGS] = {
	[PXE_INTAKE_OFFER] = {
		[NEXT]	  = on_next,	     [GAP]     = on_gap,
		[REQUEST] = on_request,	     [TIMEOUT] = on_timeout,
		[ERROR]	  = on_error,	     [GONE]    = on_error,
		[FAIL]	  = on_fail,
	},
	[PXE_INTAKE_DATA] = {
		[NEXT]	  = on_next,	     [GAP]     = on_gap,
		[AGAIN]	  = on_again,	     [OLD]     = on_old,
		[ERROR]	  = on_error,	     [GONE]    = on_error,
		[TIMEOUT] = on_timeout,	     [FAIL]    = on_fail,
	},
	/* its port may be closed by now: all that it had to say is here */
	[PXE_INTAKE_COMMIT] = {
		[AGAIN]	  = on_old,	     [OLD]     = on_old,
		[ERROR]	  = on_error_commit, [FAIL]    = on_fail,
		[COMMITTED] = on_committed,
	},
	[PXE_INTAKE_LINGER] = {
		[AGAIN]	  = on_again_linger, [OLD]     = on_old,
		[ERROR]	  = on_end_linger,   [GONE]    = on_end_linger,
		[TIMEOUT] = on_end_linger,   [FAIL]    = on_end_linger,
	},
};
/* clang-format on */

/*
 * After 65535 comes 0 or 1, which RFC 1350 leaves open.  Without windows
 * nothing but the block that is waited for can be meant, the first time.
 */
static bool is_rolled(const struct pxe_intake *x, uint16_t block)
{
	return block <= 1 && x->params.windowsize == 1 && x->have == UINT16_MAX;
}

static enum meaning meaning_of_block(const struct pxe_intake *x, uint16_t block)
{
	uint32_t n = n_numbers(x);
	uint32_t ahead = (block + n - wire_number(x, x->have)) % n;

	if (block == 0 && x->params.rolls_to_1 && !is_rolled(x, block))
		return WILD;
	if (ahead == 1 || is_rolled(x, block))
		return NEXT;
	if (ahead == 0)
		return AGAIN;
	if (ahead <= x->params.windowsize - (x->have - x->acked))
		return GAP;
	return n - ahead < x->params.windowsize ? OLD : WILD;
}

static enum meaning meaning_of(const struct pxe_intake *x,
			       const struct pxe_intake_event *event)
{
	static const enum meaning plain[PXE_INTAKE_N_EVENTS] = {
		[PXE_INTAKE_REQUEST] = REQUEST,
		[PXE_INTAKE_ERROR] = ERROR,
		[PXE_INTAKE_GONE] = GONE,
		[PXE_INTAKE_TIMEOUT] = TIMEOUT,
		[PXE_INTAKE_COMMITTED] = COMMITTED,
		[PXE_INTAKE_FAIL] = FAIL,
	};

	return event->kind == PXE_INTAKE_BLOCK
		       ? meaning_of_block(x, event->block)
		       : plain[event->kind];
}

void pxe_intake_start(struct pxe_intake *x,
		      const struct pxe_intake_params *params, uint64_t now_us,
		      struct pxe_intake_todo *todo)
{
	memset(x, 0, sizeof(*x));
	memset(todo, 0, sizeof(*todo));
	x->params = *params;
	x->rtt.is_windowed = params->windowsize > 1;
	x->timeout_us = first_timeout(x);
	send_ack(x, now_us, todo);
	x->is_clean = true;
	todo->timer_us = x->timeout_us;
}

void pxe_intake_step(struct pxe_intake *x, const struct pxe_intake_event *event,
		     struct pxe_intake_todo *todo)
{
	handler *handle = table[x->state][meaning_of(x, event)];

	memset(todo, 0, sizeof(*todo));
	if (handle != NULL)
		handle(x, event, todo);
}
