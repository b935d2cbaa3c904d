/* SPDX-License-Identifier: ISC */
/*
 * Ethernet II frames with one IPv4 UDP datagram inside (RFC 894, 791, 768),
 * for packet sockets: to reach a client that has no address yet, and to
 * listen where another server owns the port.
 *
 * Not an IP stack: no fragments, no options are made.  No allocation;
 * addresses are in host byte order.
 */
#ifndef PXE_WIRE_FRAME4_H
#define PXE_WIRE_FRAME4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"

#define PXE_FRAME4_MAC_BYTES 6
/* The Ethernet header without a VLAN tag: behind it the IPv4 packet begins. */
#define PXE_FRAME4_ETHER_BYTES 14
/* Ethernet header with a VLAN tag, IPv4 and UDP: what a payload grows by. */
#define PXE_FRAME4_HEAD_BYTES (14 + 4 + 20 + 8)

/* Who sends to whom. */
struct pxe_frame4 {
	uint8_t src_mac[PXE_FRAME4_MAC_BYTES], dst_mac[PXE_FRAME4_MAC_BYTES];
	bool has_vlan; /* an 802.1Q or 802.1ad tag is in the frame */
	uint16_t vlan; /* 0..4095; built as 802.1Q with priority 0 */
	uint32_t src, dst;
	uint16_t src_port, dst_port;
};

/*
 * Builds the frame around a payload of `n` octets (at most what one datagram
 * holds, 65507) into `buf` of `cap`, with both checksums; time to live 64,
 * not to be fragmented.  Not padded to the 60 octets of Ethernet: drivers do.
 * 0, -EMSGSIZE (`n` too large), -ENOSPC.
 */
int pxe_frame4_build(const struct pxe_frame4 *frame, const void *payload,
		     size_t n, void *buf, size_t cap,
		     size_t *len) PXE_MUST_CHECK;

/*
 * Parses the frame of `len` octets at `buf`, with at most one VLAN tag;
 * padding behind the datagram is ignored.  `is_partial`: the UDP checksum is
 * not finished yet (TP_STATUS_CSUMNOTREADY: sent by this host or a virtual
 * machine of it) and is not looked at.  `payload` gets a cursor over what UDP
 * carries, borrowed from `buf`.
 * 0, -ENOENT (something else than a whole UDP datagram in IPv4: another
 * protocol, a fragment, a second tag), -EBADMSG (cut off, lengths that
 * contradict each other, a wrong checksum).
 */
int pxe_frame4_parse(const void *buf, size_t len, bool is_partial,
		     struct pxe_frame4 *frame,
		     struct pxe_rd *payload) PXE_MUST_CHECK;

#endif
