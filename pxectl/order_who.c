/* SPDX-License-Identifier: ISC */
#include "pxectl/order_who.h"

#include <string.h>

#include "base/ip4.h"
#include "run/conf_job.h"
#include "run/state_codec.h"
#include "run/state_order.h"

static void add(json_t *list, const struct pxe_conf_host *host, const char *key)
{
	char machine[PXE_ORDER_MACHINE_TEXT];

	pxe_order_write_machine(host, key, machine);
	json_array_append_new(list, json_string(machine));
}

/* --- groups --------------------------------------------------------------- */

static bool is_in(const struct pxe_conf_host *host, const char *group)
{
	for (size_t i = 0; i < host->n_groups; i++)
		if (strcmp(host->groups[i], group) == 0)
			return true;
	return strcmp(group, "all") == 0;
}

static void add_group(const struct pxe_ctl *ctl, const char *group,
		      json_t *list)
{
	struct pxe_conf_guess guess = { .written = group };

	for (size_t i = 0; i < ctl->conf->n_hosts; i++) {
		const struct pxe_conf_host *host = &ctl->conf->hosts[i];

		if (is_in(host, group))
			add(list, host, "");
		for (size_t k = 0; k < host->n_groups; k++)
			pxe_conf_guess_try(&guess, host->groups[k]);
	}
	if (json_array_size(list) > 0)
		return;
	if (guess.nearest != NULL)
		pxe_ctl_error(ctl,
			      "no host of hosts.conf is in the group '%s': did "
			      "you mean '@%s'?",
			      group, guess.nearest);
	else
		pxe_ctl_error(ctl, "no host of hosts.conf is in the group '%s'",
			      group);
}

/* --- one machine ---------------------------------------------------------- */

static const struct pxe_conf_host *find_host(const struct pxe_ctl *ctl,
					     const char *who)
{
	const struct pxe_conf_host *host =
		pxe_conf_find_host_name(ctl->conf, who);
	struct pxe_hwaddr hw;
	struct pxe_uuid uuid;
	uint32_t address;

	if (host != NULL)
		return host;
	if (pxe_hwaddr_parse(who, &hw) == 0)
		return pxe_conf_find_host(ctl->conf, &hw, NULL);
	if (pxe_uuid_parse(who, &uuid) == 0)
		return pxe_conf_find_host(ctl->conf, NULL, &uuid);
	if (pxe_ip4_parse(who, &address) == 0 && address != 0)
		return pxe_conf_find_host_address(ctl->conf, address);
	return NULL;
}

/* By what pxe-stated knows of it; a hardware address need not be known. */
static void add_seen(struct pxe_ctl *ctl, const char *who, json_t *list)
{
	char key[PXE_HWADDR_TEXT];
	struct pxe_client client;
	struct pxe_hwaddr hw;
	json_t *answer = NULL;

	if (pxe_hwaddr_parse(who, &hw) == 0) {
		pxe_hwaddr_format(&hw, key, sizeof(key));
		if (!pxe_ctl_find(ctl, "GetClient",
				  json_pack("{s:s}", "client", key), &answer))
			return;
		if (answer == NULL) {
			pxe_ctl_note(ctl, "%s was not seen yet", key);
			add(list, NULL, key);
			return;
		}
	} else {
		answer = pxe_ctl_get_client(ctl, who);
	}
	if (answer == NULL)
		return;
	if (pxe_state_client_from_json(json_object_get(answer, "client"),
				       &client) < 0)
		pxe_ctl_nonsense(ctl, "GetClient");
	else
		add(list, pxe_client_find_host(&client, ctl->conf), client.key);
	json_decref(answer);
}

json_t *pxe_order_who(struct pxe_ctl *ctl, const char *who)
{
	const struct pxe_conf_host *host;
	json_t *list = json_array();

	if (list == NULL)
		return NULL;
	if (who[0] == '@') {
		add_group(ctl, who + 1, list);
	} else {
		host = find_host(ctl, who);
		if (host != NULL)
			add(list, host, "");
		else
			add_seen(ctl, who, list);
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

const struct pxe_conf_host *pxe_order_find_host(struct pxe_ctl *ctl,
						const char *machine)
{
	const char *name = pxe_order_host_name(machine);
	const struct pxe_conf_host *host = NULL;
	struct pxe_client client;
	struct pxe_hwaddr hw;
	json_t *answer = NULL;

	if (name != NULL)
		return pxe_conf_find_host_name(ctl->conf, name);
	if (pxe_hwaddr_parse(machine, &hw) == 0)
		host = pxe_conf_find_host(ctl->conf, &hw, NULL);
	/* it may have got one by what else is known of it */
	if (host != NULL || ctl->conf->n_hosts == 0 ||
	    !pxe_ctl_find(ctl, "GetClient",
			  json_pack("{s:s}", "client", machine), &answer))
		return host;
	if (pxe_state_client_from_json(json_object_get(answer, "client"),
				       &client) == 0)
		host = pxe_client_find_host(&client, ctl->conf);
	json_decref(answer);
	return host;
}

json_t *pxe_order_find_older(struct pxe_ctl *ctl, const json_t *machines)
{
	json_t *list = pxe_ctl_list(ctl, "ListOrders", "orders");
	json_t *older = json_array(), *named = json_object();
	const json_t *json;
	size_t i;

	json_array_foreach(machines, i, json)
		json_object_set_new(named, json_string_value(json),
				    json_true());
	json_array_foreach(list, i, json)
	{
		const char *key =
			json_string_value(json_object_get(json, "machine"));
		const struct pxe_conf_host *host;
		char machine[PXE_ORDER_MACHINE_TEXT];

		if (key == NULL || pxe_order_host_name(key) != NULL)
			continue;
		host = pxe_order_find_host(ctl, key);
		if (host == NULL)
			continue;
		pxe_order_write_machine(host, "", machine);
		if (json_object_get(named, machine) != NULL)
			json_array_append_new(older, json_string(key));
	}
	json_decref(named);
	if (list == NULL) {
		json_decref(older);
		return NULL;
	}
	json_decref(list);
	return older;
}

int pxe_order_fetch(struct pxe_ctl *ctl, const char *host, const char *key,
		    struct pxe_order *order)
{
	json_t *list = pxe_ctl_list(ctl, "ListOrders", "orders");
	const json_t *json;
	struct pxe_order one;
	int found = list != NULL ? 0 : -1;
	size_t i;

	json_array_foreach(list, i, json)
	{
		const char *of;
		bool is_host;

		if (pxe_state_order_from_json(json, &one) < 0) {
			pxe_ctl_nonsense(ctl, "ListOrders");
			found = -1;
			break;
		}
		of = pxe_order_host_name(one.machine);
		is_host = of != NULL && host != NULL && strcmp(of, host) == 0;
		if (is_host || (of == NULL && strcmp(one.machine, key) == 0)) {
			*order = one;
			found = 1;
		}
		if (is_host) /* goes before that of the key */
			break;
	}
	json_decref(list);
	return found;
}
