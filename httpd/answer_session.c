/* SPDX-License-Identifier: ISC */
/*
 * URLs of a boot session: files of its target, answer files, and what the
 * installer calls back.  pxe-stated says whether the token is one and may be
 * used from that address; nobody else learns whether there is such a session.
 *
 * The last piece of a target that is booted once is the gate: it is handed out
 * only after pxe-stated has the order's consumption on disk.
 */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "core/target.h"
#include "httpd/answer.h"
#include "httpd/send_file.h"
#include "httpd/server.h"
#include "httpd/who.h"
#include "run/answer_file.h"
#include "run/boot_script.h"
#include "run/log.h"

/* The session's machine is who asks, from whatever address. */
static void become_machine(struct pxe_http_job *job)
{
	const struct pxe_server *server = job->worker->server;
	const struct pxe_http_session *s = &job->session;
	const char *name = pxe_order_host_name(s->machine);
	struct pxe_asker *who = &job->who;
	struct pxe_event *event = &job->answer->event;

	pxe_str_copy(event->client, sizeof(event->client), s->client);
	if (strcmp(pxe_asker_key(who), s->client) != 0) {
		who->client = pxe_state_view_find(server->view, s->client);
		who->facts = who->client != NULL ? &who->client->facts : NULL;
		who->way = PXE_ASKER_BY_ADDRESS;
	}
	who->host = name != NULL ? pxe_conf_find_host_name(server->conf, name)
				 : NULL;
	job->means = (struct pxe_boot_name) { .kind = PXE_BOOT_SCRIPT };
}

static const struct pxe_conf_target *find_target(const struct pxe_http_job *job)
{
	return pxe_conf_find_target(job->worker->server->conf,
				    job->session.target);
}

static bool is_gate(const struct pxe_http_job *job,
		    const struct pxe_conf_target *target,
		    enum pxe_order_gate gate)
{
	return job->session.is_once && pxe_order_find_gate(target) == gate;
}

/* --- files -------------------------------------------------------------------
 */

/* All before the last octets is out. */
static void on_last_begun(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason == PXE_REASON_OK) {
		pxe_conn_go_on(job->conn);
		return;
	}
	pxe_log(PXE_LOG_WARNING, "%s: the end of %s was not sent: %s",
		job->session.machine, job->found.name, pxe_reason_text(reason));
	pxe_conn_cut(job->conn, reason);
}

static void on_last(struct pxe_conn *conn)
{
	pxe_session_begin(conn->job, on_last_begun);
}

static void send_file(struct pxe_http_job *job)
{
	pxe_job_put(job, "Cache-Control", "no-store");
	pxe_send_file(job, &job->found.file);
}

static void on_image_begun(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason != PXE_REASON_OK) {
		pxe_job_fail(job, reason);
		return;
	}
	become_machine(job);
	send_file(job);
}

/* Is the file that was found, or the name that it was asked for by, the gate's?
 */
static bool is_held(const struct pxe_http_job *job, const char *gate)
{
	const bool folds = job->worker->server->conf->folds_case;
	const char *names[] = { job->route.path, job->found.name };

	if (gate == NULL || !job->session.is_once || job->session.is_begun)
		return false;
	for (size_t i = 0; i < PXE_LEN(names); i++)
		if (pxe_target_is_same_file(names[i], gate, folds))
			return true;
	return false;
}

/* An image is read here and there, its end maybe never. */
static bool is_image(const struct pxe_conf_target *target, const char *gate)
{
	const char *file, *key;

	for (size_t i = 0; (file = pxe_target_file(target, i, &key)) != NULL;
	     i++)
		if (strcmp(file, gate) == 0 && strcmp(key, "iso") == 0)
			return true;
	return false;
}

/* Any file of the boot root, which is no secret: what a target loads may load
 * more.  The gate's is held back. */
static void on_file(struct pxe_http_job *job, enum pxe_reason reason)
{
	const struct pxe_conf_target *target = find_target(job);
	const struct pxe_boot_name means = { .kind = PXE_BOOT_FILE };
	const char *gate = target != NULL ? pxe_order_gate_file(target) : NULL;
	struct pxe_who_server server;
	struct pxe_boot_ask ask;
	char nothing[1];
	struct pxe_str no_text;

	if (reason == PXE_REASON_OK && target == NULL)
		reason = PXE_REASON_SESSION_GONE;
	if (reason != PXE_REASON_OK) {
		pxe_job_fail(job, reason);
		return;
	}
	become_machine(job);
	pxe_answer_ask(job, &ask, &server);
	ask.means = &means;
	ask.of = target;
	pxe_str_init(&no_text, nothing, sizeof(nothing));
	reason = pxe_boot_file_find(&ask, &no_text, &job->found);
	if (reason != PXE_REASON_OK) {
		pxe_answer_fail(job, reason);
	} else if (!is_held(job, gate) || job->answer->is_head) {
		send_file(job);
	} else if (is_image(target, gate)) {
		pxe_session_begin(job, on_image_begun);
	} else {
		job->on_last = on_last;
		send_file(job);
	}
}

/* --- answer files ------------------------------------------------------------
 */

/* What cloud-init asks for eleven times, and does without. */
static bool is_optional(const char *name)
{
	return strcmp(name, "vendor-data") == 0 ||
	       strcmp(name, "network-config") == 0;
}

