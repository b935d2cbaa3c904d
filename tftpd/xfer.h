/* SPDX-License-Identifier: ISC */
/*
 * The engine of one TFTP transfer: what happens next when something happened.
 * Pure: the caller owns socket, file and clock, reads the file when told to
 * send, and so retransmission needs no buffer.
 *
 * Block numbers are 64 bits wide here; on the wire they are 16 and roll over
 * to 0.  Block 0 is the OACK.
 */
#ifndef PXE_TFTPD_XFER_H
#define PXE_TFTPD_XFER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/reason.h"

/* What a transfer is made for; not changed afterwards. */
struct pxe_xfer_params {
	uint64_t size_bytes;
	uint16_t blksize;        /* from 1 */
	uint16_t windowsize;     /* from 1 */
	bool has_oack;           /* begins with an OACK */
	bool asked_tsize;        /* the client wanted to know the size */
	uint8_t timeout_s;       /* the client's own timeout; 0: measure */
	uint32_t max_timeout_ms; /* the first timeout, before measuring */
	uint32_t retries;        /* full timeouts before the client is lost */
};

enum pxe_xfer_state {
	PXE_XFER_NEW,   /* nothing was sent */
	PXE_XFER_OACK,  /* the OACK is under way */
	PXE_XFER_DATA,  /* a window is under way */
	PXE_XFER_LAST,  /* the window with the last block is under way */
	PXE_XFER_ENDED, /* nothing moves it any more */
	PXE_XFER_N_STATES
};

struct pxe_xfer {
	struct pxe_xfer_params params;
	enum pxe_xfer_state state;
	uint64_t last_block; /* its number; shorter than blksize, maybe empty */
	uint64_t next;       /* the first block that is not acknowledged */
	uint64_t end;        /* the block behind the last that was sent */
	uint64_t resent_end; /* of blocks below it two copies were sent */

	/* timers */
	uint64_t sent_us;            /* when blocks last went out */
	uint64_t first_sent_us;      /* when `next` was first sent */
	bool is_clean;               /* nothing of the window was sent before */
	bool had_timeout;            /* since the last progress */
	uint64_t maybe_us;           /* a round trip, if an ACK_OLD proves it */
	uint64_t srtt_us, rttvar_us; /* RFC 6298; 0: not measured */
	uint64_t timeout_us;         /* in force */
	uint32_t n_full_timeouts;    /* since the last progress */

	/* for the log */
	uint64_t n_resent_blocks;
	uint32_t n_timeouts;
};

enum pxe_xfer_event_kind {
	PXE_XFER_ACK,     /* from the client: block */
	PXE_XFER_ERROR,   /* from the client: code */
	PXE_XFER_GONE,    /* its port is closed (ICMP) */
	PXE_XFER_TIMEOUT, /* the timer fired */
	PXE_XFER_FAIL,    /* the server cannot go on: reason */
};

struct pxe_xfer_event {
	enum pxe_xfer_event_kind kind;
	uint16_t block;
	uint16_t code;
	enum pxe_reason reason;
	uint64_t now_us; /* monotonic */
};

/* What the caller has to do, in this order. */
struct pxe_xfer_todo {
	uint64_t first_block; /* 0: the OACK */
	uint32_t n_blocks;    /* to send; 0: nothing */
	uint64_t timer_us;    /* set the timer to this; 0: leave it */
	bool is_done;         /* the transfer ended, and why: */
	enum pxe_reason reason;
};

/* Begins a transfer at `now_us`: fills `x` and says what to send first. */
void pxe_xfer_start(struct pxe_xfer *x, const struct pxe_xfer_params *params,
		    uint64_t now_us, struct pxe_xfer_todo *todo);

/* Something happened; `todo` is all zero if nothing is to be done. */
void pxe_xfer_step(struct pxe_xfer *x, const struct pxe_xfer_event *event,
		   struct pxe_xfer_todo *todo);

/* The octets of data in `block` (from 1 to last_block). */
uint16_t pxe_xfer_block_bytes(const struct pxe_xfer *x, uint64_t block);

/* The octets that the client has acknowledged. */
uint64_t pxe_xfer_acked_bytes(const struct pxe_xfer *x);

#endif
