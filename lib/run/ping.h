/* SPDX-License-Identifier: ISC */
/* A raw socket for ICMP echo (wire/icmp.h), which hears echo replies only. */
#ifndef PXE_RUN_PING_H
#define PXE_RUN_PING_H

#include <stdint.h>

#include "base/attr.h"
#include "wire/icmp.h"

/* Needs CAP_NET_RAW.  A non-blocking descriptor; the errors of socket(2). */
int pxe_ping_open(void) PXE_MUST_CHECK;

/* Sends one request.  0; -EAGAIN, -EHOSTUNREACH, -ENETUNREACH, ... */
int pxe_ping_send(int fd, uint32_t address, uint16_t id,
		  uint16_t seq) PXE_MUST_CHECK;

/* Reads one reply to a request that had `id`.
 * 1; 0: something else came; -EAGAIN, and what the network says. */
int pxe_ping_recv(int fd, uint16_t id,
		  struct pxe_icmp_reply *reply) PXE_MUST_CHECK;

#endif
