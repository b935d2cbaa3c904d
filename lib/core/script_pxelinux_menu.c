/* SPDX-License-Identifier: ISC */
/*
 * The menu as a configuration of PXELINUX: names to be typed.
 */
#include "core/script_pxelinux.h"

#include <string.h>

#define TIMEOUT_MAX 35996 /* tenths of seconds */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static void put_items(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;
	size_t width = 0;

	for (size_t i = 0; i < conf->n_targets; i++)
		if (strlen(conf->targets[i].name) > width)
			width = strlen(conf->targets[i].name);
	for (size_t i = 0; i < conf->n_targets; i++) {
		const struct pxe_conf_target *t = &conf->targets[i];
		const char *why = pxe_script_pxelinux_find_why_not(s, t);

		pxe_str_putf(s->out, "SAY   %-*s  ", (int)width,
			     why == NULL ? t->name : "-");
		pxe_script_put_line(s, pxe_script_title(t));
		if (why != NULL)
			pxe_str_putf(s->out, " (%s)", why);
		puts_out(s, "\n");
	}
}

static void put_default(struct pxe_script *s)
{
	const struct pxe_conf_menu *menu = &s->conf->menu;
	unsigned long long tenths = menu->timeout_s * 10ull;

	if (tenths > TIMEOUT_MAX)
		tenths = TIMEOUT_MAX;
	puts_out(s, "SAY  \n"
		    "SAY Type a name and press Enter.\n");
	if (menu->dflt == NULL ||
	    pxe_script_pxelinux_find_why_not(s, menu->dflt) != NULL)
		return;
	if (tenths > 0)
		pxe_str_putf(s->out, "SAY Or wait %llu seconds for: %s\n",
			     tenths / 10, menu->dflt->name);
	pxe_str_putf(s->out, "TIMEOUT %llu\nDEFAULT %s\n", tenths,
		     menu->dflt->name);
}

void pxe_script_pxelinux_put_menu(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;

	puts_out(s, "SAY  \n");
	pxe_script_pxelinux_say(s, "",
				pxe_script_has_words(conf->menu.title)
					? conf->menu.title
					: "Boot",
				"");
	puts_out(s, "SAY  \n");
	put_items(s);
	put_default(s);
	puts_out(s, "PROMPT 1\n");
	for (size_t i = 0; i < conf->n_targets; i++)
		if (pxe_script_pxelinux_find_why_not(s, &conf->targets[i]) ==
		    NULL)
			pxe_script_pxelinux_put_label(s, &conf->targets[i]);
}
