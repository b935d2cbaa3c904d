/* SPDX-License-Identifier: ISC */
#include "pxectl/loader_table.h"

#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#define THIS_MACHINE "amd64"
#elif defined(__aarch64__)
#define THIS_MACHINE "arm64"
#else
#define THIS_MACHINE "other"
#endif

#define IPXE     "/usr/lib/ipxe/"
#define SYSLINUX "/usr/lib/syslinux/modules/bios/"
#define SHIM     "/usr/lib/shim/"
#define GRUB     "/usr/lib/grub/"

/* clang-format off */
#define MAIN(family)  PXE_FAMILY_##family, PXE_LOADER_MAIN
#define OTHER(family) PXE_FAMILY_##family, PXE_LOADER_OTHER
#define PART(family)  PXE_FAMILY_##family, PXE_LOADER_PART

/*
 * The iPXE of Debian 12 knows BIOS and x64 UEFI only; the other machines boot
 * by GRUB.  shim asks for grub<machine>.efi and mm<machine>.efi beside itself,
 * and PXELINUX for its modules.  memdisk is what targets of type "iso" name.
 */
static const struct pxe_loader_row rows[] = {
{ MAIN(BIOS),  "ipxe", "", IPXE "undionly.kpxe", NULL, "undionly.kpxe", "iPXE" },
{ OTHER(BIOS), "pxelinux", "", "/usr/lib/PXELINUX/pxelinux.0", NULL,
  "pxelinux/pxelinux.0", "PXELINUX" },
{ OTHER(BIOS), "pxelinux", "", "/usr/lib/PXELINUX/lpxelinux.0", NULL,
  "pxelinux/lpxelinux.0", "PXELINUX that has HTTP" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "ldlinux.c32", NULL,
  "pxelinux/ldlinux.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "libcom32.c32", NULL,
  "pxelinux/libcom32.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "libutil.c32", NULL,
  "pxelinux/libutil.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "menu.c32", NULL,
  "pxelinux/menu.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "vesamenu.c32", NULL,
  "pxelinux/vesamenu.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "chain.c32", NULL,
  "pxelinux/chain.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "pxechn.c32", NULL,
  "pxelinux/pxechn.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "reboot.c32", NULL,
  "pxelinux/reboot.c32", "" },
{ PART(BIOS),  "syslinux-common", "", SYSLINUX "poweroff.c32", NULL,
  "pxelinux/poweroff.c32", "" },
{ PART(BIOS),  "syslinux-common", "", "/usr/lib/syslinux/memdisk", NULL,
  "memdisk", "" },
{ OTHER(BIOS), "grub-pc-bin", "amd64", GRUB "i386-pc", "i386-pc-pxe",
  "grub/grub.0", "GRUB" },

{ MAIN(UEFI),  "ipxe", "", IPXE "snponly.efi", NULL, "snponly.efi",
  "iPXE with the firmware's driver" },
{ OTHER(UEFI), "ipxe", "", IPXE "ipxe.efi", NULL, "ipxe.efi",
  "iPXE with drivers of its own" },
{ OTHER(UEFI), "shim-signed", "amd64", SHIM "shimx64.efi.signed", NULL,
  "shim/shimx64.efi", "Secure Boot: shim, then GRUB" },
{ PART(UEFI),  "grub-efi-amd64-signed", "amd64",
  GRUB "x86_64-efi-signed/grubnetx64.efi.signed", NULL, "shim/grubx64.efi", "" },
{ PART(UEFI),  "shim-helpers-amd64-signed", "amd64", SHIM "mmx64.efi.signed",
  NULL, "shim/mmx64.efi", "" },
{ OTHER(UEFI), "grub-efi-amd64-bin", "amd64", GRUB "x86_64-efi", "x86_64-efi",
  "grub/grubx64.efi", "GRUB" },

{ MAIN(IA32),  "grub-efi-ia32-bin", "amd64", GRUB "i386-efi", "i386-efi",
  "grub/grubia32.efi", "GRUB" },

{ MAIN(AA64),  "grub-efi-arm64-bin", "arm64", GRUB "arm64-efi", "arm64-efi",
  "grub/grubaa64.efi", "GRUB" },
{ OTHER(AA64), "shim-signed", "arm64", SHIM "shimaa64.efi.signed", NULL,
  "shim/shimaa64.efi", "Secure Boot: shim, then GRUB" },
{ PART(AA64),  "grub-efi-arm64-signed", "arm64",
  GRUB "arm64-efi-signed/grubnetaa64.efi.signed", NULL, "shim/grubaa64.efi", "" },
{ PART(AA64),  "shim-helpers-arm64-signed", "arm64", SHIM "mmaa64.efi.signed",
  NULL, "shim/mmaa64.efi", "" },
};
/* clang-format on */

const struct pxe_loader_row *pxe_loader_rows(size_t *n)
{
	*n = PXE_LEN(rows);
	return rows;
}

const struct pxe_loader_row *pxe_loader_find(enum pxe_family family)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].family == family && rows[i].role == PXE_LOADER_MAIN)
			return &rows[i];
	return NULL;
}

const struct pxe_loader_row *pxe_loader_find_target(const char *target)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (strcmp(rows[i].target, target) == 0)
			return &rows[i];
	return NULL;
}

bool pxe_loader_is_foreign(const struct pxe_loader_row *row)
{
	return row->machine[0] != '\0' &&
	       strcmp(row->machine, THIS_MACHINE) != 0;
}

void pxe_loader_put_package(struct pxe_str *out,
			    const struct pxe_loader_row *row)
{
	pxe_str_puts(out, row->package);
	if (pxe_loader_is_foreign(row))
		pxe_str_putf(out, ":%s", row->machine);
}
