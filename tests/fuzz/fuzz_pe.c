/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the beginning of a loader: what is said of it fits together.
 */
#include <stdlib.h>
#include <string.h>

#include "core/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxe_pe pe;
	int n_efi = 0;

	pxe_pe_parse(data, size, &pe);
	check(pe.is_pe || (pe.machine == 0 && !pe.is_signed));
	check(!pe.is_pe || (size >= 64 && memcmp(data, "MZ", 2) == 0));
	check(!pe.is_bzimage || size >= 0x206);
	check(pe.is_pe == (strcmp(pxe_pe_name(&pe), "none") != 0));
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		enum pxe_family family = (enum pxe_family)f;

		if (pxe_pe_is_efi(family) && pxe_pe_fits(&pe, family))
			n_efi++;
	}
	/* a plain program is for no EFI, and nothing is for all */
	check(pe.is_pe ? n_efi <= 4 : n_efi == 0);
	return 0;
}
