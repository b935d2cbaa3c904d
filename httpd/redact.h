/* SPDX-License-Identifier: ISC */
/*
 * Text for the log and for events, which must not hold the token of a boot
 * session: it is as good as a password while the session lasts.  Pure.
 */
#ifndef PXE_HTTPD_REDACT_H
#define PXE_HTTPD_REDACT_H

#include <stdbool.h>

#include "base/str.h"

#define PXE_REDACT_DIGITS 32 /* of a token */
#define PXE_REDACT_SHOWN  6  /* of them, so that log lines can be matched */

/*
 * Appends `text` as pxe_str_put_escaped() does, with 32 hex digits in a row or
 * more, written as %HH or not, cut to six and '*'.  `quoted`: it is put between
 * quotes, which it must not end.
 */
void pxe_redact_put(struct pxe_str *out, const char *text, bool quoted);

/* Cuts them in `text` itself, and escapes nothing. */
void pxe_redact_cut(char *text);

#endif
