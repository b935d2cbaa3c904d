/* SPDX-License-Identifier: ISC */
/*
 * What a request is about, from its route to its answer, and the ways to
 * answer it.  A job begins with the request and ends when its answer is handed
 * over to be sent; between the two it may wait for pxe-stated (httpd/ask.h).
 *
 * Whoever works on a job either sends (one of the functions below, or
 * pxe_send_file) or asks, once, as the last thing.
 */
#ifndef PXE_HTTPD_JOB_H
#define PXE_HTTPD_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "core/boot_name.h"
#include "core/reason.h"
#include "httpd/route.h"
#include "httpd/worker.h"
#include "run/asker.h"
#include "run/boot_file.h"

/* What one request is about, while it is answered. */
struct pxe_http_job {
	struct pxe_conn *conn;
	struct pxe_worker *worker;
	struct pxe_http_answer *answer;
	struct pxe_route route;
	struct pxe_boot_name means;
	/* Found anew after pxe-stated was asked: what they point to may be gone
	 * (of `found` the decision then says nothing; the file stays). */
	struct pxe_asker who;
	struct pxe_boot_found found;
	enum pxe_sends
		sends; /* a loader or script; NOTHING: a file by its size */
};

/* --- the request -----------------------------------------------------------
 */

/* Its target as it came. */
const char *pxe_job_target(const struct pxe_http_job *job);

/* The value of a header field, in any case; NULL. */
const char *pxe_job_field(const struct pxe_http_job *job, const char *name);

/* --- the answer ------------------------------------------------------------
 */

/* Adds a header field. */
void pxe_job_put(struct pxe_http_job *job, const char *name, const char *value);
void pxe_job_put_length(struct pxe_http_job *job, uint64_t bytes);

/* Takes all fields back. */
void pxe_job_clear(struct pxe_http_job *job);

/* Sends a text that was made for this request; `type` NULL: plain text. */
void pxe_job_send_text(struct pxe_http_job *job, int status, const char *type,
		       const char *text, size_t len);

/* No body: not modified, or nothing that the client wants. */
void pxe_job_send_empty(struct pxe_http_job *job, int status);

/* Sends the status of a reason, and says it. */
void pxe_job_fail(struct pxe_http_job *job, enum pxe_reason reason);

/* Says what the events of `n` octets that are sent now tell. */
void pxe_job_set_sends(struct pxe_http_job *job, uint64_t n);

#endif
