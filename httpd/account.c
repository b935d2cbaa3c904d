/* SPDX-License-Identifier: ISC */
#include "httpd/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "httpd/access_log.h"
#include "httpd/combined.h"
#include "httpd/redact.h"
#include "httpd/server.h"
#include "httpd/tls.h"
#include "httpd/who.h"
#include "run/log.h"

enum {
	FLOOD_S = 10, /* between two lines of what can come in floods */
	LINE_TEXT = 400,
	AGENT_TEXT = 80,
};

/* One line in the manner of a web server's log, and its fields. */
static void log_line(const struct pxe_conn *conn, const char *line, int status,
		     enum pxe_reason reason, const char *more)
{
	const struct pxe_http_answer *a = &conn->answer;
	bool is_answer = a->is_active;
	char peer[PXE_WHO_ADDRESS_TEXT], code[16], bytes[24];
	const char *client = is_answer ? a->event.client : "";
	const struct pxe_log_field fields[] = {
		{ "PXE_EVENT", "http-request" },
		{ "PXE_REASON", pxe_reason_name(reason) },
		{ "PXE_MAC", client },
		{ "PXE_ADDRESS", peer },
		{ "PXE_FILE", is_answer ? a->event.file : "" },
		{ "PXE_STATUS", code },
		{ "PXE_BYTES", bytes },
	};
	enum pxe_log_level level =
		reason == PXE_REASON_IO || reason == PXE_REASON_INTERNAL
			? PXE_LOG_WARNING
			: PXE_LOG_INFO;

	if (pxe_log_level() < level)
		return;
	pxe_who_format_address(conn, peer);
	snprintf(code, sizeof(code), "%d", status);
	snprintf(bytes, sizeof(bytes), "%llu",
		 (unsigned long long)(is_answer ? pxe_conn_body_bytes(conn)
						: 0));
	pxe_log_fields(level, fields, PXE_LEN(fields),
		       "%s %s \"%s\" %s %s/%llu %lld ms reason=%s %s", peer,
		       client[0] != '\0' ? client : "-", line, code, bytes,
		       (unsigned long long)(is_answer ? a->size_bytes : 0),
		       (long long)(is_answer ? pxe_server_now_ms() - a->start_ms
					     : 0),
		       pxe_reason_name(reason), more);
}

/* --- the access log --------------------------------------------------------
 */

/* Requests without an answer: as nginx has them. */
static int status_without(enum pxe_reason reason)
{
	return reason == PXE_REASON_TIMEOUT ? 408 : 499;
}

static void add_access(struct pxe_conn *conn, struct pxe_combined *r,
		       int status, enum pxe_reason reason)
{
	struct pxe_access_log *log = conn->worker->server->access_log;
	char peer[PXE_WHO_ADDRESS_TEXT], line[PXE_COMBINED_TEXT];
	struct pxe_str s;
	uint64_t n_lost;
	int error = 0;

	pxe_who_format_address(conn, peer);
	r->peer = peer;
	r->time_s = time(NULL);
	r->status = status != 0 ? status : status_without(reason);
	pxe_str_init(&s, line, sizeof(line));
	pxe_combined_put(&s, r);
	n_lost = pxe_access_log_put(log, line, s.len, &error);
	if (n_lost > 0)
		pxe_log(PXE_LOG_WARNING,
			"%llu lines of the access log are lost: %s",
			(unsigned long long)n_lost, strerror(error));
}

static bool has_access_log(const struct pxe_conn *conn)
{
	return pxe_access_log_is_on(conn->worker->server->access_log);
}

static void add_answer(struct pxe_conn *conn, enum pxe_reason reason)
{
	const struct pxe_http_answer *a = &conn->answer;
	struct pxe_combined r = {
		.method = a->is_head ? "HEAD" : "GET",
		.target = pxe_conn_target(conn),
		.version = a->is_http10 ? "HTTP/1.0" : "HTTP/1.1",
		.n_bytes = pxe_conn_body_bytes(conn),
		.referer = pxe_conn_field(conn, "Referer"),
		.agent = pxe_conn_field(conn, "User-Agent"),
	};

	if (has_access_log(conn))
		add_access(conn, &r, a->status, reason);
}

