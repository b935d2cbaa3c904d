/* SPDX-License-Identifier: ISC */
/*
 * Conditional requests (RFC 9110 section 13): versions of a file, and whether
 * a client already has the one that there is.  Pure.
 */
#ifndef PXE_HTTPD_COND_H
#define PXE_HTTPD_COND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_COND_ETAG_TEXT 20
#define PXE_COND_DATE_TEXT 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */

/* What tells two versions of a file apart: who replaces it may keep its size
 * and give it any time of change, but neither inode nor ctime. */
struct pxe_cond_file {
	uint64_t size_bytes;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
	uint64_t dev, ino;
};

/* A version of a file as the client is told of it. */
struct pxe_cond_version {
	char etag[PXE_COND_ETAG_TEXT]; /* strong, with its quotes */
	int64_t mtime_s;
};

/* The fields of a request; NULL: not there. */
struct pxe_cond_fields {
	const char *if_match, *if_unmodified_since;
	const char *if_none_match, *if_modified_since;
	const char *if_range;
};

enum pxe_cond_result {
	PXE_COND_SEND,         /* go on */
	PXE_COND_NOT_MODIFIED, /* 304 */
	PXE_COND_FAILED,       /* 412 */
};

/* The version of a file at `now_s`, beyond which no time of change is told
 * (section 8.8.2.1). */
void pxe_cond_version(const struct pxe_cond_file *file, int64_t now_s,
		      struct pxe_cond_version *version);

/* Section 13.2.2, all but If-Range. */
enum pxe_cond_result pxe_cond_check(const struct pxe_cond_version *version,
				    const struct pxe_cond_fields *fields)
	PXE_MUST_CHECK;

/* Is the Range field to be looked at (section 13.1.5)? */
bool pxe_cond_is_range(const struct pxe_cond_version *version,
		       const struct pxe_cond_fields *fields);

/* Writes a time as an IMF-fixdate to `cap` >= PXE_COND_DATE_TEXT octets. */
void pxe_cond_date_format(int64_t time_s, char *text, size_t cap);

/* The same as "2001-09-09T01:46:40Z", and as logs of web servers have it:
 * "09/Sep/2001:01:46:40 +0000". */
void pxe_cond_date_iso(int64_t time_s, char *text, size_t cap);
void pxe_cond_date_log(int64_t time_s, char *text, size_t cap);

/* Reads one of the three forms of RFC 9110 section 5.6.7.  0, -EINVAL. */
int pxe_cond_date_parse(const char *text, int64_t *time_s) PXE_MUST_CHECK;

#endif
