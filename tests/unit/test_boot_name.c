/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/boot_name.h"
#include "unit.h"

static const char *prefixes[] = { "pxe_loader", "iventoy_loader",
				 "pxe_loader_x" };
static const struct pxe_conf conf = {
	.loader_names = prefixes,
	.n_loader_names = PXE_LEN(prefixes),
};

START_TEST(virtual_loader_names)
{
	static const struct {
		const char *name;
		uint16_t port;
		enum pxe_family family;
	} rows[] = {
		{ "pxe_loader", 0, PXE_FAMILY_NONE },
		{ "/pxe_loader", 0, PXE_FAMILY_NONE },
		{ "//pxe_loader", 0, PXE_FAMILY_NONE },
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
		{ "pxe_loader_x", 0, PXE_FAMILY_NONE },
		{ "pxe_loader_x_1_rpi", 1, PXE_FAMILY_RPI },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_boot_name out;

		pxe_boot_name_read(&conf, rows[i].name, &out);
		ck_assert_msg(out.kind == PXE_BOOT_LOADER, "%s", rows[i].name);
		ck_assert_uint_eq(out.port, rows[i].port);
		ck_assert_int_eq(out.family, rows[i].family);
	}
}
END_TEST

START_TEST(ordinary_names)
{
	static const char *const names[] = {
		"",
		"/",
		"boot/",
		"vmlinuz",
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
		"boot/pxe_loader",
		"xpxe_loader",
		"boot/boot.ipxe",
		"boot.ipxe/x",
		"xautoexec.ipxe",
		"autoexec.ipxe.old",
		"mac-.ipxe.cfg",
		"mac-525400123.ipxe.cfg",
		"mac-5254001234.ipxe.cfg",
		"mac-52540012345678.ipxe.cfg",
		"mac-52540012345g.ipxe.cfg",
		"mac-5254001234567890123456789012.ipxe.cfg",
		"mac-525400123456.ipxe",
		"mac-525400123456.ipxe.cfg.old",
		"xmac-525400123456.ipxe.cfg",
		"525400123456.ipxe.cfg",
		"mac-.ipxe.cfg/x",
		"pxelinux.cfg",
		"pxelinux.cfg/",
		"pxelinux.cfg/Default",
		"pxelinux.cfg/default-arm",
		"pxelinux.cfg/0A4D00655",
		"pxelinux.cfg/0a4d0065",
		"pxelinux.cfg/G",
		"pxelinux.cfg/01-52-54-00-12-34-5",
		"pxelinux.cfg/01-52-54-00-12-34-567",
		"pxelinux.cfg/20-52-54-00-12-34-56",
		"pxelinux.cfg/x/default",
		"xpxelinux.cfg/default",
		"default",
		"0A4D0065",
		"grub.cfg.old",
		"grub.cfg-",
		"grub.cfg-x",
		"grub.cfg-default",
		"xgrub.cfg",
		"grub.cfg/x",
		"secure/grubx64.efi",
		"grubx64.efi.signed",
		"grubpowerpc.efi",
		"mm.efi",
		"shimx64.efi",
		"shim_certificate_.efi",
		"shim_certificate_x.efi",
		"shim_certificate_1",
		"shim_certificate",
		"undionly.kpxe",
	};

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		struct pxe_boot_name out;

		pxe_boot_name_read(&conf, names[i], &out);
		ck_assert_msg(out.kind == PXE_BOOT_FILE, "%s", names[i]);
		ck_assert(!out.id.has_hw && !out.id.has_uuid &&
			  !out.id.has_address);
	}
}
END_TEST

START_TEST(every_family_has_a_suffix)
{
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		char name[64];
		struct pxe_boot_name out;

		snprintf(name, sizeof(name), "pxe_loader_1_%s",
			 pxe_family_name((enum pxe_family)f));
		pxe_boot_name_read(&conf, name, &out);
		ck_assert_int_eq(out.kind, PXE_BOOT_LOADER);
		ck_assert_int_eq((int)out.family, f);
	}
}
END_TEST

START_TEST(no_prefix_no_virtual_name)
{
	static const struct pxe_conf none;
	struct pxe_boot_name out;

	pxe_boot_name_read(&none, "pxe_loader", &out);
	ck_assert_int_eq(out.kind, PXE_BOOT_FILE);
}
END_TEST

#define MAC  "52:54:00:ab:cd:ef"
#define UUID "77777777-0000-4000-8000-525400abcdef"

