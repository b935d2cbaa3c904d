/* SPDX-License-Identifier: ISC */
/* The part of the boot policy that is about orders.  Only core/policy.c uses
 * it. */
#ifndef PXE_CORE_POLICY_ORDER_H
#define PXE_CORE_POLICY_ORDER_H

#include "core/policy.h"

/* Each asks about one rule of the table there; fill what it gives. */

/* Its order is held. */
bool pxe_policy_is_order_held(const struct pxe_policy_in *in);
void pxe_policy_fill_held(const struct pxe_policy_in *in,
			  struct pxe_decision *out);
/* There is an order to be carried out whose target is not there, or is one
 * that the order does not let it have. */
bool pxe_policy_is_order_broken(const struct pxe_policy_in *in);
/* There is one that can be carried out; and that takes pxe-stated, which is
 * away. */
bool pxe_policy_has_order(const struct pxe_policy_in *in);
bool pxe_policy_is_order_alone(const struct pxe_policy_in *in);
void pxe_policy_fill_order(const struct pxe_policy_in *in,
			   struct pxe_decision *out);
/* Its order is over, and something comes next; nothing does. */
bool pxe_policy_has_next(const struct pxe_policy_in *in);
void pxe_policy_fill_next(const struct pxe_policy_in *in,
			  struct pxe_decision *out);
bool pxe_policy_is_order_over(const struct pxe_policy_in *in);

#endif
