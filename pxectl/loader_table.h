/* SPDX-License-Identifier: ISC */
/*
 * Loaders that Debian has: which package has which file, and what it is called
 * below the boot root.  The one place that knows.
 */
#ifndef PXECTL_LOADER_TABLE_H
#define PXECTL_LOADER_TABLE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/arch.h"

enum pxe_loader_role {
	PXE_LOADER_MAIN,  /* what a `loader` section had best name */
	PXE_LOADER_OTHER, /* what it may name as well; `what` says when */
	PXE_LOADER_PART,  /* what one of these fetches from its own directory */
};

struct pxe_loader_row {
	enum pxe_family family;
	enum pxe_loader_role role;
	const char *package;
	const char *machine; /* Debian's architecture; "": any has it */
	const char *source;  /* file of the package; directory of an image */
	const char *format;  /* of grub-mkimage; NULL: the file is copied */
	const char *target;  /* below the boot root */
	const char *what;
};

/* All rows, those of a family together, its main one first. */
const struct pxe_loader_row *pxe_loader_rows(size_t *n);

/* The main row of a family, or NULL: Debian has no loader for it. */
const struct pxe_loader_row *pxe_loader_find(enum pxe_family family)
	PXE_MUST_CHECK;

/* The row of a file below the boot root, or NULL. */
const struct pxe_loader_row *pxe_loader_find_target(const char *target)
	PXE_MUST_CHECK;

/* Is the package one that apt only has for another machine than this? */
bool pxe_loader_is_foreign(const struct pxe_loader_row *row) PXE_MUST_CHECK;

/* Appends the package's name as apt-get takes it here. */
void pxe_loader_put_package(struct pxe_str *out,
			    const struct pxe_loader_row *row);

#endif
