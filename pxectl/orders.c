/* SPDX-License-Identifier: ISC */
/* `pxectl orders`: the orders that there are, and those that are held. */
#include <string.h>

#include "base/str.h"
#include "core/order.h"
#include "pxectl/ctl.h"
#include "pxectl/order_who.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_order.h"

static const struct pxe_table_column columns[] = {
	{ "MACHINE", false, 8 }, { "TARGET", false, 8 }, { "STATE", false, 0 },
	{ "SINCE", true, 0 },    { "LEFT", true, 0 },    { "NEXT", false, 4 },
	{ "BY", false, 3 },      { "REASON", false, 4 },
};

/* When it came to the state that it is in. */
static int64_t since_of(const struct pxe_order *order)
{
	if (order->finished_s != 0)
		return order->finished_s;
	return order->begun_s != 0 ? order->begun_s : order->made_s;
}

static int add_row(struct pxe_table *table, const struct pxe_order *order)
{
	const int64_t now_s = pxe_ctl_now();
	char since[PXE_TEXT_SHORT], left[PXE_TEXT_SHORT] = "";
	const char *cells[PXE_LEN(columns)] = {
		pxe_order_title(order->machine),
		order->target,
		pxe_order_state_name(order->state),
		since,
		left[0] != '\0' ? left : NULL,
		order->next[0] != '\0' ? order->next : NULL,
		order->by[0] != '\0' ? order->by : NULL,
		order->reason != PXE_REASON_OK ? pxe_reason_name(order->reason)
					       : NULL,
	};

	pxe_text_age(now_s - since_of(order), since, sizeof(since));
	if (order->expires_s != 0 && pxe_order_is_open(order)) {
		pxe_text_age(order->expires_s - now_s, left, sizeof(left));
		cells[4] = left;
	}
	return pxe_table_add(table, cells);
}

static int print_orders(const struct pxe_ctl *ctl, const json_t *list)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	struct pxe_order order;
	const json_t *json;
	int r = table != NULL ? 0 : -1;
	size_t i;

	json_array_foreach(list, i, json)
	{
		if (r == 0 && pxe_state_order_from_json(json, &order) < 0) {
			pxe_table_free(table);
			return pxe_ctl_nonsense(ctl, "ListOrders");
		}
		if (r == 0)
			r = add_row(table, &order);
	}
	if (r == 0 && pxe_table_count(table) == 0)
		pxe_ctl_note(ctl, "there are no orders");
	else if (r == 0)
		pxe_table_print(table, &ctl->style, stdout);
	else
		pxe_ctl_error(ctl, "no memory");
	pxe_table_free(table);
	return r == 0 ? PXE_CTL_OK : PXE_CTL_FAILED;
}

int pxe_ctl_orders(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		   PXE_UNUSED char **argv)
{
	json_t *list;
	int status = PXE_CTL_OK;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	list = pxe_ctl_list(ctl, "ListOrders", "orders");
	if (list == NULL)
		return PXE_CTL_FAILED;
	if (ctl->json)
		pxe_ctl_print_json(list, false);
	else
		status = print_orders(ctl, list);
	json_decref(list);
	return status;
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
	if (machines == NULL)
		return PXE_CTL_FAILED;
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
