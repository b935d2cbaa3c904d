/* SPDX-License-Identifier: ISC */
/*
 * Addresses inside our subnets that are nobody's to choose: those of this
 * host and of the routers and servers that the configuration names, network
 * and broadcast addresses, and reservations.  Pure.
 */
#ifndef PXE_DHCPD_BLOCKED_H
#define PXE_DHCPD_BLOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/conf.h"

enum pxe_blocked_why {
	PXE_BLOCKED_NO,
	PXE_BLOCKED_NAMED,    /* of a server; nobody gets it who has no host
				 section with it */
	PXE_BLOCKED_RESERVED, /* only its host section's machine gets it */
	PXE_BLOCKED_OWN,      /* this host's or no machine's: nobody gets it */
};

struct pxe_blocked {
	struct pxe_blocked_row {
		uint32_t address;
		enum pxe_blocked_why why;
	} *row; /* by address; owned */
	size_t n;
};

/* Gathers them from a configuration and this host's `own` addresses.
 * 0, -ENOMEM. */
int pxe_blocked_init(struct pxe_blocked *blocked, const struct pxe_conf *conf,
		     const uint32_t *own, size_t n_own) PXE_MUST_CHECK;
void pxe_blocked_done(struct pxe_blocked *blocked);

enum pxe_blocked_why pxe_blocked_find(const struct pxe_blocked *blocked,
				      uint32_t address);

#endif
