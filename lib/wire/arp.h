/* SPDX-License-Identifier: ISC */
/*
 * ARP for IPv4 over Ethernet (RFC 826), as whole frames: to ask whether an
 * address is in use (RFC 5227) and to read who answers.  No allocation;
 * addresses are in host byte order.
 */
#ifndef PXE_WIRE_ARP_H
#define PXE_WIRE_ARP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_ARP_MAC_BYTES 6
#define PXE_ARP_FRAME_BYTES 42 /* what is built; drivers pad it to 60 */

enum pxe_arp_op { PXE_ARP_REQUEST = 1, PXE_ARP_REPLY = 2 };

struct pxe_arp {
	uint8_t dst_mac[PXE_ARP_MAC_BYTES]; /* of the Ethernet header */
	uint16_t op;			    /* enum pxe_arp_op, or another */
	uint8_t sender_mac[PXE_ARP_MAC_BYTES];
	uint32_t sender; /* 0 in a probe */
	uint8_t target_mac[PXE_ARP_MAC_BYTES];
	uint32_t target;
};

/* Makes the probe of RFC 5227 section 2.1.1: who has `address`?  It names no
 * address of ours, so that no cache of a neighbour changes. */
void pxe_arp_init_probe(struct pxe_arp *arp, const uint8_t *our_mac,
			uint32_t address);

/* Builds the frame, sent by arp->sender_mac.  Its length, or -ENOSPC. */
int pxe_arp_build(const struct pxe_arp *arp, void *buf,
		  size_t cap) PXE_MUST_CHECK;

/*
 * Parses the frame of `len` octets at `buf`, without VLAN tag; padding is
 * ignored.  0, -ENOENT (no ARP for IPv4 over Ethernet), -EBADMSG (cut off).
 */
int pxe_arp_parse(const void *buf, size_t len,
		  struct pxe_arp *arp) PXE_MUST_CHECK;

#endif
