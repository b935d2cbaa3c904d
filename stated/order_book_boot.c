/* SPDX-License-Identifier: ISC */
/*
 * Boot sessions: opened by a script, begun by its last piece, finished by the
 * callback.
 *
 * An order for once is consumed by pxe_orders_begin() alone, and only from the
 * state PENDING; the session that did it may go on asking for its files until
 * it calls back or its time is over.
 */
#include "stated/order_book.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "stated/order_book_priv.h"

#define BY_WHEN_NEW "when-new"

enum { SAMPLE = 64 }; /* sessions that are looked at for one to go */

static bool is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static const struct pxe_order *find_order(const struct pxe_orders *o,
					  const char *machine)
{
	return pxe_orders_find(o, PXE_ORDERS_ORDER, machine);
}

/* --- may it be booted ---------------------------------------------------- */

static bool is_known(const struct pxe_orders *o, const char *machine)
{
	return find_order(o, machine) != NULL ||
	       pxe_orders_find_install(o, machine) != NULL;
}

/* A machine of which nothing is known, neither by its name nor by its key. */
static int judge_new(const struct pxe_orders *o, const struct pxe_session *s,
		     struct pxe_orders_answer *answer)
{
	if (is_known(o, s->machine) || is_known(o, s->client))
		return -ENOENT;
	if (o->guard.is_armed)
		return 0;
	answer->reason = PXE_REASON_STORE_OLDER;
	return -EBUSY;
}

/* Is there something to be consumed?  0, -ENOENT, -EBUSY. */
static int judge(const struct pxe_orders *o, const struct pxe_session *s,
		 int64_t now_s, struct pxe_orders_answer *answer)
{
	const struct pxe_order *order = find_order(o, s->machine);

	if (order == NULL)
		return s->is_when_new ? judge_new(o, s, answer) : -ENOENT;
	if (order->state == PXE_ORDER_HELD) {
		answer->reason = order->reason;
		return -EBUSY;
	}
	if (order->state != PXE_ORDER_PENDING || !order->is_once ||
	    (order->expires_s != 0 && order->expires_s <= now_s) ||
	    !is_same(order->target, s->target))
		return -ENOENT;
	return 0;
}

/* The same; and an order that the guard stops is held from now on. */
static int judge_or_hold(struct pxe_orders *o, const struct pxe_session *s,
			 int64_t now_s, struct pxe_orders_answer *answer)
{
	const struct pxe_order *order;
	int r = judge(o, s, now_s, answer);

	if (r < 0 || s->is_plain ||
	    !pxe_orders_is_tripped(o, s->machine, now_s))
		return r;
	order = find_order(o, s->machine);
	if (order != NULL &&
	    pxe_orders_hold(o, order, PXE_REASON_REINSTALL) < 0)
		return -ENOMEM;
	answer->reason = PXE_REASON_REINSTALL;
	return -EBUSY;
}

/* --- opening ------------------------------------------------------------- */

static bool is_same_boot(const struct pxe_session *s,
			 const struct pxe_session *ask)
{
	return is_same(s->machine, ask->machine) &&
	       is_same(s->client, ask->client) &&
	       is_same(s->address, ask->address) &&
	       is_same(s->target, ask->target) && s->is_once == ask->is_once;
}

static bool is_running(const struct pxe_session *s, int64_t now_s)
{
	return pxe_orders_is_open(s) && s->until_s > now_s;
}

/* The session that the boot has already; NULL: none. */
static const struct pxe_session *find_same(const struct pxe_orders *o,
					   const struct pxe_session *ask,
					   int64_t now_s)
{
	const struct pxe_session *s = NULL;

	if (ask->token[0] != '\0')
		s = pxe_orders_find(o, PXE_ORDERS_SESSION, ask->token);
	if (s != NULL && is_running(s, now_s) && is_same_boot(s, ask))
		return s;
	for (s = pxe_orders_session_of(o, ask->machine, NULL); s != NULL;
	     s = pxe_orders_session_of(o, ask->machine, s))
		/* of one that has begun only its token tells */
		if (s->state == PXE_SESSION_OPEN && is_running(s, now_s) &&
		    is_same_boot(s, ask))
			return s;
	return NULL;
}

