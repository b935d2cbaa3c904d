/* SPDX-License-Identifier: ISC */
/*
 * What there is to boot, as boot.conf says it.  Part of core/conf.h, which
 * says whose the memory is.
 */
#ifndef PXE_CORE_CONF_BOOT_H
#define PXE_CORE_CONF_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arch.h"
#include "core/conf_words.h"

struct pxe_conf_loader {
	struct pxe_src src;
	enum pxe_family family;
	const char *file; /* below the boot root */
};

/* A file that an installer asks for, made of a template. */
struct pxe_conf_answer {
	struct pxe_src src;
	const char *name;
	const char *file; /* the template, below answer-dir */
	const char *as;	  /* its name in the URL */
	enum pxe_format format;
};

/* A page of the menu. */
struct pxe_conf_submenu {
	struct pxe_src src;
	const char *name, *title;
	const char *key;      /* as that of a target */
	const char *gap;      /* as that of a target */
	const char *password; /* of its targets that have none; "" */
};

struct pxe_conf_target {
	struct pxe_src src;
	const char *name, *title;
	enum pxe_target_type type;
	const char *kernel; /* LINUX: path below the boot root, or a URL */
	const char **initrds;
	size_t n_initrds;
	const char *args; /* LINUX: template of the kernel's command line */
	const char *url;  /* CHAIN: template of a URL or path */
	/* the answer files of its installer, each `as` once */
	const struct pxe_conf_answer **answers;
	size_t n_answers;
	/* in menus (core/menu.h) */
	enum pxe_family *families; /* whose menus have it; none: all */
	size_t n_families;
	bool is_hidden; /* no line in a menu */
	const char *key; /* that chooses it: one letter or digit; "" */
	const char *gap; /* a line above it; "" */
	const char *password; /* crypt(3), or plain; "" */
	const struct pxe_conf_submenu *submenu; /* NULL: on the first page */
};

struct pxe_conf_menu {
	struct pxe_src src;
	const char *title;
	uint32_t timeout_s; /* 0: waits for ever */
	const struct pxe_conf_target *dflt;
};

#endif
