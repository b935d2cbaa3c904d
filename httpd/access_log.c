/* SPDX-License-Identifier: ISC */
#include "httpd/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	ROOM = 1024 * 1024, /* octets that may wait to be written */
	PAUSE_MS = 50,      /* between two writes */
	TELL_S = 10,        /* between two times that losses are told */
	END_S = 2,          /* that the end waits for the last lines */
};

struct pxe_access_log {
	pthread_mutex_t lock; /* of all below that is not said otherwise */
	pthread_cond_t wake, ended;
	pthread_t thread;
	bool has_thread, ends, has_ended;
	atomic_bool is_on;
	bool has_next;  /* another file: */
	size_t next_at; /* from there on in what waits ... */
	int next_fd;    /* ... it is this one; -1: none */
	char *text;     /* that waits */
	size_t n;
	uint64_t n_lost;
	int error;
	time_t told_s;

	/* the thread's */
	int fd;
	char *batch;
	bool is_torn; /* the file ends within a line */
};

/* --- the thread ------------------------------------------------------------
 */

static uint64_t count_lines(const char *text, size_t n)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

/* Writes on until the end or an error; how far it came. */
static size_t write_on(int fd, const char *text, size_t n, int *error)
{
	size_t at = 0;

	while (at < n) {
		ssize_t r = write(fd, text + at, n - at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			*error = errno;
			break;
		}
		at += (size_t)r;
	}
	return at;
}

/* How many lines are lost.  A torn one gets its end first, so that the next one
 * is whole. */
static uint64_t write_lines(struct pxe_access_log *log, const char *text,
			    size_t n, int *error)
{
	size_t at = 0;

	if (log->fd < 0 || n == 0)
		return 0;
	if (log->is_torn && write_on(log->fd, "\n", 1, error) == 1)
		log->is_torn = false;
	if (!log->is_torn) {
		at = write_on(log->fd, text, n, error);
		log->is_torn = at > 0 && text[at - 1] != '\n';
	}
	return count_lines(text + at, n - at);
}

static void change_file(struct pxe_access_log *log, int fd)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = fd;
	log->is_torn = false;
}

/* What waits now: with the lock, which is let go meanwhile. */
static void write_waiting(struct pxe_access_log *log)
{
	struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000l };
	char *batch = log->text;
	size_t n = log->n;
	size_t n_old = log->has_next ? log->next_at : n;
	bool changes = log->has_next, ends = log->ends;
	int fd = log->next_fd, error = 0;
	uint64_t n_lost;

	log->text = log->batch;
	log->batch = batch;
	log->n = 0;
	log->has_next = false;
	pthread_mutex_unlock(&log->lock);
	n_lost = write_lines(log, batch, n_old, &error);
	if (changes)
		change_file(log, fd);
	n_lost += write_lines(log, batch + n_old, n - n_old, &error);
	if (!ends)
		nanosleep(&pause, NULL);
	pthread_mutex_lock(&log->lock);
	log->n_lost += n_lost;
	if (error != 0)
		log->error = error;
}

static void *run(void *arg)
{
	struct pxe_access_log *log = arg;

	pthread_mutex_lock(&log->lock);
	for (;;) {
		while (log->n == 0 && !log->has_next && !log->ends)
			pthread_cond_wait(&log->wake, &log->lock);
		if (log->n == 0 && !log->has_next)
			break;
		write_waiting(log);
	}
	log->has_ended = true;
	pthread_cond_signal(&log->ended);
	pthread_mutex_unlock(&log->lock);
	return NULL;
}

static int start_thread(struct pxe_access_log *log)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&log->thread, NULL, run, log);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	log->has_thread = r == 0;
	return -r;
}

/* --- the others ------------------------------------------------------------
 */

struct pxe_access_log *pxe_access_log_new(void)
{
	struct pxe_access_log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return NULL;
	log->fd = -1;
	log->text = malloc(ROOM);
	log->batch = malloc(ROOM);
	if (log->text == NULL || log->batch == NULL ||
	    pthread_mutex_init(&log->lock, NULL) != 0) {
		free(log->text);
		free(log->batch);
		free(log);
		return NULL;
	}
	(void)pthread_cond_init(&log->wake, NULL);
	(void)pthread_cond_init(&log->ended, NULL);
	return log;
}

/* Until the thread has ended; false: its disk does not let it. */
static bool end_thread(struct pxe_access_log *log)
{
	struct timespec until;
	bool has_ended;

	if (!log->has_thread)
		return true;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_S;
	pthread_mutex_lock(&log->lock);
	log->ends = true;
	pthread_cond_signal(&log->wake);
	while (!log->has_ended &&
	       pthread_cond_timedwait(&log->ended, &log->lock, &until) == 0)
		;
	has_ended = log->has_ended;
	pthread_mutex_unlock(&log->lock);
	if (has_ended)
		pthread_join(log->thread, NULL);
	else
		pthread_detach(log->thread);
	return has_ended;
}

void pxe_access_log_free(struct pxe_access_log *log)
{
	if (log == NULL || !end_thread(log))
		return;
	change_file(log, -1);
	pthread_mutex_destroy(&log->lock);
	pthread_cond_destroy(&log->wake);
	pthread_cond_destroy(&log->ended);
	free(log->text);
	free(log->batch);
	free(log);
}

int pxe_access_log_set(struct pxe_access_log *log, const char *path)
{
	bool is_on = path[0] != '\0';
	int fd = -1, r;

	if (!is_on && !log->has_thread)
		return 0;
	if (is_on) { /* O_NONBLOCK: a FIFO waits for nobody */
		fd = open(path,
			  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
				  O_NONBLOCK,
			  0640);
		if (fd < 0)
			return -errno;
	}
	r = log->has_thread ? 0 : start_thread(log);
	if (r < 0) {
		close(fd);
		return r;
	}
	pthread_mutex_lock(&log->lock);
	if (!log->has_next)
		log->next_at = log->n;
	else if (log->next_fd >= 0)
		close(log->next_fd);
	log->has_next = true;
	log->next_fd = fd;
	pthread_cond_signal(&log->wake);
	pthread_mutex_unlock(&log->lock);
	atomic_store(&log->is_on, is_on);
	return 0;
}

bool pxe_access_log_is_on(const struct pxe_access_log *log)
{
	return atomic_load_explicit(&log->is_on, memory_order_relaxed);
}

/* Losses that are to be told now; with the lock. */
static uint64_t take_losses(struct pxe_access_log *log, int *error)
{
	struct timespec now;
	uint64_t n = log->n_lost;

	if (n == 0)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (log->told_s != 0 && now.tv_sec - log->told_s < TELL_S)
		return 0;
	log->told_s = now.tv_sec;
	log->n_lost = 0;
	*error = log->error;
	return n;
}

uint64_t pxe_access_log_put(struct pxe_access_log *log, const char *line,
			    size_t n, int *error)
{
	uint64_t n_lost;

	pthread_mutex_lock(&log->lock);
	if (n <= ROOM - log->n) {
		memcpy(log->text + log->n, line, n);
		if (log->n == 0)
			pthread_cond_signal(&log->wake);
		log->n += n;
	} else {
		log->n_lost++;
		log->error = ENOBUFS;
	}
	n_lost = take_losses(log, error);
	pthread_mutex_unlock(&log->lock);
	return n_lost;
}
