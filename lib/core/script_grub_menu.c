/* SPDX-License-Identifier: ISC */
/*
 * The menu as a configuration of GRUB.
 */
#include "core/script_grub.h"

#define CANCEL_S 5 /* to read why nothing was started */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

void pxe_script_grub_put_menu(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;

	pxe_script_grub_put_functions(s);
	for (size_t i = 0; i < conf->n_targets; i++)
		if (conf->menu.dflt == &conf->targets[i])
			pxe_str_putf(s->out, "set default=t%zu\n", i);
	if (conf->menu.timeout_s > 0)
		pxe_str_putf(s->out, "set timeout=%u\n", conf->menu.timeout_s);
	else
		puts_out(s, "unset timeout\n");
	for (size_t i = 0; i < conf->n_targets; i++) {
		const struct pxe_conf_target *t = &conf->targets[i];
		const char *why = pxe_script_grub_find_why_not(s, t);

		puts_out(s, "menuentry '");
		pxe_script_grub_put_title(s, t);
		if (why != NULL) {
			puts_out(s, " (");
			pxe_script_grub_put_quoted(s, why);
			puts_out(s, ")");
		}
		pxe_str_putf(s->out, "' --id t%zu {\n", i);
		pxe_script_grub_put_target(s, t);
		pxe_str_putf(s->out, "sleep --interruptible %d\n}\n", CANCEL_S);
	}
}
