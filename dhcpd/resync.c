/* SPDX-License-Identifier: ISC */
/*
 * Keeping the working copy of the leases as pxe-stated has them: all of them
 * when it is (again) there, then what others change.
 *
 * A second connection follows what other processes change (an administrator,
 * an import).  What it says is a hint only, for it keeps no order with our own
 * commits: for each address hinted the lease is asked for on the first
 * connection, whose answers do.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/ip4.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/state_codec.h"

enum {
	ASKED_MAX = 1000, /* leases asked for at one time; more: all of them */
	FOLLOW_WAIT_S = 2, /* for the second connection, before the first goes
			    * on alone */
};

/* --- one lease ----------------------------------------------------------- */

static bool address_of(const json_t *json, uint32_t *address)
{
	const char *text = json_string_value(json);

	return text != NULL && pxe_ip4_parse(text, address) == 0;
}

/* What we are about to tell is newer. */
static void on_lease(const char *error, const json_t *params, bool more,
		     void *arg)
{
	struct pxe_server *s = arg;
	struct pxe_lease lease;
	uint32_t address;
	int r = 0;

	(void)more;
	s->n_asked--;
	if (error == NULL &&
	    pxe_state_lease_from_json(json_object_get(params, "lease"),
				      &lease) == 0) {
		if (pxe_tell_find(s, lease.address) == NULL)
			r = pxe_book_put(s->book, &lease);
	} else if (error != NULL && strcmp(error, "NoLease") == 0 &&
		   address_of(json_object_get(params, "address"), &address)) {
		if (pxe_tell_find(s, address) == NULL)
			(void)!pxe_book_remove(s->book, address);
	} else {
		r = -EBADMSG;
	}
	if (r < 0)
		s->wants_resync = true;
}

void pxe_resync_ask(struct pxe_server *s, uint32_t address)
{
	char text[PXE_IP4_TEXT];
	int r = -EBUSY;

	pxe_ip4_format(address, text, sizeof(text));
	if (s->n_asked < ASKED_MAX && !s->wants_resync)
		r = pxe_state_call(s->state, "GetLease",
				   json_pack("{s:s}", "address", text),
				   on_lease, s);
	if (r == 0)
		s->n_asked++;
	else
		s->wants_resync = true;
}

/* --- hints --------------------------------------------------------------- */

static void on_hint(const char *error, const json_t *params, bool more,
		    void *arg);

static void follow(struct pxe_server *s)
{
	json_t *what = json_pack("{s:b, s:b}", "leases", 1, "others", 1);

	/* if not: the connection is tried again */
	(void)!pxe_state_call_more(s->watch, "Watch", what, on_hint, s);
}

/* Nothing that changes from here on is missed: now all that there is. */
static void on_ready(struct pxe_server *s)
{
	s->is_following = true;
	s->wants_resync = true;
	pxe_resync_try(s);
}

static void on_hint(const char *error, const json_t *params, bool more,
		    void *arg)
{
	struct pxe_server *s = arg;
	const json_t *lease = json_object_get(params, "lease");
	uint32_t address;

	if (!more)
		s->is_following = false;
	if (error != NULL && strcmp(error, "Resync") == 0)
		follow(s);
	else if (error != NULL)
		pxe_log(PXE_LOG_DEBUG, "following pxe-stated: %s", error);
	else if (json_is_true(json_object_get(params, "ready")))
		on_ready(s);
	else if ((address_of(json_object_get(lease, "address"), &address) ||
		  address_of(json_object_get(params, "removed_lease"),
			     &address)) &&
		 pxe_state_client_is_up(s->state))
		pxe_resync_ask(s, address);
}

static void on_watch_up(void *arg)
{
	follow(arg);
}

static void on_watch_down(void *arg)
{
	struct pxe_server *s = arg;

	s->is_following = false;
}

/* Whoever cannot be reached is complained of by the first connection. */
static const struct pxe_state_client_ops watch_ops = {
	.up = on_watch_up,
	.down = on_watch_down,
};

struct pxe_state_client *pxe_resync_connect(struct pxe_server *s,
					    const char *path)
{
	return pxe_state_client_new(s->base, path, &watch_ops, s);
}

/* --- all leases ---------------------------------------------------------- */

void pxe_resync_stop(struct pxe_server *s)
{
	pxe_lease_table_free(s->resync);
	s->resync = NULL;
	s->is_resync_bad = s->is_resync_old = false;
}

void pxe_resync_clock_was_set(struct pxe_server *s)
{
	/* which of the times that are read now are of the new clock? */
	s->is_resync_old = s->resync != NULL;
	s->wants_resync = true;
}

static void fail_resync(struct pxe_server *s, const char *why)
{
	pxe_log(PXE_LOG_WARNING, "reading the leases from pxe-stated: %s", why);
	pxe_resync_stop(s);
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

static int add_lease(const struct pxe_lease *lease, void *arg)
{
	struct pxe_server *s = arg;

	return pxe_lease_table_set(s->resync, lease);
}

/* Most of the list, faster. */
static bool take_leases(const char *text, size_t len, void *arg)
{
	const struct pxe_server *s = arg;

	return s->resync != NULL &&
	       pxe_state_leases_read(text, len, add_lease, arg);
}

static void end_resync(struct pxe_server *s)
{
	pxe_book_replace(s->book, s->resync, s->now_s);
	s->resync = NULL;
	if (pxe_tell_apply(s) < 0)
		s->wants_resync = true;
	if (!s->is_in_step)
		pxe_log(PXE_LOG_NOTICE, "in step with pxe-stated: %zu leases",
			pxe_book_count_leases(s->book));
	s->has_leases = s->is_in_step = true;
}

static void on_leases(const char *error, const json_t *params, bool more,
		      void *arg)
{
	struct pxe_server *s = arg;

	if (s->resync == NULL)
		return;
	pxe_server_read_clocks(s);
	if (error == NULL)
		add_leases(s, params);
	if (more)
		return;
	if (s->is_resync_old ||
	    (error != NULL && strcmp(error, "Resync") == 0)) {
		pxe_resync_stop(s);
		s->wants_resync = true;
	} else if (error != NULL || s->is_resync_bad) {
		fail_resync(s, error != NULL ? error : "the list is broken");
	} else {
		end_resync(s);
	}
}

static void start_resync(struct pxe_server *s)
{
	s->wants_resync = false;
	s->resync = pxe_lease_table_new();
	if (s->resync == NULL ||
	    pxe_state_list_leases(s->state, take_leases, on_leases, s) < 0)
		fail_resync(s, "not possible now");
}

void pxe_resync_try(struct pxe_server *s)
{
	if (s->wants_resync && s->resync == NULL &&
	    pxe_state_client_is_up(s->state) &&
	    (s->is_following || s->mono_s - s->up_s >= FOLLOW_WAIT_S))
		start_resync(s);
}
