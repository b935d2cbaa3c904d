/* SPDX-License-Identifier: ISC */
#include "httpd/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "httpd/account.h"
#include "httpd/answer.h"
#include "httpd/server.h"

enum {
	SWEEP_S = 1,
	EVICT_AFTER_MS = 2000, /* a new connection has that long at least */
	N_OVER = 64,           /* connections over the limit that are told */
	READ_HIGH = 64 * 1024, /* octets of pipelined requests */
	READ_ONCE = 16 * 1024,
	WRITE_ONCE = 512 * 1024,
};

static const int64_t phase_ms[PXE_N_CONN_PHASES] = {
#define X(id, seconds) [PXE_CONN_##id] = (seconds)*1000,
	PXE_CONN_PHASES(X)
#undef X
};

void pxe_conn_enter(struct pxe_conn *conn, enum pxe_conn_phase phase)
{
	struct pxe_conns *conns = &conn->worker->conns;

	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	conn->phase = phase;
	conn->since_ms = pxe_server_now_ms();
	TAILQ_INSERT_TAIL(&conns->phases[phase], conn, entry);
}

/* It is in no list any more. */
static void forget(struct pxe_conn *conn)
{
	evbuffer_remove_cb(bufferevent_get_input(conn->bev), pxe_conn_input,
			   conn);
	evbuffer_remove_cb(bufferevent_get_output(conn->bev), pxe_conn_output,
			   conn);
	conn->worker->conns.n--;
	free(conn);
}

static void on_close(struct evhttp_connection *evcon PXE_UNUSED, void *arg)
{
	struct pxe_conn *conn = arg;
	struct pxe_conns *conns = &conn->worker->conns;

	pxe_account_closed(conn);
	pxe_answer_drop(conn);
	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	conns->by_fd[conn->fd] = NULL;
	forget(conn);
}

/* Closes it; on_close() follows at once. */
static void end(struct pxe_conn *conn)
{
	conn->is_evicted = true;
	evhttp_connection_free(conn->evcon);
}

static bool reserve_fd(struct pxe_conns *conns, int fd)
{
	size_t n = conns->n_by_fd;
	struct pxe_conn **by_fd;

	if (fd >= 0 && (size_t)fd < n)
		return true;
	while (fd >= 0 && n <= (size_t)fd)
		n = n > 0 ? n * 2 : 256;
	by_fd = fd >= 0 ? realloc(conns->by_fd, n * sizeof(*by_fd)) : NULL;
	if (by_fd == NULL)
		return false;
	memset(by_fd + conns->n_by_fd, 0,
	       (n - conns->n_by_fd) * sizeof(*by_fd));
	conns->by_fd = by_fd;
	conns->n_by_fd = n;
	return true;
}

bool pxe_conn_evict(struct pxe_worker *worker)
{
	struct pxe_conns *conns = &worker->conns;
	struct pxe_conn *conn = TAILQ_FIRST(&conns->phases[PXE_CONN_IDLE]);

	if (conn == NULL) {
		conn = TAILQ_FIRST(&conns->phases[PXE_CONN_HEADER]);
		if (conn == NULL ||
		    pxe_server_now_ms() - conn->since_ms < EVICT_AFTER_MS)
			return false;
	}
	end(conn);
	return true;
}

/* Is there room for one more?  If not, the client is told so. */
static void admit(struct pxe_conn *conn)
{
	struct pxe_worker *worker = conn->worker;
	size_t max = worker->server->conf->max_connections;

	if (worker->conns.n <= max || pxe_conn_evict(worker))
		return;
	pxe_account_too_many(conn);
	if (worker->conns.n > max + N_OVER)
		end(conn);
	else
		pxe_conn_refuse(conn, 503, "too many connections");
}

/*
 * evhttp has made its connection round the bufferevent and set itself as the
 * argument of its callbacks, which is the only way to it before a request.
 * Where it could not, it has freed the bufferevent: ours is the last
 * reference, and the callbacks are gone.
 */
