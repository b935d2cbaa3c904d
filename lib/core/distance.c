/* SPDX-License-Identifier: ISC */
#include "core/distance.h"

#include <string.h>

size_t pxe_distance(const char *a, const char *b)
{
	size_t rows[3][PXE_DISTANCE_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	const size_t n = strlen(a), m = strlen(b);

	if (n > PXE_DISTANCE_MAX || m > PXE_DISTANCE_MAX)
		return PXE_DISTANCE_MAX + 1;
	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}
