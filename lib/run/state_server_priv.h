/* SPDX-License-Identifier: ISC */
/*
 * What state_server.c (connections) and state_request.c (calls and answers)
 * share.
 */
#ifndef PXE_RUN_STATE_SERVER_PRIV_H
#define PXE_RUN_STATE_SERVER_PRIV_H

#include "run/state_link.h"
#include "run/state_server.h"

enum {
	PXE_STATE_REQUEST_MAX = 65536,   /* octets of a call */
	PXE_STATE_UNSENT_HIGH = 1 << 20, /* not read from while more waits */
	PXE_STATE_UNSENT_LOW = 1 << 16,  /* streams are asked below */
	PXE_STATE_PENDING_MAX = 8192,    /* calls under way on a connection */
};

struct pxe_state_conn {
	struct pxe_state_conn *next, **at; /* where a pointer to us is */
	struct pxe_state_server *server;
	struct pxe_state_link link;
	struct pxe_state_peer peer;
	bool is_trusted;
	uint64_t id;
	struct event *read, *write;
	struct event *flush; /* activated: at the end of this turn */
	struct event *again; /* a timer of 0: in the next turn */
	bool has_eof;        /* the peer sends nothing more */
	bool is_broken;      /* to be closed at the end of this turn */
	json_t *held;        /* a call with "more" waits for earlier answers */

	/* calls under way, in order */
	struct pxe_state_request *first, **last;
	size_t n_requests;
};

struct pxe_state_request {
	struct pxe_state_request *next;
	struct pxe_state_conn *conn; /* NULL: the connection is gone */
	struct pxe_state_peer peer;
	uint64_t connection;
	bool is_more, is_oneway, is_done;
	char *text; /* the answer, when earlier ones are missing */
	const struct pxe_state_stream *stream;
	void *stream_arg;
};

struct pxe_state_listener {
	struct pxe_state_listener *next;
	struct pxe_state_server *server;
	int fd;
	struct event *event, *resume;
};

struct pxe_state_server {
	struct event_base *base;
	const struct pxe_state_service *service;
	void *arg;
	struct pxe_state_listener *listeners;
	struct pxe_state_conn *conns;
	size_t n_conns, n_untrusted;
	uint64_t last_id;
	struct pxe_state_server_counts counts;
};

/*
 * Takes one call apart and has it handled, or holds it.  0, -EBADMSG (the
 * peer breaks the protocol), -EAGAIN (held).
 */
int pxe_state_conn_take(struct pxe_state_conn *conn, const char *text,
			size_t len) PXE_MUST_CHECK;
/* Handles a call that was held, when nothing is before it any more. */
int pxe_state_conn_take_held(struct pxe_state_conn *conn) PXE_MUST_CHECK;

/* Asks the stream of this connection, if there is one, for answers. */
void pxe_state_conn_feed(struct pxe_state_conn *conn);

/* Leaves all requests of a connection that goes. */
void pxe_state_conn_leave_requests(struct pxe_state_conn *conn);

/* Something is to be sent, or to be taken. */
void pxe_state_conn_wake(struct pxe_state_conn *conn);

#endif
