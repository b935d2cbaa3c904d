/* SPDX-License-Identifier: ISC */
/*
 * Account of requests: one log line each, events to pxe-stated, counters.
 */
#ifndef PXE_HTTPD_ACCOUNT_H
#define PXE_HTTPD_ACCOUNT_H

#include "httpd/conn.h"
#include "run/state_counts.h"

struct pxe_server;

/* An answer begins, is on its way (called for all that goes out), is out in
 * full. */
void pxe_account_start(struct pxe_conn *conn);
void pxe_account_progress(struct pxe_conn *conn);
void pxe_account_done(struct pxe_conn *conn);

/* The guard refused; the limit did; the connection ends, whatever it was at. */
void pxe_account_refused(struct pxe_conn *conn);
void pxe_account_too_many(struct pxe_conn *conn, const char *why);
void pxe_account_closed(struct pxe_conn *conn);

/* What there is to tell pxe-stated once a second; `arg` is the server. */
void pxe_account_sum(const struct pxe_server *server,
		     struct pxe_counts *counts);
void pxe_account_count(struct pxe_counts *counts, void *arg);

#endif
