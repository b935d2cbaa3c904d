/* SPDX-License-Identifier: ISC */
/*
 * dnsmasq's lease file: a line a lease, "EXPIRY HARDWARE ADDRESS NAME ID".
 * Pure.
 */
#ifndef PXECTL_LEASE_DNSMASQ_H
#define PXECTL_LEASE_DNSMASQ_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "pxectl/lease_list.h"

/* As pxe_lease_isc_parse(). */
int pxe_lease_dnsmasq_parse(const char *text, size_t size, int64_t now_s,
			    struct pxe_lease_list *list) PXE_MUST_CHECK;

#endif