/* Its installer asks for another name than boot.conf gives. */
static void fail_no_answer(struct pxe_http_job *job,
			   const struct pxe_conf_target *target)
{
	const char *as = target->n_answers > 0 ? target->answers[0]->as : "";

	if (is_optional(job->route.path)) {
		pxe_job_fail(job, PXE_REASON_NO_ANSWER);
		return;
	}
	pxe_log(PXE_LOG_WARNING,
		"%s: there is no answer file \"%s\": target \"%s\" has %s%s",
		job->session.machine, job->route.path, target->name,
		as[0] != '\0' ? as : "none",
		target->n_answers > 1 ? " and others" : "");
	if (!job->answer->is_head)
		pxe_job_set_sends(job, 0);
	pxe_job_fail(job, PXE_REASON_NO_ANSWER);
}

/* False: it was told why not. */
static bool render(struct pxe_http_job *job, struct pxe_answer_text *text)
{
	const struct pxe_conf_target *target = find_target(job);
	const struct pxe_conf_answer *answer;
	struct pxe_expand_vars vars;
	struct pxe_who_server server;
	struct pxe_boot_ask ask;
	enum pxe_reason reason;

	if (target == NULL) {
		pxe_job_fail(job, PXE_REASON_SESSION_GONE);
		return false;
	}
	answer = pxe_conf_find_answer_as(target, job->route.path);
	if (answer == NULL) {
		fail_no_answer(job, target);
		return false;
	}
	pxe_answer_ask(job, &ask, &server);
	pxe_boot_script_vars(&ask, &vars);
	vars.target = target;
	reason = pxe_answer_file_render(job->worker->server->conf, answer,
					&vars, text);
	if (reason == PXE_REASON_OK)
		return true;
	pxe_log(PXE_LOG_ERR, "%s: answer file \"%s\": %s", job->session.machine,
		answer->name,
		text->why[0] != '\0' ? text->why : pxe_reason_text(reason));
	pxe_job_set_sends(job, 0);
	pxe_job_fail(job, reason);
	pxe_answer_text_free(text);
	return false;
}

static void render_answer(struct pxe_http_job *job)
{
	struct pxe_answer_text text = { 0 };

	if (!render(job, &text))
		return;
	if (!job->answer->is_head)
		pxe_job_set_sends(job, text.len);
	pxe_job_send_text(job, 200, text.type, text.bytes, text.len);
	pxe_answer_text_free(&text);
}

static void on_answer_begun(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason != PXE_REASON_OK) {
		pxe_job_fail(job, reason);
		return;
	}
	become_machine(job);
	render_answer(job);
}

/* HEAD takes nothing away. */
static void on_answer(struct pxe_http_job *job, enum pxe_reason reason)
{
	const struct pxe_conf_target *target = find_target(job);
	struct pxe_answer_text text = { 0 };

	if (reason == PXE_REASON_OK && target == NULL)
		reason = PXE_REASON_SESSION_GONE;
	if (reason != PXE_REASON_OK) {
		pxe_job_fail(job, reason);
		return;
	}
	job->session.is_open = true;
	become_machine(job);
	if (!job->answer->is_head && !job->session.is_begun &&
	    is_gate(job, target, PXE_ORDER_GATE_ANSWER) &&
	    pxe_conf_find_answer_as(target, job->route.path) != NULL) {
		/* a mistake in the template is not to cost the order */
		if (!render(job, &text))
			return;
		pxe_answer_text_free(&text);
		pxe_session_begin(job, on_answer_begun);
	} else {
		render_answer(job);
	}
}

/* --- what the installer calls back -------------------------------------------
 */

static void send_ok(struct pxe_http_job *job)
{
	static const char text[] = "ok\n";

	pxe_job_send_text(job, 200, NULL, text, strlen(text));
}

static void on_finished(struct pxe_http_job *job, enum pxe_reason reason)
{
	bool is_done = job->route.kind == PXE_ROUTE_DONE;

	if (reason != PXE_REASON_OK) {
		pxe_job_fail(job, reason);
		return;
	}
	pxe_str_copy(job->answer->event.client,
		     sizeof(job->answer->event.client), job->session.client);
	job->answer->sends =
		is_done ? PXE_SENDS_INSTALLED : PXE_SENDS_INSTALL_FAILED;
	job->answer->reason =
		is_done ? PXE_REASON_OK : PXE_REASON_INSTALL_FAILED;
	send_ok(job);
}

/* It has called back before, and nothing comes of it. */
static void on_again(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason == PXE_REASON_OK)
		send_ok(job);
	else
		pxe_job_fail(job, reason);
}

/* HEAD says what GET would, and finishes nothing. */
static void on_callback(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason != PXE_REASON_OK && reason != PXE_REASON_SESSION_GONE)
		pxe_job_fail(job, reason);
	else if (job->answer->is_head)
		send_ok(job);
	else
		pxe_session_finish(job, job->route.kind == PXE_ROUTE_DONE,
				   reason == PXE_REASON_OK ? on_finished
							   : on_again);
}

void pxe_answer_session(struct pxe_http_job *job)
{
	pxe_str_copy(job->session.token, sizeof(job->session.token),
		     job->route.token);
	job->session.is_patient = true;
	switch (job->route.kind) {
	case PXE_ROUTE_SESSION_FILE:
		pxe_session_get(job, on_file);
		break;
	case PXE_ROUTE_ANSWER:
		pxe_session_get(job, on_answer);
		break;
	default:
		pxe_session_get(job, on_callback);
		break;
	}
}
