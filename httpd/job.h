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

#include "base/str.h"
#include "core/boot_name.h"
#include "core/reason.h"
#include "httpd/route.h"
#include "httpd/session.h"
#include "httpd/worker.h"
#include "run/asker.h"
#include "run/boot_file.h"

#define PXE_JOB_FIELDS_TEXT 2048

/* What one request is about, while it is answered. */
struct pxe_http_job {
	struct pxe_conn *conn;
	struct pxe_worker *worker;
	struct pxe_http_answer *answer;
	struct pxe_route route;
	struct pxe_boot_name means;
	/* Found anew after pxe-stated was asked: what they point to may be gone
	 * (of `found` the decision then says nothing; the file stays).  So is
	 * `who` where the answer has stopped. */
	struct pxe_asker who;
	struct pxe_boot_found found;
	struct pxe_http_session session;
	bool is_let_in; /* the password of the menu item was right */
	/* of a file whose last octets are held back: all others are out */
	void (*on_last)(struct pxe_conn *conn);
	enum pxe_sends
		sends; /* a loader or script; NOTHING: a file by its size */
	struct pxe_str fields; /* of the answer's header, each with its CRLF */
	char fields_text[PXE_JOB_FIELDS_TEXT];
};

/* --- the request -----------------------------------------------------------
 */

/* Its target as it came. */
const char *pxe_job_target(const struct pxe_http_job *job);

/* The value of a header field, in any case; NULL. */
const char *pxe_job_field(const struct pxe_http_job *job, const char *name);

/* --- the answer: fields, then a body, then one of the last four ------------
 */

/* Adds a header field; both texts are ours, and no field of pxe_conn_send. */
void pxe_job_put(struct pxe_http_job *job, const char *name, const char *value);
void pxe_job_put_length(struct pxe_http_job *job, uint64_t bytes);

/* Room for `n` octets at the end of the body; NULL: no memory. */
char *pxe_job_reserve(struct pxe_http_job *job, size_t n) PXE_MUST_CHECK;
/* `n` octets are written there.  0, -ENOMEM. */
int pxe_job_commit(struct pxe_http_job *job, size_t n) PXE_MUST_CHECK;
/* Both at once: a copy of `text`. */
int pxe_job_add_text(struct pxe_http_job *job, const char *text,
		     size_t len) PXE_MUST_CHECK;

/* The answer owns the descriptor from now on: the one file that it has. */
void pxe_job_take_file(struct pxe_http_job *job, struct pxe_rootdir_file *file);
/* `n` octets of that file are next in the body, any number of times.  0,
 * -ENOMEM. */
int pxe_job_add_file(struct pxe_http_job *job, uint64_t first,
		     uint64_t n) PXE_MUST_CHECK;

/*
 * Of the body only `body_bytes` octets are sent at first.  When they are on
 * their way `reached` is called, from the loop, in the world; it, or
 * the reply to what it asks of pxe-stated, calls pxe_conn_go_on() or
 * pxe_conn_cut().  Without an answer in time the connection is cut.  An answer
 * to HEAD does not stop.
 */
void pxe_job_stop_at(struct pxe_http_job *job, uint64_t body_bytes,
		     void (*reached)(struct pxe_conn *conn));

/* Takes all fields and the body back. */
void pxe_job_clear(struct pxe_http_job *job);

/* Sends fields and body; to HEAD the body is not sent. */
void pxe_job_send(struct pxe_http_job *job, int status);

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
