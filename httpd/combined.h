/* SPDX-License-Identifier: ISC */
/*
 * A request as a line of the combined log format, as Apache's httpd and nginx
 * write it:
 *
 *	10.0.0.7 - - [09/Sep/2001:01:46:40 +0000] "GET /linux HTTP/1.1" 200
 *	8124032 "-" "iPXE/1.0.0"
 *
 * Nothing that a client sends ends a field or the line; tokens of boot sessions
 * are cut.  Pure.
 */
#ifndef PXE_HTTPD_COMBINED_H
#define PXE_HTTPD_COMBINED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define PXE_COMBINED_TEXT 4096 /* longer fields are cut */

struct pxe_combined {
	const char *peer;
	int64_t time_s;
	/* the request line is that of the client as it came, or made of these
	 */
	const char *line; /* NULL */
	const char *method, *target, *version;
	int status;
	uint64_t n_bytes;            /* of the body */
	const char *referer, *agent; /* NULL: not there */
};

/* Writes the line with its LF to `s`, of PXE_COMBINED_TEXT octets. */
void pxe_combined_put(struct pxe_str *s, const struct pxe_combined *request);

#endif
