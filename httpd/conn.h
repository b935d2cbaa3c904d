/* SPDX-License-Identifier: ISC */
/*
 * Connections: HTTP/1.1 on a socket, request by request.
 *
 * Every octet goes through the guard, one request at a time; what the guard
 * refuses is refused here, and nothing behind it is looked at.  While a request
 * is answered nothing is read: what comes next waits in the kernel, and a
 * client that has closed its half still gets it all.  Each connection is in one
 * phase at a time, each phase has its deadline, and the list of a phase is in
 * the order of its deadlines.
 *
 * A connection belongs to its worker's thread.
 */
#ifndef PXE_HTTPD_CONN_H
#define PXE_HTTPD_CONN_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "core/reason.h"
#include "httpd/guard.h"
#include "httpd/pace.h"
#include "httpd/stream.h"
#include "run/asker.h"

struct pxe_asking;
struct pxe_conn;
struct pxe_http_job;
struct pxe_worker;
struct ssl_st;

/* Rows: enumerator, seconds until it is closed, where the configuration says
 * nothing else. */
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

struct pxe_conn {
	TAILQ_ENTRY(pxe_conn) entry;
	struct pxe_worker *worker;
	int fd;
	struct ssl_st *tls;      /* NULL: it has none */
	unsigned long tls_error; /* of OpenSSL; 0: none */
	struct event event;      /* what it waits for ... */
	short waits;             /* ... EV_READ, EV_WRITE; 0: nothing */

	enum pxe_conn_phase phase;
	int64_t since_ms;
	struct pxe_pace pace; /* in the phase ANSWER */
	bool is_counted;      /* among those of its address */

	struct pxe_guard guard;
	bool is_over;    /* refused: nothing that comes in matters any more */
	bool is_evicted; /* a deadline or the limit closes it */
	bool is_held;    /* its answer has stopped */
	bool is_cut;     /* and must not be taken for the whole */

	struct pxe_in in;
	struct pxe_out out;
	struct sockaddr_storage peer;
	uint32_t server_address; /* that it reached us by; 0: IPv6, unknown */
	struct pxe_asker_near near;
	uint64_t sent_bytes;
	struct pxe_http_answer answer;
	struct pxe_http_job *job; /* of a request without an answer; NULL */
	struct pxe_asking *ask;   /* while pxe-stated is asked; NULL */
};

TAILQ_HEAD(pxe_conn_list, pxe_conn);

struct pxe_conns {
	struct pxe_conn_list phases[PXE_N_CONN_PHASES];
	_Atomic size_t n_idle; /* in the phase IDLE; read by other workers */
	struct event *sweep;
};

/* --- conn.c: life, phases, deadlines, the limit ----------------------------
 */

/* Starts to look after the connections of a worker.  0, -ENOMEM. */
int pxe_conn_start(struct pxe_worker *worker) PXE_MUST_CHECK;

/* Closes them all. */
void pxe_conn_stop(struct pxe_worker *worker);

/* A socket that was accepted, which is taken over. */
void pxe_conn_accept(struct pxe_worker *worker, int fd, bool has_tls,
		     const struct sockaddr_storage *peer);

/* Closes the connection that has waited longest; false: there is none. */
bool pxe_conn_evict(struct pxe_worker *worker);

/* Ends it, whatever it is at. */
void pxe_conn_close(struct pxe_conn *conn);

/* Enters a phase, or begins the present one anew. */
void pxe_conn_enter(struct pxe_conn *conn, enum pxe_conn_phase phase);

/* From now on it waits for EV_READ or EV_WRITE; 0: for nothing. */
void pxe_conn_wait(struct pxe_conn *conn, short what);

/* --- gate.c: what comes in -------------------------------------------------
 */

/*
 * Goes on as far as it can: reads, answers, sends.  The connection may be gone
 * afterwards.
 */
void pxe_conn_pump(struct pxe_conn *conn);

/* Refuses it, and lets the client read that; once nothing is being sent. */
void pxe_conn_refuse(struct pxe_conn *conn, int status, const char *why);

/* The target of the present request, and the value of a header field; NULL. */
const char *pxe_conn_target(const struct pxe_conn *conn);
const char *pxe_conn_field(const struct pxe_conn *conn, const char *name);

/* --- send.c: what goes out -------------------------------------------------
 */

/*
 * The header `fields` (each with its CRLF) and the body in the worker's scratch
 * are the answer of `conn`, which pxe_conn_pump() sends.
 */
void pxe_conn_send(struct pxe_conn *conn, const char *fields, size_t n_fields);

/* Sends on.  1: all is out; 0: it waits, or has come to where it stops and
 * is_held is set; -errno: it cannot be sent. */
int pxe_conn_send_on(struct pxe_conn *conn) PXE_MUST_CHECK;

/* Frees what was to be sent. */
void pxe_conn_send_stop(struct pxe_conn *conn);

/* An answer that has stopped goes on, or ends where it is: the client is told
 * by a reset.  Called by who was told, or later, in the reply of an ask. */
void pxe_conn_go_on(struct pxe_conn *conn);
void pxe_conn_cut(struct pxe_conn *conn, enum pxe_reason reason);

/* The phrase of a status (RFC 9110 section 15). */
const char *pxe_send_phrase(int status);

/* What Date: says now (RFC 9110 section 6.6.1); the worker's. */
const char *pxe_send_date(struct pxe_worker *worker);

/* Octets of the present answer's body that are sent. */
uint64_t pxe_conn_body_bytes(const struct pxe_conn *conn);

#endif
