/* SPDX-License-Identifier: ISC */
/*
 * The Range field of a request (RFC 9110 section 14).  Pure.
 *
 * One range is served.  Of several, all of which are there, the whole file
 * is the answer, which section 14.2 allows.
 */
#ifndef PXE_HTTPD_RANGE_H
#define PXE_HTTPD_RANGE_H

#include <stdint.h>

#include "base/attr.h"

enum pxe_range_kind {
	PXE_RANGE_WHOLE, /* 200: no range, another unit, broken, or several */
	PXE_RANGE_PART,  /* 206 */
	PXE_RANGE_BAD,   /* 416: all of it lies behind the end */
};

struct pxe_range {
	uint64_t first, last; /* octets, both belong to it; last < size */
};

/* Reads `value` (NULL: no such field) for a file of `size_bytes`. */
enum pxe_range_kind pxe_range_read(const char *value, uint64_t size_bytes,
				   struct pxe_range *range) PXE_MUST_CHECK;

#endif
