/* SPDX-License-Identifier: ISC */
#include "httpd/server.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/access_log.h"
#include "httpd/account.h"
#include "httpd/tls.h"
#include "run/log.h"
#include "run/rootdir.h"

enum {
	SPARE_FDS = 64,   /* beside two a connection, and six a worker */
	STUCK_MS = 30000, /* a worker that has not come round */
	WHY_TEXT = 1024,
};

int64_t pxe_server_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Two descriptors a connection: its socket and a file. */
static void raise_limit(const struct pxe_conf *conf)
{
	rlim_t want = (rlim_t)conf->max_connections * 2 + SPARE_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < want)
		pxe_log(PXE_LOG_WARNING,
			"max-connections = %u may need %llu descriptors, and "
			"the limit is %llu: raise LimitNOFILE=",
			conf->max_connections, (unsigned long long)want,
			(unsigned long long)limit.rlim_cur);
}

/* --- pxe-stated ------------------------------------------------------------
 */

static void on_hello(const char *error PXE_UNUSED,
		     const json_t *params PXE_UNUSED, bool more PXE_UNUSED,
		     void *arg PXE_UNUSED)
{
}

static void on_state_up(void *arg)
{
	struct pxe_server *s = arg;
	json_t *params = json_pack("{ss}", "name", "httpd");

	if (pxe_state_call(s->state, "Hello", params, on_hello, s) < 0)
		pxe_log(PXE_LOG_DEBUG, "pxe-stated was not greeted");
	pxe_log(PXE_LOG_INFO, "connected to pxe-stated");
	atomic_store(&s->is_state_up, true);
	pxe_asks_resume(s);
}

static void on_state_down(void *arg)
{
	struct pxe_server *s = arg;

	atomic_store(&s->is_state_up, false);
	pxe_log(PXE_LOG_WARNING, "pxe-stated is away: files and scripts go on "
				 "from what was last known");
}

static const struct pxe_state_client_ops state_ops = {
	.up = on_state_up,
	.down = on_state_down,
	.failed = pxe_daemon_log_unreached,
	.lost = pxe_daemon_log_lost,
};

static int follow_state(struct pxe_server *s, const char *path)
{
	struct pxe_state_view *view =
		pxe_state_view_new(s->base, path,
				   PXE_VIEW_CLIENTS | PXE_VIEW_ORDERS);
	struct pxe_state_client *state =
		pxe_state_client_new(s->base, path, &state_ops, s);
	struct pxe_state_teller *teller =
		state != NULL ? pxe_state_teller_new(s->base, state,
						     pxe_account_count, s)
			      : NULL;

	if (view == NULL || teller == NULL) {
		pxe_state_teller_free(teller);
		pxe_state_view_free(view);
		pxe_state_client_free(state);
		return -ENOMEM;
	}
	pxe_state_view_guard(view, &s->world);
	pthread_rwlock_wrlock(&s->world);
	pxe_state_view_free(s->view);
	s->view = view;
	pthread_rwlock_unlock(&s->world);
	pxe_state_teller_free(s->teller);
	pxe_state_client_free(s->state);
	s->teller = teller;
	s->state = state;
	atomic_store(&s->is_state_up, false);
	pxe_asks_disconnect(s);
	return 0;
}

/* --- life as a daemon ------------------------------------------------------
 */

static int server_open(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;

	s->root_fd = -1;
	return pxe_listen_open(&s->listeners, d->conf);
}

static int open_root(const struct pxe_conf *conf)
{
	int fd = pxe_rootdir_open(conf->boot_root);

	if (fd < 0)
		pxe_log(PXE_LOG_ERR, "boot-root = \"%s\": %s", conf->boot_root,
			strerror(-fd));
	return fd;
}

/* Opens the access log of `conf`, which may be the one that is open. */
static int open_access_log(struct pxe_server *s, const struct pxe_conf *conf)
{
	int r = pxe_access_log_set(s->access_log, conf->access_log);

	if (r < 0)
		pxe_log(PXE_LOG_ERR, "access-log = \"%s\": %s",
			conf->access_log, strerror(-r));
	return r;
}

/* Reads certificate and key, anew at each reload: they are renewed. */
static int load_tls(const struct pxe_conf *conf, struct ssl_ctx_st **tls)
{
	char text[WHY_TEXT];
	struct pxe_str why;
	int r;

	pxe_str_init(&why, text, sizeof(text));
	r = pxe_tls_load(&conf->http, tls, &why);
	if (why.len > 0)
		pxe_log(r < 0 ? PXE_LOG_ERR : PXE_LOG_WARNING, "%s", text);
	return r;
}

/* Who is to change the world need not wait until all workers rest at once. */
static void init_world(struct pxe_server *s)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(
		&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->world, &attr);
	pthread_rwlockattr_destroy(&attr);
}

