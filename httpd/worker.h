/* SPDX-License-Identifier: ISC */
/*
 * A worker: what serves connections.  It has its own loop, connections,
 * counters and caches; what all workers share is the server's.
 */
#ifndef PXE_HTTPD_WORKER_H
#define PXE_HTTPD_WORKER_H

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/reason.h"
#include "core/script.h"
#include "httpd/accept.h"
#include "httpd/cond.h"
#include "httpd/conn.h"
#include "httpd/password.h"
#include "httpd/post.h"
#include "httpd/scratch.h"
#include "run/boot_file.h"
#include "run/fold.h"
#include "run/why.h"

#define PXE_WORKER_IN 16384 /* octets of requests at once */

struct pxe_directories;
struct pxe_server;
struct ssl_ctx_st;

/* What connections are limited by, a copy for the worker; and whether the log
 * has their good requests. */
struct pxe_limits {
	uint32_t max_connections, max_per_client;
	int64_t phase_ms[PXE_N_CONN_PHASES];
	struct pxe_pace_limits pace;
	bool logs_requests;
};

struct pxe_worker {
	struct pxe_server *server;
	struct event_base *base;
	bool is_thread; /* it runs */
	bool has_box;
	pthread_t thread;
	struct pxe_postbox box;
	_Atomic int64_t beat_ms;  /* when its loop last came round */
	struct pxe_limits limits; /* of the configuration */
	struct ssl_ctx_st *tls;   /* the server's, shared; NULL: none */
	struct pxe_accepts accepts;
	struct pxe_conns conns;
	int neigh_fd; /* see run/neigh.h; negative: it could not be opened */

	/* read by the main thread */
	_Atomic uint64_t n_running; /* answers under way */
	_Atomic uint64_t n_requests, n_bytes;
	_Atomic uint64_t n_reasons[PXE_N_REASONS];
	long long log_due_s[2]; /* for what can come in floods */
	long long warned_s[PXE_BOOT_N_WARNINGS];

	struct pxe_fold_cache folds;
	struct pxe_directories *directories; /* listings */
	struct pxe_why_limit why_limit;
	struct pxe_password_bucket guesses; /* of passwords */
	struct pxe_http_job *spare_job; /* the last one that was done with */
	int64_t date_s;                 /* the second that `date` tells */
	char date[PXE_COND_DATE_TEXT];
	char script[PXE_SCRIPT_MAX]; /* the one being made */
	struct pxe_scratch scratch;  /* the answer being made */
	char in[PXE_WORKER_IN];      /* what is being read */
};

/*
 * A worker of `server` with its first listeners.  0, -errno: pxe_worker_free()
 * is for what there is.
 */
int pxe_worker_new(struct pxe_server *server,
		   struct pxe_worker **worker) PXE_MUST_CHECK;

/* It serves from now on, in a thread of its own.  0, -errno. */
int pxe_worker_run(struct pxe_worker *worker) PXE_MUST_CHECK;

/* Listeners, limits and TLS are others: when this returns it uses no old
 * ones. */
void pxe_worker_change(struct pxe_worker *worker);

/* Its thread ends, and all its connections. */
void pxe_worker_stop(struct pxe_worker *worker);

/* NULL is allowed. */
void pxe_worker_free(struct pxe_worker *worker);

/* What all share is looked at between the two, which do not nest: main changes
 * it at no other time.  Nothing is waited for meanwhile. */
void pxe_worker_enter_world(struct pxe_worker *worker);
void pxe_worker_leave_world(struct pxe_worker *worker);

#endif
