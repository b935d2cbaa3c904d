/* SPDX-License-Identifier: ISC */
#include "httpd/job.h"

#include <stdio.h>

#include "httpd/who.h"

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
	{ PXE_REASON_STATE_AWAY, 503 },
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
	return evhttp_request_get_uri(job->answer->req);
}

const char *pxe_job_field(const struct pxe_http_job *job, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(
					  job->answer->req),
				  name);
}

void pxe_job_put(struct pxe_http_job *job, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(job->answer->req),
			  name, value);
}

void pxe_job_put_length(struct pxe_http_job *job, uint64_t bytes)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	pxe_job_put(job, "Content-Length", text);
}

void pxe_job_clear(struct pxe_http_job *job)
{
	evhttp_clear_headers(
		evhttp_request_get_output_headers(job->answer->req));
}

void pxe_job_send_text(struct pxe_http_job *job, int status, const char *type,
		       const char *text, size_t len)
{
	struct evbuffer *body = job->answer->is_head ? NULL : evbuffer_new();

	job->answer->status = status;
	if (body != NULL && evbuffer_add(body, text, len) == 0)
		job->answer->size_bytes = len;
	pxe_job_put(job, "Content-Type",
		    type != NULL ? type : "text/plain; charset=utf-8");
	pxe_job_put(job, "Cache-Control", "no-store");
	pxe_job_put_length(job, len);
	pxe_conn_send(job->conn, body);
	if (body != NULL)
		evbuffer_free(body);
}

void pxe_job_send_empty(struct pxe_http_job *job, int status)
{
	job->answer->status = status;
	pxe_conn_send(job->conn, NULL);
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
