/* SPDX-License-Identifier: ISC */
/* The address that machines are sent to. */
#ifndef PXECTL_OWN_ADDRESS_H
#define PXECTL_OWN_ADDRESS_H

#include <stdint.h>

#include "pxectl/ctl.h"

/*
 * That of --server, else `server-address`, else the only one of the interfaces
 * of pxe.conf.  PXE_CTL_OK, or PXE_CTL_USAGE: told why there is none.
 */
int pxe_ctl_own_address(const struct pxe_ctl *ctl,
			uint32_t *address) PXE_MUST_CHECK;

#endif
