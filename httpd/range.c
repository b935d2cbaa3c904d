/* SPDX-License-Identifier: ISC */
#include "httpd/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MAX_RANGES 32 /* of one field; more is an attack, and ignored */

/* Digits at *p, and past them; a number too large is the largest. */
static bool read_number(const char **p, uint64_t *number)
{
	uint64_t n = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		uint64_t digit = (uint64_t)(**p - '0');

		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	*number = n;
	return true;
}

static void skip_blanks(const char **p)
{
	while (**p == ' ' || **p == '\t')
		(*p)++;
}

/*
 * One of "5-9", "5-" and "-5" at *p, and past it.  False: broken.
 * `here` says whether the file has it.
 */
static bool read_one(const char **p, uint64_t size, struct pxe_range *r,
		     bool *here)
{
	uint64_t n;

	if (**p == '-') {
		(*p)++;
		if (!read_number(p, &n))
			return false;
		*here = n > 0; /* also the last five of none */
		r->first = n < size ? size - n : 0;
		r->last = size - 1;
		return true;
	}
	if (!read_number(p, &r->first) || *(*p)++ != '-')
		return false;
	*here = r->first < size;
	r->last = size - 1;
	if (!read_number(p, &n))
		return true;
	if (n < r->first)
		return false;
	if (n < r->last)
		r->last = n;
	return true;
}

enum pxe_range_kind pxe_range_read(const char *value, uint64_t size_bytes,
				   struct pxe_range *range)
{
	unsigned n_ranges = 0, n_here = 0;
	const char *p = value;

	if (value == NULL || strncasecmp(value, "bytes=", 6) != 0)
		return PXE_RANGE_WHOLE;
	p += strlen("bytes=");
	for (;;) {
		struct pxe_range r;
		bool here = false;

		skip_blanks(&p);
		if (*p == ',') { /* an empty element of a list */
			p++;
			continue;
		}
		if (*p == '\0')
			break;
		if (++n_ranges > MAX_RANGES ||
		    !read_one(&p, size_bytes, &r, &here))
			return PXE_RANGE_WHOLE;
		if (here && ++n_here == 1)
			*range = r;
		skip_blanks(&p);
		if (*p != ',' && *p != '\0')
			return PXE_RANGE_WHOLE;
	}
	if (n_ranges == 0 || n_here > 1 || (n_here == 1 && size_bytes == 0))
		return PXE_RANGE_WHOLE;
	return n_here == 1 ? PXE_RANGE_PART : PXE_RANGE_BAD;
}
