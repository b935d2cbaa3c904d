/* SPDX-License-Identifier: ISC */
/*
 * Why an order is not carried out, and what to do about it: a table by its
 * state, its reason and what the configuration has of it.  Pure.
 */
#ifndef PXECTL_ORDER_HINT_H
#define PXECTL_ORDER_HINT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/conf.h"
#include "core/order.h"

struct pxe_order_hint {
	enum pxe_reason reason; /* where the order itself has none */
	const char *text;       /* template, see pxe_order_hint_put() */
};

/* `conf` may be NULL: it could not be read.  NULL: all is as it should be. */
const struct pxe_order_hint *pxe_order_hint_find(const struct pxe_order *order,
						 const struct pxe_conf *conf);

/* The reason to show: of the order, else of its hint (NULL: none). */
enum pxe_reason pxe_order_hint_reason(const struct pxe_order *order,
				      const struct pxe_order_hint *hint);

/* Appends the text with {machine} and {target} replaced. */
void pxe_order_hint_put(struct pxe_str *out, const struct pxe_order_hint *hint,
			const char *machine, const char *target);

/* What a person calls a machine: the host's name, else the client's key. */
const char *pxe_order_title(const char *machine);

#endif
