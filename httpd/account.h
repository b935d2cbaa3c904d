/* SPDX-License-Identifier: ISC */
/*
 * Account of requests: one log line each, events to pxe-stated, counters.
 */
#ifndef PXE_HTTPD_ACCOUNT_H
#define PXE_HTTPD_ACCOUNT_H

#include "httpd/conn.h"

/* An answer begins, is on its way, is out in full. */
void pxe_account_start(struct pxe_conn *conn);
void pxe_account_progress(struct pxe_conn *conn);
void pxe_account_done(struct pxe_conn *conn);

/* The guard refused; the limit did; the connection ends, whatever it was at. */
void pxe_account_refused(struct pxe_conn *conn);
void pxe_account_too_many(struct pxe_conn *conn);
void pxe_account_closed(struct pxe_conn *conn);

#endif
