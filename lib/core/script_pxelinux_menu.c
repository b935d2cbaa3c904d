/* SPDX-License-Identifier: ISC */
/*
 * The menu as a configuration of PXELINUX: names to be typed.  The items of a
 * submenu stand below its title; hidden targets can be typed too, if they have
 * a key elsewhere.
 */
#include "core/script_pxelinux.h"

#include <string.h>

#define TIMEOUT_MAX 35996 /* tenths of seconds */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* Why it is not started from the menu, or NULL; sets vars.target. */
static const char *find_why_not(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	const char *why = pxe_script_pxelinux_find_why_not(s, target);

	if (why == NULL && pxe_menu_password(target) != NULL)
		why = "iPXE asks for its password";
	return why;
}

/* The longest name of a target in the menu. */
static size_t find_width(const struct pxe_script *s,
			 const struct pxe_menu *menu)
{
	size_t width = 0;

	for (size_t i = 0; i < s->conf->n_targets; i++) {
		const struct pxe_conf_target *t = &s->conf->targets[i];

		if (pxe_menu_has(menu, t) && !t->is_hidden &&
		    strlen(t->name) > width)
			width = strlen(t->name);
	}
	return width;
}

static void put_gap(struct pxe_script *s, const struct pxe_menu_item *item)
{
	if (item->gap[0] != '\0')
		pxe_script_pxelinux_say(s, " ", item->gap, "");
}

static void put_item(struct pxe_script *s, const struct pxe_menu_item *item,
		     size_t width)
{
	const struct pxe_conf_target *t = item->target;
	const char *why;

	if (t->is_hidden)
		return;
	put_gap(s, item);
	why = find_why_not(s, t);
	pxe_str_putf(s->out, "SAY   %-*s  ", (int)width,
		     why == NULL ? t->name : "-");
	pxe_script_put_line(s, pxe_script_title(t));
	if (why != NULL)
		pxe_str_putf(s->out, " (%s)", why);
	puts_out(s, "\n");
}

static void put_items(struct pxe_script *s, const struct pxe_menu *menu)
{
	size_t width = find_width(s, menu);
	struct pxe_menu_item item, inner;

	for (size_t at = 0; pxe_menu_next(menu, NULL, &at, &item);) {
		if (item.target != NULL) {
			put_item(s, &item, width);
			continue;
		}
		put_gap(s, &item);
		pxe_script_pxelinux_say(s, " ", item.title, ":");
		for (size_t in = 0;
		     pxe_menu_next(menu, item.submenu, &in, &inner);)
			put_item(s, &inner, width);
	}
}

static void put_default(struct pxe_script *s, const struct pxe_menu *menu)
{
	const struct pxe_conf_target *t = pxe_menu_default(menu);
	unsigned long long tenths = pxe_menu_timeout_s(menu) * 10ull;

	if (tenths > TIMEOUT_MAX)
		tenths = TIMEOUT_MAX;
	puts_out(s, "SAY  \n"
		    "SAY Type a name and press Enter.\n");
	if (t == NULL || find_why_not(s, t) != NULL)
		return;
	if (tenths > 0)
		pxe_str_putf(s->out, "SAY Or wait %llu seconds for: %s\n",
			     tenths / 10, t->name);
	pxe_str_putf(s->out, "TIMEOUT %llu\nDEFAULT %s\n", tenths, t->name);
}

void pxe_script_pxelinux_put_menu(struct pxe_script *s)
{
	const struct pxe_menu menu = pxe_script_menu(s);

	puts_out(s, "SAY  \n");
	pxe_script_pxelinux_say(s, "", pxe_menu_title(&menu), "");
	puts_out(s, "SAY  \n");
	put_items(s, &menu);
	put_default(s, &menu);
	puts_out(s, "PROMPT 1\n");
	for (size_t i = 0; i < s->conf->n_targets; i++) {
		const struct pxe_conf_target *t = &s->conf->targets[i];

		if (pxe_menu_has(&menu, t) && find_why_not(s, t) == NULL)
			pxe_script_pxelinux_put_label(s, t);
	}
}
