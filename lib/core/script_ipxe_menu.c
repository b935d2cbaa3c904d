/* SPDX-License-Identifier: ISC */
/*
 * The menu as an iPXE script.
 */
#include "core/script_ipxe.h"

#define CANCEL_S 5 /* after Esc */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static void put_items(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;

	puts_out(s, "menu -- ");
	pxe_script_ipxe_put_text(s, pxe_script_has_words(conf->menu.title)
					    ? conf->menu.title
					    : "Boot");
	puts_out(s, "\n");
	for (size_t i = 0; i < conf->n_targets; i++) {
		pxe_str_putf(s->out, "item t%zu ", i);
		pxe_script_ipxe_put_title(s, &conf->targets[i]);
		puts_out(s, "\n");
	}
	puts_out(s, "choose");
	for (size_t i = 0; i < conf->n_targets; i++)
		if (conf->menu.dflt == &conf->targets[i])
			pxe_str_putf(s->out, " --default t%zu", i);
	if (conf->menu.timeout_s > 0)
		pxe_str_putf(s->out, " --timeout %llu",
			     conf->menu.timeout_s * 1000ull);
	puts_out(s, " chosen || goto cancelled\n"
		    "goto ${chosen}\n");
}

void pxe_script_ipxe_put_menu(struct pxe_script *s)
{
	puts_out(s, ":again\n");
	put_items(s);
	puts_out(s, ":cancelled\n");
	pxe_script_ipxe_put_pause(s, "Nothing was chosen", CANCEL_S);
	puts_out(s, "goto again\n");
	for (size_t i = 0; i < s->conf->n_targets; i++) {
		pxe_str_putf(s->out, ":t%zu\n", i);
		pxe_script_ipxe_put_target(s, &s->conf->targets[i]);
	}
	puts_out(s, ":failed\n");
	pxe_script_ipxe_put_pause(s, "${what} could not be started",
				  PXE_SCRIPT_RETRY_S);
	puts_out(s, "goto again\n");
}
