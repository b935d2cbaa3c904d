/* SPDX-License-Identifier: ISC */
/*
 * The menu as an iPXE script.
 *
 * The page of a submenu is a menu of its own; Esc there leads back.  A target
 * with a password or of a boot session is not in the script: its item asks the
 * server for it.  The password that `login` asked for goes there in the URL
 * (iPXE sends it only to a server that wants it, and does not show it).
 */
#include "core/script_ipxe.h"

#include <string.h>

#define CANCEL_S 5 /* after Esc, and after a password that was wrong */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static size_t index_of(const struct pxe_script *s,
		       const struct pxe_conf_target *target)
{
	return (size_t)(target - s->conf->targets);
}

/* The label of what an item leads to. */
static void put_label(struct pxe_script *s, const struct pxe_menu_item *item)
{
	if (item->target != NULL)
		pxe_str_putf(s->out, "t%zu", index_of(s, item->target));
	else
		pxe_str_putf(s->out, "m%zu",
			     (size_t)(item->submenu - s->conf->submenus));
}

static void put_item(struct pxe_script *s, const struct pxe_menu_item *item)
{
	if (item->gap[0] != '\0') {
		puts_out(s, "item --gap -- ");
		pxe_script_ipxe_put_text(s, item->gap);
		puts_out(s, "\n");
	}
	puts_out(s, "item ");
	if (item->key[0] != '\0')
		pxe_str_putf(s->out, "--key %s ", item->key);
	put_label(s, item);
	puts_out(s, " ");
	if (pxe_script_has_words(item->title))
		pxe_script_ipxe_put_text(s, item->title);
	else if (item->target != NULL && !item->target->is_hidden)
		pxe_script_ipxe_put_title(s, item->target);
	puts_out(s, "\n");
}

/* Is the default on that page; on the first one, is it in that submenu? */
static bool leads_to(const struct pxe_menu_item *item,
		     const struct pxe_conf_target *dflt)
{
	return item->target != NULL ? item->target == dflt
				    : item->submenu == dflt->submenu;
}

/* One page: its items, and what is chosen when nobody chooses. */
static void put_page(struct pxe_script *s, const struct pxe_menu *menu,
		     const struct pxe_conf_submenu *page, const char *cancelled)
{
	const struct pxe_conf_target *dflt = pxe_menu_default(menu);
	struct pxe_menu_item item, first = { .target = NULL };
	bool is_found = false;
	size_t n_items = 0;

	for (size_t at = 0; pxe_menu_next(menu, page, &at, &item); n_items++) {
		put_item(s, &item);
		if (is_found || dflt == NULL || !leads_to(&item, dflt))
			continue;
		is_found = true;
		first = item;
	}
	if (n_items == 0)
		puts_out(s, "item again Nothing here is for this machine\n");
	if (page != NULL)
		puts_out(s, "item --gap --\nitem again Back\n");
	puts_out(s, "choose");
	if (is_found) {
		puts_out(s, " --default ");
		put_label(s, &first);
		if (pxe_menu_timeout_s(menu) > 0)
			pxe_str_putf(s->out, " --timeout %llu",
				     pxe_menu_timeout_s(menu) * 1000ull);
	}
	pxe_str_putf(s->out, " chosen || goto %s\ngoto ${chosen}\n", cancelled);
}

static void put_submenus(struct pxe_script *s, const struct pxe_menu *menu)
{
	struct pxe_menu_item item;

	for (size_t at = 0; pxe_menu_next(menu, NULL, &at, &item);) {
		if (item.submenu == NULL)
			continue;
		puts_out(s, ":");
		put_label(s, &item);
		puts_out(s, "\nmenu -- ");
		pxe_script_ipxe_put_text(s, item.title);
		puts_out(s, "\n");
		put_page(s, menu, item.submenu, "again");
	}
}

/* --- what items lead to --------------------------------------------------- */

/* The URL of the machine's script with that target, after a login or not. */
static void put_ask_url(struct pxe_script *s,
			const struct pxe_conf_target *target, bool has_login)
{
	char url[PXE_SCRIPT_TEXT_MAX], *host;
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, url, sizeof(url));
	s->out = &str;
	pxe_script_ipxe_put_again_url(s);
	s->out = out;
	host = strstr(url, "://");
	if (has_login && host != NULL) {
		host += 3;
		pxe_str_putn(out, url, (size_t)(host - url));
		puts_out(s, "${username:uristring}:${password:uristring}@");
		puts_out(s, host);
	} else {
		puts_out(s, url);
	}
	pxe_str_putf(out, "&target=%s", target->name);
}

static void put_ask(struct pxe_script *s, const struct pxe_conf_target *target)
{
	bool has_login = pxe_menu_password(target) != NULL;

	puts_out(s, "set what ");
	pxe_script_ipxe_put_title(s, target);
	puts_out(s, "\n");
	if (has_login)
		pxe_str_putf(s->out, "set username %s\nlogin || goto again\n",
			     target->name);
	puts_out(s, "chain --replace --autofree ");
	put_ask_url(s, target, has_login);
	puts_out(s, " || goto refused\n");
}

static bool is_asked_for(const struct pxe_conf_target *target)
{
	return pxe_menu_password(target) != NULL;
}

static void put_body(struct pxe_script *s, const struct pxe_conf_target *target)
{
	pxe_str_putf(s->out, ":t%zu\n", index_of(s, target));
	if (is_asked_for(target))
		put_ask(s, target);
	else
		pxe_script_ipxe_put_target(s, target);
}

/* Every target that some page has; true if one of them is asked for. */
static bool put_bodies(struct pxe_script *s, const struct pxe_menu *menu)
{
	bool asks = false;

	for (size_t i = 0; i < s->conf->n_targets; i++) {
		const struct pxe_conf_target *t = &s->conf->targets[i];

		if (!pxe_menu_has(menu, t))
			continue;
		put_body(s, t);
		asks |= is_asked_for(t);
	}
	return asks;
}

void pxe_script_ipxe_put_menu(struct pxe_script *s)
{
	const struct pxe_menu menu = pxe_script_menu(s);

	puts_out(s, ":again\nmenu -- ");
	pxe_script_ipxe_put_text(s, pxe_menu_title(&menu));
	puts_out(s, "\n");
	put_page(s, &menu, NULL, "cancelled");
	puts_out(s, ":cancelled\n");
	pxe_script_ipxe_put_pause(s, "Nothing was chosen", CANCEL_S);
	puts_out(s, "goto again\n");
	put_submenus(s, &menu);
	if (put_bodies(s, &menu)) {
		puts_out(s, ":refused\nclear username ||\nclear password ||\n");
		pxe_script_ipxe_put_pause(s, "${what} was refused", CANCEL_S);
		puts_out(s, "goto again\n");
	}
	puts_out(s, ":failed\n");
	pxe_script_ipxe_put_pause(s, "${what} could not be started",
				  PXE_SCRIPT_RETRY_S);
	puts_out(s, "goto again\n");
}
