/* SPDX-License-Identifier: ISC */
/*
 * The lease file of ISC dhcpd, dhcpd.leases(5): a log of records, of which the
 * last one of an address counts.  Pure.
 */
#ifndef PXECTL_LEASE_ISC_H
#define PXECTL_LEASE_ISC_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/lease.h"
#include "pxectl/lease_list.h"

#define PXE_LEASE_ISC_TEXT 4096 /* octets that any lease needs, with NUL */

/*
 * Reads `size` octets into `list`.  A record that makes no sense is noted
 * there and the next one is read.  0, -ENOMEM.
 */
int pxe_lease_isc_parse(const char *text, size_t size, int64_t now_s,
			struct pxe_lease_list *list) PXE_MUST_CHECK;

/*
 * Appends a lease as ISC dhcpd reads it.  What its format has no place for
 * (a key that is neither address nor identifier, whether it booted, the
 * circuit) stands in variables that it carries along; _parse reads them.
 */
void pxe_lease_isc_put(struct pxe_str *out, const struct pxe_lease *lease,
		       int64_t now_s);

#endif
