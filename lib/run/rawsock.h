/* SPDX-License-Identifier: ISC */
/*
 * Sockets that only send.  Whole Ethernet frames (wire/frame4.h): to clients
 * that have no address yet, so that no ARP could find them.  Whole IPv4
 * packets: from a port that belongs to another program.
 */
#ifndef PXE_RUN_RAWSOCK_H
#define PXE_RUN_RAWSOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * A non-blocking socket that receives nothing; needs CAP_NET_RAW.
 * The descriptor; -EPERM, and the errors of socket(2).
 */
int pxe_rawsock_open(void) PXE_MUST_CHECK;

/*
 * Sends the frame of `len` >= 14 octets out of the interface.
 * 0; -EINVAL (too short), -ENETDOWN, -ENXIO, -EMSGSIZE, -ENOBUFS, -EAGAIN.
 */
int pxe_rawsock_send(int fd, unsigned ifindex, const void *frame,
		     size_t len) PXE_MUST_CHECK;

/* The same for IPv4 packets, which go to `dst` (host byte order) as routed; the
 * errors of sendto(2). */
int pxe_rawsock_open_ip(void) PXE_MUST_CHECK;
int pxe_rawsock_send_ip(int fd, uint32_t dst, const void *packet,
			size_t len) PXE_MUST_CHECK;

#endif
