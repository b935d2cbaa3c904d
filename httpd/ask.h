/* SPDX-License-Identifier: ISC */
/*
 * Asking pxe-stated from a request: its answer waits meanwhile, and nothing is
 * read from the connection.  If pxe-stated takes too long the client gets 503
 * with the reason state-away and is told when to come again.
 */
#ifndef PXE_HTTPD_ASK_H
#define PXE_HTTPD_ASK_H

#include <jansson.h>
#include <sys/queue.h>

#include "base/attr.h"

struct pxe_conn;
struct pxe_server;
struct pxe_asking;

TAILQ_HEAD(pxe_asks, pxe_asking);

/*
 * What pxe-stated says: `error` and `params` as in run/state_client.h,
 * borrowed. conn->job is the job as it was, with `who` and `means` found anew.
 * Answers it, or asks once more.
 */
typedef void pxe_ask_reply(struct pxe_conn *conn, const char *error,
			   const json_t *params);

/*
 * Calls a method of io.pxesuite.State for the request of `conn`, which has no
 * answer yet.  `params` is stolen (NULL: none).
 *
 * 0: `reply` will be called, in the connection's thread and never from inside
 * this function, unless the connection ends or the time is over first; until
 * then nobody else answers.
 * -ENOTCONN: pxe-stated is away; -EBUSY, -ENOMEM.  `reply` will not be called.
 */
int pxe_ask_state(struct pxe_conn *conn, const char *method, json_t *params,
		  pxe_ask_reply *reply) PXE_MUST_CHECK;

/*
 * The same for what pxe-stated answers alike however often it is asked: if it
 * is away, or goes away, it is asked when it is back, in the time that there
 * is.  `method` is not copied.
 */
int pxe_ask_state_patiently(struct pxe_conn *conn, const char *method,
			    json_t *params,
			    pxe_ask_reply *reply) PXE_MUST_CHECK;

/* --- for conn.c and server.c -----------------------------------------------
 */

/* Nobody waits any more for what was asked for `conn`, if anything was. */
void pxe_ask_forget(struct pxe_conn *conn);

/* It took too long: answers for pxe-stated. */
void pxe_ask_expire(struct pxe_conn *conn);

/* pxe-stated is there: it is asked what waited for it. */
void pxe_asks_resume(struct pxe_server *server);

/* The client of pxe-stated is gone, and will answer none: all get the error
 * "Disconnected". */
void pxe_asks_disconnect(struct pxe_server *server);

#endif
