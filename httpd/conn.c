/* SPDX-License-Identifier: ISC */
#include "httpd/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "httpd/account.h"
#include "httpd/answer.h"
#include "httpd/server.h"

enum {
	SWEEP_S = 1,
	EVICT_AFTER_MS = 2000, /* a new connection has that long at least */
	N_OVER = 64,           /* connections over the limit that are told */
};

static const int64_t phase_ms[PXE_N_CONN_PHASES] = {
#define X(id, seconds) [PXE_CONN_##id] = (seconds)*1000,
	PXE_CONN_PHASES(X)
#undef X
};

/* Deadlines are of seconds, and this is asked for each piece sent. */
static int64_t coarse_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void pxe_conn_enter(struct pxe_conn *conn, enum pxe_conn_phase phase)
{
	struct pxe_conns *conns = &conn->worker->conns;

	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	conn->phase = phase;
	conn->since_ms = coarse_ms();
	TAILQ_INSERT_TAIL(&conns->phases[phase], conn, entry);
}

static void on_event(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		     void *arg)
{
	pxe_conn_pump(arg);
}

void pxe_conn_wait(struct pxe_conn *conn, short what)
{
	if (conn->waits == what)
		return;
	if (conn->waits != 0)
		event_del(&conn->event);
	conn->waits = what;
	if (what == 0)
		return;
	event_assign(&conn->event, conn->worker->base, conn->fd,
		     (short)(what | EV_PERSIST), on_event, conn);
	/* without memory it waits for its deadline */
	if (event_add(&conn->event, NULL) < 0)
		conn->waits = 0;
}

void pxe_conn_close(struct pxe_conn *conn)
{
	struct pxe_conns *conns = &conn->worker->conns;

	pxe_account_closed(conn);
	pxe_answer_drop(conn);
	pxe_conn_send_stop(conn);
	pxe_conn_wait(conn, 0);
	close(conn->fd);
	if (conn->in.cap > 0)
		free(conn->in.buf);
	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	conns->n--;
	free(conn);
}

/* Closes it before its time. */
static void end(struct pxe_conn *conn)
{
	conn->is_evicted = true;
	pxe_conn_close(conn);
}

bool pxe_conn_evict(struct pxe_worker *worker)
{
	struct pxe_conns *conns = &worker->conns;
	struct pxe_conn *conn = TAILQ_FIRST(&conns->phases[PXE_CONN_IDLE]);

	if (conn == NULL) {
		conn = TAILQ_FIRST(&conns->phases[PXE_CONN_HEADER]);
		if (conn == NULL ||
		    coarse_ms() - conn->since_ms < EVICT_AFTER_MS)
			return false;
	}
	end(conn);
	return true;
}

/* Is there room for one more?  If not, the client is told so. */
static bool is_admitted(struct pxe_conn *conn)
{
	struct pxe_worker *worker = conn->worker;
	size_t max = worker->server->conf->max_connections;

	if (worker->conns.n < max || pxe_conn_evict(worker))
		return true;
	pxe_account_too_many(conn);
	return false;
}

void pxe_conn_accept(struct pxe_worker *worker, int fd,
		     const struct sockaddr_storage *peer)
{
	struct pxe_conns *conns = &worker->conns;
	struct pxe_conn *conn = calloc(1, sizeof(*conn));
	bool is_admitted_now;

	if (conn == NULL) {
		close(fd);
		return;
	}
	conn->worker = worker;
	conn->fd = fd;
	conn->phase = PXE_CONN_HEADER;
	conn->since_ms = coarse_ms();
	conn->answer.fd = -1;
	conn->peer = *peer;
	pxe_guard_init(&conn->guard);
	is_admitted_now = is_admitted(conn);
	TAILQ_INSERT_TAIL(&conns->phases[conn->phase], conn, entry);
	conns->n++;
	if (is_admitted_now)
		pxe_conn_pump(conn);
	else if (conns->n > worker->server->conf->max_connections + N_OVER)
		end(conn);
	else
		pxe_conn_refuse(conn, 503, "too many connections");
}

static void on_sweep(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		     void *arg)
{
	struct pxe_worker *worker = arg;
	int64_t now_ms = coarse_ms();

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

int pxe_conn_start(struct pxe_worker *worker)
{
	struct timeval every = { .tv_sec = SWEEP_S };
	struct pxe_conns *conns = &worker->conns;

	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		TAILQ_INIT(&conns->phases[i]);
	conns->sweep =
		event_new(worker->base, -1, EV_PERSIST, on_sweep, worker);
	if (conns->sweep == NULL || event_add(conns->sweep, &every) < 0)
		return -ENOMEM;
	return 0;
}

void pxe_conn_stop(struct pxe_worker *worker)
{
	struct pxe_conns *conns = &worker->conns;
	struct pxe_conn *conn;

	if (conns->sweep == NULL)
		return;
	event_free(conns->sweep);
	conns->sweep = NULL;
	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		while ((conn = TAILQ_FIRST(&conns->phases[i])) != NULL)
			pxe_conn_close(conn);
}
