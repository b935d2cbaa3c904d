/* SPDX-License-Identifier: ISC */
/*
 * Framing of Varlink (https://varlink.org/Method-Call): each message is text
 * (JSON) followed by one NUL octet.  This module finds the messages in a
 * stream that arrives in pieces; what is in them is run/state_codec.h's.
 */
#ifndef PXE_WIRE_VARLINK_H
#define PXE_WIRE_VARLINK_H

#include <stddef.h>

#include "base/attr.h"

/* The longest message that a program of the suite sends or takes. */
#define PXE_VARLINK_MAX_BYTES ((size_t)1024 * 1024) /* without the NUL */

/*
 * A stream of messages in the caller's buffer.  The caller appends octets
 * behind `len`, takes messages, and calls pxe_varlink_compact() before it
 * reads again.
 */
struct pxe_varlink_stream {
	char *buf;   /* the caller's */
	size_t len;  /* octets in it */
	size_t at;   /* where the next message begins */
	size_t seen; /* octets from `at` that are known to hold no NUL */
	size_t max;  /* longest message allowed, without its NUL */
};

/* Starts an empty stream at `buf` that takes messages of up to `max`. */
void pxe_varlink_init(struct pxe_varlink_stream *stream, char *buf, size_t max);

/*
 * The next whole message: `text` points into the buffer, NUL-terminated,
 * valid until the buffer changes; `len` is its length without the NUL.
 * 1 (got one), 0 (none is complete), -EMSGSIZE (longer than `max`: for good).
 * Costs no more than each octet once, however small the pieces are.
 */
int pxe_varlink_next(struct pxe_varlink_stream *stream, const char **text,
		     size_t *len) PXE_MUST_CHECK;

/*
 * Moves what is left to the front of the buffer.  Cheap: nothing moves while
 * the messages taken are fewer octets than those left.
 */
void pxe_varlink_compact(struct pxe_varlink_stream *stream);

#endif
