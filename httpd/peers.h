/* SPDX-License-Identifier: ISC */
/*
 * How many connections each address has, over all workers.
 */
#ifndef PXE_HTTPD_PEERS_H
#define PXE_HTTPD_PEERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_PEERS_BUCKETS 1024 /* a power of two */

struct pxe_peer;

/* Starts as zeroes but for `lock`. */
struct pxe_peers {
	pthread_mutex_t lock;
	struct pxe_peer *buckets[PXE_PEERS_BUCKETS];
};

/* One more of `address` (IPv4 as ::ffff:a.b.c.d).  False: it has `max`, or
 * there is no memory, and it is not counted. */
bool pxe_peers_enter(struct pxe_peers *peers, const uint8_t address[16],
		     uint32_t max) PXE_MUST_CHECK;

/* One that was counted goes. */
void pxe_peers_leave(struct pxe_peers *peers, const uint8_t address[16]);

#endif
