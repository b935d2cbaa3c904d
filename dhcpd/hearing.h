/* SPDX-License-Identifier: ISC */
/*
 * What an interface has to hear, by the modes of the subnets whose messages
 * can come in on it; and whether anything may be sent there.  Pure.
 */
#ifndef PXE_DHCPD_HEARING_H
#define PXE_DHCPD_HEARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "dhcpd/arrival.h"

struct pxe_hearing {
	unsigned modes;	  /* bits 1 << enum pxe_mode */
	unsigned own;	  /* the same, of those that are not behind relays */
	bool is_silent;	  /* nothing may ever be sent: all is external */
	bool binds_dhcp;  /* a socket on port 67 */
	bool binds_binl;  /* one on port 4011, if it is free */
	bool needs_binl;  /* and without it firmware waits in vain */
	bool taps_dhcp;	  /* a packet socket hears port 67 instead */
	bool taps_binl;	  /* and 4011 */
	bool taps_host;	  /* and what other programs of this host send */
	bool yields;	  /* to another PXE server */
};

/* What is known of an interface. */
struct pxe_hearing_in {
	const struct pxe_conf *conf;
	const struct pxe_if_addr *addr; /* of the interface */
	size_t n_addr;
	const uint32_t *own; /* addresses of the whole host */
	size_t n_own;
	bool is_ethernet;
};

void pxe_hearing_find(const struct pxe_hearing_in *in,
		      struct pxe_hearing *out);

/* Are the sockets the same? */
bool pxe_hearing_is_same(const struct pxe_hearing *a,
			 const struct pxe_hearing *b);

/* Does a subnet of the interface itself work in that mode?  Then other servers
 * on its link matter. */
bool pxe_hearing_has(const struct pxe_hearing *hearing, enum pxe_mode mode);

#endif
