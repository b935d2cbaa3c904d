/* SPDX-License-Identifier: ISC */
/* `pxectl orders`: the orders that there are, and those that are held. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/order_next.h"
#include "pxectl/ctl.h"
#include "pxectl/order_hint.h"
#include "pxectl/order_who.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_order.h"

static const struct pxe_table_column columns[] = {
	{ "MACHINE", false, 8 }, { "TARGET", false, 8 }, { "STATE", false, 0 },
	{ "SINCE", true, 0 },    { "LEFT", true, 0 },    { "NEXT", false, 8 },
	{ "BY", false, 3 },      { "REASON", false, 8 },
};

/* An order, and what the configuration makes of it. */
struct row {
	struct pxe_order order;
	json_t *json; /* borrowed */
	bool has_next;
	struct pxe_order_next next;
	const struct pxe_order_hint *hint; /* NULL: none */
};

struct list {
	struct row *rows;
	size_t n;
	bool has_targets; /* boot.conf could be read */
	bool has_hosts;   /* and hosts.conf */
};

/* When it came to the state that it is in. */
static int64_t since_of(const struct pxe_order *order)
{
	if (order->finished_s != 0)
		return order->finished_s;
	return order->begun_s != 0 ? order->begun_s : order->made_s;
}

static enum pxe_reason reason_of(const struct row *row)
{
	return pxe_order_hint_reason(&row->order, row->hint);
}

/* --- what comes next ------------------------------------------------------ */

/* A standing order has no end. */
static void put_next(const struct list *list, const struct row *row,
		     struct pxe_str *out)
{
	if (row->order.state == PXE_ORDER_STANDING)
		return;
	if (!row->has_next)
		pxe_str_puts(out,
			     row->order.next[0] != '\0' && !list->has_targets
				     ? row->order.next
				     : "?");
	else if (row->next.says == PXE_ORDER_SAYS_LOCAL)
		pxe_str_puts(out, "its disk");
	else if (row->next.says == PXE_ORDER_SAYS_ORDER)
		pxe_str_puts(out, row->next.target->name);
	else
		pxe_str_putf(out, "%s (%s)", row->next.target->name,
			     pxe_order_says_name(row->next.says));
}

static int fill_row(struct pxe_ctl *ctl, const struct list *list,
		    struct row *row)
{
	if (pxe_state_order_from_json(row->json, &row->order) < 0)
		return pxe_ctl_nonsense(ctl, "ListOrders");
	row->hint = pxe_order_hint_find(&row->order,
					list->has_hosts ? ctl->conf : NULL);
	if (!list->has_targets || row->order.state == PXE_ORDER_STANDING)
		return PXE_CTL_OK;
	row->next = pxe_order_find_next(
		ctl->conf, &row->order,
		list->has_hosts ? pxe_order_find_host(ctl, row->order.machine)
				: NULL);
	/* the order and its target speak before the host section */
	row->has_next = list->has_hosts || row->next.says < PXE_ORDER_SAYS_HOST;
	return PXE_CTL_OK;
}

/* --- for people ----------------------------------------------------------- */

static int add_row(struct pxe_table *table, const struct list *list,
		   const struct row *row)
{
	const struct pxe_order *order = &row->order;
	const enum pxe_reason reason = reason_of(row);
	const int64_t now_s = pxe_ctl_now();
	char since[PXE_TEXT_SHORT], left[PXE_TEXT_SHORT] = "";
	char next[2 * PXE_ORDER_TARGET_TEXT];
	const char *cells[PXE_LEN(columns)] = {
		pxe_order_title(order->machine),
		order->target,
		pxe_order_state_name(order->state),
		since,
		left,
		next,
		order->by,
		reason != PXE_REASON_OK ? pxe_reason_name(reason) : NULL,
	};
	struct pxe_str s;

	pxe_str_init(&s, next, sizeof(next));
	put_next(list, row, &s);
	pxe_text_age(now_s - since_of(order), since, sizeof(since));
	if (order->expires_s != 0 && pxe_order_is_open(order))
		pxe_text_age(order->expires_s - now_s, left, sizeof(left));
	return pxe_table_add(table, cells);
}

/* A hint, once for all orders that it is for. */
static void tell_hint(const struct pxe_ctl *ctl, const struct list *list,
		      size_t first)
{
	const struct row *row = &list->rows[first];
	const char *reason = pxe_reason_name(reason_of(row));
	const char *title = pxe_order_title(row->order.machine);
	char text[1024];
	struct pxe_str s;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->rows[i].hint != row->hint)
			continue;
		if (i < first)
			return; /* it was told */
		n++;
	}
	pxe_str_init(&s, text, sizeof(text));
	if (n == 1) {
		pxe_order_hint_put(&s, row->hint, title, row->order.target);
		pxe_ctl_note(ctl, "%s, %s: %s", title, reason, text);
	} else {
		pxe_order_hint_put(&s, row->hint, "CLIENT", "TARGET");
		pxe_ctl_note(ctl, "%zu orders, %s: %s", n, reason, text);
	}
}

static int print_table(const struct pxe_ctl *ctl, const struct list *list)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	int r = table != NULL ? 0 : -1;

	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = add_row(table, list, &list->rows[i]);
	if (r == 0 && list->n == 0)
		pxe_ctl_note(ctl, "there are no orders");
	else if (r == 0)
		pxe_table_print(table, &ctl->style, stdout);
	else
		pxe_ctl_error(ctl, "no memory");
	pxe_table_free(table);
	for (size_t i = 0; r == 0 && i < list->n; i++)
		if (list->rows[i].hint != NULL)
			tell_hint(ctl, list, i);
	return r == 0 ? PXE_CTL_OK : PXE_CTL_FAILED;
}

