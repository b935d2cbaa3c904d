/* SPDX-License-Identifier: ISC */
/* What ends by itself: orders that expire, sessions, and what is forgotten. */
#include "stated/order_book.h"

#include <errno.h>

#include "stated/order_book_priv.h"

bool pxe_orders_is_open(const struct pxe_session *s)
{
	return s->state == PXE_SESSION_OPEN || s->state == PXE_SESSION_BEGUN;
}

/* The order that the session consumed, if that is the machine's last; NULL. */
const struct pxe_order *pxe_orders_order_of(const struct pxe_orders *o,
					    const struct pxe_session *s)
{
	const struct pxe_order *order =
		pxe_orders_find(o, PXE_ORDERS_ORDER, s->machine);

	return order != NULL && s->order_s != 0 &&
			       order->made_s == s->order_s &&
			       order->begun_s != 0
		       ? order
		       : NULL;
}

int pxe_orders_end_order(struct pxe_orders *o, const struct pxe_order *old,
			 enum pxe_order_state state, enum pxe_reason reason,
			 int64_t now_s)
{
	struct pxe_order order = *old;

	order.state = state;
	order.reason = reason;
	order.finished_s = now_s;
	return pxe_orders_put(o, PXE_ORDERS_ORDER, &order);
}

static bool is_late(const struct pxe_order *order, int64_t now_s)
{
	return pxe_order_is_open(order) && order->expires_s != 0 &&
	       order->expires_s <= now_s;
}

/* The time of a session is over, and with it that of its order. */
int pxe_orders_end_session(struct pxe_orders *o, const struct pxe_session *old,
			   enum pxe_session_state state)
{
	struct pxe_session s = *old;

	s.state = state;
	return pxe_orders_put(o, PXE_ORDERS_SESSION, &s);
}

static int expire_order(struct pxe_orders *o, const struct pxe_order *order,
			int64_t now_s)
{
	return pxe_orders_end_order(o, order, PXE_ORDER_EXPIRED,
				    PXE_REASON_ORDER_EXPIRED, now_s);
}

static int expire_session(struct pxe_orders *o, const struct pxe_session *s,
			  int64_t now_s)
{
	const struct pxe_order *order = pxe_orders_order_of(o, s);
	int r = 0;

	if (order != NULL && order->state == PXE_ORDER_BEGUN)
		r = pxe_orders_end_order(o, order, PXE_ORDER_FAILED,
					 PXE_REASON_NO_CALLBACK, now_s);
	if (r == 0 && pxe_orders_is_open(s))
		r = pxe_orders_end_session(o, s, PXE_SESSION_LATE);
	return r;
}

/* Does something of it end at some time?  0: never. */
static int64_t due_of(const struct pxe_orders *o, const struct pxe_session *s)
{
	const struct pxe_order *order = pxe_orders_order_of(o, s);

	if (pxe_orders_is_open(s) ||
	    (order != NULL && order->state == PXE_ORDER_BEGUN))
		return s->until_s;
	return s->until_s + PXE_SESSION_KEPT_S;
}

static void note_due(int64_t *due_s, int64_t at_s)
{
	if (at_s != 0 && (*due_s == 0 || at_s < *due_s))
		*due_s = at_s;
}

static int expire_orders(struct pxe_orders *o, int64_t now_s, int64_t *due_s)
{
	const struct pxe_order *order;
	size_t at = 0;
	int r = 0;

	while (r == 0 &&
	       (order = pxe_order_table_next(o->orders, &at)) != NULL) {
		if (is_late(order, now_s))
			r = expire_order(o, order, now_s);
		else if (pxe_order_is_open(order))
			note_due(due_s, order->expires_s);
	}
	return r;
}

static int expire_sessions(struct pxe_orders *o, int64_t now_s, int64_t *due_s)
{
	const struct pxe_session *s;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (s = pxe_orders_next_session(o, &at)) != NULL) {
		if (due_of(o, s) > now_s) {
			note_due(due_s, due_of(o, s));
		} else if (pxe_orders_is_open(s) ||
			   due_of(o, s) == s->until_s) {
			r = expire_session(o, s, now_s);
			note_due(due_s, s->until_s + PXE_SESSION_KEPT_S);
		} else {
			r = pxe_orders_drop(o, PXE_ORDERS_SESSION, s->token);
			at--;
		}
	}
	return r;
}

int pxe_orders_expire(struct pxe_orders *o, int64_t now_s)
{
	int64_t due_s = 0;
	int r;

	if (o->due_s > now_s)
		return 0;
	r = expire_orders(o, now_s, &due_s);
	if (r == 0)
		r = expire_sessions(o, now_s, &due_s);
	if (r == 0)
		o->due_s = due_s != 0 ? due_s : INT64_MAX;
	return r;
}

int pxe_orders_forget(struct pxe_orders *o, const char *client)
{
	const struct pxe_order *order =
		pxe_orders_find(o, PXE_ORDERS_ORDER, client);

	/* what comes after it still holds */
	if (order == NULL || pxe_order_is_open(order) ||
	    order->state == PXE_ORDER_BEGUN || order->next[0] != '\0')
		return 0;
	return pxe_orders_remove(o, client);
}

static void move(int64_t *at_s, int64_t by_s)
{
	if (*at_s != 0)
		*at_s = *at_s + by_s > 0 ? *at_s + by_s : 1;
}

void pxe_orders_move(struct pxe_orders *o, int64_t by_s)
{
	struct pxe_order *order;
	struct pxe_session *s;
	struct pxe_installs *i;
	size_t at = 0;

	while ((order = pxe_order_table_next(o->orders, &at)) != NULL) {
		move(&order->made_s, by_s);
		move(&order->expires_s, by_s);
		move(&order->begun_s, by_s);
		move(&order->finished_s, by_s);
	}
	at = 0;
	while ((s = (struct pxe_session *)(uintptr_t)
			pxe_orders_next_session(o, &at)) != NULL) {
		move(&s->opened_s, by_s);
		move(&s->until_s, by_s);
		move(&s->begun_s, by_s);
		move(&s->order_s, by_s);
	}
	at = 0;
	while ((i = (struct pxe_installs *)(uintptr_t)
			pxe_orders_next_install(o, &at)) != NULL)
		for (size_t k = 0; k < PXE_INSTALLS_MAX; k++)
			move(&i->at_s[k], by_s);
	move(&o->guard.suspect_s, by_s);
	o->due_s = 0;
}
