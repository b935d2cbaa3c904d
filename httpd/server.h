/* SPDX-License-Identifier: ISC */
/*
 * The server: what all its parts share, and its life as a daemon.
 *
 *	server.c  listening sockets, start, reload, stop, status
 *	conn.c    connections: the guard before evhttp, deadlines, the limit
 *	answer.c  a request becomes an answer
 *	who.c     which machine asks, and where it reached us
 *	account.c the log line, the events and the counters of a request
 */
#ifndef PXE_HTTPD_SERVER_H
#define PXE_HTTPD_SERVER_H

#include <event2/event.h>
#include <event2/http.h>
#include <stdint.h>

#include "core/reason.h"
#include "core/script.h"
#include "core/telling.h"
#include "httpd/cond.h"
#include "httpd/conn.h"
#include "run/boot_file.h"
#include "run/daemon.h"
#include "run/state_client.h"
#include "run/state_counts.h"
#include "run/state_view.h"

struct pxe_listener;

struct pxe_server {
	const struct pxe_conf *conf;
	struct event_base *base;
	struct evhttp *http;
	struct pxe_conns conns;
	int root_fd; /* the boot root */

	struct pxe_state_client *state;
	struct pxe_state_view *view;
	struct pxe_state_teller *teller;
	int neigh_fd; /* see run/neigh.h; negative: it could not be opened */

	struct pxe_listener *listeners;
	size_t n_listeners;
	struct event *resume; /* listening again after a lack of descriptors */
	bool is_passed;       /* the sockets are systemd's */

	uint64_t n_running; /* answers under way */
	uint64_t n_requests, n_bytes;
	struct pxe_telling telling; /* how often pxe-stated is told */
	uint64_t n_reasons[PXE_N_REASONS];
	long long log_due_s[2]; /* for what can come in floods */
	long long warned_s[PXE_BOOT_N_WARNINGS];

	int64_t date_s; /* the second that `date` tells */
	char date[PXE_COND_DATE_TEXT];
	char script[PXE_SCRIPT_MAX]; /* the one being made */
};

/* The operations of pxe-httpd for run/daemon.h. */
extern const struct pxe_daemon_ops pxe_server_ops;

/* Monotonic milliseconds. */
int64_t pxe_server_now_ms(void);

#endif
