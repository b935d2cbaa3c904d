/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "run/job.h"
#include "unit.h"

#define N_JOBS 500

struct task {
	sem_t *may_end; /* NULL: ends at once */
	sem_t *has_begun;
	pthread_t thread;
	int value;
	bool was_told, was_run;
};

static struct event_base *base;
static struct pxe_jobs *jobs;
static struct task tasks[N_JOBS];
static unsigned n_told, n_wanted;
static int order[N_JOBS];

static void setup(unsigned n_threads)
{
	memset(tasks, 0, sizeof(tasks));
	n_told = 0;
	base = event_base_new();
	ck_assert_ptr_nonnull(base);
	jobs = pxe_jobs_new(base, n_threads);
	ck_assert_ptr_nonnull(jobs);
}

static void teardown(void)
{
	pxe_jobs_free(jobs);
	event_base_free(base);
}

static void work(void *arg)
{
	struct task *t = arg;

	t->thread = pthread_self();
	t->value++;
	if (t->has_begun != NULL)
		sem_post(t->has_begun);
	if (t->may_end != NULL)
		while (sem_wait(t->may_end) < 0)
			continue;
}

static void done(void *arg, bool was_run)
{
	struct task *t = arg;

	ck_assert(!t->was_told);
	t->was_told = true;
	t->was_run = was_run;
	order[n_told++] = (int)(t - tasks);
	if (n_told == n_wanted)
		event_base_loopbreak(base);
}

/* Runs the loop until `n` ends were told. */
static void wait_for(unsigned n)
{
	const struct timeval deadline = { .tv_sec = 20 };

	n_wanted = n;
	event_base_loopexit(base, &deadline);
	if (n_told < n)
		event_base_dispatch(base);
	ck_assert_uint_eq(n_told, n);
}

static void submit(struct task *t)
{
	ck_assert_int_eq(pxe_job_submit(jobs, work, done, t), 0);
}

START_TEST(job_ends_are_told_on_the_loop)
{
	setup(1);
	submit(&tasks[0]);
	ck_assert(!tasks[0].was_told);
	wait_for(1);
	ck_assert(tasks[0].was_run);
	ck_assert_int_eq(tasks[0].value, 1);
	ck_assert(!pthread_equal(tasks[0].thread, pthread_self()));
	teardown();
}
END_TEST

START_TEST(job_one_thread_keeps_the_order)
{
	setup(1);
	for (int i = 0; i < N_JOBS; i++)
		submit(&tasks[i]);
	wait_for(N_JOBS);
	for (int i = 0; i < N_JOBS; i++)
		ck_assert_int_eq(order[i], i);
	teardown();
}
END_TEST

START_TEST(job_many_threads_do_each_once)
{
	setup(4);
	for (int round = 1; round <= 5; round++) {
		n_told = 0;
		for (int i = 0; i < N_JOBS; i++) {
			tasks[i].was_told = false;
			submit(&tasks[i]);
		}
		wait_for(N_JOBS);
		for (int i = 0; i < N_JOBS; i++)
			ck_assert_int_eq(tasks[i].value, round);
	}
	teardown();
}
END_TEST

/* One job that takes its time holds up neither the loop nor the others. */
START_TEST(job_a_slow_one_holds_nobody_up)
{
	sem_t may_end, has_begun;

	sem_init(&may_end, 0, 0);
	sem_init(&has_begun, 0, 0);
	setup(2);
	tasks[0].may_end = &may_end;
	tasks[0].has_begun = &has_begun;
	submit(&tasks[0]);
	sem_wait(&has_begun);
	for (int i = 1; i < 10; i++)
		submit(&tasks[i]);
	wait_for(9);
	ck_assert(!tasks[0].was_told);
	sem_post(&may_end);
	wait_for(10);
	teardown();
}
END_TEST

static void submit_next(void *arg, bool was_run)
{
	struct task *t = arg;

	done(t, was_run);
	submit(t + 1);
}

START_TEST(job_may_be_submitted_from_an_end)
{
	setup(1);
	ck_assert_int_eq(pxe_job_submit(jobs, work, submit_next, &tasks[0]), 0);
	wait_for(2);
	ck_assert(tasks[1].was_run);
	teardown();
}
END_TEST

static void *post_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
	sem_post(arg);
	return NULL;
}

/* The end of what runs is waited for, what waits is not begun; both are told.
 */
START_TEST(job_free_tells_of_all)
{
	sem_t may_end, has_begun;
	pthread_t poster;

	sem_init(&may_end, 0, 0);
	sem_init(&has_begun, 0, 0);
	setup(1);
	tasks[0].may_end = &may_end;
	tasks[0].has_begun = &has_begun;
	for (int i = 0; i < 3; i++)
		submit(&tasks[i]);
	sem_wait(&has_begun);
	ck_assert_int_eq(pthread_create(&poster, NULL, post_later, &may_end),
			 0);
	teardown();
	pthread_join(poster, NULL);
	ck_assert_uint_eq(n_told, 3);
	ck_assert(tasks[0].was_run);
	ck_assert(!tasks[1].was_run && !tasks[2].was_run);
	ck_assert_int_eq(tasks[1].value, 0);
	pxe_jobs_free(NULL);
}
END_TEST

static atomic_int n_signals;

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	atomic_fetch_add(&n_signals, 1);
	event_base_loopbreak(arg);
}

/* A signal is the loop's, whatever thread there is. */
START_TEST(job_threads_take_no_signals)
{
	struct event *ev;
	sem_t may_end, has_begun;

	sem_init(&may_end, 0, 0);
	sem_init(&has_begun, 0, 0);
	setup(1);
	ev = evsignal_new(base, SIGTERM, on_signal, base);
	event_add(ev, NULL);
	tasks[0].may_end = &may_end;
	tasks[0].has_begun = &has_begun;
	submit(&tasks[0]);
	sem_wait(&has_begun);
	ck_assert_int_eq(pthread_kill(tasks[0].thread, 0), 0);
	kill(getpid(), SIGTERM);
	event_base_dispatch(base);
	ck_assert_int_eq(atomic_load(&n_signals), 1);
	sem_post(&may_end);
	wait_for(1);
	event_free(ev);
	teardown();
}
END_TEST

UNIT_MAIN("job", job_ends_are_told_on_the_loop, job_one_thread_keeps_the_order,
	  job_many_threads_do_each_once, job_a_slow_one_holds_nobody_up,
	  job_may_be_submitted_from_an_end, job_free_tells_of_all,
	  job_threads_take_no_signals)
