/* SPDX-License-Identifier: ISC */
#include "base/names.h"

#include <errno.h>
#include <string.h>

const char *pxe_names_name(const struct pxe_name *rows, size_t n, int value)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].value == value)
			return rows[i].name;
	return "?";
}

int pxe_names_value(const struct pxe_name *rows, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, text) == 0)
			return rows[i].value;
	return -ENOENT;
}