/* --- for programs --------------------------------------------------------- */

static void add_to_json(const struct row *row)
{
	const struct pxe_conf_target *target = row->next.target;
	const struct pxe_order *order = &row->order;
	char text[1024];
	struct pxe_str s;

	if (row->has_next)
		json_object_set_new(
			row->json, "boots_next",
			json_pack("{s:s?, s:s}", "target",
				  target != NULL ? target->name : NULL, "says",
				  pxe_order_says_name(row->next.says)));
	if (row->hint == NULL)
		return;
	pxe_str_init(&s, text, sizeof(text));
	pxe_order_hint_put(&s, row->hint, pxe_order_title(order->machine),
			   order->target);
	json_object_set_new(row->json, "reason",
			    json_string(pxe_reason_name(reason_of(row))));
	json_object_set_new(row->json, "hint", json_string(text));
}

/* --- the command ---------------------------------------------------------- */

/* What is wrong with boot.conf was told before. */
static void tell_nothing(PXE_UNUSED enum pxe_conf_severity severity,
			 PXE_UNUSED const struct pxe_src *src,
			 PXE_UNUSED const char *text, PXE_UNUSED void *arg)
{
}

/* Which orders there are is told in any case. */
static bool load(struct pxe_ctl *ctl, struct list *list)
{
	list->has_hosts =
		pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
					  PXE_CONF_FILE_HOSTS);
	list->has_targets =
		list->has_hosts ||
		pxe_conf_load(ctl->conf_dir,
			      PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT,
			      tell_nothing, NULL, &ctl->conf) == 0;
	if (list->has_hosts)
		return true;
	if (!list->has_targets && !pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return false;
	pxe_ctl_error(ctl,
		      "so what machines boot next is not known where their "
		      "orders%s do not say it",
		      list->has_targets ? " and the targets" : "");
	return true;
}

int pxe_ctl_orders(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		   PXE_UNUSED char **argv)
{
	struct list list = { .n = 0 };
	int status = PXE_CTL_OK;
	json_t *array, *json;
	size_t i;

	if (!load(ctl, &list))
		return PXE_CTL_FAILED;
	array = pxe_ctl_list(ctl, "ListOrders", "orders");
	if (array == NULL)
		return PXE_CTL_FAILED;
	list.rows = calloc(json_array_size(array) + 1, sizeof(*list.rows));
	if (list.rows == NULL)
		status = PXE_CTL_FAILED;
	json_array_foreach(array, i, json)
	{
		if (status != PXE_CTL_OK)
			break;
		list.rows[list.n].json = json;
		status = fill_row(ctl, &list, &list.rows[list.n++]);
		if (status == PXE_CTL_OK && ctl->json)
			add_to_json(&list.rows[list.n - 1]);
	}
	if (status == PXE_CTL_OK && ctl->json)
		pxe_ctl_print_json(array, false);
	else if (status == PXE_CTL_OK)
		status = print_table(ctl, &list);
	free(list.rows);
	json_decref(array);
	return status;
}

/* In the place of machines without an order: the keys of those whose order is
 * older than their host section.  False: told. */
static bool name_older(struct pxe_ctl *ctl, json_t *machines)
{
	json_t *older = pxe_order_find_older(ctl, machines), *json;
	char machine[PXE_ORDER_MACHINE_TEXT];
	const struct pxe_conf_host *host;
	struct pxe_order order;
	size_t i, k;

	json_array_foreach(older, i, json)
	{
		const char *key = json_string_value(json);

		host = pxe_order_find_host(ctl, key);
		if (pxe_order_fetch(ctl, host != NULL ? host->name : NULL, key,
				    &order) <= 0 ||
		    pxe_order_host_name(order.machine) != NULL)
			continue;
		pxe_order_write_machine(host, key, machine);
		for (k = 0; k < json_array_size(machines); k++)
			if (strcmp(json_string_value(
					   json_array_get(machines, k)),
				   machine) == 0)
				json_array_set(machines, k, json);
	}
	json_decref(older);
	return older != NULL;
}

int pxe_ctl_orders_release(struct pxe_ctl *ctl, PXE_UNUSED int argc,
			   char **argv)
{
	json_t *machines, *answer, *machine;
	int status = PXE_CTL_OK;
	size_t i;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	machines = pxe_order_who(ctl, argv[0]);
	if (machines == NULL || !name_older(ctl, machines)) {
		json_decref(machines);
		return PXE_CTL_FAILED;
	}
	json_array_foreach(machines, i, machine)
	{
		const char *text = json_string_value(machine);

		answer = pxe_ctl_call(ctl, "ReleaseBoot",
				      json_pack("{s:s}", "machine", text));
		if (answer == NULL)
			status = PXE_CTL_FAILED;
		else if (ctl->json)
			pxe_ctl_print_json(answer, true);
		else
			pxe_ctl_say(ctl, "%s is held no longer",
				    pxe_order_title(text));
		json_decref(answer);
	}
	json_decref(machines);
	return status;
}

int pxe_ctl_orders_arm(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		       PXE_UNUSED char **argv)
{
	json_t *answer;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	answer = pxe_ctl_call(ctl, "ArmStore", NULL);
	if (answer == NULL)
		return PXE_CTL_FAILED;
	if (ctl->json)
		pxe_ctl_print_json(answer, false);
	else
		pxe_ctl_say(ctl, "the store is trusted: machines that are new "
				 "to it may install");
	json_decref(answer);
	return PXE_CTL_OK;
}
