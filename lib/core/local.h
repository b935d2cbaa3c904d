/* SPDX-License-Identifier: ISC */
/*
 * How a machine is left to its own disk.  Firmware differs: a UEFI that gets
 * control back opens its setup, or goes on to its next boot entry, by how its
 * loader ended; a BIOS goes on, or stops.
 */
#ifndef PXE_CORE_LOCAL_H
#define PXE_CORE_LOCAL_H

#include <stdbool.h>

#include "core/conf.h"

/*
 * What is in force for a machine: what the target says goes before what the
 * host says, and that before what boot.conf says for all.  `target` and `host`
 * may be NULL.  `out` gets a method that is not NONE, a drive from 1 and a
 * file, "" where nobody named one.
 */
void pxe_local_find(const struct pxe_conf *conf,
		    const struct pxe_conf_host *host,
		    const struct pxe_conf_target *target, bool is_uefi,
		    struct pxe_conf_local *out);

/*
 * Is a machine of that family whose target is `target` (LOCAL) offered nothing
 * to boot?  `mode` is that of its subnet.  AUTO: where another server gives it
 * its address, so that it needs nothing of us.
 */
bool pxe_local_is_silent(const struct pxe_conf *conf,
			 const struct pxe_conf_host *host,
			 const struct pxe_conf_target *target,
			 enum pxe_family family, enum pxe_mode mode);

/* The name of the loader that EFI looks for on disks: "BOOTX64.EFI"; NULL: not
 * of a family with EFI. */
const char *pxe_local_efi_name(enum pxe_family family);

#endif
