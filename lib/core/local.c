/* SPDX-License-Identifier: ISC */
#include "core/local.h"

#include <stddef.h>

/* UEFI 2.10 section 3.5.1.1, and what came later. */
static const char *const efi_names[PXE_N_FAMILIES] = {
	[PXE_FAMILY_UEFI] = "BOOTX64.EFI",
	[PXE_FAMILY_IA32] = "BOOTIA32.EFI",
	[PXE_FAMILY_AA64] = "BOOTAA64.EFI",
	[PXE_FAMILY_ARM32] = "BOOTARM.EFI",
	[PXE_FAMILY_IA64] = "BOOTIA64.EFI",
	[PXE_FAMILY_RV32] = "BOOTRISCV32.EFI",
	[PXE_FAMILY_RV64] = "BOOTRISCV64.EFI",
	[PXE_FAMILY_RV128] = "BOOTRISCV128.EFI",
	[PXE_FAMILY_LA32] = "BOOTLOONGARCH32.EFI",
	[PXE_FAMILY_LA64] = "BOOTLOONGARCH64.EFI",
};

const char *pxe_local_efi_name(enum pxe_family family)
{
	return efi_names[family];
}

void pxe_local_find(const struct pxe_conf *conf,
		    const struct pxe_conf_host *host,
		    const struct pxe_conf_target *target, bool is_uefi,
		    struct pxe_conf_local *out)
{
	const struct pxe_conf_local *const says[] = {
		target != NULL ? &target->local : NULL,
		host != NULL ? &host->local : NULL,
		&conf->local,
	};

	*out = (struct pxe_conf_local) { .method = PXE_LOCAL_NONE, .file = "" };
	for (size_t i = 0; i < PXE_LEN(says); i++) {
		if (says[i] == NULL)
			continue;
		if (out->method == PXE_LOCAL_NONE)
			out->method = says[i]->method;
		if (out->drive == 0)
			out->drive = says[i]->drive;
		if (out->file[0] == '\0' && says[i]->file != NULL)
			out->file = says[i]->file;
	}
	if (out->method == PXE_LOCAL_NONE)
		out->method = is_uefi ? conf->local_uefi : conf->local_bios;
	if (out->method == PXE_LOCAL_NONE)
		out->method = PXE_LOCAL_AUTO;
	if (out->drive == 0)
		out->drive = 1;
}

bool pxe_local_is_silent(const struct pxe_conf *conf,
			 const struct pxe_conf_host *host,
			 const struct pxe_conf_target *target,
			 enum pxe_family family, enum pxe_mode mode)
{
	struct pxe_conf_local local;

	pxe_local_find(conf, host, target, efi_names[family] != NULL, &local);
	return local.method == PXE_LOCAL_SILENT ||
	       (local.method == PXE_LOCAL_AUTO && mode == PXE_MODE_PROXY);
}
