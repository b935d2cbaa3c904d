/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a Range field: the first eight are the size of the file.  What
 * comes out lies within the file, no octet twice, and of it is all that was
 * asked for; and the body is as long as was said.
 */
#include <stdlib.h>
#include <string.h>

#include "httpd/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char type[] = "application/octet-stream";

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_body(const struct pxe_ranges *set, uint64_t size)
{
	uint64_t n = 0;

	for (size_t i = 0; i <= set->n; i++) {
		char text[PXE_RANGE_HEAD_TEXT];
		struct pxe_str s;

		pxe_str_init(&s, text, sizeof(text));
		pxe_range_put_head(&s, UINT64_MAX, type, set, i, size);
		check(!s.cut);
		n += s.len;
		if (i < set->n)
			n += pxe_range_bytes(&set->range[i]);
	}
	check(pxe_range_body_bytes(UINT64_MAX, type, set, size) == n);
}

static bool is_in(const struct pxe_ranges *set, uint64_t octet)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->range[i].first <= octet && octet <= set->range[i].last)
			return true;
	return false;
}

/* One of the parts that were asked for, all digits, is sent. */
static void check_asked(const char *value, const struct pxe_ranges *set,
			uint64_t size)
{
	char *end;
	unsigned long long first, last;

	if (strncmp(value, "bytes=", 6) != 0 || value[6] < '0' ||
	    value[6] > '9')
		return;
	first = strtoull(value + 6, &end, 10);
	if (first >= size)
		return;
	check(is_in(set, first));
	last = end[0] == '-' ? strtoull(end + 1, &end, 10) : 0;
	if (last > first && last < size)
		check(is_in(set, last));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_ranges set;
	enum pxe_range_kind kind;
	char value[2048];
	uint64_t file = 0;
	size_t len;

	if (size < 8)
		return 0;
	for (int i = 0; i < 8; i++)
		file = file << 8 | data[i];
	file &= INT64_MAX;
	len = size - 8 < sizeof(value) - 1 ? size - 8 : sizeof(value) - 1;
	memcpy(value, data + 8, len);
	value[len] = '\0';
	kind = pxe_range_read(value, file, &set);
	if (kind == PXE_RANGE_WHOLE)
		return 0;
	check(kind == PXE_RANGE_BAD     ? set.n == 0
	      : kind == PXE_RANGE_PART  ? set.n == 1
	      : kind == PXE_RANGE_PARTS ? set.n > 1 && set.n <= PXE_RANGE_MAX
					: false);
	for (size_t i = 0; i < set.n; i++) {
		const struct pxe_range *r = &set.range[i];

		check(r->first <= r->last && r->last < file);
		for (size_t k = 0; k < i; k++)
			check(r->last < set.range[k].first ||
			      r->first > set.range[k].last);
	}
	if (kind != PXE_RANGE_BAD)
		check_asked(value, &set, file);
	check_body(&set, file);
	return 0;
}
