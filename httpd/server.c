/* SPDX-License-Identifier: ISC */
#include "httpd/server.h"

#include <errno.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/account.h"
#include "run/log.h"
#include "run/rootdir.h"

enum {
	MAX_PASSED = 16, /* sockets of a socket unit */
	RESUME_MS = 200, /* without descriptors, until the next try */
	FLOOD_S = 10,
	SPARE_FDS = 64, /* beside two a connection */
};

#define ADDRESS_TEXT 64

/* A listening socket; kept over a reload that still wants its address. */
struct pxe_listener {
	char address[ADDRESS_TEXT];
	uint16_t port;
	int fd;                            /* until evhttp has it; then -1 */
	struct evhttp_bound_socket *bound; /* evhttp's */
};

int64_t pxe_server_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- listening -------------------------------------------------------------
 */

/* What accepted sockets inherit from the one that listens. */
static void set_options(int fd)
{
	int on = 1;

	/* failing at these makes it slower, not wrong */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* A socket that listens on one address; -errno. */
static int listen_on(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, r;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    (ai->ai_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0) ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	set_options(fd);
	return fd;
}

static int open_address(const char *address, uint16_t port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *ai;
	char service[8];
	int r;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &ai) != 0)
		return -EINVAL;
	r = listen_on(ai);
	freeaddrinfo(ai);
	return r;
}

static const struct pxe_listener *find_listener(const struct pxe_server *s,
						const char *address,
						uint16_t port)
{
	for (size_t i = 0; i < s->n_listeners; i++)
		if (s->listeners[i].port == port &&
		    strcmp(s->listeners[i].address, address) == 0)
			return &s->listeners[i];
	return NULL;
}

/* Closes those sockets of `set` that are not among the server's. */
static void close_listeners(struct pxe_server *s, struct pxe_listener *set,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (find_listener(s, set[i].address, set[i].port) != NULL)
			continue;
		if (set[i].bound != NULL && s->worker.http != NULL)
			evhttp_del_accept_socket(s->worker.http, set[i].bound);
		if (set[i].fd >= 0)
			close(set[i].fd);
	}
	free(set);
}

/* Fills `set` by `conf`; what the server has already is taken over. */
static int open_set(struct pxe_server *s, const struct pxe_conf *conf,
		    struct pxe_listener *set, size_t *n)
{
	static const char *const all[] = { "0.0.0.0", "::" };
	bool is_all = conf->n_http_listen == 0;
	size_t n_wanted = is_all ? PXE_LEN(all) : conf->n_http_listen;

	for (*n = 0; n_wanted > 0; n_wanted--) {
		const char *address = is_all ? all[n_wanted - 1]
					     : conf->http_listen[n_wanted - 1];
		const struct pxe_listener *old =
			find_listener(s, address, conf->http_port);
		struct pxe_listener *l = &set[*n];

		*l = (struct pxe_listener) { .fd = -1 };
		if (old != NULL) {
			*l = *old;
			(*n)++;
			continue;
		}
		pxe_str_copy(l->address, sizeof(l->address), address);
		l->port = conf->http_port;
		l->fd = open_address(address, l->port);
		if (l->fd == -EAFNOSUPPORT && is_all)
			continue; /* a kernel without IPv6 */
		(*n)++;
		if (l->fd < 0) {
			int r = l->fd;

			l->fd = -1;
			pxe_log(PXE_LOG_ERR, "cannot listen on %s port %u: %s",
				address, l->port, strerror(-r));
			return r;
		}
	}
	return *n > 0 ? 0 : -EADDRNOTAVAIL;
}

/*
 * The listening sockets become those of `conf`.  -errno after a line of log:
 * they stay as they are.
 */
static int open_listeners(struct pxe_server *s, const struct pxe_conf *conf)
{
	size_t cap = conf->n_http_listen + 2, n = 0, n_old = s->n_listeners;
	struct pxe_listener *set = calloc(cap, sizeof(*set)), *old;
	int r = set != NULL ? open_set(s, conf, set, &n) : -ENOMEM;

	if (r < 0) {
		close_listeners(s, set, n);
		return r;
	}
	old = s->listeners;
	s->listeners = set;
	s->n_listeners = n;
	close_listeners(s, old, n_old);
	return 0;
}

/* Takes the sockets that systemd holds.  1: there are some. */
static int take_passed(struct pxe_server *s, uint16_t port)
{
	int fds[MAX_PASSED];
	int n = pxe_daemon_sockets(AF_UNSPEC, SOCK_STREAM, port, fds,
				   MAX_PASSED);

	if (n <= 0)
		return n;
	s->listeners = calloc((size_t)n, sizeof(*s->listeners));
	if (s->listeners == NULL)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		struct pxe_listener *l = &s->listeners[s->n_listeners++];

		snprintf(l->address, sizeof(l->address), "socket %d", fds[i]);
		l->fd = fds[i];
		set_options(l->fd);
	}
	s->is_passed = true;
	return 1;
}

/* --- a lack of descriptors -------------------------------------------------
 */

static void set_listening(struct pxe_server *s, bool on)
{
	for (size_t i = 0; i < s->n_listeners; i++) {
		struct evconnlistener *l;

		if (s->listeners[i].bound == NULL)
			continue;
		l = evhttp_bound_socket_get_listener(s->listeners[i].bound);
		if (on)
			evconnlistener_enable(l);
		else
			evconnlistener_disable(l);
	}
}

static void on_resume(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		      void *arg)
{
	set_listening(arg, true);
}

