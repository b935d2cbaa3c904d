/* SPDX-License-Identifier: ISC */
#ifndef PXE_HTTPD_ANSWER_H
#define PXE_HTTPD_ANSWER_H

#include <event2/http.h>

#include "httpd/ask.h"
#include "httpd/job.h"

/* Answers a request, or asks pxe-stated first; `arg` is the worker. */
void pxe_answer_request(struct evhttp_request *req, void *arg);

/* The job of `conn` goes on with what pxe-stated said. */
void pxe_answer_resume(struct pxe_conn *conn, pxe_ask_reply *reply,
		       const char *error, const json_t *params);

/* Its connection ends. */
void pxe_answer_drop(struct pxe_conn *conn);

#endif
