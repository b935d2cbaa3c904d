/* SPDX-License-Identifier: ISC */
/*
 * What is recorded where another server gives the addresses: who is there,
 * and which address it has.  A client's REQUEST names it, so does the other
 * server's ACK where that is heard; the wish in a DISCOVER proves nothing.
 */
#ifndef PXE_DHCPD_RECORD_H
#define PXE_DHCPD_RECORD_H

#include <stdint.h>

struct pxe_dhcp_msg;
struct pxe_link;
struct pxe_server;
struct pxe_summary;

/* A message of a client, in proxy or external mode, and what we said. */
void pxe_record_request(struct pxe_server *s, const struct pxe_summary *sum);

/* A reply of another server, from the address `src`, was heard on the link. */
void pxe_record_reply(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
		      uint32_t src);

#endif
