/* SPDX-License-Identifier: ISC */
/*
 * What we sent of late, so that our own messages are known when a packet
 * socket hears them: a server on the same host has our addresses, so those
 * tell nothing.  A memory of fixed size that keeps hashes only.  Pure.
 */
#ifndef PXE_DHCPD_SENT_H
#define PXE_DHCPD_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PXE_SENT_ROWS = 1024, PXE_SENT_WAYS = 4 };

/* Zeroed by the owner: nothing was sent. */
struct pxe_sent {
	uint64_t hash[PXE_SENT_ROWS][PXE_SENT_WAYS];
	uint8_t next[PXE_SENT_ROWS]; /* which one is overwritten */
};

/* A message of `len` octets at `buf` goes out, or was heard: did it go out? */
void pxe_sent_put(struct pxe_sent *sent, const void *buf, size_t len);
bool pxe_sent_has(const struct pxe_sent *sent, const void *buf, size_t len);

#endif