/* Closes what the machine has open, and forgets the oldest of many. */
static int close_others(struct pxe_orders *o, const char *machine)
{
	const struct pxe_session *s, *oldest;
	size_t n;
	int r = 0;

	do {
		oldest = NULL;
		n = 0;
		for (s = pxe_orders_session_of(o, machine, NULL);
		     s != NULL && r == 0;
		     s = pxe_orders_session_of(o, machine, s)) {
			if (pxe_orders_is_open(s))
				r = pxe_orders_end_session(o, s,
							   PXE_SESSION_CLOSED);
			/* one that may still call back is kept longest */
			if (oldest == NULL ||
			    (pxe_orders_order_of(o, s) == NULL &&
			     (pxe_orders_order_of(o, oldest) != NULL ||
			      s->opened_s < oldest->opened_s)))
				oldest = s;
			n++;
		}
		if (r == 0 && n >= PXE_SESSIONS_OF_MACHINE)
			r = pxe_orders_drop(o, PXE_ORDERS_SESSION,
					    oldest->token);
	} while (r == 0 && n >= PXE_SESSIONS_OF_MACHINE);
	return r;
}

/*
 * One goes that holds no order, an old one: whoever makes up machines can fill
 * the table, and is not to keep others from being booted.  0, -ENOSPC, -ENOMEM.
 */
static int make_room(struct pxe_orders *o)
{
	const struct pxe_session *oldest = NULL;
	const size_t n = o->sessions.n;

	for (size_t i = 0; i < n && (i < SAMPLE || oldest == NULL); i++) {
		const struct pxe_session *s =
			pxe_orders_next_session(o, &o->room_at);

		if (s == NULL) {
			o->room_at = 0;
			s = pxe_orders_next_session(o, &o->room_at);
		}
		if (s != NULL && !s->is_once &&
		    (oldest == NULL || s->until_s < oldest->until_s))
			oldest = s;
	}
	return oldest != NULL
		       ? pxe_orders_drop(o, PXE_ORDERS_SESSION, oldest->token)
		       : -ENOSPC;
}

static int make_session(struct pxe_orders *o, const struct pxe_session *ask,
			const char *fresh, int64_t now_s)
{
	struct pxe_session s = *ask;
	int r = close_others(o, ask->machine);

	if (r == 0 && o->sessions.n >= PXE_ORDERS_MAX)
		r = make_room(o);
	if (r < 0)
		return r;
	pxe_str_copy(s.token, sizeof(s.token), fresh);
	s.state = PXE_SESSION_OPEN;
	s.order_s = 0;
	s.begun_s = 0;
	s.opened_s = now_s;
	s.until_s = now_s + o->rules.session_s;
	return pxe_orders_put(o, PXE_ORDERS_SESSION, &s);
}

int pxe_orders_open(struct pxe_orders *o, const struct pxe_session *ask,
		    const char *fresh, int64_t now_s,
		    struct pxe_orders_answer *answer)
{
	const struct pxe_session *same = find_same(o, ask, now_s);
	struct pxe_session longer;
	size_t n = o->n_notes;
	int r;

	if (!pxe_order_is_machine(ask->machine) || ask->target[0] == '\0' ||
	    strlen(fresh) != PXE_TOKEN_TEXT - 1)
		return -EINVAL;
	r = ask->is_once && (same == NULL || same->state == PXE_SESSION_OPEN)
		    ? judge_or_hold(o, ask, now_s, answer)
		    : 0;
	if (r == -EBUSY || r == -ENOENT)
		return r; /* that it is held stays */
	if (r == 0 && same == NULL) {
		r = make_session(o, ask, fresh, now_s);
		same = pxe_orders_find(o, PXE_ORDERS_SESSION, fresh);
	} else if (r == 0 && same->state == PXE_SESSION_OPEN &&
		   same->until_s - now_s < o->rules.session_s / 2) {
		longer = *same; /* it boots once more */
		longer.until_s = now_s + o->rules.session_s;
		r = pxe_orders_put(o, PXE_ORDERS_SESSION, &longer);
	}
	r = pxe_orders_settle(o, n, r);
	if (r == 0)
		answer->session = same;
	return r;
}

/* --- within a session ---------------------------------------------------- */

static bool is_same_name(const char *machine, const char *name)
{
	const char *own = pxe_order_host_name(machine);

	return own != NULL && name != NULL && is_same(own, name);
}

/* Whose token it is; an address may have changed, the machine not. */
static int find_own(const struct pxe_orders *o,
		    const struct pxe_orders_who *who,
		    const struct pxe_session **session)
{
	const struct pxe_session *s =
		pxe_orders_find(o, PXE_ORDERS_SESSION, who->token);

	if (s == NULL)
		return -ESRCH;
	if (!is_same(s->address, who->address) &&
	    (who->client == NULL || !is_same(s->client, who->client)) &&
	    !is_same_name(s->machine, who->name))
		return -EACCES;
	*session = s;
	return 0;
}

int pxe_orders_get(struct pxe_orders *o, const struct pxe_orders_who *who,
		   int64_t now_s, struct pxe_orders_answer *answer)
{
	const struct pxe_session *s;
	int r = find_own(o, who, &s);

	if (r < 0)
		return r;
	if (!is_running(s, now_s))
		return -ESTALE;
	answer->session = s;
	return 0;
}