/* As many as `threads` says; 0: one for each processor that we may use. */
static size_t count_workers(const struct pxe_conf *conf)
{
	cpu_set_t set;
	int n = (int)conf->http.threads;

	if (n == 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n > 0 ? (size_t)n : 1;
}

static int start_workers(struct pxe_server *s)
{
	size_t n = count_workers(s->conf);
	int r = 0;

	s->workers = calloc(n, sizeof(*s->workers));
	if (s->workers == NULL)
		return -ENOMEM;
	for (; s->n_workers < n && r == 0; s->n_workers++)
		r = pxe_worker_new(s, &s->workers[s->n_workers]);
	for (size_t i = 0; i < s->n_workers && r == 0; i++)
		r = pxe_worker_run(s->workers[i]);
	return r;
}

static int server_start(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;
	int r;

	s->conf = d->conf;
	s->base = d->base;
	s->root_fd = open_root(s->conf);
	if (s->root_fd < 0)
		return s->root_fd;
	raise_limit(s->conf);
	TAILQ_INIT(&s->asks);
	s->access_log = pxe_access_log_new();
	if (s->access_log == NULL)
		return -ENOMEM;
	r = open_access_log(s, s->conf);
	if (r == 0)
		r = load_tls(s->conf, &s->tls);
	if (r < 0)
		return r;
	init_world(s);
	r = pxe_postbox_open(&s->box, s->base);
	s->has_box = r == 0;
	if (r == 0)
		r = follow_state(s, s->conf->state_socket);
	return r < 0 ? r : start_workers(s);
}

static int server_reload(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct pxe_server *s = d->self;
	struct ssl_ctx_st *tls = NULL;
	int root_fd = open_root(conf);
	int r;

	if (root_fd < 0)
		return root_fd;
	r = load_tls(conf, &tls);
	if (r == 0)
		r = pxe_listen_change(&s->listeners, conf);
	if (r == 0 && strcmp(conf->state_socket, s->conf->state_socket) != 0)
		r = follow_state(s, conf->state_socket);
	if (r == 0)
		r = open_access_log(s, conf);
	if (r < 0) {
		pxe_tls_release(tls);
		close(root_fd);
		return r;
	}
	if (conf->http.threads != s->conf->http.threads)
		pxe_log(PXE_LOG_WARNING,
			"'threads' in httpd.conf counts from the next start");
	pthread_rwlock_wrlock(&s->world);
	close(s->root_fd);
	s->root_fd = root_fd;
	s->conf = conf;
	pxe_tls_release(s->tls);
	s->tls = tls;
	pthread_rwlock_unlock(&s->world);
	for (size_t i = 0; i < s->n_workers; i++)
		pxe_worker_change(s->workers[i]);
	raise_limit(conf);
	return 0;
}

/* Do certificate and key fit? */
static int server_check(const struct pxe_conf *conf, struct pxe_str *why)
{
	struct ssl_ctx_st *tls;
	int r = pxe_tls_load(&conf->http, &tls, why);

	pxe_tls_release(tls);
	return r;
}

static void server_stop(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;

	for (size_t i = 0; i < s->n_workers; i++)
		if (s->workers[i] != NULL && s->workers[i]->has_box)
			pxe_worker_stop(s->workers[i]);
	if (s->has_box)
		pxe_postbox_close(&s->box);
	pxe_listen_close(&s->listeners);
	pxe_state_teller_free(s->teller);
	pxe_state_view_free(s->view);
	pxe_state_client_free(s->state);
	pxe_asks_disconnect(s);
	pxe_access_log_free(s->access_log);
	for (size_t i = 0; i < s->n_workers; i++)
		pxe_worker_free(s->workers[i]);
	free(s->workers);
	pxe_tls_release(s->tls);
	if (s->root_fd >= 0)
		close(s->root_fd);
}

static uint64_t sum_requests(const struct pxe_server *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n_workers; i++)
		n += s->workers[i]->n_requests;
	return n;
}

/* Does each worker's loop come round? */
static bool server_is_alive(struct pxe_daemon *d)
{
	const struct pxe_server *s = d->self;
	int64_t now_ms = pxe_server_now_ms();

	for (size_t i = 0; i < s->n_workers; i++)
		if (now_ms - s->workers[i]->beat_ms > STUCK_MS)
			return false;
	return true;
}

static void server_status(struct pxe_daemon *d, char *text, size_t cap)
{
	struct pxe_server *s = d->self;
	struct pxe_counts counts = { 0 };
	struct pxe_str str;

	pxe_account_sum(s, &counts);
	pxe_str_init(&str, text, cap);
	pxe_str_putf(&str, "%zu connections, %llu requests, %llu MB sent",
		     atomic_load(&s->n_conns),
		     (unsigned long long)sum_requests(s),
		     (unsigned long long)(counts.bytes >> 20));
	for (int i = 0; i < PXE_N_REASONS; i++)
		if (i != PXE_REASON_OK && counts.reasons[i] > 0)
			pxe_str_putf(&str, ", %llu %s",
				     (unsigned long long)counts.reasons[i],
				     pxe_reason_name((enum pxe_reason)i));
	if (!pxe_state_client_is_up(s->state))
		pxe_str_puts(&str, "; pxe-stated is away");
}

const struct pxe_daemon_ops pxe_server_ops = {
	.check = server_check,
	.open = server_open,
	.start = server_start,
	.reload = server_reload,
	.stop = server_stop,
	.is_alive = server_is_alive,
	.status = server_status,
};
