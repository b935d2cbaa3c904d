/* SPDX-License-Identifier: ISC */
/*
 * ICMP echo (RFC 792): to ask whether an address behind a router is in use.
 * The kernel makes the IP header of what is sent; what a raw socket receives
 * has one.  No allocation; addresses are in host byte order.
 */
#ifndef PXE_WIRE_ICMP_H
#define PXE_WIRE_ICMP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_ICMP_ECHO_BYTES 36 /* header and as many octets as ping(8) might
				  send: none at all is refused by some */

/* Builds a request without IP header.  Its length, or -ENOSPC. */
int pxe_icmp_build_echo(uint16_t id, uint16_t seq, void *buf,
			size_t cap) PXE_MUST_CHECK;

struct pxe_icmp_reply {
	uint32_t src;
	uint16_t id, seq;
};

/*
 * Parses an echo reply with its IPv4 header.  0, -ENOENT (something else, or
 * a fragment), -EBADMSG (cut off, lengths that contradict each other, a wrong
 * checksum).
 */
int pxe_icmp_parse_reply(const void *buf, size_t len,
			 struct pxe_icmp_reply *reply) PXE_MUST_CHECK;

#endif