static void add_refused(struct pxe_conn *conn, int status,
			enum pxe_reason reason)
{
	struct pxe_combined r = { .line = pxe_guard_line(&conn->guard) };

	if (has_access_log(conn))
		add_access(conn, &r, status, reason);
}

/* --- the log ---------------------------------------------------------------
 */

static void log_answer(const struct pxe_conn *conn, enum pxe_reason reason)
{
	const struct pxe_http_answer *a = &conn->answer;
	const char *agent = pxe_conn_field(conn, "User-Agent");
	const char *uri = pxe_conn_target(conn);
	char line[LINE_TEXT], more[AGENT_TEXT];
	struct pxe_str s;

	if (reason == PXE_REASON_OK &&
	    (pxe_log_level() < PXE_LOG_INFO ||
	     !conn->worker->limits.logs_requests))
		return;
	pxe_str_init(&s, line, sizeof(line));
	pxe_str_puts(&s, a->is_head ? "HEAD " : "GET ");
	pxe_redact_put(&s, uri, true);
	pxe_str_init(&s, more, sizeof(more) - 1);
	pxe_str_puts(&s, "agent=\"");
	if (agent != NULL)
		pxe_redact_put(&s, agent, true);
	memcpy(more + s.len, "\"", 2);
	log_line(conn, line, a->status, reason, more);
}

static void count(struct pxe_conn *conn, enum pxe_reason reason)
{
	conn->worker->n_reasons[reason]++;
	conn->worker->n_requests++;
	if (conn->answer.is_active)
		conn->worker->n_bytes += pxe_conn_body_bytes(conn);
}

/* --- events ----------------------------------------------------------------
 */

static uint64_t now_us(void)
{
	return (uint64_t)pxe_server_now_ms() * 1000;
}

/* An event on its way to the main thread, where pxe-stated's client is. */
struct report {
	struct pxe_post post;
	struct pxe_server *server;
	struct pxe_event event;
};

static void on_report(struct pxe_post *post, bool is_late PXE_UNUSED)
{
	struct report *report = (struct report *)post;

	pxe_state_report_event(report->server->state, &report->event);
	free(report);
}

static void post_event(struct pxe_worker *worker, const struct pxe_event *event)
{
	struct pxe_server *server = worker->server;
	struct report *report;

	if (!worker->is_thread) {
		if (server->state != NULL)
			pxe_state_report_event(server->state, event);
		return;
	}
	report = malloc(sizeof(*report));
	if (report == NULL)
		return;
	report->post.deliver = on_report;
	report->server = server;
	report->event = *event;
	if (!pxe_postbox_put(&server->box, &report->post, PXE_SERVER_POSTS))
		free(report); /* more than anybody could read */
}

/* --- how often it is told: all workers share that ------------------------ */

static bool may_tell(struct pxe_conn *conn)
{
	struct pxe_server *server = conn->worker->server;
	const struct pxe_event *event = &conn->answer.event;
	bool may;

	pthread_mutex_lock(&server->tell_lock);
	may = pxe_telling_take(&server->telling, event->client, event->address,
			       now_us());
	pthread_mutex_unlock(&server->tell_lock);
	return may;
}

static bool is_progress_due(struct pxe_conn *conn)
{
	struct pxe_server *server = conn->worker->server;
	bool is_due;

	pthread_mutex_lock(&server->tell_lock);
	is_due = pxe_telling_is_due(&server->telling, &conn->answer.told_us,
				    now_us());
	pthread_mutex_unlock(&server->tell_lock);
	return is_due;
}

static void set_telling(struct pxe_conn *conn, bool on)
{
	struct pxe_server *server = conn->worker->server;
	struct pxe_http_answer *a = &conn->answer;

	if (a->is_telling == on)
		return;
	a->is_telling = on;
	pthread_mutex_lock(&server->tell_lock);
	if (on)
		pxe_telling_begin(&server->telling, &a->told_us, now_us());
	else
		pxe_telling_end(&server->telling);
	pthread_mutex_unlock(&server->tell_lock);
}

