/* SPDX-License-Identifier: ISC */
#include "tftpd/xfer.h"

#include <string.h>

#include "wire/tftp.h"

#define MAX_BACKOFF 8 /* longest timeout, in first timeouts */

/*
 * A client's own timeout is kept as it is (RFC 2349) from a second on, which
 * is the least that option can say.  Shorter ones (utimeout) are a beginning:
 * as the only measure they would end a transfer after a blink.
 */
#define KEPT_TIMEOUT_US 1000000

/* Blocks up to this size pass everywhere: it is what every client knows. */
#define SAFE_BLKSIZE PXE_TFTP_BLKSIZE

/* That many timeouts, and a full one's time, make a size suspect. */
#define SUSPECT_TIMEOUTS 2

/* A client that does not answer so many probes is not asked any more. */
#define MOST_VAIN_PROBES 2

/* So many gaps in a row that were none are not believed any more. */
#define MOST_ECHOES 2

/* What an event means to this transfer. */
enum meaning {
	ACK_NEW,  /* of blocks that were under way */
	ACK_OLD,  /* of what was acknowledged before */
	ACK_WILD, /* of what was never sent, or long ago */
	ERROR,
	GONE,
	LOST,
	TIMEOUT,
	FAIL,
	N_MEANINGS
};

typedef void handler(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		     struct pxe_xfer_todo *todo);

static bool is_timeout_kept(const struct pxe_xfer *x)
{
	return x->params.timeout_us >= KEPT_TIMEOUT_US;
}

/* Timeouts as long as this count against the client. */
static uint64_t full_timeout(const struct pxe_xfer *x)
{
	uint64_t ours = (uint64_t)x->params.max_timeout_ms * 1000;
	uint64_t theirs = x->params.timeout_us;

	return is_timeout_kept(x) || theirs > ours ? theirs : ours;
}