/* The argument of a listener's callbacks is evhttp, which has no other. */
static struct pxe_server *accepting;

/* accept() failed: a waiting connection may go, and we pause. */
static void on_accept_error(struct evconnlistener *l PXE_UNUSED,
			    void *http PXE_UNUSED)
{
	struct pxe_server *s = accepting;
	struct timeval pause = { .tv_usec = RESUME_MS * 1000 };
	int error = errno;

	if (pxe_log_is_due(&s->worker.log_due_s[1], pxe_server_now_ms() / 1000,
			   FLOOD_S))
		pxe_log(PXE_LOG_WARNING, "cannot accept a connection: %s",
			strerror(error));
	pxe_conn_evict(&s->worker);
	set_listening(s, false);
	event_add(s->resume, &pause);
}

/* evhttp accepts from the sockets that it does not have yet. */
static int start_listeners(struct pxe_server *s)
{
	accepting = s;
	for (size_t i = 0; i < s->n_listeners; i++) {
		struct pxe_listener *l = &s->listeners[i];

		if (l->bound != NULL)
			continue;
		l->bound =
			evhttp_accept_socket_with_handle(s->worker.http, l->fd);
		if (l->bound == NULL)
			return -ENOMEM;
		l->fd = -1;
		evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(
						    l->bound),
					    on_accept_error);
	}
	return 0;
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
}

static void on_state_down(void *arg PXE_UNUSED)
{
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
	struct pxe_state_view *view = pxe_state_view_new(s->base, path);
	struct pxe_state_client *state =
		pxe_state_client_new(s->base, path, &state_ops, s);

	struct pxe_state_teller *teller =
		state != NULL
			? pxe_state_teller_new(s->base, state,
					       pxe_account_count, &s->worker)
			: NULL;

	if (view == NULL || teller == NULL) {
		pxe_state_teller_free(teller);
		pxe_state_view_free(view);
		pxe_state_client_free(state);
		return -ENOMEM;
	}
	pxe_state_teller_free(s->teller);
	pxe_state_view_free(s->view);
	pxe_state_client_free(s->state);
	s->teller = teller;
	s->view = view;
	s->state = state;
	pxe_asks_disconnect(s);
	return 0;
}

/* --- life as a daemon ------------------------------------------------------
 */

static int server_open(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;
	int r;

	s->root_fd = -1;
	r = take_passed(s, d->conf->http_port);
	return r != 0 ? (r < 0 ? r : 0) : open_listeners(s, d->conf);
}

static int open_root(const struct pxe_conf *conf)
{
	int fd = pxe_rootdir_open(conf->boot_root);

	if (fd < 0)
		pxe_log(PXE_LOG_ERR, "boot-root = \"%s\": %s", conf->boot_root,
			strerror(-fd));
	return fd;
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
	s->resume = event_new(s->base, -1, 0, on_resume, s);
	if (s->resume == NULL)
		return -ENOMEM;
	s->worker.server = s;
	s->worker.base = s->base;
	r = pxe_worker_start(&s->worker);
	if (r == 0)
		r = follow_state(s, s->conf->state_socket);
	return r < 0 ? r : start_listeners(s);
}

static int server_reload(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct pxe_server *s = d->self;
	int root_fd = open_root(conf);
	int r = 0;

	if (root_fd < 0)
		return root_fd;
	if (!s->is_passed)
		r = open_listeners(s, conf);
	if (r == 0)
		r = start_listeners(s);
	if (r == 0 && strcmp(conf->state_socket, s->conf->state_socket) != 0)
		r = follow_state(s, conf->state_socket);
	if (r < 0) {
		close(root_fd);
		return r;
	}
	close(s->root_fd);
	s->root_fd = root_fd;
	s->conf = conf;
	raise_limit(conf);
	return 0;
}

static void server_stop(struct pxe_daemon *d)
{
	struct pxe_server *s = d->self;
	struct pxe_listener *listeners = s->listeners;
	size_t n = s->n_listeners;

	s->listeners = NULL;
	s->n_listeners = 0;
	close_listeners(s, listeners, n);
	pxe_worker_stop(&s->worker);
	if (s->resume != NULL)
		event_free(s->resume);
	pxe_state_teller_free(s->teller);
	pxe_state_view_free(s->view);
	pxe_state_client_free(s->state);
	pxe_asks_disconnect(s);
	if (s->root_fd >= 0)
		close(s->root_fd);
}

static void server_status(struct pxe_daemon *d, char *text, size_t cap)
{
	const struct pxe_server *s = d->self;
	const struct pxe_worker *w = &s->worker;
	struct pxe_str str;

	pxe_str_init(&str, text, cap);
	pxe_str_putf(&str, "%zu connections, %llu requests, %llu MB sent",
		     w->conns.n, (unsigned long long)w->n_requests,
		     (unsigned long long)(w->n_bytes >> 20));
	for (int i = 0; i < PXE_N_REASONS; i++)
		if (i != PXE_REASON_OK && w->n_reasons[i] > 0)
			pxe_str_putf(&str, ", %llu %s",
				     (unsigned long long)w->n_reasons[i],
				     pxe_reason_name((enum pxe_reason)i));
	if (!pxe_state_client_is_up(s->state))
		pxe_str_puts(&str, "; pxe-stated is away");
}

const struct pxe_daemon_ops pxe_server_ops = {
	.open = server_open,
	.start = server_start,
	.reload = server_reload,
	.stop = server_stop,
	.status = server_status,
};
