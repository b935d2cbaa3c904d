/* SPDX-License-Identifier: ISC */
/*
 * The server side of Varlink on Unix stream sockets: accepts, knows who the
 * peer is (SO_PEERCRED), takes calls apart, keeps replies in the order of the
 * calls, and keeps every buffer bounded.  One interface; beside it
 * org.varlink.service is answered.  Which methods there are and who may call
 * them is the program's.  Main thread only.
 *
 * A peer that breaks the protocol is disconnected; one that does not read its
 * replies is not read from.
 */
#ifndef PXE_RUN_STATE_SERVER_H
#define PXE_RUN_STATE_SERVER_H

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

/* The process at the other end, as it was when it connected. */
struct pxe_state_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

struct pxe_state_server;
struct pxe_state_request; /* a call that is not answered yet */

/* How a method may be called. */
enum {
	PXE_STATE_ONEWAY = 1 << 0, /* also without an answer */
	PXE_STATE_MORE = 1 << 1,   /* also with a stream of answers */
	PXE_STATE_STREAM = 1 << 2, /* only with a stream of answers */
};

struct pxe_state_method {
	const char *name; /* without the interface's */
	unsigned how;     /* PXE_STATE_ONEWAY ... */
	int right;        /* for `is_allowed` */
	/*
	 * Handles a call: answers now or keeps the request and answers later.
	 * `params` is an object (never NULL), valid during the call.
	 */
	void (*handle)(struct pxe_state_request *request, const json_t *params,
		       void *arg);
};

struct pxe_state_service {
	const char *vendor, *product, *version, *url; /* of GetInfo */
	const char *interface;
	const char *description; /* text of the interface file */
	const struct pxe_state_method *methods;
	size_t n_methods;
	/*
	 * One of the methods, whose calls in their plainest form are handled
	 * before they are made JSON: `text` of `len` octets is that of the
	 * parameters.  False: not so, and nothing was done.  NULL: none.
	 */
	const char *text_method;
	bool (*handle_text)(struct pxe_state_request *request, const char *text,
			    size_t len, void *arg);
	/* May this peer use that right? */
	bool (*is_allowed)(const struct pxe_state_peer *peer, int right,
			   void *arg);
	/* A call was denied; NULL: nobody wants to know. */
	void (*denied)(const struct pxe_state_peer *peer, const char *method,
		       void *arg);
	/* A connection ended; NULL: nobody wants to know. */
	void (*gone)(uint64_t connection, void *arg);
	int trust; /* the right that lifts a peer over the lower limits */
	int bulk;  /* the right to make calls of PXE_VARLINK_MAX_BYTES */
};

/* What the server does not take, since it began. */
struct pxe_state_server_counts {
	uint64_t refused; /* connections over a limit */
	uint64_t broken;  /* connections that broke the protocol */
	uint64_t calls;   /* calls taken */
};

/* A server of `service`; both are borrowed.  NULL: no memory. */
struct pxe_state_server *pxe_state_server_new(
	struct event_base *base, const struct pxe_state_service *service,
	void *arg) PXE_MUST_CHECK;
/* Closes everything; kept requests may still be answered, to nobody. */
void pxe_state_server_free(struct pxe_state_server *server);

/* Accepts on the listening socket `fd`, which it owns from here on. */
int pxe_state_server_listen(struct pxe_state_server *server,
			    int fd) PXE_MUST_CHECK;

const struct pxe_state_server_counts *pxe_state_server_counts(
	const struct pxe_state_server *server);

/* Sends what can be sent without waiting: before a program ends. */
void pxe_state_server_flush(struct pxe_state_server *server);

/* --- requests ------------------------------------------------------------ */

const struct pxe_state_peer *pxe_state_request_peer(
	const struct pxe_state_request *request);
/* A number that no other connection of this server has or had. */
uint64_t pxe_state_request_connection(const struct pxe_state_request *request);
/* Was it called with "more"? */
bool pxe_state_request_is_more(const struct pxe_state_request *request);

/*
 * The last answer; the request is gone afterwards.  `params` is stolen; NULL:
 * none.  An answer longer than a message may be becomes the error
 * org.varlink.service.ExpectedMore.
 */
void pxe_state_request_reply(struct pxe_state_request *request, json_t *params);
/* The same with an error of the interface ("NoLease") or a full name. */
void pxe_state_request_error(struct pxe_state_request *request,
			     const char *name, json_t *params);
/* The error org.varlink.service.InvalidParameter. */
void pxe_state_request_invalid(struct pxe_state_request *request,
			       const char *parameter);

/*
 * A stream of answers to a request that was called with "more".
 * next: produces some with pxe_state_request_put() when the peer has room;
 *	true: there may be more at once; false: nothing now.  It may end the
 *	stream with pxe_state_request_reply() and then returns false.
 * end: the request is gone, whoever ended it.
 */
struct pxe_state_stream {
	bool (*next)(struct pxe_state_request *request, void *arg);
	void (*end)(void *arg);
};

void pxe_state_request_stream(struct pxe_state_request *request,
			      const struct pxe_state_stream *stream, void *arg);
/* One answer of a stream.  `params` is stolen. */
void pxe_state_request_put(struct pxe_state_request *request, json_t *params);
/*
 * The same, encoded before: many streams can share it.
 * pxe_state_encode_more() makes it (free() it); NULL: no memory.
 */
char *pxe_state_encode_more(json_t *params) PXE_MUST_CHECK;
void pxe_state_request_put_text(struct pxe_state_request *request,
				const char *text, size_t len);
/* A stream that had nothing may have something now. */
void pxe_state_request_wake(struct pxe_state_request *request);
/* Sends to the peer of a request what it takes now. */
void pxe_state_request_push(struct pxe_state_request *request);
/* Octets that the peer of a request has not taken yet. */
size_t pxe_state_request_unsent(const struct pxe_state_request *request);

#endif
