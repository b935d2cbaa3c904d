/* SPDX-License-Identifier: ISC */
#include "httpd/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd/server.h"
#include "run/log.h"

enum {
	AT_ONCE = 16,    /* connections; others may have time for more */
	RESUME_MS = 200, /* without descriptors, until the next try */
	FLOOD_S = 10,
};

struct pxe_accept {
	struct pxe_worker *worker;
	struct event *event;
	int fd; /* the listener's, once more, so that it can go at any time */
	bool has_tls;
};

static void set_accepting(struct pxe_worker *worker, bool on)
{
	struct pxe_accepts *a = &worker->accepts;

	for (size_t i = 0; i < a->n; i++) {
		if (on)
			event_add(a->set[i].event, NULL);
		else
			event_del(a->set[i].event);
	}
}

static void on_resume(evutil_socket_t fd PXE_UNUSED, short what PXE_UNUSED,
		      void *arg)
{
	set_accepting(arg, true);
}

/* accept() failed: a waiting connection may go, and we pause. */
static void pause_accepting(struct pxe_worker *worker, int error)
{
	struct timeval pause = { .tv_usec = RESUME_MS * 1000 };

	if (pxe_log_is_due(&worker->log_due_s[1], pxe_server_now_ms() / 1000,
			   FLOOD_S))
		pxe_log(PXE_LOG_WARNING, "cannot accept a connection: %s",
			strerror(error));
	pxe_conn_evict(worker);
	set_accepting(worker, false);
	event_add(worker->accepts.resume, &pause);
}

static void on_connection(evutil_socket_t fd, short what PXE_UNUSED, void *arg)
{
	struct pxe_accept *accept = arg;
	struct sockaddr_storage peer = { 0 };

	for (int i = 0; i < AT_ONCE; i++) {
		socklen_t len = sizeof(peer);
		int conn_fd = accept4(fd, (struct sockaddr *)&peer, &len,
				      SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (conn_fd >= 0) {
			pxe_conn_accept(accept->worker, conn_fd,
					accept->has_tls, &peer);
			continue;
		}
		/* others: it was somebody else's, or has gone already */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			pause_accepting(accept->worker, errno);
		return;
	}
}

static int start_one(struct pxe_worker *worker,
		     const struct pxe_listener *listener,
		     struct pxe_accept *accept)
{
	accept->worker = worker;
	accept->has_tls = listener->has_tls;
	accept->fd = fcntl(listener->fd, F_DUPFD_CLOEXEC, 0);
	if (accept->fd < 0)
		return -errno;
	accept->event = event_new(worker->base, accept->fd,
				  EV_READ | EV_PERSIST, on_connection, accept);
	if (accept->event == NULL || event_add(accept->event, NULL) < 0) {
		if (accept->event != NULL)
			event_free(accept->event);
		close(accept->fd);
		return -ENOMEM;
	}
	return 0;
}

int pxe_accept_start(struct pxe_worker *worker)
{
	const struct pxe_listeners *listeners = &worker->server->listeners;
	struct pxe_accepts *a = &worker->accepts;
	int r = 0;

	a->resume = event_new(worker->base, -1, 0, on_resume, worker);
	a->set = calloc(listeners->n, sizeof(*a->set));
	if (a->resume == NULL || a->set == NULL)
		r = -ENOMEM;
	for (size_t i = 0; i < listeners->n && r == 0; i++) {
		r = start_one(worker, &listeners->set[i], &a->set[a->n]);
		if (r == 0)
			a->n++;
	}
	return r;
}

void pxe_accept_stop(struct pxe_worker *worker)
{
	struct pxe_accepts *a = &worker->accepts;

	for (size_t i = 0; i < a->n; i++) {
		event_free(a->set[i].event);
		close(a->set[i].fd);
	}
	if (a->resume != NULL)
		event_free(a->resume);
	free(a->set);
	*a = (struct pxe_accepts) { 0 };
}
