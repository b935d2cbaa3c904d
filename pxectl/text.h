/* SPDX-License-Identifier: ISC */
/*
 * Small texts for people: cleaned words, times, sizes, bars.  Everything that
 * came from the network or a file passes pxe_text_clean() before a terminal
 * sees it.
 */
#ifndef PXECTL_TEXT_H
#define PXECTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define PXE_TEXT_SHORT 32 /* octets that any age, size or time needs */

/*
 * Appends `text` so that a terminal only prints it: control characters,
 * octets that are not UTF-8 and characters that change the direction of
 * writing become \xHH.  Without `utf8` so does all beyond ASCII.
 */
void pxe_text_clean(struct pxe_str *out, const char *text, bool utf8);

/* The columns that a cleaned text takes on a terminal. */
size_t pxe_text_width(const char *text);

/* Octets of the longest beginning of a cleaned text within `width` columns. */
size_t pxe_text_fit(const char *text, size_t width);

/* "42s", "3m12s", "5h03m", "12d"; a negative age is "0s". */
void pxe_text_age(int64_t seconds, char *text, size_t cap);

/* "812 B", "12.3 MB" (powers of ten). */
void pxe_text_bytes(uint64_t bytes, char *text, size_t cap);

/* Local time: "2026-11-21 22:16:05"; "-" for 0. */
void pxe_text_time(int64_t seconds, char *text, size_t cap);

/* Local time of the day: "22:16:05". */
void pxe_text_clock(int64_t seconds, char *text, size_t cap);

/* Percent of `bytes` in `total`, at most 100; -1 where total is 0. */
int pxe_text_percent(uint64_t bytes, uint64_t total);

/* Appends a bar of `width` columns that is filled to `percent` (0..100). */
void pxe_text_bar(struct pxe_str *out, int percent, size_t width, bool utf8);

#endif
