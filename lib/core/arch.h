/* SPDX-License-Identifier: ISC */
/*
 * Processor architecture types: the one place that knows what the numbers of
 * DHCPv4 option 93 mean (RFC 4578 section 2.1 and the IANA registry
 * "Processor Architecture Types").
 *
 * Many numbers share one loader: a family is what a loader is built for.
 */
#ifndef PXE_CORE_ARCH_H
#define PXE_CORE_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_ARCH_BIOS 0
#define PXE_ARCH_RPI  41
#define PXE_ARCH_NONE 0xffff /* not a registered value: nothing was said */

/* Rows: enumerator, name = suffix of virtual loader names, for people. */
#define PXE_FAMILIES(X)                                                   \
	X(NONE,   "none",   "no loader family")                           \
	X(BIOS,   "bios",   "x86 PC BIOS")                                \
	X(UEFI,   "uefi",   "x64 UEFI")                                   \
	X(IA32,   "ia32",   "x86 UEFI")                                   \
	X(AA64,   "aa64",   "ARM 64-bit UEFI")                            \
	X(ARM32,  "arm32",  "ARM 32-bit UEFI")                            \
	X(IA64,   "ia64",   "Itanium EFI")                                \
	X(PPC,    "ppc",    "PowerPC Open Firmware or ePAPR")             \
	X(OPAL,   "opal",   "POWER OPAL (petitboot)")                     \
	X(UB32,   "ub32",   "ARM 32-bit U-Boot")                          \
	X(UB64,   "ub64",   "ARM 64-bit U-Boot")                          \
	X(RV32,   "rv32",   "RISC-V 32-bit UEFI")                         \
	X(RV64,   "rv64",   "RISC-V 64-bit UEFI")                         \
	X(RV128,  "rv128",  "RISC-V 128-bit UEFI")                        \
	X(S390,   "s390",   "IBM Z")                                      \
	X(MIPS32, "mips32", "MIPS 32-bit UEFI")                           \
	X(MIPS64, "mips64", "MIPS 64-bit UEFI")                           \
	X(SW32,   "sw32",   "Sunway 32-bit UEFI")                         \
	X(SW64,   "sw64",   "Sunway 64-bit UEFI")                         \
	X(LA32,   "la32",   "LoongArch 32-bit UEFI")                      \
	X(LA64,   "la64",   "LoongArch 64-bit UEFI")                      \
	X(RPI,    "rpi",    "Raspberry Pi boot ROM")

enum pxe_family {
#define X(id, name, text) PXE_FAMILY_##id,
	PXE_FAMILIES(X)
#undef X
	PXE_N_FAMILIES
};

struct pxe_arch {
	uint16_t value;		/* in option 93 */
	const char *name;	/* as IANA has it */
	enum pxe_family family; /* NONE: deprecated, nothing fits */
	bool is_http;		/* wants HTTPClient and a URL */
};

/* The row of a registered value, or NULL. */
const struct pxe_arch *pxe_arch_find(uint16_t value) PXE_MUST_CHECK;

/* The registry's name of `value`; "unknown" or "none" where it has none. */
const char *pxe_arch_name(uint16_t value);

/* The family of `value`; PXE_FAMILY_NONE where there is none. */
enum pxe_family pxe_arch_family(uint16_t value);

/* Is it a kind of UEFI firmware? */
bool pxe_family_is_uefi(enum pxe_family family);

/* Does firmware with `value` boot from HTTP? */
bool pxe_arch_is_http(uint16_t value);

/* All rows, in the order of their values; `n` gets their number. */
const struct pxe_arch *pxe_arch_rows(size_t *n);

/*
 * The first registered value of the `n` values of option 93 (a list, RFC 4578
 * section 2.1); the first value if none is registered; PXE_ARCH_NONE for an
 * empty list.
 */
uint16_t pxe_arch_pick(const uint16_t *values, size_t n);

/*
 * The value in a vendor class such as "PXEClient:Arch:00007:UNDI:003000"
 * (option 60; five decimal digits), the second source after option 93.
 * `len` octets at `vendor_class`, not terminated.  PXE_ARCH_NONE if there is
 * none.
 */
uint16_t pxe_arch_from_vendor_class(const char *vendor_class, size_t len);

/* The name of a family, also the suffix of virtual loader names. */
const char *pxe_family_name(enum pxe_family family);

/* The family in words, for people. */
const char *pxe_family_text(enum pxe_family family);

/* The family with that name.  -ENOENT; "none" is not a name. */
int pxe_family_from_name(const char *name) PXE_MUST_CHECK;

#endif
