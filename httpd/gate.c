/* SPDX-License-Identifier: ISC */
/*
 * The guard before evhttp, and what the client is told when it says no.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "httpd/account.h"
#include "httpd/conn.h"
#include "httpd/server.h"
#include "run/log.h"

static const char *phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} rows[] = {
		{ 400, "Bad Request" },
		{ 405, "Method Not Allowed" },
		{ 414, "URI Too Long" },
		{ 431, "Request Header Fields Too Large" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].status == status)
			return rows[i].phrase;
	return "Error";
}

void pxe_conn_refuse(struct pxe_conn *conn, int status, const char *why)
{
	char text[512], body[128];
	int n = snprintf(body, sizeof(body), "%d %s: %s\n", status,
			 phrase(status), why);
	int len = snprintf(text, sizeof(text),
			   "HTTP/1.1 %d %s\r\n%s"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "Content-Length: %d\r\n"
			   "Connection: close\r\n\r\n%s",
			   status, phrase(status),
			   status == 405 ? "Allow: GET, HEAD\r\n" : "", n,
			   conn->guard.is_head ? "" : body);

	conn->is_over = true;
	if (send(conn->fd, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		pxe_log(PXE_LOG_DEBUG, "refusal not sent: %s", strerror(errno));
	shutdown(conn->fd, SHUT_WR);
	pxe_conn_enter(conn, PXE_CONN_LINGER);
}

void pxe_conn_refuse_request(struct pxe_conn *conn)
{
	struct evbuffer *in = bufferevent_get_input(conn->bev);

	pxe_account_refused(conn);
	pxe_conn_refuse(conn, conn->guard.status, conn->guard.why);
	evbuffer_drain(in, evbuffer_get_length(in));
}

/* --- the guard before evhttp -----------------------------------------------
 */

/* One more good request; or the first that is not.  False: look no further. */
static bool on_octet(struct pxe_conn *conn, uint8_t octet)
{
	switch (pxe_guard_step(&conn->guard, octet)) {
	case PXE_GUARD_MORE:
		return true;
	case PXE_GUARD_REQUEST:
		conn->n_ready++;
		return true;
	case PXE_GUARD_REFUSED:
		conn->is_refused = true;
		return false;
	case PXE_GUARD_IGNORED:
		break;
	}
	return false;
}

/* The last `n` octets of the input are new. */
static void guard_input(struct pxe_conn *conn, struct evbuffer *in, size_t n)
{
	struct evbuffer_ptr at;
	struct evbuffer_iovec vec[8];

	if (evbuffer_ptr_set(in, &at, evbuffer_get_length(in) - n,
			     EVBUFFER_PTR_SET) < 0)
		return;
	while (n > 0) {
		int n_vecs = evbuffer_peek(in, (ev_ssize_t)n, &at, vec,
					   PXE_LEN(vec));
		size_t taken = 0;

		if (n_vecs > (int)PXE_LEN(vec))
			n_vecs = (int)PXE_LEN(vec);
		for (int i = 0; i < n_vecs; i++) {
			const uint8_t *p = vec[i].iov_base;
			size_t len = vec[i].iov_len;

			if (len > n - taken)
				len = n - taken;
			for (size_t k = 0; k < len; k++)
				if (!on_octet(conn, p[k]))
					return;
			taken += len;
		}
		n -= taken;
		if (taken == 0 ||
		    evbuffer_ptr_set(in, &at, taken, EVBUFFER_PTR_ADD) < 0)
			return;
	}
}

static bool is_busy(const struct pxe_conn *conn)
{
	return conn->answer.req != NULL || conn->n_ready > 0;
}

void pxe_conn_input(struct evbuffer *in, const struct evbuffer_cb_info *info,
		    void *arg)
{
	struct pxe_conn *conn = arg;

	if (info->n_added == 0)
		return;
	if (conn->is_over) {
		evbuffer_drain(in, evbuffer_get_length(in));
		return;
	}
	if (!conn->is_refused)
		guard_input(conn, in, info->n_added);
	if (conn->is_refused && !is_busy(conn))
		pxe_conn_refuse_request(conn);
	else if (conn->phase == PXE_CONN_IDLE)
		pxe_conn_enter(conn, PXE_CONN_HEADER);
}
