/* SPDX-License-Identifier: ISC */
/*
 * The server: what all its parts share, and its life as a daemon.
 *
 *	server.c  start, reload, stop, status
 *	listen.c  listening sockets; accept.c: what comes to them
 *	worker.c  what serves connections
 *	conn.c    connections: life, phases, deadlines, the limit
 *	gate.c    what comes in, through the guard
 *	send.c    what goes out; scratch.c: where it is made; io.c: octets,
 *	tls.c     and those of TLS
 *	answer.c  a request becomes an answer
 *	ask.c     an answer waits for what pxe-stated says
 *	send_file.c  answers that are files
 *	who.c     which machine asks, and where it reached us
 *	account.c the log line, the events and the counters of a request
 */
#ifndef PXE_HTTPD_SERVER_H
#define PXE_HTTPD_SERVER_H

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/telling.h"
#include "httpd/ask.h"
#include "httpd/listen.h"
#include "httpd/peers.h"
#include "httpd/post.h"
#include "httpd/worker.h"
#include "run/daemon.h"
#include "run/state_client.h"
#include "run/state_counts.h"
#include "run/state_view.h"

struct pxe_access_log;
struct ssl_ctx_st;

/* What workers may have under way to the main thread. */
#define PXE_SERVER_POSTS 8192

struct pxe_server {
	const struct pxe_conf *conf;
	struct event_base *base;
	int root_fd; /* the boot root */

	struct pxe_state_client *state;
	struct pxe_state_view *view;
	struct pxe_state_teller *teller;
	struct pxe_asks asks;
	struct pxe_listeners listeners;
	struct ssl_ctx_st *tls; /* NULL: none */
	struct pxe_access_log *access_log; /* also without a file */

	struct pxe_worker **workers;
	size_t n_workers;
	/* What workers read while they make an answer: conf, root_fd, view. Who
	 * changes it holds this for writing. */
	pthread_rwlock_t world;
	struct pxe_postbox box; /* of workers, for the main thread */
	bool has_box;
	_Atomic bool is_state_up;
	_Atomic size_t n_conns; /* of all workers */
	struct pxe_peers peers;
	pthread_mutex_t tell_lock;
	struct pxe_telling telling; /* how often pxe-stated is told */
};

/* The operations of pxe-httpd for run/daemon.h. */
extern const struct pxe_daemon_ops pxe_server_ops;

/* Monotonic milliseconds. */
int64_t pxe_server_now_ms(void);

#endif
