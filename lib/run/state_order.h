/* SPDX-License-Identifier: ISC */
/* Orders (core/order.h) as io.pxesuite.State writes them. */
#ifndef PXE_RUN_STATE_ORDER_H
#define PXE_RUN_STATE_ORDER_H

#include <jansson.h>

#include "base/attr.h"
#include "core/order.h"

/* A new reference; NULL: no memory. */
json_t *pxe_state_order_to_json(const struct pxe_order *order) PXE_MUST_CHECK;

/* 0, -EBADMSG: it is not an order. */
int pxe_state_order_from_json(const json_t *json,
			      struct pxe_order *order) PXE_MUST_CHECK;

#endif
