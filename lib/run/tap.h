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

#include "base/attr.h"

enum { PXE_TAP_FRAME_BYTES = 2048 }; /* longer frames are cut */

/*
 * ARP replies; IPv4 UDP datagrams to `port`, not fragmented.  What this host
 * itself sends is not heard.  Needs CAP_NET_RAW.
 * A non-blocking descriptor; the errors of socket(2), bind(2).
 */
int pxe_tap_open_arp(unsigned ifindex) PXE_MUST_CHECK;
int pxe_tap_open_udp(unsigned ifindex, uint16_t port) PXE_MUST_CHECK;

/*
 * Reads a frame into `buf` of PXE_TAP_FRAME_BYTES.  `is_partial`: its UDP
 * checksum is not finished (it comes from a virtual machine of this host).
 * Its length; 0: one that is not for this interface, but for a VLAN on it or
 * for another host; -EAGAIN, -EINTR, -ENETDOWN.
 */
int pxe_tap_recv(int fd, void *buf, bool *is_partial) PXE_MUST_CHECK;

#endif