static void report(struct pxe_conn *conn, enum pxe_event_kind kind,
		   enum pxe_reason reason)
{
	struct pxe_http_answer *a = &conn->answer;
	int64_t took_ms = pxe_server_now_ms() - a->start_ms;

	a->event.duration_ms =
		took_ms < UINT32_MAX ? (uint32_t)took_ms : UINT32_MAX;
	a->event.kind = kind;
	a->event.reason = reason;
	a->event.bytes = pxe_conn_body_bytes(conn);
	a->event.total_bytes = a->size_bytes;
	post_event(conn->worker, &a->event);
}

/* The events of what is sent.  A number below 0: none. */
static const struct {
	int start, progress, done, failed;
} kinds[] = {
	[PXE_SENDS_NOTHING] = { -1, -1, -1, -1 },
	[PXE_SENDS_FILE] = { PXE_EVENT_FILE_START, PXE_EVENT_FILE_PROGRESS,
			     PXE_EVENT_FILE_DONE, PXE_EVENT_FILE_FAILED },
	[PXE_SENDS_SMALL_FILE] = { -1, -1, PXE_EVENT_FILE_DONE,
				   PXE_EVENT_FILE_FAILED },
	[PXE_SENDS_LOADER] = { PXE_EVENT_LOADER_START, PXE_EVENT_FILE_PROGRESS,
			       PXE_EVENT_LOADER_DONE, PXE_EVENT_FILE_FAILED },
	[PXE_SENDS_SCRIPT] = { -1, -1, PXE_EVENT_SCRIPT,
			       PXE_EVENT_FILE_FAILED },
	[PXE_SENDS_CALLBACK] = { -1, -1, PXE_EVENT_UP, -1 },
	[PXE_SENDS_INSTALLED] = { -1, -1, PXE_EVENT_INSTALLED, -1 },
	[PXE_SENDS_INSTALL_FAILED] = { -1, -1, PXE_EVENT_INSTALL_FAILED, -1 },
};

/* What begins or ends: bounded, as it can come in floods. */
static void report_kind(struct pxe_conn *conn, int kind, enum pxe_reason reason)
{
	if (kind >= 0 && may_tell(conn))
		report(conn, (enum pxe_event_kind)kind, reason);
}

void pxe_account_start(struct pxe_conn *conn)
{
	struct pxe_http_answer *a = &conn->answer;

	report_kind(conn, kinds[a->sends].start, PXE_REASON_OK);
	set_telling(conn, kinds[a->sends].progress >= 0);
}

void pxe_account_progress(struct pxe_conn *conn)
{
	struct pxe_http_answer *a = &conn->answer;

	if (a->is_telling && is_progress_due(conn))
		report(conn, (enum pxe_event_kind)kinds[a->sends].progress,
		       PXE_REASON_OK);
}

/* The end of an answer. */
static void end(struct pxe_conn *conn, enum pxe_reason reason, bool is_whole)
{
	struct pxe_http_answer *a = &conn->answer;

	set_telling(conn, false);
	report_kind(conn,
		    is_whole && a->status < 400 ? kinds[a->sends].done
						: kinds[a->sends].failed,
		    reason);
	count(conn, reason);
	add_answer(conn, reason);
	conn->worker->n_running--;
	log_answer(conn, reason);
}

void pxe_account_sum(const struct pxe_server *server, struct pxe_counts *counts)
{
	for (size_t k = 0; k < server->n_workers; k++) {
		const struct pxe_worker *worker = server->workers[k];

		counts->running += worker->n_running;
		counts->bytes += worker->n_bytes;
		for (int i = 0; i < PXE_N_REASONS; i++)
			counts->reasons[i] += worker->n_reasons[i];
	}
}

