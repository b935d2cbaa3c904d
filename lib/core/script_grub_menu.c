/* SPDX-License-Identifier: ISC */
/*
 * The menu as a configuration of GRUB: `submenu` makes pages.  It has no lines
 * between entries and no hidden ones; a password of its own would stand in the
 * text, so items that have one say that they need iPXE.
 */
#include "core/script_grub.h"

#include <string.h>

#define CANCEL_S 5 /* to read why nothing was started */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static size_t index_of(const struct pxe_script *s,
		       const struct pxe_conf_target *target)
{
	return (size_t)(target - s->conf->targets);
}

/* Why it is not started from the menu, or NULL; sets vars.target. */
static const char *find_why_not(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	const char *why = pxe_script_grub_find_why_not(s, target);

	if (why == NULL && pxe_menu_password(target) != NULL)
		why = "iPXE asks for its password";
	return why;
}

/* The key, unless it means something to GRUB itself. */
static void put_key(struct pxe_script *s, const char *key)
{
	if (key[0] != '\0' && strchr("cep", key[0]) == NULL)
		pxe_str_putf(s->out, " --hotkey=%s", key);
}

static void put_entry(struct pxe_script *s, const struct pxe_menu_item *item)
{
	const struct pxe_conf_target *t = item->target;
	const char *why = find_why_not(s, t);

	puts_out(s, "menuentry '");
	pxe_script_grub_put_title(s, t);
	if (why != NULL) {
		puts_out(s, " (");
		pxe_script_grub_put_quoted(s, why);
		puts_out(s, ")");
	}
	pxe_str_putf(s->out, "' --id t%zu", index_of(s, t));
	put_key(s, item->key);
	puts_out(s, " {\n");
	if (pxe_menu_password(t) == NULL) {
		pxe_script_grub_put_target(s, t);
	} else {
		pxe_script_grub_echo_title(s, t, " cannot be started:");
		pxe_script_grub_echo(s, why, ".");
	}
	pxe_str_putf(s->out, "sleep --interruptible %d\n}\n", CANCEL_S);
}

static void put_page(struct pxe_script *s, const struct pxe_menu *menu,
		     const struct pxe_conf_submenu *page)
{
	struct pxe_menu_item item;

	for (size_t at = 0; pxe_menu_next(menu, page, &at, &item);)
		if (item.target != NULL && !item.target->is_hidden)
			put_entry(s, &item);
}

static void put_submenu(struct pxe_script *s, const struct pxe_menu *menu,
			const struct pxe_menu_item *item)
{
	/* a blank: it is no option */
	puts_out(s, item->title[0] == '-' ? "submenu ' " : "submenu '");
	pxe_script_grub_put_quoted(s, item->title);
	pxe_str_putf(s->out, "' --id m%zu",
		     (size_t)(item->submenu - s->conf->submenus));
	put_key(s, item->key);
	puts_out(s, " {\n");
	put_page(s, menu, item->submenu);
	puts_out(s, "}\n");
}

static void put_default(struct pxe_script *s, const struct pxe_menu *menu)
{
	const struct pxe_conf_target *t = pxe_menu_default(menu);
	uint32_t timeout_s = pxe_menu_timeout_s(menu);

	if (t != NULL && !t->is_hidden && t->submenu != NULL)
		pxe_str_putf(s->out, "set default='m%zu>t%zu'\n",
			     (size_t)(t->submenu - s->conf->submenus),
			     index_of(s, t));
	else if (t != NULL && !t->is_hidden)
		pxe_str_putf(s->out, "set default=t%zu\n", index_of(s, t));
	if (t != NULL && !t->is_hidden && timeout_s > 0)
		pxe_str_putf(s->out, "set timeout=%u\n", timeout_s);
	else
		puts_out(s, "unset timeout\n");
}

void pxe_script_grub_put_menu(struct pxe_script *s)
{
	const struct pxe_menu menu = pxe_script_menu(s);
	struct pxe_menu_item item;

	pxe_script_grub_put_functions(s);
	put_default(s, &menu);
	for (size_t at = 0; pxe_menu_next(&menu, NULL, &at, &item);) {
		if (item.submenu != NULL)
			put_submenu(s, &menu, &item);
		else if (!item.target->is_hidden)
			put_entry(s, &item);
	}
}
