/* SPDX-License-Identifier: ISC */
/*
 * Text in buffers of fixed size, and numbers in text.
 *
 * A pxe_str is a NUL-terminated text under construction in the caller's
 * buffer.  What does not fit is cut at the end, `cut` is set for good, and the
 * text stays NUL-terminated.  No function here looks at the locale.
 */
#ifndef PXE_BASE_STR_H
#define PXE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct pxe_str {
	char *buf;  /* the caller's; NUL-terminated at every moment */
	size_t len; /* characters without the NUL */
	size_t cap; /* octets of buf, at least 1 */
	bool cut;   /* something did not fit */
};

/* Starts an empty text in `cap` >= 1 octets at `buf`. */
void pxe_str_init(struct pxe_str *s, char *buf, size_t cap);

/* Appends one character, a NUL-terminated text, `n` characters, or a format. */
void pxe_str_putc(struct pxe_str *s, char c);
void pxe_str_puts(struct pxe_str *s, const char *text);
void pxe_str_putn(struct pxe_str *s, const char *text, size_t n);
void pxe_str_putf(struct pxe_str *s, const char *fmt, ...) PXE_PRINTF(2, 3);
/* Appends a number in decimal: what "%llu" does, in less time. */
void pxe_str_put_u64(struct pxe_str *s, uint64_t value);

/* Appends a number of octets for people, rounded down: "999 B", "54.0 MB". */
void pxe_str_put_bytes(struct pxe_str *s, uint64_t bytes);

/*
 * Appends `n` octets that came from the network so that they can be shown to
 * a person: printable ASCII as it is, backslash doubled, all else as \xHH.
 */
void pxe_str_put_escaped(struct pxe_str *s, const void *bytes, size_t n);

/* Appends `n` octets as lower-case hex, with `sep` between them (0: none). */
void pxe_str_put_hex(struct pxe_str *s, const void *bytes, size_t n, char sep);

/*
 * Copies `src` to `dst` of `cap` >= 1 octets, cut to fit, NUL-terminated.
 * Returns false if it was cut.
 */
bool pxe_str_copy(char *dst, size_t cap, const char *src);

/*
 * The whole of `text` as a decimal number from `min` to `max`.
 * 0, -EINVAL (no digits, sign, spaces, something behind), -ERANGE.
 */
int pxe_str_to_u32(const char *text, uint32_t min, uint32_t max,
		   uint32_t *value) PXE_MUST_CHECK;
int pxe_str_to_u64(const char *text, uint64_t min, uint64_t max,
		   uint64_t *value) PXE_MUST_CHECK;

/*
 * Pairs of hex digits from `text`, with or without one ':' or '-' between
 * the pairs, to at most `cap` octets at `out`.
 * The number of octets, -EINVAL (not hex, a lone digit), -ENOSPC.
 */
int pxe_str_to_bytes(const char *text, size_t cap, uint8_t *out) PXE_MUST_CHECK;

/* Value of one hex digit, or -1. */
int pxe_hex_digit(char c);

/* Is `c` an ASCII letter or digit? */
bool pxe_is_alnum(char c);

/* Does `text` begin with `prefix`? */
bool pxe_str_has_prefix(const char *text, const char *prefix);

#endif
