/* SPDX-License-Identifier: ISC */
/*
 * What kind of machine a loader is built for, from the first octets of its
 * file: the PE/COFF header that every EFI program has.
 *
 * A file without one is for firmware that starts plain code (BIOS, Open
 * Firmware, ...): which, nobody can tell.  Nothing else of the file is judged.
 */
#ifndef PXE_CORE_PE_H
#define PXE_CORE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/arch.h"

/* As many octets at the beginning of a file are looked at. */
#define PXE_PE_HEAD_BYTES 4096

struct pxe_pe {
	bool is_pe;	  /* has a PE/COFF header: an EFI program */
	bool is_bzimage;  /* has Linux's boot sector: BIOS loaders start it */
	bool is_signed;	  /* has a table of certificates, whoever signed */
	uint16_t machine; /* of the PE/COFF header; 0 where there is none */
};

/*
 * Looks at the first `len` octets of a file, PXE_PE_HEAD_BYTES or all of a
 * shorter one.  What is no PE/COFF header, or is cut, is none.
 */
void pxe_pe_parse(const void *head, size_t len, struct pxe_pe *pe);

/*
 * Can firmware of `family` start a file like this?  EFI starts EFI programs of
 * its machine only; what else there is starts anything that is not one (and
 * U-Boot and the Raspberry Pi also EFI programs of their machine).
 */
bool pxe_pe_fits(const struct pxe_pe *pe,
		 enum pxe_family family) PXE_MUST_CHECK;

/* Does firmware of `family` start EFI programs only? */
bool pxe_pe_is_efi(enum pxe_family family) PXE_MUST_CHECK;

/* What it is built for, a word: "x64", "arm64", "unknown"; "none": no PE. */
const char *pxe_pe_name(const struct pxe_pe *pe);

#endif
