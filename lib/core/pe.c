/* SPDX-License-Identifier: ISC */
#include "core/pe.h"

#include <string.h>

#include "base/rd.h"

#define DOS_HEADER_AT    0x3c /* where the PE header begins, 32 bits */
#define COFF_BYTES       20   /* from the machine to the optional header */
#define OPT_PE32         0x10b
#define OPT_PE32_PLUS    0x20b
#define CERT_DIRECTORY   4
#define DIRECTORY_BYTES  8
#define BOOT_SECTOR_SIGN 0x1fe
#define BOOT_SECTOR_HDRS 0x202

/* clang-format off */
#define F(id) (1u << PXE_FAMILY_##id)

/*
 * The numbers of Microsoft's "PE Format" and of UEFI 2.10, section 2.1.1; what
 * firmware starts them.  EDK2 has an interpreter of EBC for these families.
 */
static const struct {
	uint16_t machine;
	const char *name;
	uint32_t families;
} machines[] = {
	{ 0x014c, "i386",        F(IA32) },
	{ 0x8664, "x64",         F(UEFI) },
	{ 0xaa64, "arm64",       F(AA64) | F(UB64) | F(RPI) },
	{ 0x01c0, "arm",         F(UB32) },
	{ 0x01c2, "arm-thumb",   F(ARM32) | F(UB32) | F(RPI) },
	{ 0x01c4, "arm-nt",      F(UB32) },
	{ 0x0200, "ia64",        F(IA64) },
	{ 0x0ebc, "ebc",         F(UEFI) | F(IA32) | F(IA64) | F(AA64) },
	{ 0x5032, "riscv32",     F(RV32) },
	{ 0x5064, "riscv64",     F(RV64) },
	{ 0x5128, "riscv128",    F(RV128) },
	{ 0x6232, "loongarch32", F(LA32) },
	{ 0x6264, "loongarch64", F(LA64) },
	{ 0x0166, "mips",        F(MIPS32) | F(MIPS64) },
	{ 0x0266, "mips16",      F(MIPS32) | F(MIPS64) },
	{ 0x0366, "mips-fpu",    F(MIPS32) | F(MIPS64) },
	{ 0x0466, "mips16-fpu",  F(MIPS32) | F(MIPS64) },
};

/* Sunway has no registered number: any that is not another's will do. */
static const uint32_t no_number = F(SW32) | F(SW64);

static const uint32_t efi = F(UEFI) | F(IA32) | F(AA64) | F(ARM32) | F(IA64) |
	F(RV32) | F(RV64) | F(RV128) | F(MIPS32) | F(MIPS64) | F(SW32) |
	F(SW64) | F(LA32) | F(LA64);
/* clang-format on */

/* PE/COFF is little-endian throughout. */
static uint16_t read_le16(struct pxe_rd *rd)
{
	uint16_t n = pxe_rd_u16(rd);

	return (uint16_t)(n << 8 | n >> 8);
}

static uint32_t read_le32(struct pxe_rd *rd)
{
	uint32_t low = read_le16(rd);

	return (uint32_t)read_le16(rd) << 16 | low;
}

static bool reads(struct pxe_rd *rd, const char *text, size_t len)
{
	const uint8_t *p = pxe_rd_bytes(rd, len);

	return p != NULL && memcmp(p, text, len) == 0;
}

/* Documentation/arch/x86/boot.rst of Linux: 0x55aa, then "HdrS". */
static bool has_boot_sector(const void *head, size_t len)
{
	struct pxe_rd rd;

	pxe_rd_init(&rd, head, len);
	pxe_rd_skip(&rd, BOOT_SECTOR_SIGN);
	if (read_le16(&rd) != 0xaa55)
		return false;
	pxe_rd_skip(&rd, BOOT_SECTOR_HDRS - BOOT_SECTOR_SIGN - 2);
	return reads(&rd, "HdrS", 4);
}

/* A cursor at the optional header: is there a table of certificates? */
static bool has_certificates(struct pxe_rd *rd)
{
	uint16_t magic = read_le16(rd);
	uint32_t n, at;

	/* up to NumberOfRvaAndSizes, behind the two octets just read */
	if (magic == OPT_PE32)
		pxe_rd_skip(rd, 90);
	else if (magic == OPT_PE32_PLUS)
		pxe_rd_skip(rd, 106);
	else
		return false;
	n = read_le32(rd);
	if (n <= CERT_DIRECTORY)
		return false;
	pxe_rd_skip(rd, (size_t)CERT_DIRECTORY * DIRECTORY_BYTES);
	at = read_le32(rd);
	return at != 0 && read_le32(rd) != 0;
}

void pxe_pe_parse(const void *head, size_t len, struct pxe_pe *pe)
{
	struct pxe_rd rd, coff;
	uint16_t machine;

	*pe = (struct pxe_pe) { .is_bzimage = has_boot_sector(head, len) };
	pxe_rd_init(&rd, head, len);
	if (!reads(&rd, "MZ", 2))
		return;
	pxe_rd_skip(&rd, DOS_HEADER_AT - 2);
	/* counted from the beginning of the file */
	coff = rd;
	pxe_rd_init(&rd, head, len);
	pxe_rd_skip(&rd, read_le32(&coff));
	if (coff.bad || !reads(&rd, "PE\0\0", 4))
		return;
	machine = read_le16(&rd);
	pxe_rd_skip(&rd, COFF_BYTES - 2);
	if (rd.bad)
		return;
	pe->is_pe = true;
	pe->machine = machine;
	pe->is_signed = has_certificates(&rd);
}

bool pxe_pe_is_efi(enum pxe_family family)
{
	return (efi >> family & 1) != 0;
}

bool pxe_pe_fits(const struct pxe_pe *pe, enum pxe_family family)
{
	if (!pe->is_pe)
		return !pxe_pe_is_efi(family);
	if (family == PXE_FAMILY_BIOS)
		return pe->is_bzimage;
	for (size_t i = 0; i < PXE_LEN(machines); i++)
		if (machines[i].machine == pe->machine)
			return (machines[i].families >> family & 1) != 0;
	return (no_number >> family & 1) != 0;
}

const char *pxe_pe_name(const struct pxe_pe *pe)
{
	if (!pe->is_pe)
		return "none";
	for (size_t i = 0; i < PXE_LEN(machines); i++)
		if (machines[i].machine == pe->machine)
			return machines[i].name;
	return "unknown";
}
