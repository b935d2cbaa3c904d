/* SPDX-License-Identifier: ISC */
/*
 * Addresses of peers, of either family, and what a datagram carries of them
 * besides: which of our own addresses it was sent to, or is to come from.
 * Pure but for the numbers of interfaces in the text.
 */
#ifndef PXE_TFTPD_ADDR_H
#define PXE_TFTPD_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define PXE_TFTPD_PEER_TEXT 80 /* "[address%scope]:port" and NUL */

union pxe_tftpd_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Is it the same address (and, for _peer, port)? */
bool pxe_tftpd_addr_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);
bool pxe_tftpd_peer_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b);

/* The IPv4 address in host order; 0 for IPv6. */
uint32_t pxe_tftpd_addr_ip4(const union pxe_tftpd_addr *a);
uint16_t pxe_tftpd_addr_port(const union pxe_tftpd_addr *a);
socklen_t pxe_tftpd_addr_bytes(const union pxe_tftpd_addr *a);

/* "192.168.1.2:2070" or "[fe80::1%eth1]:2070" to PXE_TFTPD_PEER_TEXT. */
void pxe_tftpd_addr_format(const union pxe_tftpd_addr *a, char *text);

/* An IPv4 address inside an IPv6 one (::ffff:1.2.3.4) becomes one of IPv4. */
void pxe_tftpd_addr_unmap(union pxe_tftpd_addr *a);

/* The address as a socket of `family` wants it: the contrary of the above. */
union pxe_tftpd_addr pxe_tftpd_addr_for(const union pxe_tftpd_addr *a,
					int family);

/*
 * Which of our addresses a datagram was sent to, with port 0 (of both kinds
 * of control message, that of IPv4 knows more), and was it to one machine, not
 * to a broadcast or multicast address?  All zero where `mh` does not say.
 */
void pxe_tftpd_addr_read(struct msghdr *mh, union pxe_tftpd_addr *local,
			 bool *is_unicast);

/* Octets that _put needs at most, to be aligned as a struct cmsghdr. */
#define PXE_TFTPD_ADDR_CONTROL_BYTES CMSG_SPACE(sizeof(struct in6_pktinfo))

/*
 * Writes the control message by which a datagram of a socket of `family`
 * comes from `local`.  Its octets; 0 if `local` is not known.
 */
size_t pxe_tftpd_addr_put(const union pxe_tftpd_addr *local, int family,
			  struct cmsghdr *c);

#endif
