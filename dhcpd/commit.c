/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/state_codec.h"

enum {
	/* an address that turned out to be another's stays out of use, if no
	 * resync tells more */
	TAKEN_S = 60,
	/* what an administrator took back is noticed after a minute; with
	 * many leases later: one second for so many of them */
	RESYNC_MIN_S = 60,
	LEASES_A_SECOND = 50,
};

/* What an error of pxe-stated means for the packet; else INTERNAL. */
static const struct {
	const char *error;
	enum pxe_reason reason;
} errors[] = {
	{ "AddressTaken", PXE_REASON_WRONG_ADDRESS },
	{ "Store", PXE_REASON_STORE },
	{ "Disconnected", PXE_REASON_STATE_AWAY },
};

static enum pxe_reason reason_of(const char *error)
{
	for (size_t i = 0; i < PXE_LEN(errors); i++)
		if (strcmp(errors[i].error, error) == 0)
			return errors[i].reason;
	return PXE_REASON_INTERNAL;
}

int pxe_commit_init(struct pxe_server *s)
{
	s->waiting = calloc(PXE_DECIDE_PENDING_MAX, sizeof(*s->waiting));
	if (s->waiting == NULL)
		return -ENOMEM;
	for (size_t i = PXE_DECIDE_PENDING_MAX; i-- > 0;) {
		s->waiting[i].server = s;
		s->waiting[i].next = s->free_waiting;
		s->free_waiting = &s->waiting[i];
	}
	return 0;
}

void pxe_commit_done(struct pxe_server *s)
{
	pxe_state_client_free(s->state);
	pxe_lease_table_free(s->resync);
	free(s->state_path);
	free(s->waiting);
	s->state = NULL;
	s->resync = NULL;
	s->state_path = NULL;
	s->waiting = NULL;
}

struct pxe_waiting *pxe_commit_get(struct pxe_server *s)
{
	struct pxe_waiting *w = s->free_waiting;

	if (w == NULL)
		return NULL;
	s->free_waiting = w->next;
	w->is_used = true;
	return w;
}

void pxe_commit_put_back(struct pxe_waiting *w)
{
	w->is_used = false;
	w->next = w->server->free_waiting;
	w->server->free_waiting = w;
}

/* The address is another's: keep away from it, and read all leases anew. */
static void note_taken(struct pxe_server *s, const struct pxe_waiting *w,
		       const json_t *params)
{
	const char *client =
		json_string_value(json_object_get(params, "client"));
	struct pxe_lease other = { .address = w->summary.address,
				   .state = PXE_LEASE_ACTIVE,
				   .start_s = s->now_s,
				   .end_s = s->now_s + TAKEN_S,
				   .client = client };

	if (client != NULL)
		(void)!pxe_book_put(s->book, &other);
	s->wants_resync = true;
}

static void end_commit(struct pxe_waiting *w, const char *error,
		       const json_t *params)
{
	struct pxe_server *s = w->server;
	const bool is_done = error == NULL;

	/* a lease that is only on disk comes into the copy at a resync */
	if (pxe_book_end(s->book, w->summary.address, w->replaces, is_done) < 0)
		s->wants_resync = true;
	if (is_done) {
		pxe_packet_send(s, &w->reply);
	} else {
		w->summary.reply = 0;
		w->summary.reason = reason_of(error);
		if (w->summary.reason == PXE_REASON_WRONG_ADDRESS)
			note_taken(s, w, params);
		if (w->summary.reason == PXE_REASON_INTERNAL &&
		    pxe_log_is_due(&s->store_s, s->mono_s, 60))
			pxe_log(PXE_LOG_ERR,
				"pxe-stated refuses to store leases: %s "
				"(stated.conf: lease-users)",
				error);
	}
	pxe_report_end(s, &w->summary);
	pxe_commit_put_back(w);
}

/* The answer to CommitLease: now, and only now, the client hears of it. */
static void on_committed(const char *error, const json_t *params, bool more,
			 void *arg)
{
	(void)more;
	end_commit(arg, error, params);
}

void pxe_commit_start(struct pxe_waiting *w, const struct pxe_lease *lease)
{
	struct pxe_server *s = w->server;
	int r;

	w->replaces = pxe_book_find_replaced(s->book, lease);
	r = pxe_state_commit_lease(s->state, lease, w->replaces, on_committed,
				   w);
	if (r == 0)
		return;
	(void)!pxe_book_end(s->book, lease->address, 0, false);
	w->summary.reply = 0;
	w->summary.reason = r == -ENOTCONN ? PXE_REASON_STATE_AWAY
			    : r == -EBUSY  ? PXE_REASON_BUSY
					   : PXE_REASON_INTERNAL;
	pxe_report_end(s, &w->summary);
	pxe_commit_put_back(w);
}

static void on_told(const char *error, const json_t *params, bool more,
		    void *arg)
{
	(void)params;
	(void)more;
	(void)arg;
	if (error != NULL)
		pxe_log(PXE_LOG_DEBUG,
			"pxe-stated about a lease given back: %s", error);
}

