/* SPDX-License-Identifier: ISC */
/*
 * The engine of one upload (a TFTP write request), the mirror of xfer.h: what
 * happens next when something happened.  Pure: the caller owns socket, file
 * and clock.
 *
 * The last ACK tells the client that its file is safe, so it is sent when the
 * caller has made the file durable, which takes its time: a client that asks
 * again meanwhile gets no answer.  Afterwards the engine lingers, to repeat
 * that ACK if it was lost (RFC 1350 section 6).
 *
 * Block numbers are 64 bits wide here; on the wire they are 16 and roll over
 * to 0 or to 1.  Which one a client that asks for no windows tells by doing
 * it.  Block 0 is the OACK, or the ACK 0 of a client without options.
 */
#ifndef PXE_TFTPD_INTAKE_H
#define PXE_TFTPD_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/reason.h"
#include "tftpd/rtt.h"

/* What an upload is made for; not changed afterwards. */
struct pxe_intake_params {
	uint64_t limit_bytes;    /* of the data; beyond it: TOO_LARGE */
	uint16_t blksize;        /* from 1 */
	uint16_t windowsize;     /* from 1 */
	bool has_oack;           /* begins with an OACK */
	bool rolls_to_1;         /* numbers, after 65535; see above */
	uint32_t timeout_us;     /* the client's own timeout; 0: measure */
	uint32_t max_timeout_ms; /* the first timeout, before measuring */
	uint32_t retries;        /* full timeouts before the client is lost */
};

enum pxe_intake_state {
	PXE_INTAKE_OFFER,  /* the OACK or ACK 0 is under way */
	PXE_INTAKE_DATA,   /* blocks come */
	PXE_INTAKE_COMMIT, /* all are there, and are being made durable */
	PXE_INTAKE_LINGER, /* the last ACK is under way */
	PXE_INTAKE_ENDED,  /* nothing moves it any more */
	PXE_INTAKE_N_STATES
};

struct pxe_intake {
	struct pxe_intake_params params; /* rolls_to_1 may be found out */
	enum pxe_intake_state state;
	uint64_t have;    /* the last block in order */
	uint64_t acked;   /* the last that was acknowledged */
	uint64_t bytes;   /* of data */
	bool is_gap_told; /* since the last progress */
	bool is_dropped;  /* the client gave up while it was committed */

	/* timers */
	uint64_t sent_us; /* when an ACK last went out */
	bool is_clean;    /* its number went out once, nothing came since */
	struct pxe_rtt rtt;
	uint64_t timeout_us;      /* in force */
	uint32_t n_full_timeouts; /* since the last progress */

	/* for the log */
	uint64_t n_doubled_blocks; /* that came again */
	uint32_t n_timeouts;
};

enum pxe_intake_event_kind {
	PXE_INTAKE_BLOCK,     /* DATA of the client: block, len */
	PXE_INTAKE_REQUEST,   /* its request came again */
	PXE_INTAKE_ERROR,     /* from the client */
	PXE_INTAKE_GONE,      /* its port is closed (ICMP) */
	PXE_INTAKE_TIMEOUT,   /* the timer fired */
	PXE_INTAKE_COMMITTED, /* the commit ended: reason */
	PXE_INTAKE_FAIL,      /* the server cannot go on: reason */
	PXE_INTAKE_N_EVENTS
};

struct pxe_intake_event {
	enum pxe_intake_event_kind kind;
	uint16_t block;
	uint32_t len;           /* octets of data */
	enum pxe_reason reason; /* COMMITTED: OK, or why not */
	uint64_t now_us;        /* monotonic */
};

/*
 * What the caller has to do, in this order.  If the writing fails, the rest
 * is left and the event FAIL comes next.
 */
struct pxe_intake_todo {
	bool has_write;  /* append the data of the event */
	bool has_commit; /* the file is whole: make it durable and visible,
			    then the event COMMITTED */
	bool has_cancel; /* nobody waits for the commit any more: if it can,
			    it need not happen; COMMITTED tells */
	bool has_ack;    /* send the OACK if is_oack, else ACK block */
	bool is_oack;
	uint16_t block;    /* as on the wire */
	uint64_t timer_us; /* set the timer to this; 0: leave it */
	bool has_error;    /* tell the client the reason */
	bool is_done;      /* the outcome is known: */
	enum pxe_reason reason;
	bool is_over; /* and nothing will come after */
};

/* Begins an upload at `now_us`: fills `x` and says what to send first. */
void pxe_intake_start(struct pxe_intake *x,
		      const struct pxe_intake_params *params, uint64_t now_us,
		      struct pxe_intake_todo *todo);

/* Something happened; `todo` is all zero if nothing is to be done. */
void pxe_intake_step(struct pxe_intake *x, const struct pxe_intake_event *event,
		     struct pxe_intake_todo *todo);

#endif
