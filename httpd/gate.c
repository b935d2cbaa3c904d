/* SPDX-License-Identifier: ISC */
/*
 * What comes in: read, through the guard, request by request.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "httpd/account.h"
#include "httpd/answer.h"
#include "httpd/io.h"
#include "httpd/server.h"
#include "httpd/tls.h"
#include "run/log.h"

enum {
	ROOM_MIN = 2048, /* to read into */
	/* all of a request that the guard takes, and some of the next */
	IN_MAX = PXE_GUARD_MAX_HEADER + 2 * ROOM_MIN,
	DRAINS_A_TURN = 8,
};

/* --- the request -----------------------------------------------------------
 */

const char *pxe_conn_target(const struct pxe_conn *conn)
{
	return conn->in.buf + conn->in.head + (conn->answer.is_head ? 5 : 4);
}

const char *pxe_conn_field(const struct pxe_conn *conn, const char *name)
{
	const char *end = conn->in.buf + conn->in.at;
	const char *at = pxe_conn_target(conn);
	size_t len = strlen(name);

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if ((size_t)(end - at) > len && at[len] == ':' &&
		    strncasecmp(at, name, len) == 0)
			return at + len + 1 + strspn(at + len + 1, " \t");
	}
	return NULL;
}

/*
 * The guard has seen that the octets are a request: the method is GET or HEAD,
 * and all lines end with CRLF.  Target and values become strings.
 */
static void take_request(struct pxe_conn *conn)
{
	char *at = conn->in.buf + conn->in.head;
	char *end = conn->in.buf + conn->in.at, *last;

	conn->answer.is_head = at[0] == 'H';
	at = strchr(at, ' ') + 1;
	at = strchr(at, ' ');
	*at++ = '\0';
	conn->answer.is_http10 = memcmp(at, "HTTP/1.0", 8) == 0;
	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		for (last = at - 1; last[-1] == ' ' || last[-1] == '\t'; last--)
			;
		*last = '\0';
		at++;
	}
}

static int begin(struct pxe_conn *conn)
{
	struct pxe_http_answer *a = &conn->answer;
	int r;

	memset(a, 0, sizeof(*a));
	a->is_active = true;
	a->start_ms = pxe_server_now_ms();
	a->fd = -1;
	conn->worker->n_running++;
	take_request(conn);
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	pxe_worker_enter_world(conn->worker);
	r = pxe_answer_request(conn);
	pxe_worker_leave_world(conn->worker);
	return r;
}

/* --- refusing ----------------------------------------------------------------
 */

/* Nothing more is sent.  What still comes is read for a moment: closing before
 * it is would make the client's system forget what it was told. */
static void linger(struct pxe_conn *conn)
{
	conn->is_over = true;
	pxe_io_say_end(conn);
	shutdown(conn->fd, SHUT_WR);
	pxe_conn_enter(conn, PXE_CONN_LINGER);
	pxe_conn_wait(conn, EV_READ);
}

void pxe_conn_refuse(struct pxe_conn *conn, int status, const char *why)
{
	char text[512], body[128];
	const char *phrase = pxe_send_phrase(status);
	int n = snprintf(body, sizeof(body), "%d %s: %s\n", status, phrase,
			 why);
	int len = snprintf(text, sizeof(text),
			   "HTTP/1.1 %d %s\r\nDate: %s\r\n%s"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "Content-Length: %d\r\n"
			   "Connection: close\r\n\r\n%s",
			   status, phrase, pxe_send_date(conn->worker),
			   status == 405 ? "Allow: GET, HEAD\r\n" : "", n,
			   conn->guard.is_head ? "" : body);
	short what;

	if (pxe_io_write(conn, text, (size_t)len, false, &what) < 0)
		pxe_log(PXE_LOG_DEBUG, "refusal not sent: %s", strerror(errno));
	linger(conn);
}

/* False: enough for now, or it is gone. */
static bool drain(struct pxe_conn *conn)
{
	short what;
	int64_t n = 1;

	for (int i = 0; i < DRAINS_A_TURN && n > 0; i++)
		n = pxe_io_read(conn, conn->worker->in,
				sizeof(conn->worker->in), &what);
	if (n > 0)
		return false;
	if (n == -EAGAIN)
		pxe_conn_wait(conn, what);
	else
		pxe_conn_close(conn);
	return false;
}

/* --- reading ----------------------------------------------------------------
 */

/* Nothing of it is kept any more. */
static void release(struct pxe_in *in)
{
	if (in->cap > 0)
		free(in->buf);
	memset(in, 0, sizeof(*in));
}

/* What begins with the present request becomes the connection's own. */
static bool keep(struct pxe_in *in)
{
	size_t n = in->len - in->head;
	char *own;

	if (in->cap > 0 || n == 0)
		return true;
	own = malloc(n);
	if (own == NULL)
		return false;
	memcpy(own, in->buf + in->head, n);
	*in = (struct pxe_in) { own, n, n, in->at - in->head, 0 };
	return true;
}

