/* SPDX-License-Identifier: ISC */
/*
 * Connections.  A turn of the loop: every readable connection is read and its
 * calls are handled; the answers of all of them leave at the end of the turn,
 * in one write each.
 */
#include "run/state_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/state_server_priv.h"

enum {
	CONNS_MAX = 512,        /* of all */
	CONNS_UID_MAX = 384,    /* of one user */
	UNTRUSTED_MAX = 256,    /* of users who only look */
	UNTRUSTED_UID_MAX = 64, /* of one of them */
	TRUSTED_TURN = 4096,    /* calls taken from one connection a turn */
	UNTRUSTED_TURN = 64,
	READS_A_TURN = 16,
	TRUSTED_FEEDS = 8, /* a turn, of PXE_STATE_UNSENT_LOW octets each */
	UNTRUSTED_FEEDS = 1,
	ACCEPT_PAUSE_MS = 200 /* when there are no descriptors left */
};

static const struct timeval at_once = { 0, 0 };

/* --- closing ------------------------------------------------------------- */

static void free_event(struct event *ev)
{
	if (ev != NULL)
		event_free(ev);
}

static void close_conn(struct pxe_state_conn *conn)
{
	struct pxe_state_server *server = conn->server;

	*conn->at = conn->next;
	if (conn->next != NULL)
		conn->next->at = conn->at;
	server->n_conns--;
	server->n_untrusted -= !conn->is_trusted;
	free_event(conn->read);
	free_event(conn->write);
	free_event(conn->flush);
	free_event(conn->again);
	pxe_state_conn_leave_requests(conn);
	json_decref(conn->held);
	pxe_state_link_done(&conn->link);
	if (server->service->gone != NULL)
		server->service->gone(conn->id, server->arg);
	free(conn);
}

static void break_conn(struct pxe_state_conn *conn)
{
	conn->server->counts.broken++;
	conn->is_broken = true;
	pxe_state_conn_wake(conn);
}

void pxe_state_conn_wake(struct pxe_state_conn *conn)
{
	event_active(conn->flush, EV_WRITE, 0);
}

/* --- reading ------------------------------------------------------------- */

static bool is_streaming(const struct pxe_state_conn *conn)
{
	return conn->first != NULL && conn->first->stream != NULL;
}

/* May calls be taken now? */
static bool is_open(const struct pxe_state_conn *conn)
{
	return !conn->is_broken && !is_streaming(conn) &&
	       conn->n_requests < PXE_STATE_PENDING_MAX &&
	       pxe_state_link_unsent(&conn->link) < PXE_STATE_UNSENT_HIGH &&
	       (conn->held == NULL || conn->first == NULL);
}

/* The next call.  Most are short; who may send long ones is asked when one
 * comes. */
static int next_call(struct pxe_state_conn *conn, const char **text,
		     size_t *len)
{
	const struct pxe_state_server *server = conn->server;
	int r = pxe_state_link_next(&conn->link, text, len);

	if (r != -EMSGSIZE || conn->link.in.max == PXE_VARLINK_MAX_BYTES ||
	    !server->service->is_allowed(&conn->peer, server->service->bulk,
					 server->arg))
		return r;
	conn->link.in.max = PXE_VARLINK_MAX_BYTES;
	return pxe_state_link_next(&conn->link, text, len);
}

/* Takes up to `left` calls that have arrived.  What is left of `left`. */
static int take_calls(struct pxe_state_conn *conn, int left)
{
	const char *text;
	size_t len;
	int r;

	while (left > 0 && is_open(conn)) {
		if (conn->held != NULL) {
			r = pxe_state_conn_take_held(conn);
		} else {
			r = next_call(conn, &text, &len);
			if (r == 0)
				break;
			if (r == 1)
				r = pxe_state_conn_take(conn, text, len);
		}
		if (r < 0 && r != -EAGAIN)
			break_conn(conn);
		left--;
	}
	return left;
}

