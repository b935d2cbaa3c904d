/* SPDX-License-Identifier: ISC */
#ifndef PXE_HTTPD_ANSWER_H
#define PXE_HTTPD_ANSWER_H

#include "httpd/ask.h"
#include "httpd/job.h"

#include "base/attr.h"

struct pxe_who_server;

/* Answers the request of `conn`, or asks pxe-stated first.  0, -ENOMEM. */
int pxe_answer_request(struct pxe_conn *conn) PXE_MUST_CHECK;

/* The job of `conn` goes on with what pxe-stated said.  The connection may be
 * gone afterwards. */
void pxe_answer_resume(struct pxe_conn *conn, pxe_ask_reply *reply,
		       const char *error, const json_t *params);

/* Its answer has come to where it stops: tells who wants to know. */
void pxe_answer_reach(struct pxe_conn *conn);

/* Its answer is out, or its connection ends. */
void pxe_answer_drop(struct pxe_conn *conn);

/* --- the ways to answer ----------------------------------------------------
 */

/* What a name stands for: a file, a loader, a script (answer_name.c). */
void pxe_answer_name(struct pxe_http_job *job);

/* A URL of a boot session (answer_session.c). */
void pxe_answer_session(struct pxe_http_job *job);

/* What is asked about this request, of run/boot_file; `server` holds texts of
 * it. */
void pxe_answer_ask(const struct pxe_http_job *job, struct pxe_boot_ask *ask,
		    struct pxe_who_server *server);

/* Nothing is served; what went wrong here gets a line of its own. */
void pxe_answer_fail(struct pxe_http_job *job, enum pxe_reason reason);

#endif
