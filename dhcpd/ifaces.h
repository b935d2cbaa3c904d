/* SPDX-License-Identifier: ISC */
/*
 * The interfaces of this host and their IPv4 addresses, followed as they come
 * and go (rtnetlink says that something changed; the list is read anew then).
 */
#ifndef PXE_DHCPD_IFACES_H
#define PXE_DHCPD_IFACES_H

#include <event2/event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "dhcpd/arrival.h"

struct pxe_iface {
	unsigned ifindex;
	char name[IFNAMSIZ];
	bool is_up;
	bool is_running; /* has a carrier, as far as it knows */
	bool is_ethernet;
	uint8_t mac[6];
	struct pxe_if_addr *addr; /* in the order of the kernel */
	size_t n_addr;
	char address6[INET6_ADDRSTRLEN]; /* a global or unique local one, or
					    "" */
};

struct pxe_ifaces;

/* Reads the list, and opens what tells of changes.  NULL: errno says why. */
struct pxe_ifaces *pxe_ifaces_new(void) PXE_MUST_CHECK;
void pxe_ifaces_free(struct pxe_ifaces *ifaces);

/*
 * Calls `changed` after the list was read anew, from now on.  Pointers to
 * interfaces are valid until then.  0, -ENOMEM.
 */
int pxe_ifaces_follow(struct pxe_ifaces *ifaces, struct event_base *base,
		      void (*changed)(void *arg), void *arg) PXE_MUST_CHECK;

/* All of them; `n` gets their number. */
const struct pxe_iface *pxe_ifaces_list(const struct pxe_ifaces *ifaces,
					size_t *n);

/* The interface with that number or name, or NULL. */
const struct pxe_iface *pxe_ifaces_find(const struct pxe_ifaces *ifaces,
					unsigned ifindex);
const struct pxe_iface *pxe_ifaces_find_name(const struct pxe_ifaces *ifaces,
					     const char *name);

#endif