static void take_eof(struct pxe_state_conn *conn)
{
	conn->has_eof = true;
	event_del(conn->read);
	/* answers to what it sent may still be wanted; a stream is not */
	if (is_streaming(conn))
		conn->is_broken = true;
	pxe_state_conn_wake(conn);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_state_conn *conn = arg;
	int left = conn->is_trusted ? TRUSTED_TURN : UNTRUSTED_TURN;
	int r = 1;

	(void)fd;
	(void)what;
	left = take_calls(conn, left);
	for (int i = 0; i < READS_A_TURN && r > 0 && left > 0; i++) {
		/* in a stream only the peer's end is waited for */
		if (conn->has_eof || (!is_open(conn) && !is_streaming(conn)))
			break;
		r = pxe_state_link_read(&conn->link);
		left = take_calls(conn, left);
	}
	if (r == 0)
		take_eof(conn);
	else if (r < 0 && r != -EAGAIN)
		break_conn(conn);
	if (left == 0) /* some may be in our own buffer */
		event_add(conn->again, &at_once);
	if (!is_open(conn) && !is_streaming(conn)) {
		event_del(conn->read); /* until answers have gone out */
		pxe_state_conn_wake(conn);
	}
}

/* --- writing ------------------------------------------------------------- */

/* Is there something that was not looked at yet? */
static bool has_unseen(const struct pxe_state_conn *conn)
{
	const struct pxe_varlink_stream *in = &conn->link.in;

	return conn->held != NULL || in->len - in->at > in->seen;
}

/* What is the connection to do after its answers have gone? */
static void go_on(struct pxe_state_conn *conn)
{
	if (conn->has_eof && conn->first == NULL && !has_unseen(conn) &&
	    pxe_state_link_unsent(&conn->link) == 0) {
		close_conn(conn);
		return;
	}
	if (!conn->has_eof && (is_open(conn) || is_streaming(conn)))
		event_add(conn->read, NULL);
	if (is_open(conn) && has_unseen(conn))
		event_add(conn->again, &at_once);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_state_conn *conn = arg;
	int rounds = conn->is_trusted ? TRUSTED_FEEDS : UNTRUSTED_FEEDS;
	int r;

	(void)fd;
	(void)what;
	do {
		r = pxe_state_link_flush(&conn->link);
		if (r == 0 && !conn->is_broken)
			pxe_state_conn_feed(conn);
	} while (r == 0 && pxe_state_link_unsent(&conn->link) > 0 &&
		 !conn->is_broken && --rounds > 0);
	if (conn->is_broken || (r < 0 && r != -EAGAIN)) {
		close_conn(conn);
		return;
	}
	if (pxe_state_link_unsent(&conn->link) > 0)
		event_add(conn->write, NULL);
	go_on(conn);
}

/* --- accepting ----------------------------------------------------------- */

static size_t count_uid(const struct pxe_state_server *server, uid_t uid)
{
	size_t n = 0;

	for (const struct pxe_state_conn *c = server->conns; c != NULL;
	     c = c->next)
		n += c->peer.uid == uid;
	return n;
}

static bool is_over_limit(const struct pxe_state_server *server,
			  const struct pxe_state_conn *conn)
{
	size_t n_uid = count_uid(server, conn->peer.uid);

	if (server->n_conns >= CONNS_MAX || n_uid >= CONNS_UID_MAX)
		return true;
	return !conn->is_trusted && (server->n_untrusted >= UNTRUSTED_MAX ||
				     n_uid >= UNTRUSTED_UID_MAX);
}

