/* SPDX-License-Identifier: ISC */
/* Passwords of menu items: HTTP's Basic authentication (RFC 7617). */
#ifndef PXE_HTTPD_PASSWORD_H
#define PXE_HTTPD_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#define PXE_PASSWORD_TEXT 256

/*
 * Reads the password of an Authorization field (NULL: there is none) into
 * `password` of PXE_PASSWORD_TEXT octets; the user name does not matter.
 * False: it has none.
 */
bool pxe_password_read(const char *field, char *password);

/*
 * Is it the one that the configuration says: a hash of crypt(3) where that
 * begins with '$', else the text itself?
 */
bool pxe_password_is_right(const char *password, const char *configured);

/* May another one be tried?  Hashes are made to be slow, and guessing is to
 * be.  `bucket`: the caller's, first all 0; `now_ms` of a monotonic clock. */
struct pxe_password_bucket {
	long long since_ms;
	unsigned n;
};
bool pxe_password_may_try(struct pxe_password_bucket *bucket, long long now_ms);

#endif
