/* SPDX-License-Identifier: ISC */
/*
 * Machine UUIDs.  Kept as the sixteen octets that option 97 carries, which is
 * the little-endian GUID order of SMBIOS: the first three fields are swapped
 * against the printed form.
 */
#ifndef PXE_BASE_UUID_H
#define PXE_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_UUID_BYTES 16
#define PXE_UUID_TEXT 37 /* 36 characters and NUL */

struct pxe_uuid {
	uint8_t b[PXE_UUID_BYTES]; /* as in option 97, after its type */
};

/*
 * Does this UUID identify one machine?  All-zero, all-FF and the defaults that
 * vendors left in whole series of boards do not.
 */
bool pxe_uuid_is_unique(const struct pxe_uuid *u);

/* Writes the printed form, lower case, to `cap` >= PXE_UUID_TEXT octets. */
void pxe_uuid_format(const struct pxe_uuid *u, char *text, size_t cap);

/* Reads the printed form, with dashes, any case.  0, -EINVAL. */
int pxe_uuid_parse(const char *text, struct pxe_uuid *u) PXE_MUST_CHECK;

#endif
