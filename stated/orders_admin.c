/* SPDX-License-Identifier: ISC */
/* The methods for administrators. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "run/log.h"
#include "run/state_order.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/orders_priv.h"
#include "stated/watch.h"

enum { LIFETIME_MAX_S = 366 * 86400 };

/* Who called, for people. */
static void write_user(const struct pxe_state_request *request, char *text,
		       size_t size)
{
	const uid_t uid = pxe_state_request_peer(request)->uid;
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		pxe_str_copy(text, size, pw->pw_name);
	else
		snprintf(text, size, "uid %ld", (long)uid);
}

/* The order that is asked for, but for its machine.  NULL: good; else the
 * parameter that is bad. */
static const char *read_ask(const json_t *params, int64_t now_s,
			    struct pxe_order *ask, bool *is_plain)
{
	const json_t *machines = json_object_get(params, "machines"), *value;
	const json_t *lifetime = json_object_get(params, "lifetime");
	size_t i;

	if (!json_is_array(machines) || json_array_size(machines) == 0 ||
	    json_array_size(machines) > PXE_ORDER_MACHINES_MAX)
		return "machines";
	json_array_foreach((json_t *)(uintptr_t)machines, i,
			   value) if (!json_is_string(value) ||
				      !pxe_order_is_machine(json_string_value(
					      value))) return "machines";
	if (!pxe_orders_take_name(params, "target", false, ask->target))
		return "target";
	if (!pxe_orders_take_bool(params, "once", false, &ask->is_once))
		return "once";
	if (!pxe_orders_take_bool(params, "plain", false, is_plain))
		return "plain";
	if (!pxe_orders_take_name(params, "next", false, ask->next))
		return "next";
	if (lifetime == NULL || json_is_null(lifetime))
		return NULL;
	if (!json_is_integer(lifetime) || json_integer_value(lifetime) <= 0 ||
	    json_integer_value(lifetime) > LIFETIME_MAX_S)
		return "lifetime";
	ask->expires_s = now_s + json_integer_value(lifetime);
	return NULL;
}

static void log_assign(const struct pxe_order *order, const char *by)
{
	if (order->target[0] == '\0')
		pxe_log(PXE_LOG_NOTICE, "%s: its order is removed by %s",
			order->machine, by);
	else
		pxe_log(PXE_LOG_NOTICE, "%s: ordered to boot %s%s by %s",
			order->machine, order->target,
			order->is_once ? " once" : "", by);
}

static int assign_one(struct pxe_stated *st, struct pxe_order *ask,
		      bool is_plain, const char *machine, int64_t now_s,
		      json_t *list)
{
	int r;

	pxe_str_copy(ask->machine, sizeof(ask->machine), machine);
	if (ask->target[0] != '\0') {
		r = pxe_orders_assign(st->orders, ask, is_plain, now_s);
		if (r == 0)
			json_array_append_new(
				list,
				pxe_state_order_to_json(pxe_order_table_find(
					pxe_orders_table(st->orders),
					machine)));
	} else {
		r = pxe_orders_remove(st->orders, machine);
		if (r == -ENOENT)
			return 0;
	}
	if (r == 0)
		log_assign(ask, ask->by);
	return r;
}

void pxe_orders_verb_assign(struct pxe_state_request *request,
			    const json_t *params, void *arg)
{
	const json_t *machines = json_object_get(params, "machines"), *value;
	struct pxe_stated *st = arg;
	struct pxe_order ask = { .is_once = false };
	const int64_t now_s = pxe_orders_begin_verb(st);
	bool is_plain = false;
	const char *bad = read_ask(params, now_s, &ask, &is_plain);
	json_t *list;
	size_t i, n;
	int r = 0;

	if (bad != NULL) {
		pxe_state_request_invalid(request, bad);
		return;
	}
	/* what the witness has to say about older ones comes first */
	if (!pxe_orders_is_ready(st)) {
		pxe_orders_refuse(request, "the store cannot be written");
		return;
	}
	n = pxe_orders_n_changes(st->orders);
	list = json_array();
	write_user(request, ask.by, sizeof(ask.by));
	json_array_foreach((json_t *)(uintptr_t)machines, i, value)
	{
		r = assign_one(st, &ask, is_plain, json_string_value(value),
			       now_s, list);
		if (r < 0)
			break;
	}
	if (r == 0) {
		pxe_batch_add(st->batch, request, NULL,
			      json_pack("{s:o}", "orders", list));
		return;
	}
	json_decref(list);
	if (pxe_orders_undo_to(st->orders, n) < 0)
		pxe_log(PXE_LOG_ERR, "no memory for orders");
	pxe_orders_answer_error(st, request, r, PXE_REASON_OK);
}

void pxe_orders_verb_list(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;

	(void)params;
	(void)pxe_orders_begin_verb(st);
	pxe_watchers_list(st->watchers, request, PXE_WATCH_ORDERS);
}

void pxe_orders_verb_release(struct pxe_state_request *request,
			     const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	char machine[PXE_ORDER_MACHINE_TEXT];
	const int64_t now_s = pxe_orders_begin_verb(st);
	int r;

	if (!pxe_orders_take_text(params, "machine", true, machine,
				  sizeof(machine))) {
		pxe_state_request_invalid(request, "machine");
		return;
	}
	r = pxe_orders_release(st->orders, machine, now_s);
	if (r < 0) {
		pxe_orders_answer_error(st, request, r, PXE_REASON_OK);
		return;
	}
	pxe_log(PXE_LOG_NOTICE, "%s: its order is held no longer", machine);
	pxe_batch_add(st->batch, request, NULL, NULL);
}

void pxe_orders_verb_arm(struct pxe_state_request *request,
			 const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;

	(void)params;
	(void)pxe_orders_begin_verb(st);
	if (!pxe_orders_is_ready(st)) {
		pxe_orders_refuse(request, "the store cannot be written");
		return;
	}
	if (pxe_orders_arm(st->orders) < 0) {
		pxe_orders_answer_error(st, request, -ENOMEM, PXE_REASON_OK);
		return;
	}
	st->unarmed_s = 0;
	pxe_log(PXE_LOG_NOTICE, "the store is armed: machines may be new");
	pxe_batch_add(st->batch, request, NULL, NULL);
}
