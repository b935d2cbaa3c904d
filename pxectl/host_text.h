/* SPDX-License-Identifier: ISC */
/*
 * The text of host sections: what `pxectl host` puts into hosts.conf and takes
 * out of it.  Pure; run/conf_load checks what comes of it before it counts.
 */
#ifndef PXECTL_HOST_TEXT_H
#define PXECTL_HOST_TEXT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/* A section that is to be; NULL: it has no such option. */
struct pxe_host_text {
	const char *name;
	const char *id_key, *id; /* "mac", "uuid" or "client-id" */
	const char *address, *boot;
	const char *groups; /* words with commas between */
};

/*
 * Appends a section to `out`, behind a text of `len` octets: on a line of its
 * own, with an empty one before it.
 * 0, -EINVAL (a control character in a value).
 */
int pxe_host_text_put(struct pxe_str *out, const char *text, size_t len,
		      const struct pxe_host_text *host) PXE_MUST_CHECK;

/*
 * Finds the section of the host `name` in a configuration file of `len`
 * octets: from the first octet of its line to behind the newline after its
 * closing brace, as far as nothing else stands there.  What is commented out
 * is no section.
 * 0; -ENOENT: it is not there, or its title is written in another way.
 */
int pxe_host_text_find(const char *text, size_t len, const char *name,
		       size_t *start, size_t *end) PXE_MUST_CHECK;

#endif
