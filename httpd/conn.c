/* SPDX-License-Identifier: ISC */
#include "httpd/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "httpd/account.h"
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
	struct pxe_conns *conns = &conn->server->conns;

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
	conn->server->conns.n--;
	free(conn);
}

static void on_close(struct evhttp_connection *evcon PXE_UNUSED, void *arg)
{
	struct pxe_conn *conn = arg;
	struct pxe_conns *conns = &conn->server->conns;

	pxe_account_closed(conn);
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

bool pxe_conn_evict(struct pxe_server *server)
{
	struct pxe_conns *conns = &server->conns;
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
	struct pxe_server *server = conn->server;
	size_t max = server->conf->max_connections;

	if (server->conns.n <= max || pxe_conn_evict(server))
		return;
	pxe_account_too_many(conn);
	if (server->conns.n > max + N_OVER)
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
	struct pxe_conns *conns = &conn->server->conns;
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

static void attach_all(struct pxe_server *server)
{
	struct pxe_conn *next;

	for (struct pxe_conn *conn = TAILQ_FIRST(&server->conns.fresh);
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
	struct pxe_server *server = arg;
	struct pxe_conn *conn = calloc(1, sizeof(*conn));
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);

	if (conn == NULL || bev == NULL)
		goto fail;
	conn->server = server;
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
	TAILQ_INSERT_TAIL(&server->conns.fresh, conn, entry);
	server->conns.n++;
	event_active(server->conns.attach, EV_TIMEOUT, 0);
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
	struct pxe_server *server = arg;
	int64_t now_ms = pxe_server_now_ms();

	for (int i = 0; i < PXE_N_CONN_PHASES; i++) {
		struct pxe_conn_list *list = &server->conns.phases[i];
		struct pxe_conn *conn;

		while ((conn = TAILQ_FIRST(list)) != NULL &&
		       now_ms - conn->since_ms >= phase_ms[i])
			end(conn);
	}
}

struct pxe_conn *pxe_conn_find(struct pxe_server *server,
			       struct evhttp_request *req)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(req);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
	struct pxe_conn *conn = NULL;

	if (fd >= 0 && (size_t)fd < server->conns.n_by_fd)
		conn = server->conns.by_fd[fd];
	return conn != NULL && conn->evcon == evcon ? conn : NULL;
}

int pxe_conn_start(struct pxe_server *server)
{
	struct timeval every = { .tv_sec = SWEEP_S };
	struct pxe_conns *conns = &server->conns;

	TAILQ_INIT(&conns->fresh);
	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		TAILQ_INIT(&conns->phases[i]);
	conns->attach = event_new(server->base, -1, 0, on_attach, server);
	conns->sweep =
		event_new(server->base, -1, EV_PERSIST, on_sweep, server);
	if (conns->attach == NULL || conns->sweep == NULL ||
	    event_priority_set(conns->attach, 0) < 0 ||
	    event_add(conns->sweep, &every) < 0)
		return -ENOMEM;
	evhttp_set_bevcb(server->http, on_accept, server);
	return 0;
}

void pxe_conn_stop(struct pxe_server *server)
{
	struct pxe_conns *conns = &server->conns;

	if (conns->attach == NULL)
		return;
	attach_all(server);
	event_free(conns->attach);
	if (conns->sweep != NULL)
		event_free(conns->sweep);
	free(conns->by_fd);
	*conns = (struct pxe_conns) { 0 };
}
