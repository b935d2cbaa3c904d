/* SPDX-License-Identifier: ISC */
/*
 * A worker accepts connections: all workers from the same sockets, whoever has
 * time.  The kernel would share them out by itself (SO_REUSEPORT), but not by
 * who has time, not from the sockets of systemd, and with a worker's socket it
 * throws away who waits at it.
 */
#ifndef PXE_HTTPD_ACCEPT_H
#define PXE_HTTPD_ACCEPT_H

#include <event2/event.h>
#include <stddef.h>

#include "base/attr.h"

struct pxe_worker;
struct pxe_accept;

/* Starts as zeroes. */
struct pxe_accepts {
	struct pxe_accept *set;
	size_t n;
	struct event *resume; /* after a lack of descriptors */
};

/* From now on accepts from the server's listeners.  0, -errno: from some. */
int pxe_accept_start(struct pxe_worker *worker) PXE_MUST_CHECK;

/* And no more. */
void pxe_accept_stop(struct pxe_worker *worker);

#endif