void pxe_account_count(struct pxe_counts *counts, void *arg)
{
	struct pxe_server *server = arg;
	uint32_t n;

	pthread_mutex_lock(&server->tell_lock);
	n = pxe_telling_left_out(&server->telling, now_us());
	pthread_mutex_unlock(&server->tell_lock);
	pxe_account_sum(server, counts);
	if (n > 0)
		pxe_log(PXE_LOG_NOTICE,
			"pxe-stated was not told of %u answers: there were too "
			"many in a second",
			n);
}

void pxe_account_done(struct pxe_conn *conn)
{
	end(conn, conn->answer.reason, true);
}

/* --- what never became an answer -------------------------------------------
 */

static void log_refused(struct pxe_conn *conn, int status,
			enum pxe_reason reason, const char *why)
{
	const char *from = pxe_guard_line(&conn->guard);
	char line[LINE_TEXT], more[AGENT_TEXT];
	struct pxe_str s;

	pxe_str_init(&s, line, sizeof(line));
	pxe_redact_put(&s, from, true);
	pxe_str_init(&s, more, sizeof(more));
	pxe_str_putf(&s, "refused=\"%s\"", why);
	count(conn, reason);
	add_refused(conn, status, reason);
	log_line(conn, line, status, reason, more);
}

void pxe_account_refused(struct pxe_conn *conn)
{
	log_refused(conn, conn->guard.status,
		    conn->guard.status == 405 ? PXE_REASON_BAD_METHOD
					      : PXE_REASON_BAD_REQUEST,
		    conn->guard.why);
}

void pxe_account_too_many(struct pxe_conn *conn, const char *why)
{
	struct pxe_worker *worker = conn->worker;

	count(conn, PXE_REASON_TOO_MANY);
	if (pxe_log_is_due(&worker->log_due_s[0], pxe_server_now_ms() / 1000,
			   FLOOD_S))
		pxe_log(PXE_LOG_WARNING,
			"%llu connections refused so far, reason=too-many, "
			"%s: see max-connections (%u) and max-per-client (%u) "
			"in httpd.conf",
			(unsigned long long)
				worker->n_reasons[PXE_REASON_TOO_MANY],
			why, worker->limits.max_connections,
			worker->limits.max_per_client);
}

/* Whose handshake it was, as far as its address says, sees it in pxectl. */
static void report_tls(struct pxe_conn *conn)
{
	const struct pxe_boot_name means = { .kind = PXE_BOOT_FILE };
	const struct pxe_route route = { .kind = PXE_ROUTE_FILE };
	struct pxe_event *e = &conn->answer.event;
	struct pxe_asker who;

	pxe_who_find(conn, &route, &means, &who);
	if (!pxe_who_is_told(conn, &who, &means))
		return;
	*e = (struct pxe_event) { .address = who.address };
	pxe_str_copy(e->client, sizeof(e->client),
		     pxe_asker_event_key(&who, &means));
	pxe_str_copy(e->by, sizeof(e->by), "httpd");
	pxe_str_copy(e->file, sizeof(e->file), "https");
	conn->answer.start_ms = pxe_server_now_ms();
	report_kind(conn, PXE_EVENT_FILE_FAILED, PXE_REASON_TLS);
}

static void account_tls(struct pxe_conn *conn, const char *why)
{
	char more[LINE_TEXT];

	snprintf(more, sizeof(more), "refused=\"%s\"", why);
	count(conn, PXE_REASON_TLS);
	log_line(conn, "-", 0, PXE_REASON_TLS, more);
	report_tls(conn);
}

void pxe_account_closed(struct pxe_conn *conn)
{
	const struct pxe_http_answer *a = &conn->answer;
	enum pxe_reason reason =
		conn->is_evicted ? PXE_REASON_TIMEOUT : PXE_REASON_ABORTED;
	const char *why;

	if (a->is_active)
		end(conn,
		    conn->is_cut || a->reason == PXE_REASON_CHANGED ||
				    a->reason == PXE_REASON_IO
			    ? a->reason
			    : reason,
		    false);
	else if (!conn->is_over && pxe_guard_is_inside(&conn->guard))
		log_refused(conn, 0, reason, "unfinished");
	else if (pxe_tls_has_failed(conn, &why))
		account_tls(conn, why);
}
