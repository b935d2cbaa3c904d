/* SPDX-License-Identifier: ISC */
/* What people do with orders, and what is remembered of installations. */
#include "stated/order_book.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "stated/order_book_priv.h"

/* Something that a copy of the store from before does not know of. */
int pxe_orders_count_change(struct pxe_orders *o)
{
	struct pxe_orders_guard guard = o->guard;

	guard.seq++;
	return pxe_orders_put(o, PXE_ORDERS_GUARD, &guard);
}

int pxe_orders_settle(struct pxe_orders *o, size_t n, int r)
{
	return r < 0 && pxe_orders_undo_to(o, n) < 0 ? -ENOMEM : r;
}

/* --- installations ------------------------------------------------------- */

/* How many of them were not long ago. */
static uint32_t count_installs(const struct pxe_orders *o, const char *machine,
			       int64_t now_s)
{
	const struct pxe_installs *i = pxe_orders_find_install(o, machine);
	uint32_t n = 0;

	for (uint32_t k = 0; i != NULL && k < i->n && k < PXE_INSTALLS_MAX; k++)
		n += i->at_s[k] > now_s - (int64_t)o->rules.window_s;
	return n;
}

bool pxe_orders_is_tripped(const struct pxe_orders *o, const char *machine,
			   int64_t now_s)
{
	return o->rules.limit > 0 &&
	       count_installs(o, machine, now_s) >= o->rules.limit;
}

/* Remembers the machine; `at_s`: it is installed now; 0: only that it is not
 * new.  0, -ENOSPC, -ENOMEM. */
int pxe_orders_remember(struct pxe_orders *o, const char *machine, int64_t at_s)
{
	const struct pxe_installs *old = pxe_orders_find_install(o, machine);
	struct pxe_installs i = { .n = 0 };

	if (machine[0] == '\0' || (old != NULL && at_s == 0))
		return 0;
	if (old == NULL && o->installs.n >= PXE_ORDERS_MAX)
		return -ENOSPC;
	if (old != NULL)
		i = *old;
	pxe_str_copy(i.machine, sizeof(i.machine), machine);
	if (at_s != 0) {
		memmove(i.at_s + 1, i.at_s,
			(PXE_INSTALLS_MAX - 1) * sizeof(i.at_s[0]));
		i.at_s[0] = at_s;
		i.n++;
	}
	return pxe_orders_put(o, PXE_ORDERS_INSTALL, &i);
}

/* It is counted anew. */
int pxe_orders_absolve(struct pxe_orders *o, const char *machine)
{
	const struct pxe_installs *old = pxe_orders_find_install(o, machine);
	struct pxe_installs i = { .n = 0 };

	if (old == NULL || old->n == 0)
		return 0;
	pxe_str_copy(i.machine, sizeof(i.machine), old->machine);
	return pxe_orders_put(o, PXE_ORDERS_INSTALL, &i);
}

/* --- administrators ------------------------------------------------------ */

static const struct pxe_order *find_order(const struct pxe_orders *o,
					  const char *machine)
{
	return pxe_orders_find(o, PXE_ORDERS_ORDER, machine);
}

/* By this time sessions know which order they consumed, also when that was
 * removed meanwhile: no two of a machine are the same. */
int64_t pxe_orders_find_made(const struct pxe_orders *o, const char *machine,
			     int64_t now_s)
{
	const struct pxe_order *old = find_order(o, machine);
	const struct pxe_session *s = NULL;
	int64_t made_s = now_s;

	if (old != NULL && old->made_s >= made_s)
		made_s = old->made_s + 1;
	while ((s = pxe_orders_session_of(o, machine, s)) != NULL)
		if (s->order_s >= made_s)
			made_s = s->order_s + 1;
	return made_s;
}