/* Room to read into.  False: no memory. */
static bool reserve(struct pxe_conn *conn)
{
	struct pxe_in *in = &conn->in;
	size_t n = in->len - in->head;
	char *grown;

	if (in->cap == 0) {
		*in = (struct pxe_in) { .buf = conn->worker->in };
		return true;
	}
	memmove(in->buf, in->buf + in->head, n);
	in->at -= in->head;
	in->len = n;
	in->head = 0;
	if (in->cap - n >= ROOM_MIN)
		return true;
	n = in->cap * 2 + ROOM_MIN < IN_MAX ? in->cap * 2 + ROOM_MIN : IN_MAX;
	grown = realloc(in->buf, n);
	if (grown == NULL)
		return false;
	in->buf = grown;
	in->cap = n;
	return true;
}

/* Nothing more can be read. */
static void end_reading(struct pxe_conn *conn)
{
	if (!pxe_tls_was_plain(conn)) {
		pxe_conn_close(conn);
		return;
	}
	pxe_worker_enter_world(conn->worker);
	pxe_account_closed(conn);
	pxe_worker_leave_world(conn->worker);
	pxe_tls_end(conn);
	pxe_conn_refuse(conn, 400, "this port is for https://");
}

/* False: there was nothing, or it is gone. */
static bool read_more(struct pxe_conn *conn)
{
	struct pxe_in *in = &conn->in;
	size_t cap;
	short what;
	int64_t n = -ENOMEM;

	if (reserve(conn)) {
		cap = in->cap > 0 ? in->cap : sizeof(conn->worker->in);
		n = pxe_io_read(conn, in->buf + in->len, cap - in->len, &what);
	}
	if (n == -EAGAIN)
		pxe_conn_wait(conn, what);
	else if (n <= 0)
		end_reading(conn);
	if (n <= 0)
		return false;
	in->len += (size_t)n;
	return true;
}

/* Until there is more to read. */
static void rest(struct pxe_conn *conn)
{
	bool is_inside = pxe_guard_is_inside(&conn->guard);

	if (!is_inside)
		release(&conn->in);
	if (!keep(&conn->in)) {
		pxe_conn_close(conn);
		return;
	}
	if (conn->phase == PXE_CONN_ANSWER ||
	    (conn->phase == PXE_CONN_IDLE && is_inside))
		pxe_conn_enter(conn,
			       is_inside ? PXE_CONN_HEADER : PXE_CONN_IDLE);
	pxe_conn_wait(conn, EV_READ);
}

/* The guard looks at what was read, as far as one request.  0, -ENOMEM. */
static int guard_input(struct pxe_conn *conn)
{
	struct pxe_in *in = &conn->in;

	while (in->at < in->len) {
		uint8_t octet = (uint8_t)in->buf[in->at++];

		switch (pxe_guard_step(&conn->guard, octet)) {
		case PXE_GUARD_MORE:
			break;
		case PXE_GUARD_REQUEST:
			return begin(conn);
		case PXE_GUARD_REFUSED:
			pxe_worker_enter_world(conn->worker);
			pxe_account_refused(conn);
			pxe_worker_leave_world(conn->worker);
			pxe_conn_refuse(conn, conn->guard.status,
					conn->guard.why);
			return 0;
		case PXE_GUARD_IGNORED:
			return 0;
		}
	}
	return 0;
}

/* --- the whole
 * ----------------------------------------------------------------
 */

/* The answer is out.  False: the connection is at its end. */
static bool complete(struct pxe_conn *conn)
{
	pxe_worker_enter_world(conn->worker);
	pxe_account_done(conn);
	pxe_worker_leave_world(conn->worker);
	pxe_answer_drop(conn);
	pxe_conn_send_stop(conn);
	conn->answer.is_active = false;
	conn->in.head = conn->in.at;
	if (!conn->guard.wants_close)
		return true;
	if (conn->in.at < conn->in.len || pxe_io_has_unread(conn))
		linger(conn);
	else
		pxe_conn_close(conn);
	return false;
}

/* So that nobody takes what came for the whole. */
static void reset(struct pxe_conn *conn)
{
	struct linger now = { .l_onoff = 1 };

	(void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	pxe_conn_close(conn);
}

/* The answer has stopped, and somebody is told: now, as it waits otherwise.
 * False: it waits. */
static bool hold(struct pxe_conn *conn)
{
	pxe_conn_enter(conn, PXE_CONN_WAIT);
	pxe_answer_reach(conn);
	if (conn->is_held)
		return false;
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	return true;
}

/* False: it waits, or is gone. */
static bool answer_on(struct pxe_conn *conn)
{
	int r = 0;

	if (conn->is_cut) {
		reset(conn);
		return false;
	}
	if (conn->ask == NULL && !conn->is_held)
		r = pxe_conn_send_on(conn);
	if (r > 0)
		return complete(conn);
	if (r < 0 || !keep(&conn->in)) {
		pxe_conn_close(conn);
		return false;
	}
	return conn->is_held && conn->ask == NULL && hold(conn);
}

void pxe_conn_pump(struct pxe_conn *conn)
{
	bool has_read = false;

	for (;;) {
		if (conn->is_over) {
			if (!drain(conn))
				return;
		} else if (conn->answer.is_active) {
			if (!answer_on(conn))
				return;
		} else if (conn->in.at < conn->in.len) {
			if (guard_input(conn) < 0) {
				pxe_conn_close(conn);
				return;
			}
		} else if (has_read && !pxe_io_has_pending(conn)) {
			rest(conn);
			return;
		} else {
			if (!read_more(conn))
				return;
			has_read = true;
		}
	}
}
