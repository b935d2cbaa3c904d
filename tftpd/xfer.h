/* SPDX-License-Identifier: ISC */
/*
 * The engine of one TFTP transfer: what happens next when something happened.
 * Pure: the caller owns socket, file and clock, reads the file when told to
 * send, and so retransmission needs no buffer.
 *
 * Block numbers are 64 bits wide here; on the wire they are 16 and roll over
 * to 0 or to 1.  Block 0 is the OACK.
 */
#ifndef PXE_TFTPD_XFER_H
#define PXE_TFTPD_XFER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/reason.h"
#include "tftpd/rtt.h"

/*
 * Copies of the first packet while the client has not answered, whatever
 * `retries` says: a request may carry the address of somebody else, who is not
 * to be sent more for it.
 */
#define PXE_XFER_UNPROVEN_RETRIES 3

/* What a transfer is made for; not changed afterwards. */
struct pxe_xfer_params {
	uint64_t size_bytes;
	uint16_t blksize;        /* from 1 */
	uint16_t windowsize;     /* from 1; to 65534 if `rollover` is 1 */
	uint16_t rollover;       /* the number after 65535: 0 or 1 */
	uint16_t head_bytes;     /* of a datagram around the data; 0: unknown */
	bool has_oack;           /* begins with an OACK */
	bool asked_tsize;        /* the client wanted to know the size */
	uint32_t timeout_us;     /* the client's own timeout; 0: measure */
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

	/* copies that may be under way: of which blocks, since when */
	uint64_t resent_first, resent_end, resent_us;
	bool is_gap_open; /* they fill a gap that the client told of */
	uint8_t n_echoes; /* the last gaps, that were none */

	/* since the last progress */
	bool is_clean;   /* nothing of the window was sent before */
	bool is_slid;    /* the window moved on over what may be a gap */
	bool is_probing; /* its last block was sent once more, alone */
	bool has_old_ack;
	uint32_t n_late, n_full_late; /* timeouts; those of full length */

	/* timers */
	uint64_t sent_us;       /* when blocks last went out */
	uint64_t first_sent_us; /* when `next` was first sent */
	uint64_t maybe_us;      /* a round trip, if an ACK_OLD proves it */
	struct pxe_rtt rtt;
	uint64_t timeout_us; /* in force */

	uint8_t n_vain_probes; /* the last ones, that had no answer */
	bool is_heard;         /* the client acknowledged something */
	bool is_suspect;       /* blocks of this size may not get through */

	/* for the log */
	uint64_t n_resent_blocks; /* the OACK counts, too */
	uint32_t n_timeouts;
};

enum pxe_xfer_event_kind {
	PXE_XFER_ACK,     /* from the client: block */
	PXE_XFER_ERROR,   /* from the client: code */
	PXE_XFER_GONE,    /* its port is closed (ICMP) */
	PXE_XFER_TIMEOUT, /* the timer fired */
	PXE_XFER_FAIL,    /* the server cannot go on: reason */
	PXE_XFER_LOST, /* too large for the way (ICMP, EMSGSIZE): mtu_bytes */
};

struct pxe_xfer_event {
	enum pxe_xfer_event_kind kind;
	uint16_t block;
	uint16_t code;
	enum pxe_reason reason;
	uint32_t mtu_bytes; /* 0: not told */
	uint64_t now_us;    /* monotonic */
};

/* What the caller has to do, in this order. */
struct pxe_xfer_todo {
	/* to remember of this client; 0: nothing, else told once */
	uint16_t suspect_bytes; /* blocks of this size may not get through */
	uint16_t passed_bytes;  /* a block of this size did, the first one */
	bool is_refused;        /* it does not take the options it asked for */

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

/* The number of `block` on the wire. */
uint16_t pxe_xfer_wire_block(const struct pxe_xfer *x, uint64_t block);

/*
 * How many blocks past the last one that was acknowledged a number on the wire
 * is; UINT32_MAX: none has that number.
 */
uint32_t pxe_xfer_blocks_past(const struct pxe_xfer *x, uint16_t number);

/* The octets of data in `block` (from 1 to last_block). */
uint16_t pxe_xfer_block_bytes(const struct pxe_xfer *x, uint64_t block);

/* The octets that the client has acknowledged. */
uint64_t pxe_xfer_acked_bytes(const struct pxe_xfer *x);

#endif
