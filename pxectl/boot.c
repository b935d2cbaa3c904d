/* SPDX-License-Identifier: ISC */
/* `pxectl boot`: what machines boot next, or from now on. */
#include <string.h>

#include "base/str.h"
#include "core/order_next.h"
#include "pxectl/ctl.h"
#include "pxectl/order_hint.h"
#include "pxectl/order_who.h"
#include "pxectl/text.h"
#include "run/conf_job.h"
#include "run/conf_load.h"
#include "run/state_order.h"

#define LONGEST_S 31536000 /* an order waits for a year at most */

/* The target of that name; NULL: told that there is none. */
static const struct pxe_conf_target *get_target(const struct pxe_ctl *ctl,
						const char *name)
{
	const struct pxe_conf_target *target =
		pxe_conf_find_target(ctl->conf, name);
	struct pxe_conf_guess guess = { .written = name };

	if (target != NULL)
		return target;
	for (size_t i = 0; i < ctl->conf->n_targets; i++)
		pxe_conf_guess_try(&guess, ctl->conf->targets[i].name);
	if (guess.nearest != NULL)
		pxe_ctl_error(ctl,
			      "there is no target '%s' in boot.conf: did you "
			      "mean '%s'?",
			      name, guess.nearest);
	else
		pxe_ctl_error(ctl,
			      "there is no target '%s' in boot.conf: pxectl "
			      "targets lists them",
			      name);
	return NULL;
}

/* "90", "90s", "30m", "24h", "7d": seconds; 0: it is no such text. */
static uint32_t read_duration(const char *text)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = {
		{ '\0', 1 },   { 's', 1 },     { 'm', 60 },
		{ 'h', 3600 }, { 'd', 86400 },
	};
	size_t n = strspn(text, "0123456789");
	uint64_t value = 0;

	if (n == 0 || n > 8)
		return 0;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	for (size_t i = 0; i < PXE_LEN(units); i++)
		if (text[n] == units[i].letter &&
		    (text[n] == '\0' || text[n + 1] == '\0') &&
		    value * units[i].seconds <= LONGEST_S)
			return (uint32_t)(value * units[i].seconds);
	return 0;
}

/* --next: what follows must not be an installer, too.  False: told. */
static bool add_next(const struct pxe_ctl *ctl, json_t *params)
{
	const char *name = ctl->opt[PXE_CTL_OPT_NEXT];
	const struct pxe_conf_target *next;

	if (name == NULL)
		return true;
	next = get_target(ctl, name);
	if (next == NULL)
		return false;
	if (next->is_once) {
		pxe_ctl_error(ctl,
			      "--next %s: that target is destructive (once, %s "
			      "line %u) and needs an order of its own",
			      name, next->src.file, next->src.line);
		return false;
	}
	json_object_set_new(params, "next", json_string(name));
	return true;
}

/* --for: how long an order may wait.  False: told. */
static bool add_lifetime(const struct pxe_ctl *ctl, json_t *params)
{
	const char *text = ctl->opt[PXE_CTL_OPT_FOR];
	uint32_t seconds;

	if (text == NULL)
		return true;
	seconds = read_duration(text);
	if (seconds == 0) {
		pxe_ctl_error(ctl,
			      "--for %s: it is a time such as 30m, 24h or 7d, "
			      "up to a year",
			      text);
		return false;
	}
	json_object_set_new(params, "lifetime", json_integer(seconds));
	return true;
}

/* What is asked of pxe-stated, without the machines; NULL: told why not. */
static json_t *make_params(const struct pxe_ctl *ctl, const char *name)
{
	const struct pxe_conf_target *target;
	bool is_once;
	json_t *params;

	if (name == NULL)
		return json_pack("{s:n}", "target");
	target = get_target(ctl, name);
	if (target == NULL)
		return NULL;
	is_once = target->is_once || ctl->opt[PXE_CTL_OPT_ONCE] != NULL;
	if (!is_once && (ctl->opt[PXE_CTL_OPT_NEXT] != NULL ||
			 ctl->opt[PXE_CTL_OPT_FOR] != NULL)) {
		pxe_ctl_error(ctl, "--next and --for are for an order that is "
				   "carried out once: give --once, too");
		return NULL;
	}
	if (target->is_once && ctl->opt[PXE_CTL_OPT_ONCE] == NULL)
		pxe_ctl_note(ctl, "%s is destructive (once): it is booted once",
			     name);
	params = json_pack("{s:s, s:b, s:b}", "target", name, "once",
			   (int)is_once, "plain",
			   (int)(is_once && !target->is_once));
	if (params != NULL && add_next(ctl, params) &&
	    add_lifetime(ctl, params))
		return params;
	json_decref(params);
	return NULL;
}

/* What it boots afterwards. */
static const char *next_text(const struct pxe_ctl *ctl,
			     const struct pxe_order *order)
{
	const char *name = pxe_order_host_name(order->machine);
	const struct pxe_order_next next = pxe_order_find_next(
		ctl->conf, order,
		name != NULL ? pxe_conf_find_host_name(ctl->conf, name) : NULL);

	return next.says != PXE_ORDER_SAYS_LOCAL ? next.target->name
						 : "its own disk";
}

static void tell_order(const struct pxe_ctl *ctl, const struct pxe_order *order)
{
	char until[PXE_TEXT_SHORT];

	pxe_text_time(order->expires_s, until, sizeof(until));
	if (order->state == PXE_ORDER_HELD)
		pxe_ctl_say(ctl, "%s waits: the order is held, %s",
			    pxe_order_title(order->machine),
			    pxe_reason_text(order->reason));
	else if (order->is_once)
		pxe_ctl_say(ctl,
			    "%s boots %s once, if it asks before %s; then "
			    "%s",
			    pxe_order_title(order->machine), order->target,
			    until, next_text(ctl, order));
	else
		pxe_ctl_say(ctl, "%s boots %s from now on",
			    pxe_order_title(order->machine), order->target);
}

