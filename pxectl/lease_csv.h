/* SPDX-License-Identifier: ISC */
/*
 * Leases as CSV (RFC 4180): our own, which carries all that is known of a
 * lease, and Kea's memfile.  The first line names the columns, in any order;
 * columns that are not known are passed over.  Pure.
 */
#ifndef PXECTL_LEASE_CSV_H
#define PXECTL_LEASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/lease.h"
#include "pxectl/lease_list.h"

#define PXE_LEASE_CSV_TEXT 4096 /* octets that any line needs, with NUL */

/* As pxe_lease_isc_parse(): our file, and that of Kea. */
int pxe_lease_csv_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list) PXE_MUST_CHECK;
int pxe_lease_kea_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list) PXE_MUST_CHECK;

/* Appends the line with the names of the columns. */
void pxe_lease_csv_put_head(struct pxe_str *out);

/*
 * Appends the line of a lease.  A cell that a spreadsheet would take for a
 * formula gets an apostrophe in front, which _parse takes away.
 */
void pxe_lease_csv_put(struct pxe_str *out, const struct pxe_lease *lease);

#endif