START_TEST(scripts_and_configurations)
{
	static const struct {
		const char *name;
		enum pxe_boot_kind kind;
		enum pxe_boot_step step;
		const char *hw, *uuid;
		uint32_t address;
		size_t stem_len;
	} rows[] = {
		{ "boot.ipxe", PXE_BOOT_SCRIPT, 0, NULL, NULL, 0, 0 },
		{ "autoexec.ipxe", PXE_BOOT_AUTOEXEC, 0, NULL, NULL, 0, 0 },
		{ "a/b/autoexec.ipxe", PXE_BOOT_AUTOEXEC, 0, NULL, NULL, 0, 0 },
		{ "cfg/mac-525400abcdef.ipxe.cfg", PXE_BOOT_SCRIPT, 0, MAC,
		  NULL, 0, 0 },
		{ "mac-525400ABCDEF.ipxe.cfg", PXE_BOOT_SCRIPT, 0, MAC, NULL,
		  0, 0 },
		{ "a/mac-52-54-00-ab-cd-ef.ipxe.cfg", PXE_BOOT_SCRIPT, 0, MAC,
		  NULL, 0, 0 },
		{ "mac-000000000000.ipxe.cfg", PXE_BOOT_SCRIPT, 0, NULL, NULL,
		  0, 0 },
		{ "pxelinux.cfg/default", PXE_BOOT_PXELINUX, PXE_BOOT_STEP_ALL,
		  NULL, NULL, 0, 13 },
		{ "/pxelinux.cfg/default", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_ALL, NULL, NULL, 0, 14 },
		{ "bios/pxelinux.cfg/default", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_ALL, NULL, NULL, 0, 18 },
		{ "pxelinux.cfg/01-52-54-00-ab-cd-ef", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_MAC, MAC, NULL, 0, 13 },
		{ "pxelinux.cfg/01-52-54-00-AB-CD-EF", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_MAC, MAC, NULL, 0, 13 },
		{ "pxelinux.cfg/01-00-00-00-00-00-00", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_MAC, NULL, NULL, 0, 13 },
		{ "pxelinux.cfg/" UUID, PXE_BOOT_PXELINUX, PXE_BOOT_STEP_UUID,
		  NULL, UUID, 0, 13 },
		{ "pxelinux.cfg/00000000-0000-0000-0000-000000000000",
		  PXE_BOOT_PXELINUX, PXE_BOOT_STEP_UUID, NULL, NULL, 0, 13 },
		{ "pxelinux.cfg/0A4D0065", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_HEX8, NULL, NULL, 0x0a4d0065, 13 },
		{ "pxelinux.cfg/0A4D006", PXE_BOOT_PXELINUX,
		  PXE_BOOT_STEP_HEX8 + 1, NULL, NULL, 0, 13 },
		{ "pxelinux.cfg/0", PXE_BOOT_PXELINUX, PXE_BOOT_STEP_HEX1,
		  NULL, NULL, 0, 13 },
		{ "grub.cfg", PXE_BOOT_GRUB, PXE_BOOT_STEP_ALL, NULL, NULL, 0,
		  8 },
		{ "grub/x86_64-efi/grub.cfg", PXE_BOOT_GRUB, PXE_BOOT_STEP_ALL,
		  NULL, NULL, 0, 24 },
		{ "/grub/grub.cfg-01-52-54-00-ab-cd-ef", PXE_BOOT_GRUB,
		  PXE_BOOT_STEP_MAC, MAC, NULL, 0, 14 },
		{ "grub.cfg-" UUID, PXE_BOOT_GRUB, PXE_BOOT_STEP_UUID, NULL,
		  UUID, 0, 8 },
		{ "grub/grub.cfg-0A4D0065", PXE_BOOT_GRUB, PXE_BOOT_STEP_HEX8,
		  NULL, NULL, 0x0a4d0065, 13 },
		{ "grub/grub.cfg-0A4D", PXE_BOOT_GRUB, PXE_BOOT_STEP_HEX8 + 4,
		  NULL, NULL, 0, 13 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_boot_name out;
		char text[64];

		pxe_boot_name_read(&conf, rows[i].name, &out);
		ck_assert_msg(out.kind == rows[i].kind &&
				      out.step == rows[i].step &&
				      out.stem_len == rows[i].stem_len,
			      "%s: %d %d %zu", rows[i].name, (int)out.kind,
			      (int)out.step, out.stem_len);
		ck_assert_msg(out.id.has_hw == (rows[i].hw != NULL) &&
				      out.id.has_uuid ==
					      (rows[i].uuid != NULL) &&
				      out.id.has_address ==
					      (rows[i].address != 0),
			      "%s: whom it names", rows[i].name);
		ck_assert_uint_eq(out.id.address, rows[i].address);
		if (rows[i].hw != NULL) {
			pxe_hwaddr_format(&out.id.hw, text, sizeof(text));
			ck_assert_str_eq(text, rows[i].hw);
		}
		if (rows[i].uuid != NULL) {
			pxe_uuid_format(&out.id.uuid, text, sizeof(text));
			ck_assert_str_eq(text, rows[i].uuid);
		}
		ck_assert(pxe_boot_name_is_config(&out) ==
			  (out.kind == PXE_BOOT_PXELINUX ||
			   out.kind == PXE_BOOT_GRUB));
	}
}
END_TEST

START_TEST(second_stages)
{
	static const struct {
		const char *name;
		enum pxe_family family;
		bool is_program;
	} rows[] = {
		{ "grubx64.efi", PXE_FAMILY_UEFI, true },
		{ "/grubx64.efi", PXE_FAMILY_UEFI, true },
		{ "grubia32.efi", PXE_FAMILY_IA32, true },
		{ "grubaa64.efi", PXE_FAMILY_AA64, true },
		{ "grubriscv64.efi", PXE_FAMILY_RV64, true },
		{ "mmx64.efi", PXE_FAMILY_UEFI, true },
		{ "mmaa64.efi", PXE_FAMILY_AA64, true },
		{ "fbx64.efi", PXE_FAMILY_UEFI, true },
		{ "ipxe.efi", PXE_FAMILY_NONE, true },
		{ "snponly.efi", PXE_FAMILY_NONE, true },
		{ "revocations.efi", PXE_FAMILY_NONE, false },
		{ "revocations_sbat.efi", PXE_FAMILY_NONE, false },
		{ "revocations_sku.efi", PXE_FAMILY_NONE, false },
		{ "shim_certificate_0.efi", PXE_FAMILY_NONE, false },
		{ "shim_certificate_12.efi", PXE_FAMILY_NONE, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_boot_name out;

		pxe_boot_name_read(&conf, rows[i].name, &out);
		ck_assert_msg(out.kind == PXE_BOOT_SECOND &&
				      out.family == rows[i].family &&
				      out.is_program == rows[i].is_program,
			      "%s", rows[i].name);
	}
}
END_TEST

/* As PXELINUX in tests/captures asks, with all it could know. */
START_TEST(the_sequence_of_names)
{
	static const char *const expected[PXE_BOOT_N_STEPS] = {
		UUID,	   "01-52-54-00-ab-cd-ef",
		"0A4D0065", "0A4D006",
		"0A4D00",  "0A4D0",
		"0A4D",	   "0A4",
		"0A",	   "0",
		"default",
	};
	static const char *const starts[] = { "b/pxelinux.cfg/default",
					      "/g/grub.cfg" };
	struct pxe_boot_id id = { .has_hw = true, .has_uuid = true,
				  .has_address = true, .address = 0x0a4d0065 };

	ck_assert_int_eq(pxe_hwaddr_parse(MAC, &id.hw), 0);
	ck_assert_int_eq(pxe_uuid_parse(UUID, &id.uuid), 0);
	for (size_t k = 0; k < PXE_LEN(starts); k++)
		for (int step = 0; step < PXE_BOOT_N_STEPS; step++) {
			bool is_grub = k == 1;
			char name[128], wanted[128];
			struct pxe_boot_name first, again;

			pxe_boot_name_read(&conf, starts[k], &first);
			ck_assert_int_eq(pxe_boot_name_build(
						 &first, starts[k],
						 (enum pxe_boot_step)step, &id,
						 name, sizeof(name)),
					 0);
			snprintf(wanted, sizeof(wanted), "%s%s%s",
				 is_grub ? starts[k] : "b/pxelinux.cfg/",
				 is_grub && step < PXE_BOOT_STEP_ALL ? "-" : "",
				 is_grub && step == PXE_BOOT_STEP_ALL
					 ? ""
					 : expected[step]);
			ck_assert_str_eq(name, wanted);
			pxe_boot_name_read(&conf, name, &again);
			ck_assert_int_eq(again.kind, first.kind);
			ck_assert_int_eq((int)again.step, step);
			ck_assert_uint_eq(again.stem_len, first.stem_len);
		}
}
END_TEST

START_TEST(names_that_a_machine_has_not)
{
	static const struct pxe_boot_id nobody;
	static const char start[] = "pxelinux.cfg/default";
	struct pxe_boot_name name;
	char buf[64];

	pxe_boot_name_read(&conf, start, &name);
	for (int step = 0; step < PXE_BOOT_STEP_ALL; step++)
		ck_assert_int_eq(pxe_boot_name_build(&name, start,
						     (enum pxe_boot_step)step,
						     &nobody, buf, sizeof(buf)),
				 -ENOENT);
	ck_assert_int_eq(pxe_boot_name_build(&name, start, PXE_BOOT_STEP_ALL,
					     &nobody, buf, sizeof(start) - 1),
			 -ENOSPC);
	ck_assert_int_eq(pxe_boot_name_build(&name, start, PXE_BOOT_STEP_ALL,
					     &nobody, buf, sizeof(start)),
			 0);
}
END_TEST

UNIT_MAIN("boot_name", virtual_loader_names, ordinary_names,
	  every_family_has_a_suffix, no_prefix_no_virtual_name,
	  scripts_and_configurations, second_stages, the_sequence_of_names,
	  names_that_a_machine_has_not)
