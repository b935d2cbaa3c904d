/* SPDX-License-Identifier: ISC */
/*
 * Where a client hangs and what to look at: a table by step, firmware, reason
 * and the time for which nothing was heard.  Pure.
 */
#ifndef PXECTL_HINT_H
#define PXECTL_HINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/client.h"
#include "core/conf.h"
#include "core/order.h"

struct pxe_hint {
	const char *text; /* template, see pxe_hint_put() */
	bool is_stuck;    /* else it may well be as it should */
};

/* Seconds since anything was heard of a client. */
int64_t pxe_hint_quiet_s(const struct pxe_client *client, int64_t now_s);

/*
 * The first row that fits, or NULL: nothing strange about this client.  `order`
 * is the one that it has, or NULL: it has none, or nobody asked.
 */
const struct pxe_hint *pxe_hint_find(const struct pxe_client *client,
				     const struct pxe_order *order,
				     int64_t now_s);

/*
 * Should a list mark the client?  It is stuck, and was heard of within a day:
 * later its machine is most likely switched off.
 */
bool pxe_hint_is_stuck(const struct pxe_client *client, int64_t now_s);

/*
 * Appends a hint with {tftp-port}, {http-port}, {boot-root}, {state-dir},
 * {file}, {client} and {family} replaced.
 */
void pxe_hint_put(struct pxe_str *out, const struct pxe_hint *hint,
		  const struct pxe_client *client, const struct pxe_conf *conf);

/* The templates by number, for tests; NULL at the end. */
const struct pxe_hint *pxe_hint_row(size_t i);

#endif
