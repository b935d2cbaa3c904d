/* SPDX-License-Identifier: ISC */
/*
 * Work that would hold the event loop up (a disk that is synced, a large file
 * that is read) is done by a few threads, and its end is told on the loop.
 *
 * A job's function runs in another thread: it touches only what its argument
 * points to, which the loop leaves alone until the end is told; it neither
 * logs nor calls libevent.
 */
#ifndef PXE_RUN_JOB_H
#define PXE_RUN_JOB_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/attr.h"

struct pxe_jobs;

/* The work itself, in a thread. */
typedef void pxe_job_work(void *arg);

/*
 * The work ended: on the loop, in the order in which jobs end.  False: it was
 * never begun, for pxe_jobs_free() came first.
 */
typedef void pxe_job_done(void *arg, bool was_run);

/*
 * Up to `n_threads` (from 1), started with the first job, that tell what they
 * did on `base`.  No job comes before the change of user, whose end threads
 * would not see.  NULL: errno has the cause.
 */
struct pxe_jobs *pxe_jobs_new(struct event_base *base,
			      unsigned n_threads) PXE_MUST_CHECK;

/*
 * Hands a job over; jobs begin in the order in which they come.  0, and `done`
 * will be called once; -ENOMEM, -EAGAIN (no thread can be started), and it will
 * not.
 */
int pxe_job_submit(struct pxe_jobs *jobs, pxe_job_work *work,
		   pxe_job_done *done, void *arg) PXE_MUST_CHECK;

/* Waits for the jobs under way, drops those that were not begun, and tells the
 * end of them all.  May be NULL. */
void pxe_jobs_free(struct pxe_jobs *jobs);

#endif
