/* SPDX-License-Identifier: ISC */
#include "run/job.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
	struct job *next;
	pxe_job_work *work;
	pxe_job_done *done;
	void *arg;
	bool was_run;
};

/* First in, first out. */
struct queue {
	struct job *first, **end;
};

struct pxe_jobs {
	pthread_mutex_t lock; /* of what follows, as far as threads see it */
	pthread_cond_t is_more;
	struct queue waiting, ended;
	bool is_stopped;

	int event_fd; /* readable: something ended */
	struct event *on_end;
	unsigned n_threads, most_threads;
	pthread_t threads[]; /* most_threads, n_threads of them started */
};

static void init_queue(struct queue *q)
{
	q->first = NULL;
	q->end = &q->first;
}

static void append(struct queue *q, struct job *job)
{
	job->next = NULL;
	*q->end = job;
	q->end = &job->next;
}

static struct job *take_first(struct queue *q)
{
	struct job *job = q->first;

	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->end = &q->first;
	return job;
}

static void *run_thread(void *arg)
{
	struct pxe_jobs *jobs = arg;
	const uint64_t one = 1;
	struct job *job;

	pthread_mutex_lock(&jobs->lock);
	for (;;) {
		while (!jobs->is_stopped && jobs->waiting.first == NULL)
			pthread_cond_wait(&jobs->is_more, &jobs->lock);
		if (jobs->is_stopped)
			break;
		job = take_first(&jobs->waiting);
		pthread_mutex_unlock(&jobs->lock);
		job->work(job->arg);
		job->was_run = true;
		pthread_mutex_lock(&jobs->lock);
		append(&jobs->ended, job);
		/* fails only when it is full, and so readable */
		if (write(jobs->event_fd, &one, sizeof(one)) < 0)
			continue;
	}
	pthread_mutex_unlock(&jobs->lock);
	return NULL;
}

static void tell_ended(struct pxe_jobs *jobs)
{
	struct job *job, *next;

	pthread_mutex_lock(&jobs->lock);
	job = jobs->ended.first;
	init_queue(&jobs->ended);
	pthread_mutex_unlock(&jobs->lock);
	for (; job != NULL; job = next) {
		next = job->next;
		job->done(job->arg, job->was_run);
		free(job);
	}
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
	uint64_t n;

	(void)what;
	if (read(fd, &n, sizeof(n)) == (ssize_t)sizeof(n))
		tell_ended(arg);
}

/*
 * Not before there is a job: system calls of a process with one thread cost
 * less.  Signals are for the loop.  0 if there is at least one; an errno.
 */
static int start_threads(struct pxe_jobs *jobs)
{
	sigset_t all, old;
	int r;

	if (jobs->n_threads == jobs->most_threads)
		return 0;

	sigfillset(&all);
	r = pthread_sigmask(SIG_SETMASK, &all, &old);
	while (r == 0 && jobs->n_threads < jobs->most_threads) {
		r = pthread_create(&jobs->threads[jobs->n_threads], NULL,
				   run_thread, jobs);
		if (r == 0)
			jobs->n_threads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return jobs->n_threads > 0 ? 0 : r;
}

static int open_event(struct pxe_jobs *jobs, struct event_base *base)
{
	jobs->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (jobs->event_fd < 0)
		return errno;
	jobs->on_end = event_new(base, jobs->event_fd, EV_READ | EV_PERSIST,
				 on_end, jobs);
	if (jobs->on_end == NULL || event_add(jobs->on_end, NULL) < 0)
		return ENOMEM;
	return 0;
}

struct pxe_jobs *pxe_jobs_new(struct event_base *base, unsigned n_threads)
{
	struct pxe_jobs *jobs =
		calloc(1, sizeof(*jobs) + n_threads * sizeof(pthread_t));
	int r;

	if (jobs == NULL)
		return NULL;
	jobs->most_threads = n_threads;
	init_queue(&jobs->waiting);
	init_queue(&jobs->ended);
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->is_more, NULL);
	r = open_event(jobs, base);
	if (r != 0) {
		pxe_jobs_free(jobs);
		errno = r;
		return NULL;
	}
	return jobs;
}

int pxe_job_submit(struct pxe_jobs *jobs, pxe_job_work *work,
		   pxe_job_done *done, void *arg)
{
	struct job *job;
	int r = start_threads(jobs);

	if (r != 0)
		return -r;
	job = calloc(1, sizeof(*job));
	if (job == NULL)
		return -ENOMEM;
	job->work = work;
	job->done = done;
	job->arg = arg;
	pthread_mutex_lock(&jobs->lock);
	append(&jobs->waiting, job);
	pthread_cond_signal(&jobs->is_more);
	pthread_mutex_unlock(&jobs->lock);
	return 0;
}

void pxe_jobs_free(struct pxe_jobs *jobs)
{
	struct job *job;

	if (jobs == NULL)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->is_stopped = true;
	pthread_cond_broadcast(&jobs->is_more);
	pthread_mutex_unlock(&jobs->lock);
	for (unsigned i = 0; i < jobs->n_threads; i++)
		pthread_join(jobs->threads[i], NULL);
	while ((job = take_first(&jobs->waiting)) != NULL)
		append(&jobs->ended, job);
	tell_ended(jobs);
	if (jobs->on_end != NULL)
		event_free(jobs->on_end);
	if (jobs->event_fd >= 0)
		close(jobs->event_fd);
	pthread_cond_destroy(&jobs->is_more);
	pthread_mutex_destroy(&jobs->lock);
	free(jobs);
}