void pxe_commit_tell(struct pxe_server *s, const struct pxe_lease *lease)
{
	int r = lease->state == PXE_LEASE_DECLINED
			? pxe_state_decline_lease(s->state, lease, on_told, s)
			: pxe_state_release_lease(s->state, lease, on_told, s);

	/* the copy keeps what was declined; a lease that was released while
	 * pxe-stated is away ends by itself */
	if (r < 0)
		pxe_log(PXE_LOG_DEBUG,
			"pxe-stated was not told of a lease given back: %s",
			strerror(-r));
}

/* --- resync --- */

static void end_resync(struct pxe_server *s)
{
	pxe_lease_table_free(s->resync);
	s->resync = NULL;
	s->is_resync_bad = false;
}

static void fail_resync(struct pxe_server *s, const char *why)
{
	pxe_log(PXE_LOG_WARNING, "reading the leases from pxe-stated: %s", why);
	end_resync(s);
	s->wants_resync = true;
}

/* Some of the list.  A lease that cannot be read is somebody's all the same,
 * so that half a list is no list. */
static void add_leases(struct pxe_server *s, const json_t *params)
{
	const json_t *leases = json_object_get(params, "leases");
	struct pxe_lease lease;
	const json_t *row;
	size_t i;

	if (!json_is_array(leases))
		s->is_resync_bad = true;
	json_array_foreach(leases, i, row)
		if (pxe_state_lease_from_json(row, &lease) < 0 ||
		    pxe_lease_table_set(s->resync, &lease) < 0)
			s->is_resync_bad = true;
}

static void on_leases(const char *error, const json_t *params, bool more,
		      void *arg)
{
	struct pxe_server *s = arg;

	if (s->resync == NULL)
		return;
	if (error == NULL)
		add_leases(s, params);
	if (more)
		return;
	if (error != NULL || s->is_resync_bad) {
		fail_resync(s, error != NULL ? error : "the list is broken");
		return;
	}
	pxe_book_replace(s->book, s->resync, s->now_s);
	s->resync = NULL;
	if (!s->is_in_step)
		pxe_log(PXE_LOG_NOTICE, "in step with pxe-stated: %zu leases",
			pxe_book_count_leases(s->book));
	s->has_leases = s->is_in_step = true;
	s->resync_s = s->mono_s;
}

static void start_resync(struct pxe_server *s)
{
	s->wants_resync = false;
	s->resync = pxe_lease_table_new();
	if (s->resync == NULL ||
	    pxe_state_call_more(s->state, "ListLeases", NULL, on_leases, s) < 0)
		fail_resync(s, "not possible now");
}

static void on_hello(const char *error, const json_t *params, bool more,
		     void *arg)
{
	struct pxe_server *s = arg;

	(void)params;
	(void)more;
	if (error != NULL && strcmp(error, "Disconnected") != 0 &&
	    pxe_log_is_due(&s->store_s, s->mono_s, 60))
		pxe_log(PXE_LOG_WARNING, "pxe-stated does not know us: %s",
			error);
}

static void on_up(void *arg)
{
	struct pxe_server *s = arg;
	json_t *hello = json_pack("{s:s}", "name", "pxe-dhcpd");

	if (pxe_state_call(s->state, "Hello", hello, on_hello, s) < 0)
		s->wants_resync = true;
	start_resync(s);
}

static void on_down(void *arg)
{
	struct pxe_server *s = arg;

	if (s->is_in_step)
		pxe_log(PXE_LOG_WARNING,
			"pxe-stated is away: offers go on, no new lease is "
			"acknowledged");
	s->is_in_step = false;
	s->wants_resync = false;
	end_resync(s);
}

static const struct pxe_state_client_ops state_ops = {
	.up = on_up,
	.down = on_down,
	.failed = pxe_daemon_log_unreached,
};

/* The configuration names another socket: what was asked is not answered. */
static void leave_state(struct pxe_server *s)
{
	pxe_state_client_free(s->state);
	free(s->state_path);
	on_down(s);
	for (size_t i = 0; i < PXE_DECIDE_PENDING_MAX; i++)
		if (s->waiting[i].is_used)
			end_commit(&s->waiting[i], "Disconnected", NULL);
}

int pxe_commit_connect(struct pxe_server *s)
{
	struct pxe_state_client *state;
	char *path;

	if (s->state_path != NULL &&
	    strcmp(s->state_path, s->conf->state_socket) == 0)
		return 0;
	path = strdup(s->conf->state_socket);
	if (path == NULL)
		return -ENOMEM;
	state = pxe_state_client_new(s->base, path, &state_ops, s);
	if (state == NULL) {
		free(path);
		return -ENOMEM;
	}
	if (s->state != NULL)
		leave_state(s);
	s->state = state;
	s->state_path = path;
	return 0;
}

static bool is_resync_due(const struct pxe_server *s)
{
	int64_t every_s =
		(int64_t)pxe_book_count_leases(s->book) / LEASES_A_SECOND;

	if (every_s < RESYNC_MIN_S)
		every_s = RESYNC_MIN_S;
	return s->is_in_step && s->mono_s - s->resync_s >= every_s;
}

void pxe_commit_tick(struct pxe_server *s)
{
	if ((s->wants_resync || is_resync_due(s)) && s->resync == NULL &&
	    pxe_state_client_is_up(s->state))
		start_resync(s);
}
