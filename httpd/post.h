/* SPDX-License-Identifier: ISC */
/*
 * Post between threads: what is put into a box is delivered on the loop that
 * the box belongs to, in the order in which it came.
 */
#ifndef PXE_HTTPD_POST_H
#define PXE_HTTPD_POST_H

#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/attr.h"

/* Begins what is sent, which belongs to the box until it is delivered. */
struct pxe_post {
	STAILQ_ENTRY(pxe_post) entry;
	/* `is_late`: the box is closed, the loop runs no more */
	void (*deliver)(struct pxe_post *post, bool is_late);
};

struct pxe_postbox {
	pthread_mutex_t lock;
	STAILQ_HEAD(, pxe_post) posts;
	size_t n;
	int wake_fd;
	struct event *event;
};

/* 0, -errno. */
int pxe_postbox_open(struct pxe_postbox *box,
		     struct event_base *base) PXE_MUST_CHECK;

/* From any thread.  False: `max` wait already (0: no limit), and it is still
 * the caller's. */
bool pxe_postbox_put(struct pxe_postbox *box, struct pxe_post *post,
		     size_t max) PXE_MUST_CHECK;

/* Delivers what is left, late; nobody puts anything in any more. */
void pxe_postbox_close(struct pxe_postbox *box);

#endif
