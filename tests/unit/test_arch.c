/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "core/arch.h"
#include "core/reason.h"
#include "unit.h"

START_TEST(arch_values_are_their_index)
{
	size_t n;
	const struct pxe_arch *rows = pxe_arch_rows(&n);

	ck_assert_uint_eq(n, 42);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(rows[i].value, i);
		ck_assert_ptr_eq(pxe_arch_find((uint16_t)i), &rows[i]);
		/* the registry's names say which boot from HTTP */
		ck_assert_int_eq(rows[i].is_http,
				 strstr(rows[i].name, "HTTP") != NULL);
	}
	ck_assert_ptr_null(pxe_arch_find(42));
	ck_assert_ptr_null(pxe_arch_find(PXE_ARCH_NONE));
}
END_TEST

START_TEST(arch_families)
{
	static const struct {
		uint16_t value;
		const char *family;
	} rows[] = { { 0, "bios" },  { 6, "ia32" },  { 7, "uefi" },
		     { 9, "uefi" },  { 11, "aa64" }, { 16, "uefi" },
		     { 19, "aa64" }, { 15, "ia32" }, { 1, "none" },
		     { 27, "rv64" }, { 39, "la64" }, { 999, "none" } };

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_str_eq(
			pxe_family_name(pxe_arch_family(rows[i].value)),
			rows[i].family);
	ck_assert_int_eq(pxe_family_from_name("aa64"), PXE_FAMILY_AA64);
	ck_assert_int_eq(pxe_family_from_name("none"), -ENOENT);
	ck_assert_int_eq(pxe_family_from_name("UEFI"), -ENOENT);
}
END_TEST

START_TEST(arch_first_known_of_a_list)
{
	static const uint16_t list[] = { 500, 7, 0 };

	ck_assert_uint_eq(pxe_arch_pick(list, 3), 7);
	ck_assert_uint_eq(pxe_arch_pick(list, 1), 500);
	ck_assert_uint_eq(pxe_arch_pick(list, 0), PXE_ARCH_NONE);
}
END_TEST

START_TEST(arch_in_the_vendor_class)
{
	static const struct {
		const char *text;
		uint16_t arch;
	} rows[] = {
		{ "PXEClient:Arch:00007:UNDI:003000", 7 },
		{ "HTTPClient:Arch:00016:UNDI:003000", 16 },
		{ "PXEClient:Arch:00000", 0 },
		{ "PXEClient", PXE_ARCH_NONE },
		{ "PXEClient:Arch:7:UNDI", PXE_ARCH_NONE },
		{ "PXEClient:Arch:99999", PXE_ARCH_NONE },
		{ "PXEClient:Arch:0000", PXE_ARCH_NONE },
		{ "U-Boot.armv8", PXE_ARCH_NONE },
		{ "", PXE_ARCH_NONE },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_uint_eq(pxe_arch_from_vendor_class(
					  rows[i].text, strlen(rows[i].text)),
				  rows[i].arch);
}
END_TEST

START_TEST(reasons_both_ways)
{
	for (int i = 0; i < PXE_N_REASONS; i++) {
		const char *name = pxe_reason_name((enum pxe_reason)i);

		ck_assert_int_eq(pxe_reason_from_name(name), i);
		ck_assert_str_ne(pxe_reason_text((enum pxe_reason)i), "");
	}
	ck_assert_str_eq(pxe_reason_name((enum pxe_reason)9999), "?");
	ck_assert_int_eq(pxe_reason_from_name("?"), -ENOENT);
}
END_TEST

UNIT_MAIN("arch", arch_values_are_their_index, arch_families,
	  arch_first_known_of_a_list, arch_in_the_vendor_class,
	  reasons_both_ways)
