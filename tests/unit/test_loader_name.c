/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "core/loader_name.h"
#include "unit.h"

START_TEST(loader_name_virtual)
{
	static const struct {
		const char *name;
		uint16_t port;
		enum pxe_family family;
	} rows[] = {
		{ "pxe_loader", 0, PXE_FAMILY_NONE },
		{ "/pxe_loader", 0, PXE_FAMILY_NONE },
		{ "pxe_loader_16000", 16000, PXE_FAMILY_NONE },
		{ "pxe_loader_80", 80, PXE_FAMILY_NONE },
		{ "pxe_loader_65535_bios", 65535, PXE_FAMILY_BIOS },
		{ "pxe_loader_16000_uefi", 16000, PXE_FAMILY_UEFI },
		{ "pxe_loader_aa64", 0, PXE_FAMILY_AA64 },
		{ "/pxe_loader_ia32", 0, PXE_FAMILY_IA32 },
		{ "iventoy_loader_16000", 16000, PXE_FAMILY_NONE },
		{ "iventoy_loader_16000_bios", 16000, PXE_FAMILY_BIOS },
		{ "iventoy_loader_16000_aa64", 16000, PXE_FAMILY_AA64 },
		{ "pxe_loader_la64", 0, PXE_FAMILY_LA64 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_loader_name out = { 9, PXE_FAMILY_RPI };

		ck_assert_msg(pxe_loader_name_parse(rows[i].name, &out) == 0,
			      "%s", rows[i].name);
		ck_assert_uint_eq(out.port, rows[i].port);
		ck_assert_int_eq(out.family, rows[i].family);
	}
}
END_TEST

START_TEST(loader_name_ordinary)
{
	static const char *const names[] = {
		"",
		"/",
		"ipxe.efi",
		"pxe_loade",
		"pxe_loader.efi",
		"pxe_loader_",
		"pxe_loader_16000_",
		"pxe_loader_0",
		"pxe_loader_65536",
		"pxe_loader_160000",
		"pxe_loader_99999999999999999999",
		"pxe_loader_none",
		"pxe_loader_UEFI",
		"pxe_loader_x64",
		"pxe_loader__uefi",
		"pxe_loader_uefi_16000",
		"pxe_loader_16000_uefi_",
		"pxe_loader_16000uefi",
		"pxe_loader16000",
		"//pxe_loader",
		"boot/pxe_loader",
		"xpxe_loader",
	};

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		struct pxe_loader_name out = { 9, PXE_FAMILY_RPI };

		ck_assert_msg(pxe_loader_name_parse(names[i], &out) == -ENOENT,
			      "%s", names[i]);
		ck_assert_uint_eq(out.port, 9);
	}
}
END_TEST

START_TEST(loader_name_every_family)
{
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		char name[64];
		struct pxe_loader_name out;

		snprintf(name, sizeof(name), "pxe_loader_1_%s",
			 pxe_family_name((enum pxe_family)f));
		ck_assert_int_eq(pxe_loader_name_parse(name, &out), 0);
		ck_assert_int_eq((int)out.family, f);
	}
}
END_TEST

UNIT_MAIN("loader_name", loader_name_virtual, loader_name_ordinary,
	  loader_name_every_family)
