/* SPDX-License-Identifier: ISC */
#include "tftpd/fingerprint.h"

#include <stdint.h>

#include "base/attr.h"
#include "core/pe.h"

static const struct {
	const char *name, *text;
} looks_like[PXE_N_FINGERPRINTS] = {
#define X(id, name, text) [PXE_FINGERPRINT_##id] = { name, text },
	PXE_FINGERPRINTS(X)
#undef X
};

enum wants {
	NOT, /* the option is not there */
	SET,
	ANY,
};

/*
 * As recorded boots asked (SeaBIOS with iPXE's ROM, undionly, PXELINUX, OVMF,
 * shim 15 and 16, GRUB 2.06, U-Boot 2023.01); EDK2's block is the MTU less its
 * headers, over IPv4 and IPv6, and until 2020 it knew no windows; Intel's ROMs
 * ask for 1456.
 */
static const struct {
	enum pxe_fingerprint looks;
	uint16_t blksize, windowsize; /* 0: the option is not there */
	uint8_t timeout_s;
	enum wants tsize;
} rows[] = {
	{ PXE_FINGERPRINT_IPXE, 1432, 0, 0, SET },
	{ PXE_FINGERPRINT_EDK2, 1468, 4, 0, ANY },
	{ PXE_FINGERPRINT_EDK2, 1228, 4, 0, ANY },
	{ PXE_FINGERPRINT_EDK2, 1468, 0, 0, ANY },
	{ PXE_FINGERPRINT_EDK2, 1228, 0, 0, ANY },
	{ PXE_FINGERPRINT_UNDI, 1456, 0, 0, ANY },
	{ PXE_FINGERPRINT_SHIM, 512, 4, 0, NOT },
	{ PXE_FINGERPRINT_GRUB, 1024, 0, 0, SET },
	{ PXE_FINGERPRINT_PXELINUX, 1408, 0, 0, SET },
	{ PXE_FINGERPRINT_UBOOT, 1468, 0, 5, ANY },
};

/* Is the option as the row wants it, 0: not there? */
static bool is_value(const struct pxe_tftp_opts *opts, enum pxe_tftp_opt opt,
		     uint64_t value)
{
	return opts->opt[opt].is_set ? opts->opt[opt].value == value
				     : value == 0;
}

enum pxe_fingerprint pxe_fingerprint_find(const struct pxe_tftp_opts *opts)
{
	bool has_tsize = opts->opt[PXE_TFTP_OPT_TSIZE].is_set;

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (is_value(opts, PXE_TFTP_OPT_BLKSIZE, rows[i].blksize) &&
		    is_value(opts, PXE_TFTP_OPT_WINDOWSIZE,
			     rows[i].windowsize) &&
		    is_value(opts, PXE_TFTP_OPT_TIMEOUT, rows[i].timeout_s) &&
		    (rows[i].tsize == ANY ||
		     (rows[i].tsize == SET) == has_tsize))
			return rows[i].looks;
	return PXE_FINGERPRINT_UNKNOWN;
}

bool pxe_fingerprint_is_against(enum pxe_fingerprint looks,
				enum pxe_family family)
{
	switch (looks) {
	case PXE_FINGERPRINT_EDK2:
	case PXE_FINGERPRINT_SHIM:
		return family == PXE_FAMILY_BIOS;
	case PXE_FINGERPRINT_UNDI:
		return pxe_pe_is_efi(family);
	default:
		return false;
	}
}

const char *pxe_fingerprint_name(enum pxe_fingerprint looks)
{
	return looks_like[looks].name;
}

const char *pxe_fingerprint_text(enum pxe_fingerprint looks)
{
	return looks_like[looks].text;
}
