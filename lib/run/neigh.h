/* SPDX-License-Identifier: ISC */
/*
 * The hardware address of a machine on a network of this host, from the
 * kernel's neighbour table (ARP for IPv4, neighbour discovery for IPv6).
 *
 * Two questions over rtnetlink, which the kernel answers within the call:
 * which way a packet to the address goes, and who the neighbour there is.
 * Nothing is sent, nothing is waited for, no privilege is needed.
 * Needs Linux 5.0.
 */
#ifndef PXE_RUN_NEIGH_H
#define PXE_RUN_NEIGH_H

#include <sys/socket.h>

#include "base/attr.h"
#include "base/hwaddr.h"

/* A socket to ask on, non-blocking; -errno. */
int pxe_neigh_open(void) PXE_MUST_CHECK;

/*
 * The hardware address behind `address` (AF_INET, or AF_INET6, also with an
 * IPv4 address in it; a link-local one has its interface in sin6_scope_id).
 * 0; -ENOENT: this host itself, behind a router, or not (or no longer) known
 * to the kernel; other errors of sendto(2) and recv(2).
 */
int pxe_neigh_find(int fd, const struct sockaddr *address,
		   struct pxe_hwaddr *hw) PXE_MUST_CHECK;

#endif
