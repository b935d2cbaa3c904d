/* SPDX-License-Identifier: ISC */
#include "core/arch.h"

#include <errno.h>
#include <string.h>

/* clang-format off */
#define F(id) PXE_FAMILY_##id

/* Values are the index: pxe_arch_find() and a unit test rely on it. */
static const struct pxe_arch rows[] = {
	{  0, "x86 BIOS",                               F(BIOS),   false },
	{  1, "NEC/PC98",                               F(NONE),   false },
	{  2, "Itanium",                                F(IA64),   false },
	{  3, "DEC Alpha",                              F(NONE),   false },
	{  4, "Arc x86",                                F(NONE),   false },
	{  5, "Intel Lean Client",                      F(NONE),   false },
	{  6, "x86 UEFI",                               F(IA32),   false },
	{  7, "x64 UEFI",                               F(UEFI),   false },
	{  8, "EFI Xscale",                             F(NONE),   false },
	/* RFC 4578 had 7 and 9 swapped until erratum 2016: x64 sends 9 too */
	{  9, "EBC",                                    F(UEFI),   false },
	{ 10, "ARM 32-bit UEFI",                        F(ARM32),  false },
	{ 11, "ARM 64-bit UEFI",                        F(AA64),   false },
	{ 12, "PowerPC Open Firmware",                  F(PPC),    false },
	{ 13, "PowerPC ePAPR",                          F(PPC),    false },
	{ 14, "POWER OPAL v3",                          F(OPAL),   false },
	{ 15, "x86 UEFI boot from HTTP",                F(IA32),   true  },
	{ 16, "x64 UEFI boot from HTTP",                F(UEFI),   true  },
	{ 17, "EBC boot from HTTP",                     F(UEFI),   true  },
	{ 18, "ARM UEFI 32 boot from HTTP",             F(ARM32),  true  },
	{ 19, "ARM UEFI 64 boot from HTTP",             F(AA64),   true  },
	{ 20, "PC/AT BIOS boot from HTTP",              F(BIOS),   true  },
	{ 21, "ARM 32 U-Boot",                          F(UB32),   false },
	{ 22, "ARM 64 U-Boot",                          F(UB64),   false },
	{ 23, "ARM U-Boot 32 boot from HTTP",           F(UB32),   true  },
	{ 24, "ARM U-Boot 64 boot from HTTP",           F(UB64),   true  },
	{ 25, "RISC-V 32-bit UEFI",                     F(RV32),   false },
	{ 26, "RISC-V 32-bit UEFI boot from HTTP",      F(RV32),   true  },
	{ 27, "RISC-V 64-bit UEFI",                     F(RV64),   false },
	{ 28, "RISC-V 64-bit UEFI boot from HTTP",      F(RV64),   true  },
	{ 29, "RISC-V 128-bit UEFI",                    F(RV128),  false },
	{ 30, "RISC-V 128-bit UEFI boot from HTTP",     F(RV128),  true  },
	{ 31, "s390 Basic",                             F(S390),   false },
	{ 32, "s390 Extended",                          F(S390),   false },
	{ 33, "MIPS 32-bit UEFI",                       F(MIPS32), false },
	{ 34, "MIPS 64-bit UEFI",                       F(MIPS64), false },
	{ 35, "Sunway 32-bit UEFI",                     F(SW32),   false },
	{ 36, "Sunway 64-bit UEFI",                     F(SW64),   false },
	{ 37, "LoongArch 32-bit UEFI",                  F(LA32),   false },
	{ 38, "LoongArch 32-bit UEFI boot from HTTP",   F(LA32),   true  },
	{ 39, "LoongArch 64-bit UEFI",                  F(LA64),   false },
	{ 40, "LoongArch 64-bit UEFI boot from HTTP",   F(LA64),   true  },
	{ 41, "ARM rpiboot",                            F(RPI),    false },
};
#undef F
/* clang-format on */

static const struct {
	const char *name, *text;
} families[PXE_N_FAMILIES] = {
#define X(id, name, text) [PXE_FAMILY_##id] = { name, text },
	PXE_FAMILIES(X)
#undef X
};

const struct pxe_arch *pxe_arch_rows(size_t *n)
{
	*n = PXE_LEN(rows);
	return rows;
}

const struct pxe_arch *pxe_arch_find(uint16_t value)
{
	return value < PXE_LEN(rows) ? &rows[value] : NULL;
}

const char *pxe_arch_name(uint16_t value)
{
	const struct pxe_arch *arch = pxe_arch_find(value);

	if (value == PXE_ARCH_NONE)
		return "none";
	return arch != NULL ? arch->name : "unknown";
}

enum pxe_family pxe_arch_family(uint16_t value)
{
	const struct pxe_arch *arch = pxe_arch_find(value);

	return arch != NULL ? arch->family : PXE_FAMILY_NONE;
}

bool pxe_family_is_uefi(enum pxe_family family)
{
	switch (family) {
	case PXE_FAMILY_NONE:
	case PXE_FAMILY_BIOS:
	case PXE_FAMILY_PPC:
	case PXE_FAMILY_OPAL:
	case PXE_FAMILY_UB32:
	case PXE_FAMILY_UB64:
	case PXE_FAMILY_S390:
	case PXE_FAMILY_RPI:
	case PXE_N_FAMILIES:
		return false;
	default:
		return true;
	}
}

bool pxe_arch_is_http(uint16_t value)
{
	const struct pxe_arch *arch = pxe_arch_find(value);

	return arch != NULL && arch->is_http;
}

uint16_t pxe_arch_pick(const uint16_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pxe_arch_find(values[i]) != NULL)
			return values[i];
	return n > 0 ? values[0] : PXE_ARCH_NONE;
}

uint16_t pxe_arch_from_vendor_class(const char *vendor_class, size_t len)
{
	static const char *const heads[] = { "PXEClient:Arch:",
					     "HTTPClient:Arch:" };
	const size_t digits = 5;

	for (size_t i = 0; i < PXE_LEN(heads); i++) {
		size_t head = strlen(heads[i]);
		uint32_t value = 0;
		size_t at;

		if (len < head + digits ||
		    memcmp(vendor_class, heads[i], head) != 0)
			continue;
		for (at = head; at < head + digits; at++) {
			char c = vendor_class[at];

			if (c < '0' || c > '9')
				break;
			value = value * 10 + (uint32_t)(c - '0');
		}
		if (at == head + digits && value < PXE_ARCH_NONE)
			return (uint16_t)value;
	}
	return PXE_ARCH_NONE;
}

const char *pxe_family_name(enum pxe_family family)
{
	return families[family].name;
}

const char *pxe_family_text(enum pxe_family family)
{
	return families[family].text;
}

int pxe_family_from_name(const char *name)
{
	for (int i = PXE_FAMILY_NONE + 1; i < PXE_N_FAMILIES; i++)
		if (strcmp(families[i].name, name) == 0)
			return i;
	return -ENOENT;
}
