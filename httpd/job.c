/* SPDX-License-Identifier: ISC */
#include "httpd/job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "httpd/who.h"
#include "run/log.h"

enum {
	SMALL_MAX = 64 * 1024, /* files below it are told of when they end */
	RETRY_S = 10,          /* when to come again after a 503 */
};

/* Reasons and the status that they have in HTTP; 500 for all others. */
static const struct {
	enum pxe_reason reason;
	int status;
} statuses[] = {
	{ PXE_REASON_BAD_NAME, 400 },      { PXE_REASON_OUTSIDE, 403 },
	{ PXE_REASON_FORBIDDEN, 403 },     { PXE_REASON_NOT_A_FILE, 403 },
	{ PXE_REASON_WRONG_MACHINE, 403 }, { PXE_REASON_NOT_FOUND, 404 },
	{ PXE_REASON_IGNORED, 404 },       { PXE_REASON_NO_LOADER, 404 },
	{ PXE_REASON_UNKNOWN_ARCH, 404 },  { PXE_REASON_PRECONDITION, 412 },
	{ PXE_REASON_BAD_RANGE, 416 },     { PXE_REASON_LOOP, 503 },
	{ PXE_REASON_STATE_AWAY, 503 },    { PXE_REASON_TOKEN, 404 },
	{ PXE_REASON_SESSION_GONE, 410 },  { PXE_REASON_NO_ORDER, 403 },
	{ PXE_REASON_ORDER_HELD, 403 },    { PXE_REASON_REINSTALL, 403 },
	{ PXE_REASON_STORE_OLDER, 403 },   { PXE_REASON_PASSWORD, 401 },
	{ PXE_REASON_TOO_MANY, 503 },      { PXE_REASON_NO_ANSWER, 404 },
};

static int status_of(enum pxe_reason reason)
{
	for (size_t i = 0; i < PXE_LEN(statuses); i++)
		if (statuses[i].reason == reason)
			return statuses[i].status;
	return 500;
}

const char *pxe_job_target(const struct pxe_http_job *job)
{
	return pxe_conn_target(job->conn);
}

const char *pxe_job_field(const struct pxe_http_job *job, const char *name)
{
	return pxe_conn_field(job->conn, name);
}

/* --- fields and body -------------------------------------------------------
 */

void pxe_job_put(struct pxe_http_job *job, const char *name, const char *value)
{
	struct pxe_str *s = &job->fields;
	size_t len = s->len;

	pxe_str_puts(s, name);
	pxe_str_puts(s, ": ");
	pxe_str_puts(s, value);
	pxe_str_puts(s, "\r\n");
	if (!s->cut)
		return;
	/* none rather than half of one */
	s->len = len;
	s->buf[len] = '\0';
	s->cut = false;
	pxe_log(PXE_LOG_ERR, "no room for the header field %s", name);
}

void pxe_job_put_length(struct pxe_http_job *job, uint64_t bytes)
{
	char text[24];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_put_u64(&s, bytes);
	pxe_job_put(job, "Content-Length", text);
}

char *pxe_job_reserve(struct pxe_http_job *job, size_t n)
{
	return pxe_scratch_reserve(&job->worker->scratch, n);
}

int pxe_job_commit(struct pxe_http_job *job, size_t n)
{
	return pxe_scratch_commit(&job->worker->scratch, n);
}

int pxe_job_add_text(struct pxe_http_job *job, const char *text, size_t len)
{
	char *to = pxe_job_reserve(job, len);

	if (to == NULL)
		return -ENOMEM;
	memcpy(to, text, len);
	return pxe_job_commit(job, len);
}

void pxe_job_take_file(struct pxe_http_job *job, struct pxe_rootdir_file *file)
{
	struct pxe_http_answer *a = job->answer;

	a->fd = file->fd;
	a->mtime_s = file->mtime_s;
	a->mtime_ns = file->mtime_ns;
	file->fd = -1;
}

int pxe_job_add_file(struct pxe_http_job *job, uint64_t first, uint64_t n)
{
	struct pxe_http_answer *a = job->answer;

	if (first + n > a->end_bytes)
		a->end_bytes = first + n;
	return pxe_scratch_add_file(&job->worker->scratch, first, n);
}

void pxe_job_stop_at(struct pxe_http_job *job, uint64_t body_bytes,
		     void (*reached)(struct pxe_conn *conn))
{
	if (job->answer->is_head)
		return;
	job->answer->stop_bytes = body_bytes;
	job->answer->reached = reached;
}

void pxe_job_clear(struct pxe_http_job *job)
{
	pxe_str_init(&job->fields, job->fields_text, sizeof(job->fields_text));
	/* it has been reset before: there is memory for that */
	if (pxe_scratch_reset(&job->worker->scratch) < 0)
		job->conn->guard.wants_close = true;
}

/* --- sending ---------------------------------------------------------------
 */

void pxe_job_send(struct pxe_http_job *job, int status)
{
	job->answer->status = status;
	pxe_conn_send(job->conn, job->fields.buf, job->fields.len);
}

void pxe_job_send_text(struct pxe_http_job *job, int status, const char *type,
		       const char *text, size_t len)
{
	if (pxe_job_add_text(job, text, len) < 0) {
		/* a header without its body: nobody takes that for the whole */
		job->conn->guard.wants_close = true;
		pxe_log(PXE_LOG_ERR, "no memory for an answer");
	}
	if (!job->answer->is_head)
		job->answer->size_bytes = len;
	pxe_job_put(job, "Content-Type",
		    type != NULL ? type : "text/plain; charset=utf-8");
	pxe_job_put(job, "Cache-Control", "no-store");
	pxe_job_put_length(job, len);
	pxe_job_send(job, status);
}

void pxe_job_send_empty(struct pxe_http_job *job, int status)
{
	pxe_job_send(job, status);
}

void pxe_job_fail(struct pxe_http_job *job, enum pxe_reason reason)
{
	char text[300], retry[8];
	const char *hint = job->found.why.hint;
	int status = status_of(reason);
	int n = snprintf(text, sizeof(text), "%d %s: %s%s%s%s\n", status,
			 pxe_reason_name(reason), pxe_reason_text(reason),
			 hint[0] != '\0' ? " (" : "", hint,
			 hint[0] != '\0' ? ")" : "");

	job->answer->reason = reason;
	job->answer->reached = NULL;
	if (reason == PXE_REASON_STATE_AWAY) {
		snprintf(retry, sizeof(retry), "%d", RETRY_S);
		pxe_job_put(job, "Retry-After", retry);
	}
	pxe_job_send_text(job, status, NULL, text, (size_t)n);
}

void pxe_job_set_sends(struct pxe_http_job *job, uint64_t n)
{
	if (!pxe_who_is_told(job->conn, &job->who, &job->means))
		job->answer->sends = PXE_SENDS_NOTHING;
	else if (job->sends != PXE_SENDS_NOTHING)
		job->answer->sends = job->sends;
	else
		job->answer->sends =
			n < SMALL_MAX ? PXE_SENDS_SMALL_FILE : PXE_SENDS_FILE;
}
