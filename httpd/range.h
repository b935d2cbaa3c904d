/* SPDX-License-Identifier: ISC */
/*
 * The Range field of a request (RFC 9110 section 14), and the body of an answer
 * that has several parts.  Pure.
 *
 * Parts come in the order of the request; those that overlap, or are separated
 * by less than a part's head takes, become one, so that no set of ranges makes
 * more octets than the file has and some for each of its few heads.
 */
#ifndef PXE_HTTPD_RANGE_H
#define PXE_HTTPD_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

#define PXE_RANGE_MAX       32  /* of one field; more, and all is sent */
#define PXE_RANGE_HEAD_TEXT 320 /* of a part, with a type of 120 octets */

enum pxe_range_kind {
	PXE_RANGE_WHOLE, /* 200: no range, another unit, broken, too many */
	PXE_RANGE_PART,  /* 206 */
	PXE_RANGE_PARTS, /* 206, multipart/byteranges */
	PXE_RANGE_BAD,   /* 416: all of it lies behind the end */
};

struct pxe_range {
	uint64_t first, last; /* octets, both belong to it; last < size */
};

struct pxe_ranges {
	size_t n;
	struct pxe_range range[PXE_RANGE_MAX + 1];
};

static inline uint64_t pxe_range_bytes(const struct pxe_range *range)
{
	return range->last - range->first + 1;
}

/* Reads `value` (NULL: no such field) for a file of `size_bytes`. */
enum pxe_range_kind pxe_range_read(const char *value, uint64_t size_bytes,
				   struct pxe_ranges *set) PXE_MUST_CHECK;

/* Content-Range of one part: "bytes 5-9/100". */
void pxe_range_put_one(struct pxe_str *s, const struct pxe_range *range,
		       uint64_t size_bytes);

/* Content-Type of several parts; `boundary` is by chance, so that no file has
 * it. */
void pxe_range_put_type(struct pxe_str *s, uint64_t boundary);

/*
 * What stands before part `i` of `set`, whose octets have the media type
 * `type`; before set->n: the end.  `s` has room for PXE_RANGE_HEAD_TEXT.
 */
void pxe_range_put_head(struct pxe_str *s, uint64_t boundary, const char *type,
			const struct pxe_ranges *set, size_t i,
			uint64_t size_bytes);

/* How many octets such a body has, with the parts. */
uint64_t pxe_range_body_bytes(uint64_t boundary, const char *type,
			      const struct pxe_ranges *set,
			      uint64_t size_bytes);

#endif
