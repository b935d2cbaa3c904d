/* SPDX-License-Identifier: ISC */
#include "httpd/listen.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "run/daemon.h"
#include "run/fd.h"
#include "run/log.h"

enum { MAX_PASSED = 16 }; /* sockets of a socket unit */

/* What accepted sockets inherit from the one that listens. */
static void set_options(int fd)
{
	int on = 1;

	/* failing at these makes it slower, not wrong */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static const struct pxe_listener *find(const struct pxe_listeners *s,
				       const char *address, uint16_t port)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->set[i].port == port &&
		    strcmp(s->set[i].address, address) == 0)
			return &s->set[i];
	return NULL;
}

/* Closes those sockets of `set` that are not in use. */
static void close_set(const struct pxe_listeners *s, struct pxe_listener *set,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find(s, set[i].address, set[i].port) == NULL &&
		    set[i].fd >= 0)
			close(set[i].fd);
	free(set);
}

/* One listener; what there is already is taken over.  0, -errno. */
static int open_one(const struct pxe_listeners *s, const char *address,
		    uint16_t port, struct pxe_listener *l)
{
	const struct pxe_listener *old = find(s, address, port);

	*l = (struct pxe_listener) { .port = port, .fd = -1 };
	pxe_str_copy(l->address, sizeof(l->address), address);
	l->fd = old != NULL ? old->fd
			    : pxe_fd_serve(address, port, SOCK_STREAM, "HTTP");
	if (l->fd < 0)
		return l->fd;
	set_options(l->fd);
	return 0;
}

/* Adds all addresses of one port to `set`. */
static int open_port(const struct pxe_listeners *s, const struct pxe_conf *conf,
		     uint16_t port, bool has_tls, struct pxe_listener *set,
		     size_t *n)
{
	static const char *const all[] = { "0.0.0.0", "::" };
	bool is_all = conf->n_http_listen == 0;
	size_t n_all = pxe_fd_can(AF_INET6) ? 2 : 1;
	size_t n_wanted = is_all ? n_all : conf->n_http_listen;

	for (; n_wanted > 0; n_wanted--) {
		const char *address = is_all ? all[n_wanted - 1]
					     : conf->http_listen[n_wanted - 1];
		int r = open_one(s, address, port, &set[*n]);

		if (r < 0)
			return r;
		set[*n].has_tls = has_tls;
		(*n)++;
	}
	return 0;
}

static bool is_passed(const struct pxe_listeners *s, bool has_tls)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->set[i].is_passed && s->set[i].has_tls == has_tls)
			return true;
	return false;
}

/* Fills `set`: systemd's, and by `conf` what systemd does not have. */
static int open_set(const struct pxe_listeners *s, const struct pxe_conf *conf,
		    struct pxe_listener *set, size_t *n)
{
	const struct {
		uint16_t port;
		bool has_tls;
	} kinds[] = {
		{ conf->http_port, false },
		{ conf->http.tls_port, true },
	};
	int r = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->set[i].is_passed)
			set[(*n)++] = s->set[i];
	for (size_t i = 0; i < PXE_LEN(kinds) && r == 0; i++)
		if (kinds[i].port != 0 && !is_passed(s, kinds[i].has_tls))
			r = open_port(s, conf, kinds[i].port, kinds[i].has_tls,
				      set, n);
	return r;
}

int pxe_listen_change(struct pxe_listeners *s, const struct pxe_conf *conf)
{
	size_t cap = s->n + 2 * (conf->n_http_listen + 2), n = 0, n_old = s->n;
	struct pxe_listener *set, *old = s->set;
	int r;

	set = calloc(cap, sizeof(*set));
	r = set != NULL ? open_set(s, conf, set, &n) : -ENOMEM;
	if (r < 0) {
		close_set(s, set, n);
		return r;
	}
	s->set = set;
	s->n = n;
	close_set(s, old, n_old);
	return 0;
}

/* Takes the sockets that systemd holds; their ports say which have TLS. */
static int take_passed(struct pxe_listeners *s, const struct pxe_conf *conf)
{
	const uint16_t ports[] = { conf->http_port, conf->http.tls_port };
	int fds[MAX_PASSED];
	int n = pxe_daemon_sockets(AF_UNSPEC, SOCK_STREAM, ports,
				   PXE_LEN(ports), fds, MAX_PASSED);

	if (n <= 0)
		return n;
	s->set = calloc((size_t)n, sizeof(*s->set));
	if (s->set == NULL)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		struct pxe_listener *l = &s->set[s->n++];

		snprintf(l->address, sizeof(l->address), "socket %d", fds[i]);
		l->fd = fds[i];
		l->port = pxe_fd_port(l->fd);
		l->is_passed = true;
		l->has_tls = l->port != 0 && l->port == conf->http.tls_port;
		set_options(l->fd);
	}
	return 0;
}

int pxe_listen_open(struct pxe_listeners *s, const struct pxe_conf *conf)
{
	int r = take_passed(s, conf);

	return r < 0 ? r : pxe_listen_change(s, conf);
}

void pxe_listen_close(struct pxe_listeners *s)
{
	for (size_t i = 0; i < s->n; i++)
		close(s->set[i].fd);
	free(s->set);
	*s = (struct pxe_listeners) { 0 };
}
