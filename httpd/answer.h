/* SPDX-License-Identifier: ISC */
#ifndef PXE_HTTPD_ANSWER_H
#define PXE_HTTPD_ANSWER_H

#include <event2/http.h>

/* Answers a request, at once; `arg` is the struct pxe_server. */
void pxe_answer_request(struct evhttp_request *req, void *arg);

#endif
