/* SPDX-License-Identifier: ISC */
/*
 * Connections: what evhttp does not look after.
 *
 * Every octet goes through the guard before evhttp sees it.  What the guard
 * refuses evhttp never sees: the refusal is written here, once the answers
 * before it are out.  Each connection is in one phase at a time, each phase
 * has its deadline, and the list of a phase is in the order of its deadlines.
 */
#ifndef PXE_HTTPD_CONN_H
#define PXE_HTTPD_CONN_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "core/client.h"
#include "core/reason.h"
#include "httpd/guard.h"

struct pxe_asking;
struct pxe_http_job;
struct pxe_worker;

/* Rows: enumerator, seconds until it is closed. */
#define PXE_CONN_PHASES(X)                                                     \
	X(HEADER, 30)  /* a request is awaited or under way */                 \
	X(IDLE, 60)    /* kept alive between two requests */                   \
	X(WAIT, 10)    /* pxe-stated is asked what to answer */                \
	X(ANSWER, 300) /* an answer is being sent; since progress */           \
	X(LINGER, 2)   /* refused: until the client has read it */

enum pxe_conn_phase {
#define X(id, seconds) PXE_CONN_##id,
	PXE_CONN_PHASES(X)
#undef X
		PXE_N_CONN_PHASES
};

/* What an answer sends, for the events that tell of it. */
enum pxe_sends {
	PXE_SENDS_NOTHING, /* to be told: HEAD, not modified, an unknown peer */
	PXE_SENDS_FILE,
	PXE_SENDS_SMALL_FILE,
	PXE_SENDS_LOADER,
	PXE_SENDS_SCRIPT,
	PXE_SENDS_CALLBACK,
	PXE_SENDS_INSTALLED,
	PXE_SENDS_INSTALL_FAILED,
};

/* The request that is being answered. */
struct pxe_http_answer {
	struct evhttp_request *req; /* NULL: none */
	bool is_head;
	int status;
	enum pxe_reason reason;
	int64_t start_ms;
	uint64_t told_us;      /* last progress event */
	bool is_telling;       /* its progress is told */
	uint64_t size_bytes;   /* of the body */
	uint64_t before_bytes; /* sent on the connection before the body */
	int fd;                /* of a file that is sent from; or -1 */
	uint64_t end_bytes;    /* which that file must have at least */
	enum pxe_sends sends;
	struct pxe_event event; /* the template of all its events */
};

struct pxe_conn {
	TAILQ_ENTRY(pxe_conn) entry;
	struct pxe_worker *worker;
	struct bufferevent *bev;
	struct evhttp_connection *evcon; /* NULL until attached */
	int fd;

	enum pxe_conn_phase phase;
	int64_t since_ms;

	struct pxe_guard guard;
	unsigned n_ready; /* good requests that evhttp has not come to */
	bool is_refused;  /* by the guard */
	bool is_over;     /* nothing that comes in matters any more */
	bool is_evicted;  /* a deadline or the limit closes it */

	bufferevent_data_cb evhttp_written; /* evhttp's, behind ours ... */
	bufferevent_event_cb evhttp_event;  /* ... while an answer is sent */
	struct sockaddr_storage peer;
	uint64_t sent_bytes;
	struct pxe_http_answer answer;
	struct pxe_http_job *job; /* of a request without an answer; NULL */
	struct pxe_asking *ask;   /* while pxe-stated is asked; NULL */
};

TAILQ_HEAD(pxe_conn_list, pxe_conn);

struct pxe_conns {
	struct pxe_conn_list fresh; /* accepted, not yet attached */
	struct pxe_conn_list phases[PXE_N_CONN_PHASES];
	struct pxe_conn **by_fd;
	size_t n_by_fd, n;
	struct event *attach, *sweep;
};

/* --- conn.c: life, phases, deadlines, the limit ----------------------------
 */

/* Starts to look after the connections of worker->http.  0, -ENOMEM. */
int pxe_conn_start(struct pxe_worker *worker) PXE_MUST_CHECK;

/* Frees what is left after evhttp_free(). */
void pxe_conn_stop(struct pxe_worker *worker);

/* Closes the connection that has waited longest; false: there is none. */
bool pxe_conn_evict(struct pxe_worker *worker);

/* The connection of a request; NULL if it is not looked after. */
struct pxe_conn *pxe_conn_find(struct pxe_worker *worker,
			       struct evhttp_request *req);

/* Enters a phase, or begins the present one anew. */
void pxe_conn_enter(struct pxe_conn *conn, enum pxe_conn_phase phase);

/* --- gate.c: the guard -----------------------------------------------------
 */

/* Told by the input buffer, inside the read and before evhttp. */
void pxe_conn_input(struct evbuffer *in, const struct evbuffer_cb_info *info,
		    void *arg);

/*
 * Writes a refusal past evhttp, which has nothing to write and waits for a
 * request that will not come, and lets the client read it.  If the socket's
 * buffer has no room for it the connection just ends.
 */
void pxe_conn_refuse(struct pxe_conn *conn, int status, const char *why);

/* Refuses what the guard has refused; all before it is answered. */
void pxe_conn_refuse_request(struct pxe_conn *conn);

/* --- send.c: answers -------------------------------------------------------
 */

/* Told by the output buffer. */
void pxe_conn_output(struct evbuffer *out, const struct evbuffer_cb_info *info,
		     void *arg);

/* evhttp has come to a request of `conn`: its answer begins. */
void pxe_conn_begin(struct pxe_conn *conn, struct evhttp_request *req);

/*
 * Sends what `answer` says with the output headers of its request; `body`
 * may be NULL, and is emptied.
 */
void pxe_conn_send(struct pxe_conn *conn, struct evbuffer *body);

/* Octets of the present answer's body that are sent. */
uint64_t pxe_conn_body_bytes(const struct pxe_conn *conn);

#endif
