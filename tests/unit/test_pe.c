/* SPDX-License-Identifier: ISC */
/* core/pe and run/loader_check: what a loader is built for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "core/pe.h"
#include "run/loader_check.h"
#include "tests/hex.h"
#include "unit.h"

#define MACHINE_AT (64 + 4)

/* Whatever starts plain code: all but EFI. */
#define PLAIN "bios ppc opal ub32 ub64 s390 rpi "

/* What the files of Debian 12 are; the names are those of tests/vectors/pe. */
static const struct {
	const char *name, *built_for;
	bool is_bzimage, is_signed;
	const char *fits; /* families, a blank behind each */
} files[] = {
	{ "ipxe-undionly.kpxe", "none", false, false, PLAIN },
	{ "pxelinux.0", "none", false, false, PLAIN },
	{ "ipxe-lkrn", "none", true, false, PLAIN },
	{ "ipxe-ipxe.efi", "x64", false, false, "uefi " },
	{ "ipxe-snponly.efi", "x64", false, false, "uefi " },
	{ "shimx64.efi.signed", "x64", false, true, "uefi " },
	{ "shimaa64.efi.signed", "arm64", false, true, "aa64 ub64 rpi " },
	{ "mmx64.efi", "x64", false, false, "uefi " },
	{ "grubnetx64.efi.signed", "x64", false, true, "uefi " },
	{ "grubnetaa64.efi", "arm64", false, false, "aa64 ub64 rpi " },
	{ "grub-ia32.efi", "i386", false, false, "ia32 " },
	/* a kernel is started by both */
	{ "linux-x64-signed", "x64", true, true, "bios uefi " },
};

static uint8_t head[PXE_PE_HEAD_BYTES];

/* Loads vectors/pe/NAME.hex into `head`; its length. */
static size_t load(const char *name)
{
	char path[128];
	int n;

	(void)snprintf(path, sizeof(path), "pe/%s", name);
	n = hex_read_vector(path, head, sizeof(head));
	ck_assert_msg(n > 0, "%s: %d", path, n);
	return (size_t)n;
}

/* The families that `pe` fits, a blank behind each. */
static const char *families_of(const struct pxe_pe *pe)
{
	static char text[256];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++)
		if (pxe_pe_fits(pe, (enum pxe_family)f))
			pxe_str_putf(&s, "%s ",
				     pxe_family_name((enum pxe_family)f));
	return text;
}

START_TEST(files_of_packages)
{
	for (size_t i = 0; i < PXE_LEN(files); i++) {
		size_t len = load(files[i].name);
		struct pxe_pe pe;

		pxe_pe_parse(head, len, &pe);
		ck_assert_msg(pe.is_bzimage == files[i].is_bzimage &&
				      pe.is_signed == files[i].is_signed,
			      "%s", files[i].name);
		ck_assert_str_eq(pxe_pe_name(&pe), files[i].built_for);
		ck_assert_msg(strcmp(families_of(&pe), files[i].fits) == 0,
			      "%s fits %s", files[i].name, families_of(&pe));
	}
}
END_TEST

/* A PE header of `machine` at 64, without an optional header. */
static size_t make(uint16_t machine)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "MZ", 2);
	head[0x3c] = 64;
	memcpy(head + 64, "PE\0", 4);
	head[MACHINE_AT] = (uint8_t)machine;
	head[MACHINE_AT + 1] = (uint8_t)(machine >> 8);
	return 64 + 24;
}

START_TEST(machines_and_families)
{
	static const struct {
		uint16_t machine;
		const char *fits; /* of all families */
	} rows[] = {
		{ 0x014c, "ia32 " },
		{ 0x8664, "uefi " },
		{ 0xaa64, "aa64 ub64 rpi " },
		{ 0x01c0, "ub32 " },
		{ 0x01c2, "arm32 ub32 rpi " },
		{ 0x01c4, "ub32 " },
		{ 0x0200, "ia64 " },
		{ 0x0ebc, "uefi ia32 aa64 ia64 " },
		{ 0x5032, "rv32 " },
		{ 0x5064, "rv64 " },
		{ 0x5128, "rv128 " },
		{ 0x6232, "la32 " },
		{ 0x6264, "la64 " },
		{ 0x0366, "mips32 mips64 " },
		{ 0x1234, "sw32 sw64 " }, /* nobody's */
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		size_t len = make(rows[i].machine);
		struct pxe_pe pe;

		pxe_pe_parse(head, len, &pe);
		ck_assert(pe.is_pe && !pe.is_signed && !pe.is_bzimage);
		ck_assert_uint_eq(pe.machine, rows[i].machine);
		ck_assert_str_eq(families_of(&pe), rows[i].fits);
	}
}
END_TEST

START_TEST(what_is_cut_is_no_header)
{
	size_t len = make(0x8664);
	struct pxe_pe pe;

	for (size_t n = 0; n < len; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, head, n);
		pxe_pe_parse(exact, n, &pe);
		ck_assert_msg(!pe.is_pe && pe.machine == 0, "of %zu", n);
		free(exact);
	}
	pxe_pe_parse(head, len, &pe);
	ck_assert(pe.is_pe);
	/* beyond what is looked at, and beyond all */
	head[0x3c + 1] = 0x10;
	pxe_pe_parse(head, sizeof(head), &pe);
	ck_assert(!pe.is_pe);
	memset(head + 0x3c, 0xff, 4);
	pxe_pe_parse(head, sizeof(head), &pe);
	ck_assert(!pe.is_pe);
	pxe_pe_parse(NULL, 0, &pe);
	ck_assert(!pe.is_pe && !pe.is_bzimage);
	ck_assert(!pxe_pe_fits(&pe, PXE_FAMILY_UEFI));
}
END_TEST

START_TEST(an_open_file)
{
	FILE *file = tmpfile();
	int fd = file != NULL ? fileno(file) : -1, pipes[2];
	size_t len = load("ipxe-snponly.efi");
	struct pxe_pe pe;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, head, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 7, SEEK_SET), 7);
	ck_assert_int_eq(pxe_loader_check(fd, PXE_FAMILY_UEFI), PXE_REASON_OK);
	ck_assert_int_eq(pxe_loader_check(fd, PXE_FAMILY_BIOS),
			 PXE_REASON_WRONG_MACHINE);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 7);
	ck_assert_int_eq(pxe_loader_read(fd, &pe), 0);
	ck_assert_uint_eq(pe.machine, 0x8664);
	/* longer than what is looked at */
	ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
	ck_assert_int_eq(pxe_loader_check(fd, PXE_FAMILY_UEFI), PXE_REASON_OK);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pxe_loader_check(fd, PXE_FAMILY_UEFI),
			 PXE_REASON_WRONG_MACHINE);
	fclose(file);

	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(pxe_loader_read(pipes[0], &pe), -ESPIPE);
	ck_assert_int_eq(pxe_loader_check(pipes[0], PXE_FAMILY_BIOS),
			 PXE_REASON_IO);
	ck_assert_int_eq(errno, ESPIPE);
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

UNIT_MAIN("pe", files_of_packages, machines_and_families,
	  what_is_cut_is_no_header, an_open_file)
