/* SPDX-License-Identifier: ISC */
/*
 * A request becomes an answer: its route, and the life of its job.
 */
#include "httpd/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/redact.h"
#include "httpd/directory.h"
#include "httpd/send_file.h"
#include "httpd/server.h"
#include "httpd/who.h"
#include "run/log.h"

/* --- what a name stands for --------------------------------------------------
 */

/* Nothing is served; what went wrong here gets a line of its own. */
static void fail_found(struct pxe_http_job *job,
		       const struct pxe_boot_found *found,
		       enum pxe_reason reason)
{
	const struct pxe_decision *d = &found->decision;

	if (reason == PXE_REASON_INTERNAL && d->rule != NULL)
		pxe_log(PXE_LOG_ERR, "%s: rule %s, %s:%u: %s", found->name,
			d->rule, d->src.file, d->src.line, strerror(errno));
	else if (reason == PXE_REASON_INTERNAL || reason == PXE_REASON_IO)
		pxe_log(PXE_LOG_WARNING, "%s: %s", found->name,
			strerror(errno));
	else if (found->why.text[0] != '\0')
		pxe_log(PXE_LOG_INFO, "%s: %s", found->name, found->why.text);
	if (!job->answer->is_head && !found->is_quiet)
		pxe_job_set_sends(job, 0);
	pxe_job_fail(job, reason);
}

static bool is_ipxe_like(const struct pxe_http_job *job)
{
	const char *agent = pxe_job_field(job, "User-Agent");

	return agent != NULL && pxe_str_has_prefix(agent, "iPXE/");
}

/* iPXE asks without a query if another DHCP server named the URL. */
static bool is_nameless_ipxe(const struct pxe_http_job *job)
{
	return is_ipxe_like(job) && strchr(pxe_job_target(job), '?') == NULL;
}

static void send_script(struct pxe_http_job *job,
			const struct pxe_boot_found *found,
			const struct pxe_str *text)
{
	if (!job->answer->is_head)
		job->answer->sends = PXE_SENDS_SCRIPT;
	job->answer->reason = found->decision.reason;
	pxe_job_send_text(job, 200, NULL, text->buf, text->len);
}

static void answer_file(struct pxe_http_job *job)
{
	struct pxe_worker *worker = job->worker;
	struct pxe_boot_found *found = &job->found;
	char host[PXE_WHO_HOST_TEXT];
	struct pxe_boot_ask ask = {
		.conf = worker->server->conf,
		.root_fd = worker->server->root_fd,
		.folds = &worker->folds,
		.name = job->route.path,
		.means = &job->means,
		.asker = &job->who,
		.is_http = true,
		.is_ipxe_like = is_ipxe_like(job),
		.is_nameless_ipxe = is_nameless_ipxe(job),
	};
	struct pxe_str text;
	enum pxe_reason reason;

	pxe_who_find_server(job->conn, &ask, host);
	pxe_str_init(&text, worker->script, sizeof(worker->script));
	reason = pxe_boot_file_find(&ask, &text, found);
	job->sends = found->is_script   ? PXE_SENDS_SCRIPT
		     : found->is_loader ? PXE_SENDS_LOADER
					: PXE_SENDS_NOTHING;
	if (reason == PXE_REASON_NOT_A_FILE && pxe_directory_answer(job))
		return;
	if (reason != PXE_REASON_OK) {
		pxe_boot_file_explain(&ask, reason, false, &worker->why_limit,
				      pxe_server_now_ms() / 1000, found);
		fail_found(job, found, reason);
		return;
	}
	pxe_boot_file_warn(&ask, found, worker->warned_s,
			   pxe_server_now_ms() / 1000);
	if (found->is_text)
		send_script(job, found, &text);
	else
		pxe_send_file(job, &found->file);
}

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
	[PXE_ROUTE_FILE] = answer_file,
	[PXE_ROUTE_CALLBACK] = answer_callback,
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
	/* view and configuration may be others by now */
	find_who(job);
	memset(&job->found.decision, 0, sizeof(job->found.decision));
	reply(conn, error, params);
	settle(job);
	pxe_conn_pump(conn);
}

void pxe_answer_drop(struct pxe_conn *conn)
{
	pxe_ask_forget(conn);
	if (conn->job != NULL)
		end_job(conn->job);
}