static void attach(struct pxe_conn *conn)
{
	struct pxe_conns *conns = &conn->worker->conns;
	struct bufferevent *bev = conn->bev;
	const struct sockaddr *peer;
	void *arg = NULL;

	TAILQ_REMOVE(&conns->fresh, conn, entry);
	bufferevent_getcb(bev, NULL, NULL, NULL, &arg);
	conn->fd = bufferevent_getfd(bev);
	if (arg == NULL || !reserve_fd(conns, conn->fd)) {
		forget(conn);
		if (arg != NULL)
			evhttp_connection_free(arg);
		bufferevent_decref(bev);
		return;
	}
	conn->evcon = arg;
	conns->by_fd[conn->fd] = conn;
	peer = evhttp_connection_get_addr(conn->evcon);
	if (peer != NULL)
		memcpy(&conn->peer, peer,
		       peer->sa_family == AF_INET6
			       ? sizeof(struct sockaddr_in6)
			       : sizeof(struct sockaddr_in));
	evhttp_connection_set_closecb(conn->evcon, on_close, conn);
	bufferevent_decref(bev);
	conn->since_ms = pxe_server_now_ms();
	TAILQ_INSERT_TAIL(&conns->phases[conn->phase], conn, entry);
	admit(conn);
}

static void attach_all(struct pxe_worker *worker)
{
	struct pxe_conn *next;

	for (struct pxe_conn *conn = TAILQ_FIRST(&worker->conns.fresh);
	     conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, entry);
		attach(conn);
	}
}

/* Runs before anything can be read from the new connections. */
static void on_attach(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		      void *arg)
{
	attach_all(arg);
}

/*
 * evhttp asks for the bufferevent of a connection that it has accepted.
 * NULL: it makes its own, and pxe_conn_find() will not know it.
 */
static struct bufferevent *on_accept(struct event_base *base, void *arg)
{
	struct pxe_worker *worker = arg;
	struct pxe_conn *conn = calloc(1, sizeof(*conn));
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

	if (conn == NULL || bev == NULL)
		goto fail;
	conn->worker = worker;
	conn->bev = bev;
	conn->phase = PXE_CONN_HEADER;
	conn->answer.fd = -1;
	pxe_guard_init(&conn->guard);
	bufferevent_setwatermark(bev, EV_READ, 0, READ_HIGH);
	bufferevent_set_max_single_read(bev, READ_ONCE);
	bufferevent_set_max_single_write(bev, WRITE_ONCE);
	if (evbuffer_add_cb(bufferevent_get_input(bev), pxe_conn_input, conn) ==
		    NULL ||
	    evbuffer_add_cb(bufferevent_get_output(bev), pxe_conn_output,
			    conn) == NULL)
		goto fail;
	bufferevent_incref(bev);
	TAILQ_INSERT_TAIL(&worker->conns.fresh, conn, entry);
	worker->conns.n++;
	event_active(worker->conns.attach, EV_TIMEOUT, 0);
	return bev;
fail:
	if (bev != NULL)
		bufferevent_free(bev);
	free(conn);
	return NULL;
}

static void on_sweep(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		     void *arg)
{
	struct pxe_worker *worker = arg;
	int64_t now_ms = pxe_server_now_ms();

	for (int i = 0; i < PXE_N_CONN_PHASES; i++) {
		struct pxe_conn_list *list = &worker->conns.phases[i];
		struct pxe_conn *conn;

		while ((conn = TAILQ_FIRST(list)) != NULL &&
		       now_ms - conn->since_ms >= phase_ms[i]) {
			if (i == PXE_CONN_WAIT)
				pxe_ask_expire(conn);
			else
				end(conn);
		}
	}
}

struct pxe_conn *pxe_conn_find(struct pxe_worker *worker,
			       struct evhttp_request *req)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(req);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
	struct pxe_conn *conn = NULL;

	if (fd >= 0 && (size_t)fd < worker->conns.n_by_fd)
		conn = worker->conns.by_fd[fd];
	return conn != NULL && conn->evcon == evcon ? conn : NULL;
}

int pxe_conn_start(struct pxe_worker *worker)
{
	struct timeval every = { .tv_sec = SWEEP_S };
	struct pxe_conns *conns = &worker->conns;

	TAILQ_INIT(&conns->fresh);
	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		TAILQ_INIT(&conns->phases[i]);
	conns->attach = event_new(worker->base, -1, 0, on_attach, worker);
	conns->sweep =
		event_new(worker->base, -1, EV_PERSIST, on_sweep, worker);
	if (conns->attach == NULL || conns->sweep == NULL ||
	    event_priority_set(conns->attach, 0) < 0 ||
	    event_add(conns->sweep, &every) < 0)
		return -ENOMEM;
	evhttp_set_bevcb(worker->http, on_accept, worker);
	return 0;
}

void pxe_conn_stop(struct pxe_worker *worker)
{
	struct pxe_conns *conns = &worker->conns;

	if (conns->attach == NULL)
		return;
	attach_all(worker);
	event_free(conns->attach);
	if (conns->sweep != NULL)
		event_free(conns->sweep);
	free(conns->by_fd);
	*conns = (struct pxe_conns) { 0 };
}
