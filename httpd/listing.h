/* SPDX-License-Identifier: ISC */
/*
 * Listings of directories as text, a row at a time: HTML for people and for
 * `wget -r`, JSON for programs.  Pure.
 *
 * Names are any octets.  In a link all but letters, digits and "-._~" are
 * encoded (RFC 3986 section 2.1), so that no name is an address; as text they
 * are UTF-8 with what is not replaced by U+FFFD, and without markup.
 */
#ifndef PXE_HTTPD_LISTING_H
#define PXE_HTTPD_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Room for one call: a path of 1024 octets in the worst case. */
#define PXE_LISTING_TEXT (16 * 1024)

enum pxe_listing_kind { PXE_LISTING_HTML, PXE_LISTING_JSON };

struct pxe_listing_entry {
	const char *name; /* without a slash */
	bool is_dir;
	uint64_t size_bytes; /* of a file */
	int64_t mtime_s;
};

/* What stands before the rows of the directory `path`: "" the root, "a/b". */
void pxe_listing_put_head(struct pxe_str *s, enum pxe_listing_kind kind,
			  const char *path);

/* One row. */
void pxe_listing_put_row(struct pxe_str *s, enum pxe_listing_kind kind,
			 const struct pxe_listing_entry *entry, bool is_first);

/* What stands behind the rows; `is_cut`: there are more than were listed. */
void pxe_listing_put_tail(struct pxe_str *s, enum pxe_listing_kind kind,
			  bool is_cut);

/* The media type of such a text. */
const char *pxe_listing_type(enum pxe_listing_kind kind);

/* The one that the Accept field (NULL: none) asks for: JSON for who wants that
 * and no HTML. */
enum pxe_listing_kind pxe_listing_kind_of(const char *accept);

/* A path as part of a URL: slashes stay. */
void pxe_listing_put_url(struct pxe_str *s, const char *path);

/* Directories first, each in the order of their octets; for qsort(). */
int pxe_listing_compare(const void *a, const void *b);

#endif
