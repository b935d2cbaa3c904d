/* SPDX-License-Identifier: ISC */
#include "core/policy_order.h"

#include <stddef.h>

#include "core/order_next.h"

static const struct pxe_conf_target *target_of(const struct pxe_policy_in *in)
{
	return pxe_conf_find_target(in->conf, in->order->target);
}

/* Nobody waits for a callback of what is harmless, so that its order is done
 * as soon as it is consumed; within that boot it is what was ordered still. */
static bool is_done_at_once(const struct pxe_policy_in *in)
{
	const struct pxe_conf_target *target = target_of(in);

	return in->order->state == PXE_ORDER_DONE && in->order->is_once &&
	       target != NULL && !target->is_once;
}

/* Is the order one to be carried out now? */
static bool is_due(const struct pxe_policy_in *in)
{
	const struct pxe_order *order = in->order;

	if (order == NULL)
		return false;
	return order->state == PXE_ORDER_STANDING ||
	       order->state == PXE_ORDER_PENDING ||
	       (in->has_session &&
		(order->state == PXE_ORDER_BEGUN || is_done_at_once(in)));
}

/* Was it carried out, or is it too late for it? */
static bool is_over(const struct pxe_policy_in *in)
{
	return in->order != NULL && !is_due(in) &&
	       in->order->state != PXE_ORDER_HELD;
}

bool pxe_policy_is_order_held(const struct pxe_policy_in *in)
{
	return in->order != NULL && in->order->state == PXE_ORDER_HELD;
}

void pxe_policy_fill_held(const struct pxe_policy_in *in,
			  struct pxe_decision *out)
{
	if (in->order->reason != PXE_REASON_OK)
		out->reason = in->order->reason;
}

/* The target may have become destructive after the order was given. */
bool pxe_policy_is_order_broken(const struct pxe_policy_in *in)
{
	return is_due(in) && pxe_order_is_broken(in->conf, in->order);
}

bool pxe_policy_has_order(const struct pxe_policy_in *in)
{
	return is_due(in) && !pxe_policy_is_order_broken(in);
}

bool pxe_policy_is_order_alone(const struct pxe_policy_in *in)
{
	return !in->is_state_up && pxe_policy_has_order(in) &&
	       in->order->is_once;
}

void pxe_policy_fill_order(const struct pxe_policy_in *in,
			   struct pxe_decision *out)
{
	out->target = target_of(in);
	out->is_once = in->order->is_once;
	out->src = out->target->src;
}

static struct pxe_order_next find_next(const struct pxe_policy_in *in)
{
	return pxe_order_find_next(in->conf, in->order, in->host);
}

/* By the order, else by its target. */
bool pxe_policy_has_next(const struct pxe_policy_in *in)
{
	return is_over(in) && find_next(in).says < PXE_ORDER_SAYS_HOST;
}

void pxe_policy_fill_next(const struct pxe_policy_in *in,
			  struct pxe_decision *out)
{
	out->target = find_next(in).target;
	out->src = out->target->src;
}

/* What the host section says stays, if it would not do it all over again. */
bool pxe_policy_is_order_over(const struct pxe_policy_in *in)
{
	return is_over(in) && find_next(in).says == PXE_ORDER_SAYS_LOCAL;
}
