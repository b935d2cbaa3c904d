/* SPDX-License-Identifier: ISC */
/*
 * The options that network boot adds to DHCP: PXE 2.1 (option 43 and its
 * sub-options, 60, 93, 94, 97), RFC 3004 and iPXE's raw form of option 77,
 * and iPXE's own option 175.
 */
#ifndef PXE_WIRE_PXE_OPT_H
#define PXE_WIRE_PXE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"
#include "base/uuid.h"
#include "base/wr.h"
#include "wire/dhcp.h"

/* Sub-options of option 43 (PXE 2.1 table 2-1). */
enum pxe_vendor_sub {
	PXE_VENDOR_DISCOVERY_CONTROL = 6,
	PXE_VENDOR_BOOT_SERVERS = 8,
	PXE_VENDOR_BOOT_MENU = 9,
	PXE_VENDOR_MENU_PROMPT = 10,
	PXE_VENDOR_BOOT_ITEM = 71,
	PXE_VENDOR_END = 255,
};

#define PXE_PXELINUX_MAGIC 0xf100747eu /* option 208 (RFC 5071 section 2) */

/* Bits of PXE_VENDOR_DISCOVERY_CONTROL. */
enum pxe_discovery {
	PXE_DISCOVERY_NO_BROADCAST = 1,
	PXE_DISCOVERY_NO_MULTICAST = 2,
	PXE_DISCOVERY_ONLY_LISTED = 4,
	PXE_DISCOVERY_JUST_BOOT = 8, /* load the file of this offer at once */
};

/* Sub-options of option 175 that the suite speaks of (iPXE's dhcp.h). */
enum pxe_ipxe_sub {
	PXE_IPXE_PRIORITY = 1,
	PXE_IPXE_HTTP = 19,
	PXE_IPXE_BZIMAGE = 24,
	PXE_IPXE_PXE = 33,
	PXE_IPXE_EFI = 36,
	PXE_IPXE_MENU = 39,
	PXE_IPXE_SCRIPTLET = 81,
	PXE_IPXE_NO_PXEDHCP = 176,
	PXE_IPXE_VERSION = 235,
};

enum {
	PXE_ARCHS_MAX = 8,
	PXE_VENDOR_CLASS_MAX = 255,
	PXE_USER_CLASS_MAX = 64,
};

enum pxe_vendor_kind {
	PXE_VENDOR_NONE,  /* no option 60, or one that is not of network boot */
	PXE_VENDOR_PXE,	  /* begins with "PXEClient" */
	PXE_VENDOR_HTTP,  /* begins with "HTTPClient" */
	PXE_VENDOR_UBOOT, /* begins with "U-Boot" */
};

/* What network boot reads from one DHCP message. */
struct pxe_opt_info {
	enum pxe_vendor_kind vendor;
	char vendor_class[PXE_VENDOR_CLASS_MAX + 1]; /* escaped, may be cut */
	char user_class[PXE_USER_CLASS_MAX + 1]; /* first class, escaped */
	bool has_ipxe_class; /* 77 is "iPXE", raw or RFC 3004 framed, or one
				of its classes is */
	uint16_t archs[PXE_ARCHS_MAX]; /* option 93 as it was sent */
	size_t n_archs;
	bool has_undi;
	uint8_t undi_type, undi_major, undi_minor; /* option 94 */
	bool has_uuid;
	struct pxe_uuid uuid; /* option 97 of type 0 and 16 octets */
	bool has_ipxe;	      /* option 175 is there */
	bool ipxe_features[256]; /* its sub-options that are there and,
				    where they are one octet, not 0 */
};

/* Reads them.  Malformed options count as absent. */
void pxe_opt_parse(const struct pxe_dhcp_msg *msg, struct pxe_opt_info *info);

/*
 * The boot item that a client asks for (43.71: the type of boot server that
 * its user chose, and a layer of it); false: it names none.
 */
bool pxe_opt_find_item(const struct pxe_dhcp_msg *msg, uint16_t *type,
		       uint16_t *layer);

/*
 * Goes to the next sub-option of an encapsulated option (43, 175): its code
 * and a cursor over its value.  false at the end, at code 255, or where the
 * rest is malformed (then rd->bad).  Code 0 is padding.
 */
bool pxe_opt_next_sub(struct pxe_rd *rd, uint8_t *code, struct pxe_rd *value);

/* Appends a sub-option of `len` <= 255 octets. */
void pxe_opt_put_sub(struct pxe_wr *wr, uint8_t code, const void *value,
		     size_t len);

#endif
