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
#include <string.h>
#include <unistd.h>

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

/*
 * Opens tests/vectors/NAME.hex: below the current directory, else below the
 * one that has the build directory of this program in it.
 */
static inline FILE *hex_open_vector(const char *name)
{
	const int n_up = 4; /* B/tests/unit/PROGRAM */
	char path[4096], exe[3072];
	ssize_t n;
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/vectors/%s.hex", name);
	file = fopen(path, "r");
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (file != NULL || n < 0)
		return file;
	exe[n] = '\0';
	for (int i = 0; i < n_up && strrchr(exe, '/') != NULL; i++)
		*strrchr(exe, '/') = '\0';
	(void)snprintf(path, sizeof(path), "%s/tests/vectors/%s.hex", exe,
		       name);
	return fopen(path, "r");
}

/* The octets of tests/vectors/NAME.hex.  Their number, -ENOENT or as above. */
static inline int hex_read_vector(const char *name, uint8_t *buf, size_t cap)
{
	FILE *file = hex_open_vector(name);
	int n;

	if (file == NULL)
		return -ENOENT;
	n = hex_read(file, buf, cap);
	fclose(file);
	return n;
}

#endif
