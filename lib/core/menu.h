/* SPDX-License-Identifier: ISC */
/*
 * The menu as one machine sees it: which items there are on which page, what
 * is booted when nobody chooses.  The renderers of scripts write it down in
 * their languages.
 */
#ifndef PXE_CORE_MENU_H
#define PXE_CORE_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf.h"

/* Whose menu. */
struct pxe_menu {
	const struct pxe_conf *conf;
	const struct pxe_conf_host *host; /* NULL: no host section */
	enum pxe_family family;		  /* NONE: not known, so all fit */
};

/* A line that can be chosen: one of the first two is not NULL. */
struct pxe_menu_item {
	const struct pxe_conf_target *target;
	const struct pxe_conf_submenu *submenu; /* leads to that page */
	const char *title; /* "" where it is hidden: only its key shows it */
	const char *key;   /* one letter or digit, or "" */
	const char *gap;   /* a line above it; "": none */
};

/* Can the machine have this target, shown or hidden, from a menu?  A
 * destructive one takes an order, and is booted without a menu then. */
bool pxe_menu_fits(const struct pxe_menu *menu,
		   const struct pxe_conf_target *target);

/* Has the menu a way to this target, a line or a key? */
bool pxe_menu_has(const struct pxe_menu *menu,
		  const struct pxe_conf_target *target);

/*
 * The next item of a page (NULL: the first page); `at` is 0 for the first
 * call.  A submenu stands where the first of its targets stands.  Hidden
 * targets that have a key come last; others are no items.  False at the end.
 */
bool pxe_menu_next(const struct pxe_menu *menu,
		   const struct pxe_conf_submenu *page, size_t *at,
		   struct pxe_menu_item *item);

/* What is booted when nobody chooses; NULL: the menu waits. */
const struct pxe_conf_target *pxe_menu_default(const struct pxe_menu *menu);

/* After how many seconds; 0: it waits. */
uint32_t pxe_menu_timeout_s(const struct pxe_menu *menu);

/* The line above the menu. */
const char *pxe_menu_title(const struct pxe_menu *menu);

/*
 * The password of a target from the menu, its own or that of its submenu:
 * crypt(3) where it begins with '$', else as it is.  NULL: none.
 */
const char *pxe_menu_password(const struct pxe_conf_target *target);

#endif
