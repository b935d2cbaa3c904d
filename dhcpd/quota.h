/* SPDX-License-Identifier: ISC */
/*
 * Which addresses a group of clients holds: those behind one port of a relay
 * (option 82), or those that one hardware address has under several names.
 *
 * Leases end by themselves and nobody tells: so a group keeps the addresses
 * that it ever was given, and when it asks for one more, those that it does
 * not hold any longer are dropped.  A question costs as much as the group is
 * large, whatever others have.  Pure; owns its memory.
 */
#ifndef PXE_DHCPD_QUOTA_H
#define PXE_DHCPD_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct pxe_quota;

/* Does the group still hold the address? */
typedef bool pxe_quota_holds(uint64_t group, uint32_t address, void *arg);

/* `holds` is asked with `arg`.  NULL: no memory. */
struct pxe_quota *pxe_quota_new(pxe_quota_holds *holds,
				void *arg) PXE_MUST_CHECK;
void pxe_quota_free(struct pxe_quota *quota);

/* The group has the address from now on; group 0 is nobody.  0, -ENOMEM. */
int pxe_quota_note(struct pxe_quota *quota, uint64_t group,
		   uint32_t address) PXE_MUST_CHECK;

/* How many addresses the group holds. */
size_t pxe_quota_count(struct pxe_quota *quota, uint64_t group);

#endif
