/* SPDX-License-Identifier: ISC */
/*
 * Variables of the administrator: {{var.KEY}} in templates.  Part of
 * core/conf.h, which says whose the memory is.
 */
#ifndef PXE_CORE_CONF_VAR_H
#define PXE_CORE_CONF_VAR_H

#include <stddef.h>

#include "core/conf_words.h"

struct pxe_conf_var {
	struct pxe_src src;
	const char *key, *value;
};

/* Those of one place, sorted by key, each once. */
struct pxe_conf_vars {
	struct pxe_conf_var *rows;
	size_t n;
};

#endif