int pxe_orders_assign(struct pxe_orders *o, const struct pxe_order *ask,
		      bool is_plain, int64_t now_s)
{
	const struct pxe_order *old = find_order(o, ask->machine);
	struct pxe_order order = *ask;
	size_t n = o->n_notes;
	int r;

	if (!pxe_order_is_machine(ask->machine) || ask->target[0] == '\0' ||
	    (ask->expires_s != 0 && ask->expires_s <= now_s))
		return -EINVAL;
	if (old == NULL && pxe_order_table_count(o->orders) >= PXE_ORDERS_MAX)
		return -ENOSPC;
	order.made_s = pxe_orders_find_made(o, order.machine, now_s);
	order.begun_s = 0;
	order.finished_s = 0;
	order.reason = PXE_REASON_OK;
	order.state = order.is_once ? PXE_ORDER_PENDING : PXE_ORDER_STANDING;
	if (order.is_once && order.expires_s == 0)
		order.expires_s = now_s + o->rules.lifetime_s;
	if (order.is_once && !is_plain &&
	    pxe_orders_is_tripped(o, order.machine, now_s)) {
		order.state = PXE_ORDER_HELD;
		order.reason = PXE_REASON_REINSTALL;
	}
	r = pxe_orders_put(o, PXE_ORDERS_ORDER, &order);
	if (r == 0)
		r = pxe_orders_remember(o, order.machine, 0);
	if (r == 0)
		r = pxe_orders_count_change(o);
	return pxe_orders_settle(o, n, r);
}

int pxe_orders_remove(struct pxe_orders *o, const char *machine)
{
	size_t n = o->n_notes;
	int r;

	if (find_order(o, machine) == NULL)
		return -ENOENT;
	r = pxe_orders_drop(o, PXE_ORDERS_ORDER, machine);
	if (r == 0)
		r = pxe_orders_count_change(o);
	return pxe_orders_settle(o, n, r);
}

int pxe_orders_release(struct pxe_orders *o, const char *machine, int64_t now_s)
{
	const struct pxe_order *old = find_order(o, machine);
	struct pxe_order order;
	size_t n = o->n_notes;
	int r;

	if (old == NULL || old->state != PXE_ORDER_HELD)
		return -ENOENT;
	order = *old;
	order.state = PXE_ORDER_PENDING;
	order.reason = PXE_REASON_OK;
	/* who releases it wants it now */
	order.expires_s = now_s + o->rules.lifetime_s;
	r = pxe_orders_put(o, PXE_ORDERS_ORDER, &order);
	if (r == 0)
		r = pxe_orders_absolve(o, machine);
	if (r == 0)
		r = pxe_orders_count_change(o);
	return pxe_orders_settle(o, n, r);
}

int pxe_orders_arm(struct pxe_orders *o)
{
	struct pxe_orders_guard guard = o->guard;

	guard.is_armed = true;
	guard.suspect_s = 0;
	guard.seq++;
	return pxe_orders_put(o, PXE_ORDERS_GUARD, &guard);
}

int pxe_orders_name(struct pxe_orders *o, const char *id)
{
	struct pxe_orders_guard guard = o->guard;

	pxe_str_copy(guard.id, sizeof(guard.id), id);
	return pxe_orders_put(o, PXE_ORDERS_GUARD, &guard);
}

int pxe_orders_hold(struct pxe_orders *o, const struct pxe_order *old,
		    enum pxe_reason reason)
{
	struct pxe_order order = *old;

	order.state = PXE_ORDER_HELD;
	order.reason = reason;
	return pxe_orders_put(o, PXE_ORDERS_ORDER, &order);
}

int pxe_orders_suspect(struct pxe_orders *o, uint64_t seq, int64_t now_s)
{
	struct pxe_orders_guard guard = o->guard;
	const struct pxe_order *order;
	size_t n = o->n_notes, at = 0;
	int r = 0;

	while (r == 0 && (order = pxe_order_table_next(o->orders, &at)) != NULL)
		if (order->state == PXE_ORDER_PENDING)
			r = pxe_orders_hold(o, order, PXE_REASON_STORE_OLDER);
	guard.is_armed = false;
	guard.suspect_s = now_s;
	guard.seq = (seq > guard.seq ? seq : guard.seq) + 1;
	if (r == 0)
		r = pxe_orders_put(o, PXE_ORDERS_GUARD, &guard);
	return pxe_orders_settle(o, n, r);
}
