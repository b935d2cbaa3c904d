/* SPDX-License-Identifier: ISC */
/*
 * Numbers and their names: the shape of every small table of the suite that
 * turns an enum into a word and back.
 */
#ifndef PXE_BASE_NAMES_H
#define PXE_BASE_NAMES_H

#include <stddef.h>

#include "base/attr.h"

struct pxe_name {
	int value;
	const char *name;
};

/* The name of `value` among `n` rows; "?" if there is none. */
const char *pxe_names_name(const struct pxe_name *rows, size_t n, int value);

/*
 * The value whose name is `text` (case matters).  The value must be >= 0.
 * -ENOENT if no row has that name.
 */
int pxe_names_value(const struct pxe_name *rows, size_t n,
		    const char *text) PXE_MUST_CHECK;

#endif
