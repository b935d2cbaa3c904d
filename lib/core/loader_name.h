/* SPDX-License-Identifier: ISC */
/*
 * Virtual loader names: one file name that a DHCP server which cannot tell
 * architectures apart hands to every machine; the daemon that serves it
 * chooses the file.
 *
 *	pxe_loader                  pxe_loader_16000
 *	pxe_loader_uefi             iventoy_loader_16000_aa64
 */
#ifndef PXE_CORE_LOADER_NAME_H
#define PXE_CORE_LOADER_NAME_H

#include <stdint.h>

#include "base/attr.h"
#include "core/arch.h"

struct pxe_loader_name {
	uint16_t port;          /* the HTTP port that it names; 0: none */
	enum pxe_family family; /* NONE: the client's architecture decides */
};

/*
 * Reads a virtual loader name: a prefix of the table, then "_PORT" or
 * nothing, then "_FAMILY" (core/arch.h) or nothing.  It stands in the root: one
 * leading slash may precede it, no directory.
 * 0, -ENOENT (an ordinary file name).
 */
int pxe_loader_name_parse(const char *name,
			  struct pxe_loader_name *out) PXE_MUST_CHECK;

#endif
