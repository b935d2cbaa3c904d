/* SPDX-License-Identifier: ISC */
/*
 * For a subnet in which every address was leased once: those whose leases
 * ended longest ago.  One search through all leases fills it for many
 * clients; a search that finds nothing is not repeated before something can
 * have changed.  Pure.
 */
#ifndef PXE_DHCPD_REUSE_H
#define PXE_DHCPD_REUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PXE_REUSE_MAX 64

struct pxe_reuse {
	struct {
		uint32_t address;
		int64_t end_s;
	} row[PXE_REUSE_MAX]; /* the lease that ended last comes first */
	size_t n;
	int64_t none_until_s; /* a search before then finds nothing */
};

/* Is it worth while to search? */
bool pxe_reuse_is_due(const struct pxe_reuse *reuse, int64_t now_s);

/* A lease that ended at `end_s`: kept if it is among the oldest. */
void pxe_reuse_add(struct pxe_reuse *reuse, uint32_t address, int64_t end_s);

/* Takes out the address whose lease ended longest ago; false: none left. */
bool pxe_reuse_take(struct pxe_reuse *reuse, uint32_t *address);

#endif
