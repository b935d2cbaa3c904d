/* SPDX-License-Identifier: ISC */
/*
 * A packet socket that only sends: whole Ethernet frames (wire/frame4.h) to
 * clients that have no address yet, so that no ARP could find them.
 */
#ifndef PXE_RUN_RAWSOCK_H
#define PXE_RUN_RAWSOCK_H

#include <stddef.h>

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

#endif
