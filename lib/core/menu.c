/* SPDX-License-Identifier: ISC */
#include "core/menu.h"

#include "base/str.h"

/* Records that were not read from files may lack texts. */
static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static bool has_family(const struct pxe_conf_target *target,
		       enum pxe_family family)
{
	if (target->n_families == 0 || family == PXE_FAMILY_NONE)
		return true;
	for (size_t i = 0; i < target->n_families; i++)
		if (target->families[i] == family)
			return true;
	return false;
}

bool pxe_menu_fits(const struct pxe_menu *menu,
		   const struct pxe_conf_target *target)
{
	return !target->is_once && has_family(target, menu->family);
}

bool pxe_menu_has(const struct pxe_menu *menu,
		  const struct pxe_conf_target *target)
{
	return pxe_menu_fits(menu, target) &&
	       (!target->is_hidden || text_of(target->key)[0] != '\0');
}

/* Is this the first target that makes a submenu appear? */
static bool is_first_of(const struct pxe_menu *menu,
			const struct pxe_conf_target *target)
{
	const struct pxe_conf_target *t = menu->conf->targets;

	while (t != target &&
	       (t->submenu != target->submenu || !pxe_menu_has(menu, t)))
		t++;
	return t == target;
}

/* A submenu is an item of the first page, and has no others above it. */
static bool fill_item(const struct pxe_menu *menu,
		      const struct pxe_conf_submenu *page,
		      const struct pxe_conf_target *target, bool hidden,
		      struct pxe_menu_item *item)
{
	const struct pxe_conf_submenu *submenu = target->submenu;

	if (!pxe_menu_has(menu, target))
		return false;
	if (submenu != page) {
		if (page != NULL || hidden || !is_first_of(menu, target))
			return false;
		*item = (struct pxe_menu_item) {
			.submenu = submenu,
			.title = text_of(submenu->title),
			.key = text_of(submenu->key),
			.gap = text_of(submenu->gap),
		};
		return true;
	}
	if (target->is_hidden != hidden)
		return false;
	*item = (struct pxe_menu_item) {
		.target = target,
		.title = hidden ? "" : text_of(target->title),
		.key = text_of(target->key),
		.gap = hidden ? "" : text_of(target->gap),
	};
	return true;
}

bool pxe_menu_next(const struct pxe_menu *menu,
		   const struct pxe_conf_submenu *page, size_t *at,
		   struct pxe_menu_item *item)
{
	const struct pxe_conf *conf = menu->conf;

	/* twice over the targets: shown ones, hidden ones */
	while (*at < 2 * conf->n_targets) {
		bool hidden = *at >= conf->n_targets;
		size_t i = (*at)++ - (hidden ? conf->n_targets : 0);

		if (fill_item(menu, page, &conf->targets[i], hidden, item))
			return true;
	}
	return false;
}

const struct pxe_conf_target *pxe_menu_default(const struct pxe_menu *menu)
{
	const struct pxe_conf *conf = menu->conf;
	const struct pxe_conf_target *wanted[] = {
		menu->host != NULL ? menu->host->menu_default : NULL,
		conf->menu.dflt,
	};

	for (size_t i = 0; i < PXE_LEN(wanted); i++)
		if (wanted[i] != NULL && pxe_menu_has(menu, wanted[i]))
			return wanted[i];
	/* it is not in this machine's menu */
	for (size_t i = 0; i < conf->n_targets && conf->menu.dflt != NULL; i++)
		if (conf->targets[i].type == PXE_TARGET_LOCAL &&
		    pxe_menu_has(menu, &conf->targets[i]))
			return &conf->targets[i];
	return NULL;
}

uint32_t pxe_menu_timeout_s(const struct pxe_menu *menu)
{
	if (pxe_menu_default(menu) == NULL)
		return 0;
	return menu->host != NULL && menu->host->has_menu_timeout
		       ? menu->host->menu_timeout_s
		       : menu->conf->menu.timeout_s;
}

const char *pxe_menu_title(const struct pxe_menu *menu)
{
	const char *text = text_of(menu->conf->menu.title);

	while (*text == ' ')
		text++;
	return *text != '\0' ? text : "Boot";
}

const char *pxe_menu_password(const struct pxe_conf_target *target)
{
	if (text_of(target->password)[0] != '\0')
		return target->password;
	if (target->submenu != NULL &&
	    text_of(target->submenu->password)[0] != '\0')
		return target->submenu->password;
	return NULL;
}
