/* SPDX-License-Identifier: ISC */
/*
 * Tables for people: columns that line up, cut to the width of a terminal,
 * whole where there is none.  Cells are cleaned (pxectl/text.h) when added.
 */
#ifndef PXECTL_TABLE_H
#define PXECTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attr.h"

struct pxe_table_column {
	const char *heading;
	bool right;   /* numbers: lined up at the right */
	size_t least; /* columns that must stay when room is short; 0: all */
};

/* What the output can do. */
struct pxe_table_style {
	size_t width; /* of the terminal; 0: no limit */
	bool utf8;
	bool heading; /* print a row of headings */
};

struct pxe_table;

/* A table of `n` columns, which are borrowed; NULL: no memory. */
struct pxe_table *pxe_table_new(const struct pxe_table_column *columns,
				size_t n, bool utf8) PXE_MUST_CHECK;
void pxe_table_free(struct pxe_table *table);

/* Appends a row of as many cells as there are columns; NULL is "-".
 * 0, -ENOMEM. */
int pxe_table_add(struct pxe_table *table,
		  const char *const *cells) PXE_MUST_CHECK;

/* The number of rows. */
size_t pxe_table_count(const struct pxe_table *table);

/* Prints it. */
void pxe_table_print(const struct pxe_table *table,
		     const struct pxe_table_style *style, FILE *out);

#endif