/* 0, -EPERM (over a limit), -errno; the descriptor is the connection's. */
static int open_conn(struct pxe_state_conn *conn, int fd)
{
	struct pxe_state_server *server = conn->server;
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (pxe_state_link_init(&conn->link, fd, PXE_STATE_REQUEST_MAX) < 0)
		return -ENOMEM;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	conn->peer = (struct pxe_state_peer) { cred.pid, cred.uid, cred.gid };
	conn->is_trusted =
		server->service->is_allowed(&conn->peer, server->service->trust,
					    server->arg);
	if (is_over_limit(server, conn))
		return -EPERM;
	conn->read = event_new(server->base, fd, EV_READ | EV_PERSIST,
			       on_readable, conn);
	conn->write = event_new(server->base, fd, EV_WRITE, on_flush, conn);
	conn->flush = event_new(server->base, -1, 0, on_flush, conn);
	conn->again = evtimer_new(server->base, on_readable, conn);
	if (conn->read == NULL || conn->write == NULL || conn->flush == NULL ||
	    conn->again == NULL || event_add(conn->read, NULL) < 0)
		return -ENOMEM;
	return 0;
}

static void add_conn(struct pxe_state_server *server, int fd)
{
	struct pxe_state_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL) {
		close(fd);
		return;
	}
	conn->server = server;
	conn->last = &conn->first;
	if (open_conn(conn, fd) < 0) {
		server->counts.refused++;
		free_event(conn->read);
		free_event(conn->write);
		free_event(conn->flush);
		free_event(conn->again);
		pxe_state_link_done(&conn->link);
		free(conn);
		return;
	}
	conn->id = ++server->last_id;
	conn->next = server->conns;
	conn->at = &server->conns;
	if (conn->next != NULL)
		conn->next->at = &conn->next;
	server->conns = conn;
	server->n_conns++;
	server->n_untrusted += !conn->is_trusted;
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval pause = { 0, ACCEPT_PAUSE_MS * 1000 };
	struct pxe_state_listener *l = arg;

	(void)what;
	for (int i = 0; i < READS_A_TURN; i++) {
		int r = accept4((int)fd, NULL, NULL,
				SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (r >= 0) {
			add_conn(l->server, r);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			event_del(l->event);
			event_add(l->resume, &pause);
		}
		return;
	}
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_state_listener *l = arg;

	(void)fd;
	(void)what;
	event_add(l->event, NULL);
}

static void free_listener(struct pxe_state_listener *l)
{
	free_event(l->event);
	free_event(l->resume);
	close(l->fd);
	free(l);
}

int pxe_state_server_listen(struct pxe_state_server *server, int fd)
{
	struct pxe_state_listener *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		close(fd);
		return -ENOMEM;
	}
	l->server = server;
	l->fd = fd;
	l->event = event_new(server->base, fd, EV_READ | EV_PERSIST,
			     on_acceptable, l);
	l->resume = evtimer_new(server->base, on_resume, l);
	if (l->event == NULL || l->resume == NULL ||
	    event_add(l->event, NULL) < 0) {
		free_listener(l);
		return -ENOMEM;
	}
	l->next = server->listeners;
	server->listeners = l;
	return 0;
}

/* --- the server ---------------------------------------------------------- */

struct pxe_state_server *pxe_state_server_new(
	struct event_base *base, const struct pxe_state_service *service,
	void *arg)
{
	struct pxe_state_server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return NULL;
	server->base = base;
	server->service = service;
	server->arg = arg;
	return server;
}

void pxe_state_server_free(struct pxe_state_server *server)
{
	if (server == NULL)
		return;
	for (struct pxe_state_conn *c = server->conns, *next; c != NULL;
	     c = next) {
		next = c->next;
		close_conn(c);
	}
	while (server->listeners != NULL) {
		struct pxe_state_listener *l = server->listeners;

		server->listeners = l->next;
		free_listener(l);
	}
	free(server);
}

void pxe_state_server_flush(struct pxe_state_server *server)
{
	for (struct pxe_state_conn *c = server->conns; c != NULL; c = c->next)
		if (pxe_state_link_flush(&c->link) < 0)
			c->is_broken = true;
}

const struct pxe_state_server_counts *pxe_state_server_counts(
	const struct pxe_state_server *server)
{
	return &server->counts;
}
