/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "dhcpd/report.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/state_codec.h"

enum {
	/* a pxe-stated that says nothing for so long is as good as away */
	STUCK_S = 3,
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
	s->told = calloc(1, sizeof(*s->told));
	if (s->waiting == NULL || s->told == NULL)
		return -ENOMEM;
	return pxe_tell_init(s);
}

void pxe_commit_done(struct pxe_server *s)
{
	pxe_state_client_free(s->state);
	pxe_state_client_free(s->watch);
	pxe_state_view_free(s->orders);
	pxe_resync_stop(s);
	pxe_tell_done(s);
	free(s->state_path);
	free(s->waiting);
	free(s->told);
	s->state = s->watch = NULL;
	s->orders = NULL;
	s->state_path = NULL;
	s->waiting = NULL;
	s->told = NULL;
}

struct pxe_waiting *pxe_commit_get(struct pxe_server *s)
{
	struct pxe_waiting *w = s->free_waiting;

	if (w != NULL) {
		s->free_waiting = w->next;
	} else if (s->n_waiting < PXE_DECIDE_PENDING_MAX) {
		/* a fresh one, which took no memory until now */
		w = &s->waiting[s->n_waiting++];
		w->server = s;
	} else {
		return NULL;
	}
	w->is_used = true;
	return w;
}

bool pxe_commit_is_stuck(const struct pxe_server *s)
{
	return pxe_book_count_pending(s->book) > 0 &&
	       s->mono_s - s->heard_s >= STUCK_S;
}

void pxe_commit_put_back(struct pxe_waiting *w)
{
	w->is_used = false;
	w->next = w->server->free_waiting;
	w->server->free_waiting = w;
}

static void end_commit(struct pxe_waiting *w, const char *error)
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
		/* the address is another's: whose? */
		if (w->summary.reason == PXE_REASON_WRONG_ADDRESS)
			pxe_resync_ask(s, w->summary.address);
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
	struct pxe_waiting *w = arg;

	(void)params;
	(void)more;
	pxe_server_read_clocks(w->server);
	w->server->heard_s = w->server->mono_s;
	end_commit(w, error);
}

void pxe_commit_start(struct pxe_waiting *w, const struct pxe_lease *lease)
{
	struct pxe_server *s = w->server;
	struct pxe_state_commit commit = {
		.lease = lease,
		.replaces = pxe_book_find_replaced(s->book, lease),
		.now_s = s->now_s,
		.is_os = w->summary.type == PXE_DHCP_REQUEST &&
			 !pxe_facts_is_boot(&w->summary.facts),
	};
	int r;

	pxe_tell_forget(s, lease->address); /* it is the past */
	if (pxe_book_count_pending(s->book) == 1)
		s->heard_s = s->mono_s; /* none was asked for before it */
	r = pxe_state_commit_lease(s->state, &commit, on_committed, w);
	w->replaces = commit.replaces;
	w->summary.is_told = commit.is_os;
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

/* --- the connection --- */

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

	pxe_told_forget(s->told);
	if (pxe_state_call(s->state, "Hello", hello, on_hello, s) < 0)
		pxe_log(PXE_LOG_WARNING, "no memory to greet pxe-stated");
	s->up_s = s->mono_s;
	s->n_asked = 0;
	s->wants_resync = true;
	/* before the list of leases, which then has it */
	pxe_tell_all(s);
	pxe_resync_try(s);
	pxe_alarms_report(s);
}

static void on_down(void *arg)
{
	struct pxe_server *s = arg;

	if (s->is_in_step)
		pxe_log(PXE_LOG_WARNING,
			"pxe-stated is away: offers go on, no new lease is "
			"acknowledged");
	if (s->is_in_step)
		s->away_s = s->now_s;
	s->is_in_step = false;
	s->wants_resync = false;
	pxe_resync_stop(s);
}

static const struct pxe_state_client_ops state_ops = {
	.up = on_up,
	.down = on_down,
	.failed = pxe_daemon_log_unreached,
	.lost = pxe_daemon_log_lost,
};

/* The configuration names another socket: what was asked is not answered. */
static void leave_state(struct pxe_server *s)
{
	pxe_state_client_free(s->state);
	pxe_state_client_free(s->watch);
	pxe_state_view_free(s->orders);
	free(s->state_path);
	on_down(s);
	s->is_following = false;
	for (size_t i = 0; i < s->n_waiting; i++)
		if (s->waiting[i].is_used)
			end_commit(&s->waiting[i], "Disconnected");
}

int pxe_commit_connect(struct pxe_server *s)
{
	struct pxe_state_client *state, *watch;
	struct pxe_state_view *orders;
	char *path;

	if (s->state_path != NULL &&
	    strcmp(s->state_path, s->conf->state_socket) == 0)
		return 0;
	path = strdup(s->conf->state_socket);
	if (path == NULL)
		return -ENOMEM;
	state = pxe_state_client_new(s->base, path, &state_ops, s);
	watch = pxe_resync_connect(s, path);
	orders = pxe_state_view_new(s->base, path, PXE_VIEW_ORDERS);
	if (state == NULL || watch == NULL || orders == NULL) {
		pxe_state_view_free(orders);
		pxe_state_client_free(state);
		pxe_state_client_free(watch);
		free(path);
		return -ENOMEM;
	}
	if (s->state != NULL)
		leave_state(s);
	s->state = state;
	s->watch = watch;
	s->orders = orders;
	s->state_path = path;
	return 0;
}

void pxe_commit_tick(struct pxe_server *s)
{
	if (s->wants_telling && pxe_state_client_is_up(s->state))
		pxe_tell_all(s);
	pxe_resync_try(s);
}
