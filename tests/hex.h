/* SPDX-License-Identifier: ISC */
/*
 * Packets as text: pairs of hex digits, blanks anywhere between pairs, '#'
 * begins a comment.  For the vectors and the corpora; see
 * tests/vectors/README.
 */
#ifndef PXE_TESTS_HEX_H
#define PXE_TESTS_HEX_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

/*
 * Reads the packet in the open file to `buf` of `cap`.
 * The number of octets, or -EBADMSG (not hex), -ENOSPC.
 */
static inline int hex_read(FILE *file, uint8_t *buf, size_t cap)
{
	int c, high = -1;
	size_t n = 0;

	while ((c = getc(file)) != EOF) {
		int digit = pxe_hex_digit((char)c);

		if (c == '#') {
			while ((c = getc(file)) != EOF && c != '\n')
				;
		} else if (digit >= 0 && high < 0) {
			high = digit;
		} else if (digit >= 0) {
			if (n == cap)
				return -ENOSPC;
			buf[n++] = (uint8_t)(high << 4 | digit);
			high = -1;
		} else if (high >= 0 || (c != ' ' && c != '\n' && c != '\t')) {
			return -EBADMSG;
		}
	}
	return high < 0 ? (int)n : -EBADMSG;
}

#endif
