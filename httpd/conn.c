/* SPDX-License-Identifier: ISC */
#include "httpd/conn.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "httpd/account.h"
#include "httpd/answer.h"
#include "httpd/io.h"
#include "httpd/server.h"
#include "httpd/tls.h"

enum {
	SWEEP_S = 1,
	EVICT_AFTER_MS = 2000, /* a new connection has that long at least */
	N_OVER = 64,           /* connections over the limit that are told */
};

/* Deadlines are of seconds, and this is asked for each piece sent. */
static int64_t coarse_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Only this thread writes it. */
static void add_idle(struct pxe_conns *conns, int n)
{
	size_t now = atomic_load_explicit(&conns->n_idle, memory_order_relaxed);

	atomic_store_explicit(&conns->n_idle, now + (size_t)n,
			      memory_order_relaxed);
}

void pxe_conn_enter(struct pxe_conn *conn, enum pxe_conn_phase phase)
{
	struct pxe_conns *conns = &conn->worker->conns;

	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	if (conn->phase == PXE_CONN_IDLE)
		add_idle(conns, -1);
	if (phase == PXE_CONN_IDLE)
		add_idle(conns, 1);
	conn->since_ms = coarse_ms();
	if (phase == PXE_CONN_ANSWER && conn->phase != PXE_CONN_ANSWER)
		pxe_pace_begin(&conn->pace, conn->since_ms, conn->sent_bytes);
	conn->phase = phase;
	TAILQ_INSERT_TAIL(&conns->phases[phase], conn, entry);
}

static void count_out(struct pxe_conn *conn);

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

/* What was cut short must not look like its end. */
static void end_tls(struct pxe_conn *conn)
{
	if (!conn->answer.is_active && !conn->is_over)
		pxe_io_say_end(conn);
	pxe_tls_end(conn);
}

void pxe_conn_close(struct pxe_conn *conn)
{
	struct pxe_conns *conns = &conn->worker->conns;

	pxe_worker_enter_world(conn->worker);
	pxe_account_closed(conn);
	pxe_worker_leave_world(conn->worker);
	pxe_answer_drop(conn);
	pxe_conn_send_stop(conn);
	pxe_conn_wait(conn, 0);
	end_tls(conn);
	close(conn->fd);
	if (conn->in.cap > 0)
		free(conn->in.buf);
	if (conn->phase == PXE_CONN_IDLE)
		add_idle(conns, -1);
	TAILQ_REMOVE(&conns->phases[conn->phase], conn, entry);
	count_out(conn);
	free(conn);
}

/*
 * Closes it before its time.  What waits in the kernel goes too: it would be
 * kept for as long as a slow client likes.
 */
