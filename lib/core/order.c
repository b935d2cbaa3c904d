/* SPDX-License-Identifier: ISC */
#include "core/order.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "core/client.h"
#include "core/script_part.h"
#include "core/target.h"

#define HOST_PREFIX "host:"

static const struct {
	const char *name, *text;
} states[PXE_N_ORDER_STATES] = {
#define X(id, name, text) [PXE_ORDER_##id] = { name, text },
	PXE_ORDER_STATES(X)
#undef X
};

const char *pxe_order_state_name(enum pxe_order_state state)
{
	return (unsigned)state < PXE_N_ORDER_STATES ? states[state].name : "?";
}

const char *pxe_order_state_text(enum pxe_order_state state)
{
	return (unsigned)state < PXE_N_ORDER_STATES ? states[state].text : "?";
}

int pxe_order_state_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_ORDER_STATES; i++)
		if (strcmp(states[i].name, name) == 0)
			return i;
	return -ENOENT;
}

bool pxe_order_is_open(const struct pxe_order *order)
{
	return order->state == PXE_ORDER_STANDING ||
	       order->state == PXE_ORDER_PENDING ||
	       order->state == PXE_ORDER_HELD;
}

/* --- machines ------------------------------------------------------------ */

void pxe_order_write_machine(const struct pxe_conf_host *host, const char *key,
			     char machine[static PXE_ORDER_MACHINE_TEXT])
{
	struct pxe_str s;

	pxe_str_init(&s, machine, PXE_ORDER_MACHINE_TEXT);
	if (host != NULL)
		pxe_str_puts(&s, HOST_PREFIX);
	pxe_str_puts(&s, host != NULL ? host->name : key);
}

const char *pxe_order_host_name(const char *machine)
{
	return pxe_str_has_prefix(machine, HOST_PREFIX)
		       ? machine + strlen(HOST_PREFIX)
		       : NULL;
}

bool pxe_order_is_machine(const char *machine)
{
	const char *name = pxe_order_host_name(machine), *p;

	if (name == NULL)
		return pxe_client_is_key(machine);
	for (p = name; pxe_is_alnum(*p) || (*p != '\0' && strchr("._-", *p));)
		p++;
	return *p == '\0' && p > name && p - name < PXE_HOST_NAME_TEXT;
}

/* --- the gate ------------------------------------------------------------ */

/* Is it a file below the boot root, and not one of somebody else's?  As scripts
 * write it: a gate that no machine asks us for would never close. */
static bool is_ours(const char *source)
{
	return source != NULL && source[0] != '\0' &&
	       !pxe_script_is_url(source);
}

/* The last file of ours that is loaded, and how it is called; NULL: none. */
static const char *find_last(const struct pxe_conf_target *target,
			     const char **key)
{
	const char *file, *last = NULL, *what;

	for (size_t i = 0; (file = pxe_target_file(target, i, &what)) != NULL;
	     i++)
		if (is_ours(file)) {
			last = file;
			*key = what;
		}
	return last;
}

/* An installer asks for its answers when it runs; wimboot gets what there is of
 * them before the image, which no installation goes without. */
static bool has_answers_last(const struct pxe_conf_target *target)
{
	return target->n_answers > 0 &&
	       !(pxe_target_has_wim(target) && is_ours(target->wim.image));
}

enum pxe_order_gate pxe_order_find_gate(const struct pxe_conf_target *target)
{
	const char *key;

	if (!target->is_once)
		return PXE_ORDER_GATE_SCRIPT;
	if (has_answers_last(target))
		return PXE_ORDER_GATE_ANSWER;
	if (find_last(target, &key) == NULL)
		return PXE_ORDER_GATE_SCRIPT;
	return strcmp(key, "initrd") == 0 ? PXE_ORDER_GATE_INITRD
					  : PXE_ORDER_GATE_KERNEL;
}

const char *pxe_order_gate_file(const struct pxe_conf_target *target)
{
	const char *key;

	return target->is_once && !has_answers_last(target)
		       ? find_last(target, &key)
		       : NULL;
}

/* Is `path` all of the target, so that who loads that has booted it? */
static bool is_whole(const struct pxe_conf *conf,
		     const struct pxe_conf_target *target, const char *path)
{
	const char *file = NULL;

	if (!target->is_once || target->n_answers > 0)
		return false;
	if (pxe_order_find_gate(target) == PXE_ORDER_GATE_KERNEL)
		file = pxe_order_gate_file(target);
	else if (pxe_order_find_gate(target) == PXE_ORDER_GATE_SCRIPT)
		file = pxe_target_chained(target);
	return file != NULL &&
	       pxe_target_is_same_file(file, path, conf->folds_case);
}

static bool is_loader(const struct pxe_conf *conf, const char *path)
{
	for (size_t i = 0; i < conf->n_loaders; i++)
		if (pxe_target_is_same_file(conf->loaders[i].file, path,
					    conf->folds_case))
			return true;
	return false;
}

const struct pxe_conf_target *pxe_order_find_whole(const struct pxe_conf *conf,
						   const char *path)
{
	const struct pxe_conf_target *found = NULL;

	for (size_t i = 0; i < conf->n_targets && found == NULL; i++)
		if (is_whole(conf, &conf->targets[i], path))
			found = &conf->targets[i];
	if (found == NULL ||
	    (found->type == PXE_TARGET_CHAIN && is_loader(conf, path)))
		return NULL;
	for (size_t i = 0; i < conf->n_targets; i++)
		if (!conf->targets[i].is_once &&
		    pxe_target_loads(&conf->targets[i], path, conf->folds_case))
			return NULL;
	return found;
}