/* The timeout before anything was measured. */
static uint64_t first_timeout(const struct pxe_xfer *x)
{
	return x->params.timeout_us > 0 ? x->params.timeout_us
					: full_timeout(x);
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

/* Copies of the blocks from `first` to before `end` go out. */
static void note_copies(struct pxe_xfer *x, uint64_t first, uint64_t end,
			uint64_t now_us)
{
	if (x->next >= x->resent_end || first == x->next)
		x->resent_first = first;
	if (end > x->resent_end)
		x->resent_end = end;
	x->resent_us = now_us;
	x->n_resent_blocks += end - first;
}

/* Sends the whole window, also what of it was sent before. */
static void send_window(struct pxe_xfer *x, uint64_t now_us,
			struct pxe_xfer_todo *todo)
{
	uint64_t before = x->end;

	send_from(x, x->next, now_us, todo);
	x->is_clean = x->next >= before;
	x->is_slid = x->is_probing = false;
	if (!x->is_clean)
		note_copies(x, x->next, before, now_us);
}

/* Sends what the window has won at its end. */
static void slide_window(struct pxe_xfer *x, uint64_t now_us,
			 struct pxe_xfer_todo *todo)
{
	x->is_clean = false;
	x->is_slid = true;
	send_from(x, x->end, now_us, todo);
}

/*
 * Sends the last block of the window once more.  A client that lacks only
 * that, or whose ACK was lost, acknowledges the window; one that lacks others
 * says which (RFC 7440 section 4): one copy does for a window of them.
 */
static void probe_window(struct pxe_xfer *x, uint64_t now_us,
			 struct pxe_xfer_todo *todo)
{
	x->is_clean = false;
	x->is_probing = true;
	note_copies(x, x->end - 1, x->end, now_us);
	send_from(x, x->end - 1, now_us, todo);
}

/* What the measured round trips make of the timeout. */
static uint64_t measured_timeout(const struct pxe_xfer *x)
{
	uint64_t timeout = pxe_rtt_timeout_us(&x->rtt);

	return timeout > 0 && x->params.timeout_us == 0 &&
			       timeout < first_timeout(x)
		       ? timeout
		       : first_timeout(x);
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
		pxe_rtt_add(&x->rtt, now_us - x->sent_us);
	else if (x->n_late > 0 && is_whole)
		x->maybe_us = now_us - x->first_sent_us;
	x->timeout_us = measured_timeout(x);
	x->first_sent_us = now_us;
	x->n_late = x->n_full_late = 0;
	x->has_old_ack = false;
	if (x->is_probing)
		x->n_vain_probes = 0;
	x->is_slid = x->is_probing = false;
	x->is_heard = true;
}

/* The first ACK of data shows that blocks of this size get through. */
static void tell_size(struct pxe_xfer *x, uint64_t acked,
		      struct pxe_xfer_todo *todo)
{
	uint16_t bytes = pxe_xfer_block_bytes(x, 1);

	if (x->next <= 1 && acked >= 1 && bytes > SAFE_BLKSIZE)
		todo->passed_bytes = bytes;
	x->is_suspect = false;
}

/*
 * A block that arrives twice makes the client name the last one in order.  May
 * this ACK be such an echo of a copy, and nothing be lost?
 *
 * Not if the copies before it were taken one by one: then it lacked them.  So
 * an echo comes before they can have arrived, or it names the first of them
 * (which was late), or all of them (nothing had been lost).
 */
static bool may_be_echo(const struct pxe_xfer *x, uint64_t acked,
			uint64_t now_us)
{
	if (acked < x->resent_first || acked >= x->resent_end)
		return false;
	return acked == x->resent_first || acked + 1 == x->resent_end ||
	       now_us - x->resent_us < x->rtt.mean_us / 2;
}

/*
 * The client has everything up to the block it names.  If that is not the
 * last of the window, the next one was lost (RFC 7440 section 4): the window
 * is sent again from there.
 *
 * But answering an echo with blocks makes more of them.  Then the window only
 * moves on, and if something was lost again the timer tells.  So it does where
 * the gaps of late were none: this network doubles packets or mixes them.
 */
static void on_ack(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		   struct pxe_xfer_todo *todo)
{
	uint64_t acked = x->next + pxe_xfer_blocks_past(x, event->block) - 1;
	bool is_whole = acked == x->end - 1;
	bool is_echo = !is_whole && may_be_echo(x, acked, event->now_us);

	if (x->is_gap_open)
		x->n_echoes = is_echo ? (uint8_t)(x->n_echoes + 1) : 0;
	x->is_gap_open = !is_whole && !is_echo && x->n_echoes < MOST_ECHOES;
	clock_progress(x, is_whole, event->now_us);
	tell_size(x, acked, todo);
	x->next = acked + 1;
	if (x->next > x->last_block)
		finish(x, PXE_REASON_OK, todo);
	else if (is_whole || x->is_gap_open)
		send_window(x, event->now_us, todo);
	else
		slide_window(x, event->now_us, todo);
}

/*
 * Not answered with data: two copies of each block would go round for ever
 * (RFC 1123 section 4.2.3.1, the Sorcerer's Apprentice).  But it may tell
 * that the timeout is shorter than the round trip.
 *
 * One case is no echo: the client says it when it is asked by the last block of
 * a window that is long under way.
 */
static void on_old_ack(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		       struct pxe_xfer_todo *todo)
{
	if (x->maybe_us > 0)
		pxe_rtt_add(&x->rtt, x->maybe_us);
	x->maybe_us = 0;
	x->has_old_ack = true;
	if (x->is_probing)
		send_window(x, event->now_us, todo);
}

/* Must the client be given up?  This timeout was the last one, or not. */
static bool is_given_up(struct pxe_xfer *x)
{
	x->n_timeouts++;
	x->n_late++;
	x->n_full_late += x->timeout_us >= full_timeout(x);
	return x->n_full_late > x->params.retries ||
	       (!x->is_heard && x->n_late > PXE_XFER_UNPROVEN_RETRIES);
}

/*
 * Each timeout is twice the one before.  Only the first ones after a short
 * round trip are short and free; those of full length count, so that a client
 * that pauses for seconds (a slow flash, a switch port that comes up) is not
 * given up.  Who was not heard yet gets few copies, but as much time.
 */
static void back_off(struct pxe_xfer *x)
{
	uint64_t full = full_timeout(x), longest = full * MAX_BACKOFF;

	if (!x->is_heard && x->n_late == PXE_XFER_UNPROVEN_RETRIES) {
		longest =
			(uint64_t)x->params.max_timeout_ms * 1000 * MAX_BACKOFF;
		if (x->timeout_us < longest)
			x->timeout_us = longest;
		return;
	}
	if (is_timeout_kept(x))
		return;
	if (x->timeout_us < full && x->timeout_us * 2 > full)
		x->timeout_us = full;
	else
		x->timeout_us *= 2;
	if (x->timeout_us > longest)
		x->timeout_us = longest;
}

/* Blocks of this size may be too large for the way: told once. */
static void suspect_size(struct pxe_xfer *x, struct pxe_xfer_todo *todo)
{
	if (!x->is_suspect)
		todo->suspect_bytes = pxe_xfer_block_bytes(x, x->next);
	x->is_suspect = true;
}

/*
 * The OACK, a small packet, came through, and no block does.  (A client that
 * pauses for a second looks the same, until it goes on.)
 */
static bool is_size_suspect(const struct pxe_xfer *x, uint64_t now_us)
{
	return x->params.has_oack && x->next == 1 &&
	       pxe_xfer_block_bytes(x, 1) > SAFE_BLKSIZE &&
	       x->n_late >= SUSPECT_TIMEOUTS &&
	       now_us - x->first_sent_us >= full_timeout(x);
}

/*
 * A short timeout of a window is a question first, unless it is known where
 * the gap is, or that this client does not answer questions.
 */
static bool is_probe_due(const struct pxe_xfer *x)
{
	return x->n_late == 1 && x->end - x->next > 1 && !x->is_slid &&
	       !x->has_old_ack && x->n_vain_probes < MOST_VAIN_PROBES;
}

static void on_timeout(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		       struct pxe_xfer_todo *todo)
{
	bool is_over = is_given_up(x);

	if (is_size_suspect(x, event->now_us))
		suspect_size(x, todo);
	if (is_over) {
		finish(x,
		       x->is_suspect ? PXE_REASON_BLOCK_SIZE
				     : PXE_REASON_TIMEOUT,
		       todo);
		return;
	}
	x->n_vain_probes += x->is_probing;
	x->is_gap_open = false;
	if (x->is_slid)
		x->n_echoes = 0; /* it was a gap */
	if (is_probe_due(x)) {
		probe_window(x, event->now_us, todo);
	} else {
		back_off(x);
		send_window(x, event->now_us, todo);
	}
}

/*
 * A router, or this host, says that the blocks do not fit the way.  The size
 * is agreed on: nothing but a new transfer can change it.  Once blocks got
 * through, the word of anybody who writes ICMP is not enough to end it.
 */
static void on_lost(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		    struct pxe_xfer_todo *todo)
{
	uint32_t bytes = pxe_xfer_block_bytes(x, x->next);

	if (bytes <= SAFE_BLKSIZE ||
	    (event->mtu_bytes > 0 &&
	     event->mtu_bytes >= bytes + x->params.head_bytes))
		return;
	suspect_size(x, todo);
	if (x->next <= 1)
		finish(x, PXE_REASON_BLOCK_SIZE, todo);
}

/*
 * EDK2 asks for the size, ends with code 8 when the OACK has told it, and
 * then begins a second transfer without that option.  Without that question
 * the code means what it says (RFC 2347).
 */
static void on_error(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		     struct pxe_xfer_todo *todo)
{
	bool is_probe = x->params.asked_tsize && x->params.has_oack &&
			x->next <= 1 &&
			(event->code == PXE_TFTP_OPTION_REFUSED ||
			 event->code == PXE_TFTP_UNDEFINED);

	todo->is_refused = event->code == PXE_TFTP_OPTION_REFUSED &&
			   x->params.has_oack && !x->params.asked_tsize &&
			   !x->is_heard;
	if (x->is_suspect)
		finish(x, PXE_REASON_BLOCK_SIZE, todo);
	else if (todo->is_refused)
		finish(x, PXE_REASON_NO_OPTIONS, todo);
	else
		finish(x, is_probe ? PXE_REASON_PROBE : PXE_REASON_ABORTED,
		       todo);
}

static void on_gone(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		    struct pxe_xfer_todo *todo)
{
	(void)event;
	finish(x, x->is_suspect ? PXE_REASON_BLOCK_SIZE : PXE_REASON_ABORTED,
	       todo);
}

/* It closed its port with one ACK outstanding: that ACK was lost. */
static void on_gone_last(struct pxe_xfer *x, const struct pxe_xfer_event *event,
			 struct pxe_xfer_todo *todo)
{
	if (x->next == x->last_block)
		finish(x, PXE_REASON_OK, todo);
	else
		on_gone(x, event, todo);
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
		[LOST]	  = on_lost,
	},
	[PXE_XFER_LAST] = {
		[ACK_NEW] = on_ack,	  [ACK_OLD] = on_old_ack,
		[GONE]	  = on_gone_last, [TIMEOUT] = on_timeout,
		[FAIL]	  = on_fail,	  [ERROR]   = on_error,
		[LOST]	  = on_lost,
	},
};
/* clang-format on */

static enum meaning meaning_of(const struct pxe_xfer *x,
			       const struct pxe_xfer_event *event)
{
	static const enum meaning plain[] = {
		[PXE_XFER_ERROR] = ERROR, [PXE_XFER_GONE] = GONE,
		[PXE_XFER_LOST] = LOST,   [PXE_XFER_TIMEOUT] = TIMEOUT,
		[PXE_XFER_FAIL] = FAIL,
	};
	uint32_t past;

	if (event->kind != PXE_XFER_ACK)
		return plain[event->kind];
	past = pxe_xfer_blocks_past(x, event->block);
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
	x->rtt.is_windowed = params->windowsize > 1;
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
