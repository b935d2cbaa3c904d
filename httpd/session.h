/* SPDX-License-Identifier: ISC */
/*
 * The boot session of a request: what pxe-stated is asked about it, and what
 * it said.  The session itself is pxe-stated's; here is only what one job
 * needs of it.
 */
#ifndef PXE_HTTPD_SESSION_H
#define PXE_HTTPD_SESSION_H

#include <stdbool.h>

#include "core/order.h"
#include "core/reason.h"
#include "httpd/route.h"

struct pxe_http_job;

/* The job goes on: answers, or asks once more.  OK, or why not. */
typedef void pxe_session_next(struct pxe_http_job *job, enum pxe_reason reason);

struct pxe_http_session {
	char token[PXE_ROUTE_TOKEN_TEXT]; /* "": there is none */
	char target[PXE_ORDER_TARGET_TEXT];
	char machine[PXE_ORDER_MACHINE_TEXT]; /* of Get and Begin */
	char client[PXE_CLIENT_KEY_TEXT];     /* the same */
	bool is_once;
	bool is_open;            /* `token` may be handed out */
	bool is_patient;         /* waits for a pxe-stated that starts again */
	bool is_begun;           /* its order is consumed: by this session */
	bool is_within;          /* the request names the machine's own */
	enum pxe_reason refused; /* not OK: there will be none */
	unsigned n_tries;
	pxe_session_next *next;
};

/* The machine that who asks is, as its order names it. */
void pxe_session_write_machine(const struct pxe_http_job *job,
			       char machine[static PXE_ORDER_MACHINE_TEXT]);

/*
 * Each asks pxe-stated about job->session and ends with `next`, at once where
 * it cannot be asked.  Reasons: STATE_AWAY; TOKEN: there is no such session,
 * or it is not of who asks; SESSION_GONE; NO_ORDER and others of held orders.
 *
 * open: the session of the machine for the target of job->found.decision.
 * get: what there is to know about the token.
 * begin: consumes the order; answered when that is on disk.
 * finish: the installer has called back.
 */
void pxe_session_open(struct pxe_http_job *job, pxe_session_next *next);
void pxe_session_get(struct pxe_http_job *job, pxe_session_next *next);
void pxe_session_begin(struct pxe_http_job *job, pxe_session_next *next);
void pxe_session_finish(struct pxe_http_job *job, bool ok,
			pxe_session_next *next);

#endif
