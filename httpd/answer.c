/* SPDX-License-Identifier: ISC */
/*
 * A request becomes an answer: its route, and the life of its job.
 */
#include "httpd/answer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/redact.h"
#include "httpd/server.h"
#include "httpd/who.h"

static void answer_callback(struct pxe_http_job *job)
{
	static const char text[] = "ok\n";

	job->answer->reason = job->who.client != NULL || job->who.host != NULL
				      ? PXE_REASON_OK
				      : PXE_REASON_UNKNOWN_CLIENT;
	if (!job->answer->is_head)
		job->answer->sends = PXE_SENDS_CALLBACK;
	pxe_job_send_text(job, 200, NULL, text, strlen(text));
}

static void (*const answers[])(struct pxe_http_job *) = {
	[PXE_ROUTE_FILE] = pxe_answer_name,
	[PXE_ROUTE_CALLBACK] = answer_callback,
	[PXE_ROUTE_SESSION_FILE] = pxe_answer_session,
	[PXE_ROUTE_ANSWER] = pxe_answer_session,
	[PXE_ROUTE_DONE] = pxe_answer_session,
	[PXE_ROUTE_FAILED] = pxe_answer_session,
};

/* Whom and what all events of this request are about. */
static void set_event(struct pxe_http_job *job, const char *file)
{
	struct pxe_event *e = &job->answer->event;
	struct pxe_str s;

	e->address = job->who.address;
	pxe_str_copy(e->client, sizeof(e->client),
		     pxe_asker_event_key(&job->who, &job->means));
	pxe_str_init(&s, e->file, sizeof(e->file));
	pxe_redact_put(&s, file, false);
	pxe_str_copy(e->by, sizeof(e->by), "httpd");
}

/* --- the life of a job -------------------------------------------------------
 */

/* All that a job has is its own, but for the file. */
static void end_job(struct pxe_http_job *job)
{
	struct pxe_worker *worker = job->worker;

	job->conn->job = NULL;
	if (job->found.file.fd >= 0)
		close(job->found.file.fd);
	free(worker->spare_job);
	worker->spare_job = job;
}

/* Its answer is on its way, unless it waits for pxe-stated or will stop. */
static void settle(struct pxe_http_job *job)
{
	if (job->conn->ask == NULL && job->answer->reached == NULL)
		end_job(job);
}

static struct pxe_http_job *new_job(struct pxe_conn *conn)
{
	struct pxe_http_job *job = conn->worker->spare_job;

	if (job == NULL)
		job = malloc(sizeof(*job));
	if (job == NULL)
		return NULL;
	conn->worker->spare_job = NULL;
	if (pxe_scratch_reset(&conn->worker->scratch) < 0) {
		free(job);
		return NULL;
	}
	memset(job, 0, offsetof(struct pxe_http_job, fields_text));
	job->conn = conn;
	job->worker = conn->worker;
	job->answer = &conn->answer;
	job->found.file.fd = -1;
	pxe_str_init(&job->fields, job->fields_text, sizeof(job->fields_text));
	conn->job = job;
	return job;
}

/* Who asks, and what for, by what is known now. */
static void find_who(struct pxe_http_job *job)
{
	pxe_boot_name_read(job->worker->server->conf, job->route.path,
			   &job->means);
	pxe_who_find(job->conn, &job->route, &job->means, &job->who);
}

int pxe_answer_request(struct pxe_conn *conn)
{
	struct pxe_http_job *job = new_job(conn);
	enum pxe_reason reason;

	if (job == NULL)
		return -ENOMEM;
	reason = pxe_route_find(pxe_job_target(job), &job->route);
	find_who(job);
	set_event(job, job->route.path);
	if (reason != PXE_REASON_OK)
		pxe_job_fail(job, reason);
	else
		answers[job->route.kind](job);
	settle(job);
	return 0;
}

void pxe_answer_resume(struct pxe_conn *conn, pxe_ask_reply *reply,
		       const char *error, const json_t *params)
{
	struct pxe_http_job *job = conn->job;

	pxe_job_clear(job);
	pxe_worker_enter_world(conn->worker);
	/* view and configuration may be others by now */
	find_who(job);
	memset(&job->found.decision, 0, sizeof(job->found.decision));
	reply(conn, error, params);
	pxe_worker_leave_world(conn->worker);
	settle(job);
	pxe_conn_pump(conn);
}

void pxe_answer_reach(struct pxe_conn *conn)
{
	/* sending it so far may have taken hours */
	pxe_worker_enter_world(conn->worker);
	find_who(conn->job);
	conn->answer.reached(conn);
	pxe_worker_leave_world(conn->worker);
}

void pxe_answer_drop(struct pxe_conn *conn)
{
	pxe_ask_forget(conn);
	if (conn->job != NULL)
		end_job(conn->job);
}
