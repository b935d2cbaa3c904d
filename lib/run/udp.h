/* SPDX-License-Identifier: ISC */
/*
 * IPv4 UDP sockets of servers that answer per interface: bound to a device,
 * told for each datagram where it came in and which address it was sent to,
 * and able to say which address a datagram leaves from.
 *
 * Addresses and ports are in host byte order.
 */
#ifndef PXE_RUN_UDP_H
#define PXE_RUN_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
	PXE_UDP_BATCH = 64,	  /* datagrams sent by one system call */
	PXE_UDP_MAX_BYTES = 4097, /* longer datagrams are cut to it */
	PXE_UDP_RCVBUF_BYTES = 4 << 20,
};

struct pxe_udp_packet {
	uint32_t src, dst; /* dst: as in the IP header */
	uint16_t src_port;
	uint16_t dst_port; /* what its reader says; 0 */
	bool is_overheard; /* the same: it was for another host */
	unsigned ifindex;
	size_t len; /* PXE_UDP_MAX_BYTES: was perhaps cut */
	uint8_t buf[PXE_UDP_MAX_BYTES];
};

/* Where a datagram goes. */
struct pxe_udp_dest {
	uint32_t dst;
	uint16_t port;
	uint32_t src;	  /* 0: the kernel's choice */
	unsigned ifindex; /* 0: as routed */
};

struct pxe_udp_datagram {
	struct pxe_udp_dest dest;
	const void *buf;
	size_t len;
};

/*
 * A non-blocking socket on 0.0.0.0:`port`, bound to the device `interface`
 * (NULL: to none), allowed to broadcast, with a receive buffer of
 * PXE_UDP_RCVBUF_BYTES as far as the kernel permits.
 * The descriptor; -EADDRINUSE (another server has the port), -ENODEV, and the
 * errors of socket(2), bind(2).
 */
int pxe_udp_open(uint16_t port, const char *interface) PXE_MUST_CHECK;

/* Datagrams on their way in; NULL: no memory.  To be freed. */
struct pxe_udp_inbox;
struct pxe_udp_inbox *pxe_udp_inbox_new(void) PXE_MUST_CHECK;
void pxe_udp_inbox_free(struct pxe_udp_inbox *inbox);

/*
 * Reads datagrams that wait, by one system call.  What the inbox had is gone.
 * 1 (there may be more), 0 (all); -EAGAIN (none), -EINTR, and what the network
 * said about datagrams that were sent before.
 */
int pxe_udp_recv(int fd, struct pxe_udp_inbox *inbox) PXE_MUST_CHECK;

/* Takes the next datagram out, with dst_port 0; false: there is none left. */
bool pxe_udp_next(struct pxe_udp_inbox *inbox, struct pxe_udp_packet *packet);

/* Sends one datagram.  0, -EAGAIN (it is lost), and errors of sendmsg(2). */
int pxe_udp_send(int fd, const struct pxe_udp_dest *dest, const void *buf,
		 size_t len) PXE_MUST_CHECK;

/*
 * Sends up to PXE_UDP_BATCH datagrams by one system call, in their order.
 * How many were sent, at least one; or what keeps the first from being sent,
 * as pxe_udp_send().
 */
int pxe_udp_send_many(int fd, const struct pxe_udp_datagram *datagrams,
		      size_t n) PXE_MUST_CHECK;

#endif
