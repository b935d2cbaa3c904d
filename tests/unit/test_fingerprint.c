/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "tftpd/fingerprint.h"
#include "unit.h"

/* A literal holds zero octets. */
#define RRQ(text) "\0\1" text, sizeof(text) + 2

/* Requests of recorded boots, and of those that cannot be recorded here. */
static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	enum pxe_fingerprint looks;
} rows[] = {
	{ "undionly by a ROM of iPXE",
	  RRQ("undionly.kpxe\0octet\0blksize\0"
	      "1432\0tsize\0"
	      "0"),
	  PXE_FINGERPRINT_IPXE },
	{ "ldlinux by PXELINUX",
	  RRQ("ldlinux.c32\0octet\0tsize\0"
	      "0\0blksize\0"
	      "1408"),
	  PXE_FINGERPRINT_PXELINUX },
	{ "ipxe.efi by OVMF, how large it is",
	  RRQ("ipxe.efi\0octet\0tsize\0"
	      "0\0blksize\0"
	      "1468\0windowsize\0"
	      "4"),
	  PXE_FINGERPRINT_EDK2 },
	{ "ipxe.efi by OVMF",
	  RRQ("ipxe.efi\0octet\0blksize\0"
	      "1468\0windowsize\0"
	      "4"),
	  PXE_FINGERPRINT_EDK2 },
	{ "ipxe.efi by OVMF over IPv6",
	  RRQ("ipxe.efi\0octet\0tsize\0"
	      "0\0blksize\0"
	      "1228\0windowsize\0"
	      "4"),
	  PXE_FINGERPRINT_EDK2 },
	{ "by older EDK2",
	  RRQ("ipxe.efi\0octet\0tsize\0"
	      "0\0blksize\0"
	      "1468"),
	  PXE_FINGERPRINT_EDK2 },
	{ "grubx64.efi by shim",
	  RRQ("grubx64.efi\0octet\0blksize\0"
	      "512\0windowsize\0"
	      "4"),
	  PXE_FINGERPRINT_SHIM },
	{ "command.lst by GRUB",
	  RRQ("/grub/command.lst\0octet\0blksize\0"
	      "1024\0tsize\0"
	      "0"),
	  PXE_FINGERPRINT_GRUB },
	{ "boot.scr.uimg by U-Boot",
	  RRQ("boot.scr.uimg\0octet\0timeout\0"
	      "5\0blksize\0"
	      "1468"),
	  PXE_FINGERPRINT_UBOOT },
	{ "a ROM of Intel's",
	  RRQ("x\0octet\0blksize\0"
	      "1456"),
	  PXE_FINGERPRINT_UNDI },
	{ "no options", RRQ("x\0octet"), PXE_FINGERPRINT_UNKNOWN },
	{ "the size only",
	  RRQ("x\0octet\0tsize\0"
	      "0"),
	  PXE_FINGERPRINT_UNKNOWN },
	{ "curl",
	  RRQ("x\0octet\0tsize\0"
	      "0\0blksize\0"
	      "512\0timeout\0"
	      "6"),
	  PXE_FINGERPRINT_UNKNOWN },
	{ "a window of another size",
	  RRQ("x\0octet\0blksize\0"
	      "1468\0windowsize\0"
	      "16"),
	  PXE_FINGERPRINT_UNKNOWN },
};

START_TEST(requests_of_recorded_boots)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_tftp_packet packet;

		ck_assert_msg(pxe_tftp_parse(rows[i].bytes, rows[i].len,
					     &packet) == 0,
			      "%s", rows[i].what);
		ck_assert_msg(pxe_fingerprint_find(&packet.opts) ==
				      rows[i].looks,
			      "%s", rows[i].what);
	}
}
END_TEST

START_TEST(only_bios_and_uefi_are_told_apart)
{
	for (int f = 0; f < PXE_N_FAMILIES; f++) {
		enum pxe_family family = (enum pxe_family)f;
		bool is_bios = family == PXE_FAMILY_BIOS;
		bool is_uefi = family == PXE_FAMILY_UEFI ||
			       family == PXE_FAMILY_IA32 ||
			       family == PXE_FAMILY_AA64;

		ck_assert(pxe_fingerprint_is_against(PXE_FINGERPRINT_EDK2,
						     family) == is_bios);
		ck_assert(pxe_fingerprint_is_against(PXE_FINGERPRINT_SHIM,
						     family) == is_bios);
		if (is_bios || is_uefi)
			ck_assert(
				pxe_fingerprint_is_against(PXE_FINGERPRINT_UNDI,
							   family) == is_uefi);
		ck_assert(!pxe_fingerprint_is_against(PXE_FINGERPRINT_IPXE,
						      family));
		ck_assert(!pxe_fingerprint_is_against(PXE_FINGERPRINT_UNKNOWN,
						      family));
	}
}
END_TEST

UNIT_MAIN("fingerprint", requests_of_recorded_boots,
	  only_bios_and_uefi_are_told_apart)
