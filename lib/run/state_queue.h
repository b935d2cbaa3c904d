/* SPDX-License-Identifier: ISC */
/*
 * Oneway calls that wait until pxe-stated is there or takes more: bounded in
 * number and octets, the oldest is lost first.  Part of run/state_client.c.
 */
#ifndef PXE_RUN_STATE_QUEUE_H
#define PXE_RUN_STATE_QUEUE_H

#include <stddef.h>

enum { PXE_STATE_QUEUE_MAX = 4096, PXE_STATE_QUEUE_BYTES = 2 << 20 };

struct pxe_state_waiting {
	struct pxe_state_waiting *next;
	size_t len;
	char text[];
};

struct pxe_state_queue {
	struct pxe_state_waiting *first, **last; /* NULL: empty */
	size_t n, n_bytes;
	unsigned long n_lost; /* whoever says so sets it to 0 */
};

void pxe_state_queue_init(struct pxe_state_queue *queue);
void pxe_state_queue_done(struct pxe_state_queue *queue);

/* Keeps a copy of a message; best effort. */
void pxe_state_queue_put(struct pxe_state_queue *queue, const char *text,
			 size_t len);
/* Drops the first, of which there is one. */
void pxe_state_queue_drop(struct pxe_state_queue *queue);

#endif
