/* SPDX-License-Identifier: ISC */
#include "httpd/worker.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/directory.h"
#include "httpd/server.h"
#include "httpd/tls.h"
#include "run/log.h"
#include "run/neigh.h"

void pxe_worker_enter_world(struct pxe_worker *worker)
{
	pthread_rwlock_rdlock(&worker->server->world);
}

void pxe_worker_leave_world(struct pxe_worker *worker)
{
	pthread_rwlock_unlock(&worker->server->world);
}

static int open_neigh(void)
{
	int fd = pxe_neigh_open();

	if (fd < 0)
		pxe_log(PXE_LOG_WARNING,
			"the neighbour table cannot be read: %s",
			strerror(-fd));
	return fd;
}

/* Connections that there are keep theirs. */
static void take_tls(struct pxe_worker *worker)
{
	pxe_tls_release(worker->tls);
	worker->tls = pxe_tls_share(worker->server->tls);
}

/* Nobody changes the configuration meanwhile. */
static void take_limits(struct pxe_worker *worker)
{
	const struct pxe_conf *conf = worker->server->conf;
	struct pxe_limits *l = &worker->limits;
	const uint32_t seconds[PXE_N_CONN_PHASES] = {
		[PXE_CONN_HEADER] = conf->http.header_timeout_s,
		[PXE_CONN_IDLE] = conf->http.idle_timeout_s,
		[PXE_CONN_ANSWER] = conf->http.send_timeout_s,
	};
	static const uint32_t fixed[PXE_N_CONN_PHASES] = {
#define X(id, n) [PXE_CONN_##id] = (n),
		PXE_CONN_PHASES(X)
#undef X
	};

	l->max_connections = conf->max_connections;
	l->max_per_client = conf->http.max_per_client;
	l->pace.min_rate = conf->http.min_rate;
	l->pace.window_ms = conf->http.rate_window_s * 1000;
	l->logs_requests = conf->http.logs_requests;
	for (int i = 0; i < PXE_N_CONN_PHASES; i++)
		l->phase_ms[i] =
			(int64_t)(seconds[i] > 0 ? seconds[i] : fixed[i]) *
			1000;
}

/*
 * No other thread comes near the base: it needs no locks.  Changes go to epoll
 * at once, unlike the main thread's: a descriptor is closed next, is another
 * thread's then, and that of a listener is one of several.
 */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

int pxe_worker_new(struct pxe_server *server, struct pxe_worker **out)
{
	struct pxe_worker *worker = calloc(1, sizeof(*worker));
	int r;

	*out = worker;
	if (worker == NULL)
		return -ENOMEM;
	worker->server = server;
	worker->neigh_fd = open_neigh();
	worker->base = new_base();
	if (worker->base == NULL)
		return -ENOMEM;
	worker->directories = pxe_directories_new();
	if (worker->directories == NULL)
		return -ENOMEM;
	take_limits(worker);
	take_tls(worker);
	r = pxe_postbox_open(&worker->box, worker->base);
	worker->has_box = r == 0;
	if (r == 0)
		r = pxe_conn_start(worker);
	return r == 0 ? pxe_accept_start(worker) : r;
}

static void *serve(void *arg)
{
	struct pxe_worker *worker = arg;

	event_base_dispatch(worker->base);
	pxe_accept_stop(worker);
	pxe_conn_stop(worker);
	return NULL;
}

/* Signals are the main thread's. */
int pxe_worker_run(struct pxe_worker *worker)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	worker->is_thread = true; /* it looks at that itself */
	r = pthread_create(&worker->thread, NULL, serve, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		worker->is_thread = false;
	return -r;
}

/* --- told by the main thread, which waits ----------------------------------
 */

struct order {
	struct pxe_post post;
	struct pxe_worker *worker;
	sem_t is_done;
};

static void change(struct pxe_worker *worker)
{
	int r;

	take_limits(worker);
	take_tls(worker);
	pxe_accept_stop(worker);
	r = pxe_accept_start(worker);
	if (r < 0)
		pxe_log(PXE_LOG_ERR, "cannot accept connections: %s",
			strerror(-r));
}

static void on_change(struct pxe_post *post, bool is_late PXE_UNUSED)
{
	struct order *order = (struct order *)post;

	change(order->worker);
	sem_post(&order->is_done);
}

static void on_quit(struct pxe_post *post, bool is_late PXE_UNUSED)
{
	struct order *order = (struct order *)post;

	event_base_loopbreak(order->worker->base);
	sem_post(&order->is_done);
}

static void give_order(struct pxe_worker *worker,
		       void (*deliver)(struct pxe_post *post, bool is_late))
{
	struct order order = { .post.deliver = deliver, .worker = worker };

	sem_init(&order.is_done, 0, 0);
	(void)!pxe_postbox_put(&worker->box, &order.post, 0);
	while (sem_wait(&order.is_done) < 0 && errno == EINTR)
		;
	sem_destroy(&order.is_done);
}

void pxe_worker_change(struct pxe_worker *worker)
{
	if (worker->is_thread)
		give_order(worker, on_change);
	else
		change(worker);
}

void pxe_worker_stop(struct pxe_worker *worker)
{
	if (worker->is_thread) {
		give_order(worker, on_quit);
		pthread_join(worker->thread, NULL);
	} else {
		pxe_accept_stop(worker);
		pxe_conn_stop(worker);
	}
	worker->is_thread = false;
}

void pxe_worker_free(struct pxe_worker *worker)
{
	if (worker == NULL)
		return;
	if (worker->has_box)
		pxe_postbox_close(&worker->box);
	if (worker->base != NULL)
		event_base_free(worker->base);
	pxe_scratch_done(&worker->scratch);
	pxe_fold_cache_clear(&worker->folds);
	free(worker->spare_job);
	pxe_tls_release(worker->tls);
	pxe_directories_free(worker->directories);
	if (worker->neigh_fd >= 0)
		close(worker->neigh_fd);
	free(worker);
}
