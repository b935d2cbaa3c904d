/* SPDX-License-Identifier: ISC */
/*
 * A table on a terminal that is drawn again and again, with lines that scroll
 * above it.  Where there is no terminal, only the lines.
 */
#ifndef PXECTL_SCREEN_H
#define PXECTL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "pxectl/follow.h"
#include "pxectl/table.h"

enum pxe_tint { PXE_TINT_NONE, PXE_TINT_GOOD, PXE_TINT_BAD, PXE_TINT_FAINT };

struct pxe_screen {
	bool is_live, has_color;
	struct pxe_table_style style;
	size_t height;
	size_t n_drawn; /* lines of the table on the screen */
};

/* Finds out what standard output is. */
void pxe_screen_init(struct pxe_screen *screen,
		     const struct pxe_table_style *style);

/* Takes the table off the screen. */
void pxe_screen_clear(struct pxe_screen *screen);

/* A line for good; `text` is clean. */
void pxe_screen_line(struct pxe_screen *screen, enum pxe_tint tint,
		     const char *text);

/* Draws the table of the boots of the last hour. */
void pxe_screen_draw(struct pxe_screen *screen, const struct pxe_follow *follow,
		     int64_t now_ms);

/*
 * What a line or a table says about a transfer: octets, total, bar, percent;
 * appends nothing where nothing was sent.
 */
void pxe_screen_put_transfer(struct pxe_str *out, uint64_t bytes,
			     uint64_t total_bytes, bool utf8);

/*
 * "###.... 42% of 129.0 MB, 54.0 MB/s, 3s left", with a bar of `bar` columns;
 * `is_short`: "###.... 42%, 3s, 54.0 MB/s".
 */
void pxe_screen_put_meter(struct pxe_str *out, const struct pxe_meter *meter,
			  int64_t now_ms, size_t bar, bool is_short, bool utf8);

#endif
