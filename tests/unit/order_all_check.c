/* SPDX-License-Identifier: ISC */
/* Does the book say what the model says, and give files to nobody else? */
#include "order_all.h"

/* --- what is to be true of both ------------------------------------------- */

static const struct {
	enum pxe_order_state state;
	enum pxe_reason reason;
} shown[] = {
	[PENDING] = { PXE_ORDER_PENDING, PXE_REASON_OK },
	[HELD_BY_COUNT] = { PXE_ORDER_HELD, PXE_REASON_REINSTALL },
	[HELD_BY_STORE] = { PXE_ORDER_HELD, PXE_REASON_STORE_OLDER },
	[BEGUN] = { PXE_ORDER_BEGUN, PXE_REASON_OK },
	[DONE] = { PXE_ORDER_DONE, PXE_REASON_OK },
	[FAILED] = { PXE_ORDER_FAILED, PXE_REASON_OK }, /* any */
	[EXPIRED] = { PXE_ORDER_EXPIRED, PXE_REASON_ORDER_EXPIRED },
	[STANDING] = { PXE_ORDER_STANDING, PXE_REASON_OK },
};

static void check_order(const struct pxe_orders *o, const struct model *m)
{
	const struct pxe_order *order = order_of(o, MACHINE);

	HOLDS((order == NULL) == (m->order == NONE), "order there?%s",
	      tell_story());
	if (order == NULL)
		return;
	HOLDS(order->state == shown[m->order].state, "it is %s%s",
	      pxe_order_state_name(order->state), tell_story());
	HOLDS(m->order == FAILED || order->reason == shown[m->order].reason,
	      "because of %s%s", pxe_reason_name(order->reason), tell_story());
	HOLDS(m->order != FAILED || order->reason != PXE_REASON_OK,
	      "failed without a reason%s", tell_story());
	HOLDS(target_of(order->target) == m->target, "it is for %s%s",
	      order->target, tell_story());
}

static void check_sessions(struct pxe_orders *o, const struct state *st)
{
	const struct model *m = &st->model;
	const size_t n = pxe_orders_n_changes(o);
	int n_running = 0;

	for (int k = 0; k < N_TOKENS; k++) {
		struct pxe_orders_answer answer = { .session = NULL };
		struct pxe_orders_who who;
		int r;

		who = who_of(tokens[k], addresses[m->s[k].address]);
		r = pxe_orders_get(o, &who, T0, &answer);
		HOLDS(r == model_get(m, k), "token %d: %d%s", k, r,
		      tell_story());
		n_running += r == 0;
		/* files are for who consumed an order */
		HOLDS(r < 0 || answer.session->state != PXE_SESSION_BEGUN ||
			      (st->history.given & 1 << k) != 0,
		      "token %d is given files%s", k, tell_story());
		if (r == -ESRCH)
			continue;
		who.address = "10.0.0.9"; /* another machine */
		HOLDS(pxe_orders_get(o, &who, T0, &answer) == -EACCES &&
			      pxe_orders_begin(o, &who, T0, &answer) ==
				      -EACCES &&
			      pxe_orders_finish(o, &who, true, T0) == -EACCES,
		      "token %d of a stranger%s", k, tell_story());
	}
	HOLDS(pxe_orders_n_changes(o) == n, "to look changes something%s",
	      tell_story());
	HOLDS(n_running <= 1, "%d sessions%s", n_running, tell_story());
}

static void check_installs(const struct pxe_orders *o, const struct model *m)
{
	const struct pxe_installs *i = pxe_orders_find_install(o, MACHINE);
	int n = 0, want = 0;

	for (uint32_t k = 0; i != NULL && k < i->n && k < N_AT; k++)
		n += i->at_s[k] > T0 - WINDOW_S;
	for (int k = 0; k < m->n; k++)
		want += m->at[k] > -WINDOW_S;
	HOLDS(n == want, "%d installations, not %d%s", n, want, tell_story());
	HOLDS((i != NULL || order_of(o, MACHINE) != NULL) == (m->is_known != 0),
	      "known?%s", tell_story());
}

void check_all(struct pxe_orders *o, const struct state *st)
{
	check_order(o, &st->model);
	check_installs(o, &st->model);
	check_sessions(o, st);
	HOLDS(pxe_orders_guard(o)->is_armed == (st->model.is_armed != 0),
	      "armed?%s", tell_story());
}
