/* SPDX-License-Identifier: ISC */
/*
 * Packet sockets that listen on one interface for what no other socket tells:
 * answers to ARP, and datagrams to a port that belongs to others.  A filter in
 * the kernel drops all the rest.
 */
#ifndef PXE_RUN_TAP_H
#define PXE_RUN_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdint.h>

#include "base/attr.h"

enum {
	PXE_TAP_FRAME_BYTES = 2048, /* longer frames are cut */
	PXE_TAP_PORTS = 3,
};

/* About a frame that was read. */
struct pxe_tap_frame {
	bool is_partial; /* its UDP checksum is not finished: it comes from
			    this host or a virtual machine of it */
	bool is_outgoing; /* this host sends it */
};

/*
 * ARP replies; IPv4 UDP datagrams to one of `ports` (the same one may stand
 * there twice), not fragmented.  What this host itself sends is heard only
 * `has_outgoing`, of programs that share the interface as well.  Needs
 * CAP_NET_RAW.
 * A non-blocking descriptor; the errors of socket(2), bind(2).
 */
int pxe_tap_open_arp(unsigned ifindex) PXE_MUST_CHECK;
int pxe_tap_open_udp(unsigned ifindex, const uint16_t ports[PXE_TAP_PORTS],
		     bool has_outgoing) PXE_MUST_CHECK;

/*
 * Reads a frame into `buf` of PXE_TAP_FRAME_BYTES.
 * Its length; 0: one that is not for this interface, but for a VLAN on it or
 * for another host; -EAGAIN, -EINTR, -ENETDOWN.
 */
int pxe_tap_recv(int fd, void *buf,
		 struct pxe_tap_frame *frame) PXE_MUST_CHECK;

#endif
