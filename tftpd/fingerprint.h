/* SPDX-License-Identifier: ISC */
/*
 * What a request looks like: the options by which programs ask for a file,
 * and their values, differ.  Pure.
 *
 * A hint for the person who reads the log, where nobody knows the machine.
 * No loader is ever chosen by it: it tells BIOS from UEFI at best, and not one
 * UEFI from another.  Who is iPXE by its record must ask like iPXE, too, to be
 * given a script in the place of a loader.
 */
#ifndef PXE_TFTPD_FINGERPRINT_H
#define PXE_TFTPD_FINGERPRINT_H

#include <stdbool.h>

#include "core/arch.h"
#include "wire/tftp.h"

/* Rows: enumerator, word for the log, for people. */
#define PXE_FINGERPRINTS(X)                                                    \
	X(UNKNOWN, "unknown", "nothing that is known")                         \
	X(IPXE, "ipxe", "iPXE")                                                \
	X(EDK2, "edk2", "UEFI firmware")                                       \
	X(UNDI, "undi", "the boot ROM of a BIOS")                              \
	X(SHIM, "shim", "shim, a UEFI program")                                \
	X(GRUB, "grub", "GRUB")                                                \
	X(PXELINUX, "pxelinux", "PXELINUX")                                    \
	X(UBOOT, "u-boot", "U-Boot")

enum pxe_fingerprint {
#define X(id, name, text) PXE_FINGERPRINT_##id,
	PXE_FINGERPRINTS(X)
#undef X
		PXE_N_FINGERPRINTS
};

/* What the options of a request look like. */
enum pxe_fingerprint pxe_fingerprint_find(const struct pxe_tftp_opts *opts);

/* Does it speak against a loader for `family`?  Only as to BIOS or UEFI. */
bool pxe_fingerprint_is_against(enum pxe_fingerprint looks,
				enum pxe_family family);

const char *pxe_fingerprint_name(enum pxe_fingerprint looks);
const char *pxe_fingerprint_text(enum pxe_fingerprint looks);

#endif
