/* SPDX-License-Identifier: ISC */
/*
 * The guard: reads every octet that a client sends, and lets only exact
 * requests for a file through: RFC 9112 without its leniency, GET and HEAD, no
 * body.  Pure: octets in, verdicts out.
 */
#ifndef PXE_HTTPD_GUARD_H
#define PXE_HTTPD_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_GUARD_MAX_HEADER (16 * 1024) /* octets with the request line */
#define PXE_GUARD_MAX_TARGET (8 * 1024)  /* octets of the request target */
#define PXE_GUARD_MAX_LINES  100         /* header fields */

#define PXE_GUARD_LINE_TEXT  160 /* of the request line, kept for the log */
#define PXE_GUARD_NAME_TEXT  20  /* longest field name that matters */
#define PXE_GUARD_VALUE_TEXT 288 /* longest value that matters */

enum pxe_guard_verdict {
	PXE_GUARD_MORE,    /* so far so good */
	PXE_GUARD_REQUEST, /* this octet ended a good request */
	PXE_GUARD_REFUSED, /* not a request to answer: see status and why */
	PXE_GUARD_IGNORED, /* behind the last request of the connection */
};

struct pxe_guard {
	uint8_t state;
	bool is_http11;
	bool is_head, is_other; /* the method; neither: GET */
	bool wants_close;       /* the present or last request ends it all */
	bool says_close, says_keep; /* Connection: */
	bool has_host, has_length;
	uint16_t n_lines;
	uint32_t n_octets; /* of the present request */
	uint32_t n_target;

	uint16_t status; /* after REFUSED: 400, 405, 414, 431, 505 */
	const char *why; /* after REFUSED: one phrase */

	/* as far as they fit; a length is that of the whole */
	char line[PXE_GUARD_LINE_TEXT];
	size_t n_line;
	char name[PXE_GUARD_NAME_TEXT]; /* a field's, lower case */
	size_t n_name;
	char value[PXE_GUARD_VALUE_TEXT]; /* method, version, a field's value */
	size_t n_value;
};

/* Starts at the first octet of a connection. */
void pxe_guard_init(struct pxe_guard *guard);

/*
 * Takes one octet.  After REFUSED and IGNORED nothing but the same follows.
 */
enum pxe_guard_verdict pxe_guard_step(struct pxe_guard *guard, uint8_t octet);

/* Is a request begun but not ended? */
bool pxe_guard_is_inside(const struct pxe_guard *guard);

/* The request line for the log, NUL-terminated, cut; not escaped. */
const char *pxe_guard_line(const struct pxe_guard *guard);

/* Is "name", "name:port", "1.2.3.4:80", "[::1]:80" a valid Host?  "::1" is not,
 * by RFC 3986, but is taken for one. */
bool pxe_guard_is_host(const char *text, size_t len);

#endif
