/* SPDX-License-Identifier: ISC */
/*
 * Answers on their way out: evhttp writes them, this follows how far.
 */
#include <errno.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "httpd/account.h"
#include "httpd/conn.h"
#include "httpd/server.h"

uint64_t pxe_conn_body_bytes(const struct pxe_conn *conn)
{
	const struct pxe_http_answer *a = &conn->answer;
	uint64_t sent = conn->sent_bytes > a->before_bytes
				? conn->sent_bytes - a->before_bytes
				: 0;

	return sent < a->size_bytes ? sent : a->size_bytes;
}

void pxe_conn_output(struct evbuffer *out PXE_UNUSED,
		     const struct evbuffer_cb_info *info, void *arg)
{
	struct pxe_conn *conn = arg;

	if (info->n_deleted == 0)
		return;
	conn->sent_bytes += info->n_deleted;
	if (conn->phase != PXE_CONN_ANSWER)
		return;
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	if (conn->answer.req != NULL)
		pxe_account_progress(conn);
}

/* Is the file that is being sent shorter than what was promised? */
static bool is_cut(const struct pxe_http_answer *a)
{
	struct stat st;

	return a->fd >= 0 && fstat(a->fd, &st) == 0 &&
	       (uint64_t)st.st_size < a->end_bytes;
}

/*
 * An error while an answer is sent, before evhttp hears of it and closes.
 * sendfile() that had to wait looks like the end of the file to libevent:
 * then nothing has happened and sending goes on.
 */
static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct pxe_conn *conn = arg;
	struct pxe_http_answer *a = &conn->answer;
	bool is_file = a->fd >= 0 && (what & BEV_EVENT_WRITING) != 0;
	int error = errno;

	if (is_file && is_cut(a)) {
		a->reason = PXE_REASON_CHANGED;
	} else if (is_file && (what & BEV_EVENT_EOF) != 0) {
		bufferevent_enable(bev, EV_WRITE);
		return;
	} else if (is_file && error == EIO) {
		a->reason = PXE_REASON_IO;
	}
	conn->evhttp_event(bev, what, conn->evcon);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct pxe_conn *conn = arg;

	conn->evhttp_written(bev, conn->evcon);
}

/* evhttp has written the whole answer. */
static void on_complete(struct evhttp_request *req PXE_UNUSED, void *arg)
{
	struct pxe_conn *conn = arg;

	pxe_account_done(conn);
	conn->answer.req = NULL;
	conn->answer.fd = -1;
	if (conn->is_refused && conn->n_ready == 0) {
		pxe_conn_refuse_request(conn);
		return;
	}
	pxe_conn_enter(conn, pxe_guard_is_inside(&conn->guard) ? PXE_CONN_HEADER
							       : PXE_CONN_IDLE);
}

void pxe_conn_begin(struct pxe_conn *conn, struct evhttp_request *req)
{
	struct pxe_http_answer *a = &conn->answer;

	if (conn->n_ready > 0)
		conn->n_ready--;
	memset(a, 0, sizeof(*a));
	a->req = req;
	a->is_head = evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
	a->start_ms = pxe_server_now_ms();
	conn->worker->n_running++;
	a->fd = -1;
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	/* an absolute target is no proxy's business here */
	req->flags &= ~EVHTTP_PROXY_REQUEST;
}

/* evhttp would make the date anew for each answer, and for HTTP/1.1 only. */
static const char *date_now(struct pxe_worker *worker)
{
	time_t now = time(NULL);

	if (now != worker->date_s) {
		worker->date_s = now;
		pxe_cond_date_format(now, worker->date, sizeof(worker->date));
	}
	return worker->date;
}

/*
 * An answer without a file mostly fits into the socket: it is written at once
 * instead of when the loop finds the socket writable.  What does not fit, or
 * fails, is left to the loop.
 */
static void write_now(struct pxe_conn *conn)
{
	struct evbuffer *out = bufferevent_get_output(conn->bev);

	evbuffer_unfreeze(out, 1);
	(void)evbuffer_write(out, conn->fd);
	evbuffer_freeze(out, 1);
	if (evbuffer_get_length(out) > 0)
		return;
	bufferevent_disable(conn->bev, EV_WRITE);
	bufferevent_trigger(conn->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

void pxe_conn_send(struct pxe_conn *conn, struct evbuffer *body)
{
	struct pxe_http_answer *a = &conn->answer;
	struct evbuffer *out = bufferevent_get_output(conn->bev);
	struct evkeyvalq *fields = evhttp_request_get_output_headers(a->req);
	size_t n_body = body != NULL ? evbuffer_get_length(body) : 0;

	evhttp_add_header(fields, "Date", date_now(conn->worker));
	if (conn->guard.wants_close && conn->n_ready == 0)
		evhttp_add_header(fields, "Connection", "close");
	evhttp_request_set_on_complete_cb(a->req, on_complete, conn);
	evhttp_send_reply(a->req, a->status, NULL, body);
	a->before_bytes = conn->sent_bytes + evbuffer_get_length(out) - n_body;
	/*
	 * While it is sent nothing is read: what comes next waits in the
	 * kernel, and a client that has closed its half still gets it all.
	 */
	bufferevent_disable(conn->bev, EV_READ);
	bufferevent_getcb(conn->bev, NULL, &conn->evhttp_written,
			  &conn->evhttp_event, NULL);
	bufferevent_setcb(conn->bev, NULL, on_written, on_event, conn);
	if (a->fd < 0)
		write_now(conn);
}
