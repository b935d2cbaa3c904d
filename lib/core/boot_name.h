/* SPDX-License-Identifier: ISC */
/*
 * Boot names: what a file name that a machine asks for over TFTP or HTTP
 * means, and which machine it says is asking.
 *
 *	pxe_loader_16000  iventoy_loader_aa64     a virtual loader name
 *	boot.ipxe  DIR/autoexec.ipxe              the script of the machine
 *	DIR/mac-525400123456.ipxe.cfg             the same
 *	DIR/pxelinux.cfg/01-52-54-00-12-34-56     PXELINUX: its configuration,
 *	                                          and the names beside it
 *	DIR/grub.cfg-01-52-54-00-12-34-56         the same for GRUB
 *	grubx64.efi  mmx64.efi  ipxe.efi          what shim loads next
 *
 * A name says what is wanted.  That it names a machine proves nothing.
 */
#ifndef PXE_CORE_BOOT_NAME_H
#define PXE_CORE_BOOT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/hwaddr.h"
#include "base/uuid.h"
#include "core/arch.h"
#include "core/conf.h"

enum pxe_boot_kind {
	PXE_BOOT_FILE,     /* an ordinary file */
	PXE_BOOT_LOADER,   /* a virtual loader name */
	PXE_BOOT_SCRIPT,   /* boot.ipxe, mac-....ipxe.cfg */
	PXE_BOOT_AUTOEXEC, /* the same, asked for by EFI iPXE itself */
	PXE_BOOT_PXELINUX,
	PXE_BOOT_GRUB,
	PXE_BOOT_SECOND, /* asked for by shim */
	PXE_BOOT_N_KINDS
};

/*
 * PXELINUX and GRUB look for their configuration under names of falling
 * precision: by UUID, by MAC, by the address in eight hex digits, in seven,
 * ... in one, and under a name for all.  A step is the place in that order.
 */
enum pxe_boot_step {
	PXE_BOOT_STEP_UUID,
	PXE_BOOT_STEP_MAC,
	PXE_BOOT_STEP_HEX8,
	PXE_BOOT_STEP_HEX1 = PXE_BOOT_STEP_HEX8 + 7,
	PXE_BOOT_STEP_ALL,
	PXE_BOOT_N_STEPS
};

/* Which machine a name speaks of, or a sequence of names is for. */
struct pxe_boot_id {
	bool has_hw, has_uuid, has_address;
	struct pxe_hwaddr hw; /* Ethernet */
	struct pxe_uuid uuid;
	uint32_t address;
};

struct pxe_boot_name {
	enum pxe_boot_kind kind;

	/* LOADER, SECOND */
	enum pxe_family family; /* NONE: that of the client */
	uint16_t port;          /* LOADER: the HTTP port in it; 0: none */
	bool is_program;        /* SECOND: runs on that family's machines */

	/* PXELINUX, GRUB */
	enum pxe_boot_step step;
	size_t stem_len; /* what all names of the sequence begin with */

	struct pxe_boot_id id; /* SCRIPT, PXELINUX, GRUB */
};

/*
 * Reads the clean name of a file (leading slashes are passed over); never
 * fails, a name that means nothing else is a FILE.  `conf` has the prefixes of
 * virtual loader names.
 *
 * LOADER	a prefix, then "_PORT" or nothing, then "_FAMILY" (core/arch.h)
 *		or nothing; in the root
 * SCRIPT	boot.ipxe in the root, the name with a MAC in any directory
 * AUTOEXEC, PXELINUX, GRUB	in any directory
 * SECOND	in the root: shim asks there when its own name was virtual
 */
void pxe_boot_name_read(const struct pxe_conf *conf, const char *name,
			struct pxe_boot_name *out);

/*
 * Is `name` (clean) one that a loader asks for without needing it?  That it is
 * not there says nothing about a boot.
 */
bool pxe_boot_name_is_optional(const char *name);

/* Is it a name of a sequence of configurations? */
bool pxe_boot_name_is_config(const struct pxe_boot_name *name);

/*
 * Writes the name at `step` of the sequence that `name` (PXELINUX or GRUB, as
 * read from `text`) belongs to, for the machine `id`.
 * 0, -ENOENT (the machine has none at that step), -ENOSPC.
 */
int pxe_boot_name_build(const struct pxe_boot_name *name, const char *text,
			enum pxe_boot_step step, const struct pxe_boot_id *id,
			char *buf, size_t cap) PXE_MUST_CHECK;
#endif
