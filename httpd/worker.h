/* SPDX-License-Identifier: ISC */
/*
 * A worker: what serves connections.  It has its own loop, connections,
 * counters and caches; what all workers share is the server's.
 */
#ifndef PXE_HTTPD_WORKER_H
#define PXE_HTTPD_WORKER_H

#include <event2/event.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/reason.h"
#include "core/script.h"
#include "core/telling.h"
#include "httpd/accept.h"
#include "httpd/cond.h"
#include "httpd/conn.h"
#include "httpd/password.h"
#include "httpd/scratch.h"
#include "run/boot_file.h"
#include "run/fold.h"
#include "run/why.h"

#define PXE_WORKER_IN 16384 /* octets of requests at once */

struct pxe_directories;
struct pxe_server;

struct pxe_worker {
	struct pxe_server *server;
	struct event_base *base;
	struct pxe_accepts accepts;
	struct pxe_conns conns;
	int neigh_fd; /* see run/neigh.h; negative: it could not be opened */

	uint64_t n_running; /* answers under way */
	uint64_t n_requests, n_bytes;
	struct pxe_telling telling; /* how often pxe-stated is told */
	uint64_t n_reasons[PXE_N_REASONS];
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

/* Starts to serve on worker->base for worker->server.  0, -ENOMEM. */
int pxe_worker_start(struct pxe_worker *worker) PXE_MUST_CHECK;

/* Closes all connections. */
void pxe_worker_stop(struct pxe_worker *worker);

#endif
