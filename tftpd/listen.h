/* SPDX-License-Identifier: ISC */
/*
 * Sockets of pxe-tftpd: those that it listens on, and one for each transfer;
 * and the addresses of either family.
 */
#ifndef PXE_TFTPD_LISTEN_H
#define PXE_TFTPD_LISTEN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_TFTPD_REQUEST_BYTES 2048 /* longer requests are refused */
#define PXE_TFTPD_PEER_TEXT     80   /* "[address%scope]:port" and NUL */

struct pxe_tftpd;

union pxe_tftpd_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* A datagram that came to a listening socket. */
struct pxe_tftpd_request {
	union pxe_tftpd_addr peer;
	union pxe_tftpd_addr local; /* the address that was asked; port 0 */
	bool is_unicast;
	size_t len;
	uint8_t buf[PXE_TFTPD_REQUEST_BYTES];
};

/*
 * Takes the sockets of systemd, else binds those of the configuration.
 * 0; -errno after logging why.
 */
int pxe_tftpd_listen(struct pxe_tftpd *server) PXE_MUST_CHECK;
void pxe_tftpd_listen_close(struct pxe_tftpd *server);

/* Reads one datagram.  0, -EAGAIN and other errors of recvmsg(2). */
int pxe_tftpd_recv(int fd, struct pxe_tftpd_request *req) PXE_MUST_CHECK;

/*
 * A non-blocking socket from an ephemeral port of `local` to `peer`.
 * The descriptor, -errno.
 */
int pxe_tftpd_connect(const union pxe_tftpd_addr *local,
		      const union pxe_tftpd_addr *peer) PXE_MUST_CHECK;

/* The MTU of the way that a connected socket takes; 0: not known. */
uint32_t pxe_tftpd_mtu(int fd, int family);

/* Is it the same address (and, for _peer, port)? */
bool pxe_tftpd_addr_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);
bool pxe_tftpd_peer_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);

/* The IPv4 address in host order; 0 for IPv6. */
uint32_t pxe_tftpd_addr_ip4(const union pxe_tftpd_addr *a);
uint16_t pxe_tftpd_addr_port(const union pxe_tftpd_addr *a);

/* "192.168.1.2:2070" or "[fe80::1%eth1]:2070" to PXE_TFTPD_PEER_TEXT. */
void pxe_tftpd_addr_format(const union pxe_tftpd_addr *a, char *text);

#endif
