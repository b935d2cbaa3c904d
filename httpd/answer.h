/* SPDX-License-Identifier: ISC */
#ifndef PXE_HTTPD_ANSWER_H
#define PXE_HTTPD_ANSWER_H

#include "httpd/ask.h"
#include "httpd/job.h"

#include "base/attr.h"

/* Answers the request of `conn`, or asks pxe-stated first.  0, -ENOMEM. */
int pxe_answer_request(struct pxe_conn *conn) PXE_MUST_CHECK;

/* The job of `conn` goes on with what pxe-stated said.  The connection may be
 * gone afterwards. */
void pxe_answer_resume(struct pxe_conn *conn, pxe_ask_reply *reply,
		       const char *error, const json_t *params);

/* Its answer is out, or its connection ends. */
void pxe_answer_drop(struct pxe_conn *conn);

#endif
