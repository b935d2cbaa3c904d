/* SPDX-License-Identifier: ISC */
#include "httpd/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* What the head of a part takes, more or less. */
enum { GAP = 80 };

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

/* Do they overlap, or is the gap between them too small to be worth a part? */
static bool belong_together(const struct pxe_range *a,
			    const struct pxe_range *b)
{
	const struct pxe_range *low = a->first < b->first ? a : b;
	const struct pxe_range *high = low == a ? b : a;

	return high->first <= low->last || high->first - low->last <= GAP;
}

/*
 * Adds `r`, as one with all that it belongs together with, in the place of the
 * first of them (RFC 9110 section 15.3.7.2: in the order of the request).
 */
static void add(struct pxe_ranges *set, struct pxe_range r)
{
	size_t place = set->n, i = 0;

	while (i < set->n) {
		const struct pxe_range *other = &set->range[i];

		if (!belong_together(&r, other)) {
			i++;
			continue;
		}
		if (other->first < r.first)
			r.first = other->first;
		if (other->last > r.last)
			r.last = other->last;
		if (i < place)
			place = i;
		set->n--;
		memmove(&set->range[i], &set->range[i + 1],
			(set->n - i) * sizeof(set->range[0]));
		i = 0; /* what it has become may reach others */
	}
	if (place > set->n)
		place = set->n;
	memmove(&set->range[place + 1], &set->range[place],
		(set->n - place) * sizeof(set->range[0]));
	set->range[place] = r;
	set->n++;
}

enum pxe_range_kind pxe_range_read(const char *value, uint64_t size_bytes,
				   struct pxe_ranges *set)
{
	unsigned n_ranges = 0, n_here = 0;
	const char *p = value;

	set->n = 0;
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
		if (++n_ranges > PXE_RANGE_MAX ||
		    !read_one(&p, size_bytes, &r, &here))
			return PXE_RANGE_WHOLE;
		if (here && ++n_here > 0 && size_bytes > 0)
			add(set, r);
		skip_blanks(&p);
		if (*p != ',' && *p != '\0')
			return PXE_RANGE_WHOLE;
	}
	if (n_ranges == 0 || (n_here > 0 && size_bytes == 0))
		return PXE_RANGE_WHOLE;
	return set->n > 1   ? PXE_RANGE_PARTS
	       : set->n > 0 ? PXE_RANGE_PART
			    : PXE_RANGE_BAD;
}

/* --- several parts, RFC 9110 section 14.6, RFC 2046 section 5.1 -------------
 */

void pxe_range_put_one(struct pxe_str *s, const struct pxe_range *range,
		       uint64_t size_bytes)
{
	pxe_str_putf(s, "bytes %llu-%llu/%llu",
		     (unsigned long long)range->first,
		     (unsigned long long)range->last,
		     (unsigned long long)size_bytes);
}

void pxe_range_put_type(struct pxe_str *s, uint64_t boundary)
{
	pxe_str_putf(s, "multipart/byteranges; boundary=%016llx",
		     (unsigned long long)boundary);
}

void pxe_range_put_head(struct pxe_str *s, uint64_t boundary, const char *type,
			const struct pxe_ranges *set, size_t i,
			uint64_t size_bytes)
{
	pxe_str_putf(s, "%s--%016llx", i > 0 ? "\r\n" : "",
		     (unsigned long long)boundary);
	if (i == set->n) {
		pxe_str_puts(s, "--\r\n");
		return;
	}
	pxe_str_putf(s, "\r\nContent-Type: %s\r\nContent-Range: ", type);
	pxe_range_put_one(s, &set->range[i], size_bytes);
	pxe_str_puts(s, "\r\n\r\n");
}

uint64_t pxe_range_body_bytes(uint64_t boundary, const char *type,
			      const struct pxe_ranges *set, uint64_t size_bytes)
{
	char text[PXE_RANGE_HEAD_TEXT];
	uint64_t n = 0;

	for (size_t i = 0; i <= set->n; i++) {
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		pxe_range_put_head(&s, boundary, type, set, i, size_bytes);
		n += s.len;
		if (i < set->n)
			n += pxe_range_bytes(&set->range[i]);
	}
	return n;
}