static void end(struct pxe_conn *conn)
{
	const struct linger now = { .l_onoff = 1 };

	if (conn->phase == PXE_CONN_ANSWER)
		(void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &now,
				 sizeof(now));
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

/* --- limits ------------------------------------------------------------------
 */

struct eviction {
	struct pxe_post post;
	struct pxe_worker *worker;
};

static void on_eviction(struct pxe_post *post, bool is_late)
{
	struct eviction *eviction = (struct eviction *)post;

	if (!is_late)
		(void)pxe_conn_evict(eviction->worker);
	free(eviction);
}

/* One of another worker's goes, if any of them has one that is idle. */
static bool evict_elsewhere(struct pxe_worker *worker)
{
	struct pxe_server *server = worker->server;
	struct eviction *eviction;

	for (size_t i = 0; i < server->n_workers; i++) {
		struct pxe_worker *other = server->workers[i];

		if (other == worker ||
		    atomic_load_explicit(&other->conns.n_idle,
					 memory_order_relaxed) == 0)
			continue;
		eviction = calloc(1, sizeof(*eviction));
		if (eviction == NULL)
			return false;
		eviction->post.deliver = on_eviction;
		eviction->worker = other;
		if (pxe_postbox_put(&other->box, &eviction->post, 64))
			return true;
		free(eviction);
	}
	return false;
}

static void count_out(struct pxe_conn *conn)
{
	struct pxe_server *server = conn->worker->server;
	uint8_t octets[16];

	atomic_fetch_sub(&server->n_conns, 1);
	if (!conn->is_counted)
		return;
	pxe_asker_octets((const struct sockaddr *)&conn->peer, octets);
	pxe_peers_leave(&server->peers, octets);
}

/* How many there are of all workers now, this one too. */
static size_t count_in(struct pxe_conn *conn)
{
	return atomic_fetch_add(&conn->worker->server->n_conns, 1) + 1;
}

/* Is there room for one more, of all and of this address? */
static const char *find_why_not(struct pxe_conn *conn, size_t n)
{
	struct pxe_worker *worker = conn->worker;
	const struct pxe_limits *l = &worker->limits;
	uint8_t octets[16];

	if (l->max_per_client > 0) {
		pxe_asker_octets((const struct sockaddr *)&conn->peer, octets);
		conn->is_counted = pxe_peers_enter(&worker->server->peers,
						   octets, l->max_per_client);
		if (!conn->is_counted)
			return "too many connections of this address";
	}
	if (n > l->max_connections && !pxe_conn_evict(worker) &&
	    (n > l->max_connections + N_OVER || !evict_elsewhere(worker)))
		return "too many connections";
	return NULL;
}

/* A client of TLS is not told: it would take a handshake. */
static void turn_away(struct pxe_conn *conn, size_t n, bool has_tls,
		      const char *why)
{
	pxe_account_too_many(conn, why);
	if (has_tls || n > conn->worker->limits.max_connections + N_OVER)
		end(conn);
	else
		pxe_conn_refuse(conn, 503, why);
}

void pxe_conn_accept(struct pxe_worker *worker, int fd, bool has_tls,
		     const struct sockaddr_storage *peer)
{
	struct pxe_conns *conns = &worker->conns;
	struct pxe_conn *conn = calloc(1, sizeof(*conn));
	const char *why;
	size_t n;

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
	n = count_in(conn);
	why = find_why_not(conn, n);
	TAILQ_INSERT_TAIL(&conns->phases[conn->phase], conn, entry);
	if (why != NULL)
		turn_away(conn, n, has_tls, why);
	else if (has_tls && pxe_tls_begin(conn, worker->tls) < 0)
		end(conn);
	else
		pxe_conn_pump(conn);
}

/* --- deadlines
 * -----------------------------------------------------------------
 */

/* Octets that the client's system has: the others wait in ours.  TLS adds a
 * little to those. */
static uint64_t taken_bytes(const struct pxe_conn *conn)
{
	int waiting = 0;

	if (ioctl(conn->fd, SIOCOUTQ, &waiting) < 0 || waiting < 0)
		waiting = 0;
	return conn->sent_bytes > (uint64_t)waiting
		       ? conn->sent_bytes - (uint64_t)waiting
		       : 0;
}

/* Too slow to be a client that wants an answer. */
static bool is_slow(struct pxe_conn *conn, int64_t now_ms)
{
	const struct pxe_pace_limits *limits = &conn->worker->limits.pace;

	return pxe_pace_is_due(&conn->pace, limits, now_ms) &&
	       pxe_pace_is_slow(&conn->pace, limits, now_ms, taken_bytes(conn));
}

static void sweep_slow(struct pxe_worker *worker, int64_t now_ms)
{
	struct pxe_conn_list *list = &worker->conns.phases[PXE_CONN_ANSWER];
	struct pxe_conn *conn, *next;

	for (conn = TAILQ_FIRST(list); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, entry);
		if (is_slow(conn, now_ms))
			end(conn);
	}
}

static void on_sweep(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		     void *arg)
{
	struct pxe_worker *worker = arg;
	int64_t now_ms = coarse_ms();

	worker->beat_ms = now_ms;
	for (int i = 0; i < PXE_N_CONN_PHASES; i++) {
		struct pxe_conn_list *list = &worker->conns.phases[i];
		struct pxe_conn *conn;

		while ((conn = TAILQ_FIRST(list)) != NULL &&
		       now_ms - conn->since_ms >= worker->limits.phase_ms[i]) {
			if (i == PXE_CONN_WAIT)
				pxe_ask_expire(conn);
			else
				end(conn);
		}
	}
	sweep_slow(worker, now_ms);
}

int pxe_conn_start(struct pxe_worker *worker)
{
	struct timeval every = { .tv_sec = SWEEP_S };
	struct pxe_conns *conns = &worker->conns;

	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		TAILQ_INIT(&conns->phases[i]);
	worker->beat_ms = coarse_ms();
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