/* Its order is consumed, or, where the machine is new, made and consumed. */
static int consume(struct pxe_orders *o, const struct pxe_session *s,
		   int64_t now_s, int64_t *order_s)
{
	const struct pxe_order *old = find_order(o, s->machine);
	struct pxe_order order = { .is_once = true };

	if (old != NULL) {
		order = *old;
	} else {
		if (pxe_order_table_count(o->orders) >= PXE_ORDERS_MAX)
			return -ENOSPC;
		pxe_str_copy(order.machine, sizeof(order.machine), s->machine);
		pxe_str_copy(order.target, sizeof(order.target), s->target);
		pxe_str_copy(order.next, sizeof(order.next), s->next);
		pxe_str_copy(order.by, sizeof(order.by), BY_WHEN_NEW);
		order.made_s = pxe_orders_find_made(o, s->machine, now_s);
	}
	order.state = s->is_plain ? PXE_ORDER_DONE : PXE_ORDER_BEGUN;
	order.begun_s = now_s;
	order.finished_s = s->is_plain ? now_s : 0;
	*order_s = order.made_s;
	return pxe_orders_put(o, PXE_ORDERS_ORDER, &order);
}

static int begin(struct pxe_orders *o, const struct pxe_session *old,
		 int64_t now_s, struct pxe_orders_answer *answer)
{
	struct pxe_session s = *old;
	const int64_t at_s = s.is_plain ? 0 : now_s;
	int r = judge_or_hold(o, &s, now_s, answer);

	if (r < 0)
		return r;
	r = consume(o, &s, now_s, &s.order_s);
	if (r == 0)
		r = pxe_orders_remember(o, s.machine, at_s);
	if (r == 0 && !is_same(s.machine, s.client))
		r = pxe_orders_remember(o, s.client, 0);
	if (r == 0)
		r = pxe_orders_count_change(o);
	s.state = PXE_SESSION_BEGUN;
	s.begun_s = now_s;
	s.until_s = now_s + o->rules.session_s;
	if (r == 0)
		r = pxe_orders_put(o, PXE_ORDERS_SESSION, &s);
	return r;
}

int pxe_orders_begin(struct pxe_orders *o, const struct pxe_orders_who *who,
		     int64_t now_s, struct pxe_orders_answer *answer)
{
	size_t n = o->n_notes;
	int r = pxe_orders_get(o, who, now_s, answer);

	if (r < 0 || !answer->session->is_once ||
	    answer->session->state == PXE_SESSION_BEGUN)
		return r;
	r = begin(o, answer->session, now_s, answer);
	if (r < 0 && r != -EBUSY)
		return pxe_orders_settle(o, n, r);
	if (r == 0)
		answer->session =
			pxe_orders_find(o, PXE_ORDERS_SESSION, who->token);
	return r;
}

/* It called back: the guard counts anew, and what it held goes on. */
static int note_success(struct pxe_orders *o, const struct pxe_session *s)
{
	const struct pxe_order *order;
	struct pxe_order free;
	int r = pxe_orders_absolve(o, s->machine);

	order = find_order(o, s->machine);
	if (r < 0 || order == NULL || order->state != PXE_ORDER_HELD ||
	    order->reason != PXE_REASON_REINSTALL)
		return r;
	free = *order;
	free.state = PXE_ORDER_PENDING;
	free.reason = PXE_REASON_OK;
	return pxe_orders_put(o, PXE_ORDERS_ORDER, &free);
}

int pxe_orders_finish(struct pxe_orders *o, const struct pxe_orders_who *who,
		      bool is_ok, int64_t now_s)
{
	const struct pxe_session *s;
	const struct pxe_order *order;
	size_t n = o->n_notes;
	struct pxe_session copy;
	int r = find_own(o, who, &s);

	/* the first word counts; but who is late may still come to an end */
	if (r < 0 || s->state == PXE_SESSION_DONE ||
	    (s->state == PXE_SESSION_FAILED && !is_ok))
		return r;
	copy = *s;
	order = pxe_orders_order_of(o, &copy);
	if (order != NULL && order->state != PXE_ORDER_DONE)
		r = pxe_orders_end_order(o, order,
					 is_ok ? PXE_ORDER_DONE
					       : PXE_ORDER_FAILED,
					 is_ok ? PXE_REASON_OK
					       : PXE_REASON_INSTALL_FAILED,
					 now_s);
	if (r == 0)
		r = pxe_orders_end_session(o, &copy,
					   is_ok ? PXE_SESSION_DONE
						 : PXE_SESSION_FAILED);
	if (r == 0 && is_ok && copy.begun_s != 0 && !copy.is_plain)
		r = note_success(o, &copy);
	return pxe_orders_settle(o, n, r);
}