static int tell_answer(const struct pxe_ctl *ctl, const json_t *answer,
		       const json_t *machines)
{
	const json_t *orders = json_object_get(answer, "orders"), *json;
	struct pxe_order order;
	size_t i;

	if (ctl->json) {
		pxe_ctl_print_json(answer, false);
		return PXE_CTL_OK;
	}
	json_array_foreach(orders, i, json)
	{
		if (pxe_state_order_from_json(json, &order) < 0)
			return pxe_ctl_nonsense(ctl, "AssignBoot");
		tell_order(ctl, &order);
	}
	if (json_array_size(orders) > 0)
		return PXE_CTL_OK;
	json_array_foreach(machines, i, json)
		pxe_ctl_say(ctl, "%s boots what the configuration says",
			    pxe_order_title(json_string_value(json)));
	return PXE_CTL_OK;
}

static bool check_usage(const struct pxe_ctl *ctl, int argc)
{
	bool has_default = ctl->opt[PXE_CTL_OPT_DEFAULT] != NULL;

	if ((argc == 2) == !has_default &&
	    !(has_default && (ctl->opt[PXE_CTL_OPT_ONCE] != NULL ||
			      ctl->opt[PXE_CTL_OPT_NEXT] != NULL ||
			      ctl->opt[PXE_CTL_OPT_FOR] != NULL)))
		return true;
	pxe_ctl_error(ctl, "usage: pxectl boot CLIENT|@GROUP TARGET [--once] "
			   "[--next TARGET] [--for TIME], or pxectl boot "
			   "CLIENT|@GROUP --default");
	return false;
}

/* The orders of as many machines as one call takes, from `at` on, into `all`.
 * False: it was told why not. */
static bool assign_some(struct pxe_ctl *ctl, json_t *params,
			const json_t *machines, size_t at, json_t *all)
{
	const size_t left = json_array_size(machines) - at;
	json_t *some = json_array(), *answer;

	for (size_t i = 0; i < left && i < PXE_ORDER_MACHINES_MAX; i++)
		json_array_append(some, json_array_get(machines, at + i));
	json_object_set_new(params, "machines", some);
	answer = pxe_ctl_call(ctl, "AssignBoot", json_copy(params));
	if (answer == NULL)
		return false;
	json_array_extend(all, json_object_get(answer, "orders"));
	json_decref(answer);
	return true;
}

/* {orders}, of all machines; NULL: it was told why not. */
static json_t *assign(struct pxe_ctl *ctl, json_t *params,
		      const json_t *machines)
{
	json_t *orders = json_array();
	size_t at = 0, n = json_array_size(machines);

	for (; at < n; at += PXE_ORDER_MACHINES_MAX)
		if (!assign_some(ctl, params, machines, at, orders))
			break;
	if (at >= n)
		return json_pack("{s:o}", "orders", orders);
	if (at > 0)
		pxe_ctl_error(
			ctl,
			"this was done for the first %zu of %zu machines: "
			"give the command again for the others",
			at, n);
	json_decref(orders);
	return NULL;
}

/* Whose order it is.  One that was given to a host section can be taken back
 * when that is gone.  NULL: told. */
static json_t *find_machines(struct pxe_ctl *ctl, const char *who, bool is_back)
{
	struct pxe_order order;

	if (is_back && pxe_conf_find_host_name(ctl->conf, who) == NULL &&
	    pxe_order_fetch(ctl, who, "", &order) > 0)
		return json_pack("[s]", order.machine);
	return pxe_order_who(ctl, who);
}

/* Takes back what machines were ordered before they had their host sections.
 * False: told. */
static bool drop_older(struct pxe_ctl *ctl, const json_t *older)
{
	json_t *params = json_pack("{s:n}", "target");
	json_t *answer = assign(ctl, params, older);
	const json_t *json;
	size_t i;

	json_array_foreach(older, i, json)
	{
		if (answer != NULL)
			pxe_ctl_note(ctl,
				     "the order that %s had before its host "
				     "section is taken back",
				     json_string_value(json));
	}
	json_decref(params);
	json_decref(answer);
	return answer != NULL;
}

static int boot(struct pxe_ctl *ctl, json_t *params, const json_t *machines)
{
	json_t *older = pxe_order_find_older(ctl, machines), *answer;
	int status = PXE_CTL_FAILED;

	answer = older != NULL ? assign(ctl, params, machines) : NULL;
	if (answer != NULL)
		status = tell_answer(ctl, answer, machines);
	if (answer != NULL && !drop_older(ctl, older))
		status = PXE_CTL_FAILED;
	json_decref(answer);
	json_decref(older);
	return status;
}

int pxe_ctl_boot(struct pxe_ctl *ctl, int argc, char **argv)
{
	json_t *params, *machines;
	int status;

	if (!check_usage(ctl, argc))
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	params = make_params(ctl, argc == 2 ? argv[1] : NULL);
	if (params == NULL)
		return PXE_CTL_FAILED;
	machines = find_machines(ctl, argv[0], argc == 1);
	if (machines == NULL) {
		json_decref(params);
		return PXE_CTL_FAILED;
	}
	status = boot(ctl, params, machines);
	json_decref(params);
	json_decref(machines);
	return status;
}
