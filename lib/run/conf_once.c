/* SPDX-License-Identifier: ISC */
/* Targets that are booted by an order only: can that be held? */
#include "run/conf_once.h"

#include <string.h>

#include "core/order.h"

/* Where `key` stands, else where the section begins. */
static const struct pxe_src *src_of(const struct pxe_conf_section *section,
				    const char *key)
{
	const struct pxe_conf_item *item = pxe_conf_item_find(section, key);

	return item != NULL ? &item->first->src : &section->src;
}

static bool can_install(enum pxe_target_type type)
{
	return type == PXE_TARGET_LINUX || type == PXE_TARGET_SAN ||
	       type == PXE_TARGET_WIMBOOT || type == PXE_TARGET_ISO ||
	       type == PXE_TARGET_CHAIN;
}

/* A piece of it must come from here, or the callback; else whoever has the
 * script once could install again and again, and nobody would know. */
static void check_gate(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_target *target)
{
	/* of an administrator's script nobody knows what it loads; of a type
	 * that boots nothing once itself is the mistake */
	if (!can_install(target->type))
		return;
	if (pxe_order_find_gate(target) != PXE_ORDER_GATE_SCRIPT ||
	    pxe_conf_target_names(target, "done-url"))
		return;
	pxe_conf_error(job, src_of(section, "once"),
		       "target \"%.100s\" is booted once, but its files, its "
		       "answers and its callback all bypass this server: take "
		       "the last initrd from the boot root, give it answers, "
		       "or name {{done-url}} in it",
		       target->name);
}

static void check_next(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_target *target)
{
	const struct pxe_conf_target *next = target->next;

	if (next == target)
		pxe_conf_error(job, src_of(section, "next"),
			       "next = \"%.100s\" is the target itself, which "
			       "would be booted over and over: name another, "
			       "or take it out",
			       next->name);
	else if (next != NULL && next->is_once)
		pxe_conf_error(job, src_of(section, "next"),
			       "next = \"%.100s\" takes an order of its own: "
			       "name a target without once",
			       next->name);
}

static void check_targets(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *s = job->sections[PXE_CONF_TARGET].first;

	for (; s != NULL; s = s->next) {
		const struct pxe_conf_target *t =
			pxe_conf_find_target(job->conf, s->title);

		/* of two with one name another check tells */
		if (t == NULL || t->src.line != s->src.line)
			continue;
		check_next(job, s, t);
		if (t->is_once)
			check_gate(job, s, t);
	}
}

static void check_host(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_host *host)
{
	const bool is_once = host->boot != NULL && host->boot->is_once;
	const struct pxe_conf_target *dflt = host->menu_default;

	if (is_once && host->install == PXE_INSTALL_ORDER)
		pxe_conf_error(job, src_of(section, "boot"),
			       "boot = \"%.100s\" would install anew at each "
			       "boot: take it out and use `pxectl boot %.100s "
			       "%.100s`, or add install = \"when-new\"",
			       host->boot->name, host->name, host->boot->name);
	if (dflt != NULL && dflt->is_once)
		pxe_conf_error(job, src_of(section, "menu-default"),
			       "menu-default = \"%.100s\" takes an order: name "
			       "a target without once, and use `pxectl boot "
			       "%.100s %.100s`",
			       dflt->name, host->name, dflt->name);
	if (!is_once && host->install == PXE_INSTALL_WHEN_NEW &&
	    (host->boot != NULL || pxe_conf_item_find(section, "boot") == NULL))
		pxe_conf_error(
			job, src_of(section, "install"),
			"install = \"when-new\" has nothing to install: "
			"name a target that has once in boot, or take it "
			"out");
}

/* A file that machines are told to load is loaded at each boot. */
static void check_file(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section)
{
	const struct pxe_conf_item *item = pxe_conf_item_find(section, "file");
	const char *file =
		item != NULL && item->first != NULL ? item->first->text : "";
	const struct pxe_conf_target *target =
		pxe_order_find_whole(job->conf, file);

	if (target != NULL)
		pxe_conf_error(job, &item->first->src,
			       "file = \"%.200s\" is what target \"%.100s\" "
			       "boots once, and would be booted anew at each "
			       "boot, without an order: name a loader, and use "
			       "`pxectl boot`",
			       file, target->name);
}

void pxe_conf_check_once(struct pxe_conf_job *job)
{
	static const enum pxe_conf_section_kind with_file[] = {
		PXE_CONF_LOADER, PXE_CONF_SUBNET, PXE_CONF_PXE_ITEM,
		PXE_CONF_HOST
	};
	const struct pxe_conf_section *s = job->sections[PXE_CONF_HOST].first;

	check_targets(job);
	for (size_t i = 0; s != NULL && i < job->conf->n_hosts;
	     i++, s = s->next)
		check_host(job, s, &job->conf->hosts[i]);
	for (size_t i = 0; i < PXE_LEN(with_file); i++)
		for (s = job->sections[with_file[i]].first; s != NULL;
		     s = s->next)
			check_file(job, s);
}
