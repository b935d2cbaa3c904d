/* SPDX-License-Identifier: ISC */
/*
 * One event as a line for people: time, seconds of the boot, who, what it is,
 * step, what happened.
 */
#ifndef PXECTL_LINE_H
#define PXECTL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "pxectl/follow.h"
#include "pxectl/screen.h"

#define PXE_LINE_TEXT 2048

/*
 * Writes the line of an event that came at `at_ms`; `followed` may be NULL:
 * nobody known.
 */
void pxe_line_write(const struct pxe_event *event,
		    const struct pxe_followed *followed, int64_t at_ms,
		    bool utf8, char *text, size_t cap);

/* What kind of machine it is: "x64 UEFI"; "?" where it did not say. */
const char *pxe_line_machine(const struct pxe_client *client);

/* Notes on which step the line was that was printed. */
void pxe_line_note(const struct pxe_event *event,
		   struct pxe_followed *followed);

enum pxe_tint pxe_line_tint(const struct pxe_event *event);

#endif
