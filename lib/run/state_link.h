/* SPDX-License-Identifier: ISC */
/*
 * One end of a connection that speaks Varlink: a non-blocking socket, what
 * arrived and is not taken yet, what is to be sent.  Both the client and the
 * server of the state protocol are made of it.
 */
#ifndef PXE_RUN_STATE_LINK_H
#define PXE_RUN_STATE_LINK_H

#include <event2/buffer.h>
#include <jansson.h>
#include <stddef.h>

#include "base/attr.h"
#include "wire/varlink.h"

struct pxe_state_link {
	int fd; /* -1: closed */
	struct pxe_varlink_stream in;
	size_t in_cap; /* octets of in.buf, which grows as needed */
	struct evbuffer *out;
};

/*
 * Starts a link over the non-blocking socket `fd`, which it owns from here
 * on, for messages of up to `max` octets.  0, -ENOMEM (fd is closed).
 */
int pxe_state_link_init(struct pxe_state_link *link, int fd,
			size_t max) PXE_MUST_CHECK;
/* Closes and frees; a link of zeroes with fd -1 is allowed. */
void pxe_state_link_done(struct pxe_state_link *link);

/*
 * Reads once what has arrived.  The number of octets (> 0), 0 (the peer has
 * closed), -EAGAIN (nothing is there), -ENOBUFS (messages must be taken
 * first), -errno.
 */
int pxe_state_link_read(struct pxe_state_link *link) PXE_MUST_CHECK;

/* The next message, as pxe_varlink_next(). */
int pxe_state_link_next(struct pxe_state_link *link, const char **text,
			size_t *len) PXE_MUST_CHECK;

/*
 * Appends a message to what is to be sent.  0, -ENOMEM, -EMSGSIZE (longer
 * than PXE_VARLINK_MAX_BYTES).
 */
int pxe_state_link_put(struct pxe_state_link *link, const char *text,
		       size_t len) PXE_MUST_CHECK;
/* The same for JSON, which is borrowed. */
int pxe_state_link_put_json(struct pxe_state_link *link,
			    const json_t *json) PXE_MUST_CHECK;

/* Octets that are still to be sent. */
size_t pxe_state_link_unsent(const struct pxe_state_link *link);

/* Sends what the socket takes.  0 (all), -EAGAIN (some is left), -errno. */
int pxe_state_link_flush(struct pxe_state_link *link) PXE_MUST_CHECK;

#endif
