/* SPDX-License-Identifier: ISC */
/*
 * Leases that clients gave back: kept until pxe-stated has them on disk, so
 * that its absence loses none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "dhcpd/server.h"
#include "run/log.h"

enum {
	UNTOLD_MAX = 1024, /* as many leases are kept */
	LOG_EVERY_S = 60,
};

/* One call to pxe-stated. */
struct tell {
	struct pxe_server *server;
	uint32_t address;
	enum pxe_lease_state state;
};

int pxe_tell_init(struct pxe_server *s)
{
	s->untold = pxe_lease_table_new();
	return s->untold != NULL ? 0 : -ENOMEM;
}

void pxe_tell_done(struct pxe_server *s)
{
	pxe_lease_table_free(s->untold);
	s->untold = NULL;
}

bool pxe_tell_has_room(const struct pxe_server *s)
{
	return pxe_lease_table_count(s->untold) < UNTOLD_MAX;
}

const struct pxe_lease *pxe_tell_find(const struct pxe_server *s,
				      uint32_t address)
{
	return pxe_lease_table_find(s->untold, address);
}

void pxe_tell_forget(struct pxe_server *s, uint32_t address)
{
	(void)!pxe_lease_table_remove(s->untold, address);
}

/* Will it come right if it is told again? */
static bool is_passing(const char *error)
{
	return strcmp(error, "Disconnected") == 0 ||
	       strcmp(error, "Store") == 0;
}

static void on_told(const char *error, const json_t *params, bool more,
		    void *arg)
{
	struct tell *t = arg;
	struct pxe_server *s = t->server;
	const struct pxe_lease *lease = pxe_tell_find(s, t->address);

	(void)params;
	(void)more;
	if (error != NULL)
		pxe_log(PXE_LOG_DEBUG,
			"pxe-stated about a lease given back: %s", error);
	if (error != NULL && is_passing(error))
		s->wants_telling = true;
	else if (lease != NULL && lease->state == t->state)
		pxe_tell_forget(s, t->address);
	free(t);
}

static void tell(struct pxe_server *s, const struct pxe_lease *lease)
{
	struct tell *t = malloc(sizeof(*t));
	int r = -ENOMEM;

	if (t != NULL) {
		*t = (struct tell){ s, lease->address, lease->state };
		r = lease->state == PXE_LEASE_DECLINED
			    ? pxe_state_decline_lease(s->state, lease, s->now_s,
						      on_told, t)
			    : pxe_state_release_lease(s->state, lease, on_told,
						      t);
	}
	if (r < 0) {
		s->wants_telling = true;
		free(t);
	}
}

void pxe_tell_lease(struct pxe_server *s, const struct pxe_lease *lease)
{
	if (pxe_tell_find(s, lease->address) == NULL && !pxe_tell_has_room(s)) {
		if (pxe_log_is_due(&s->untold_s, s->mono_s, LOG_EVERY_S))
			pxe_log(PXE_LOG_WARNING,
				"too many leases were given back while "
				"pxe-stated is away: it is told of %u only",
				UNTOLD_MAX);
		return;
	}
	if (pxe_lease_table_set(s->untold, lease) == 0)
		tell(s, lease);
}

/* A quarantine that has ended meanwhile needs no words. */
static bool is_over(const struct pxe_server *s, const struct pxe_lease *lease)
{
	return lease->state == PXE_LEASE_DECLINED && lease->end_s <= s->now_s;
}

void pxe_tell_all(struct pxe_server *s)
{
	const struct pxe_lease *lease;
	size_t at = 0;

	s->wants_telling = false;
	while ((lease = pxe_lease_table_next(s->untold, &at)) != NULL) {
		if (!is_over(s, lease)) {
			tell(s, lease);
			continue;
		}
		pxe_tell_forget(s, lease->address);
		at--; /* another one has taken its place */
	}
}

int pxe_tell_apply(struct pxe_server *s)
{
	const struct pxe_lease *lease;
	size_t at = 0;
	int r = 0;

	while ((lease = pxe_lease_table_next(s->untold, &at)) != NULL)
		if (pxe_book_put(s->book, lease) < 0)
			r = -ENOMEM;
	return r;
}

void pxe_tell_clock_was_set(struct pxe_server *s, int64_t by_s)
{
	pxe_lease_table_move(s->untold,
			     (struct pxe_clock_shift){ by_s, INT64_MIN });
}
