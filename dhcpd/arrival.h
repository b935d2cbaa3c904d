/* SPDX-License-Identifier: ISC */
/*
 * Where a message came in: which of our networks its client is on, and by
 * which address the client is to know us.  Pure.
 */
#ifndef PXE_DHCPD_ARRIVAL_H
#define PXE_DHCPD_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "wire/dhcp.h"

/* An address of an interface. */
struct pxe_if_addr {
	uint32_t address;
	uint8_t prefix;
};

struct pxe_arrival {
	const struct pxe_if_addr *addr; /* of the interface; borrowed */
	size_t n_addr;
	uint32_t dst; /* to which it was sent */
};

/* Was it sent to one address of ours, not to many? */
bool pxe_arrival_is_unicast(const struct pxe_arrival *a);

/* Is `address` on a network of the interface? */
bool pxe_arrival_is_on_link(const struct pxe_arrival *a, uint32_t address);

/* Is `address` one of the interface's own? */
bool pxe_arrival_has(const struct pxe_arrival *a, uint32_t address);

/*
 * The subnet of the client that sent a message with this head, or NULL.  An
 * interface may have several: then the first of the `n` hints (addresses that
 * the client has or speaks of; 0: none) that lies in one of them decides.
 */
const struct pxe_conf_subnet *
pxe_arrival_find_subnet(const struct pxe_arrival *a,
			const struct pxe_conf *conf,
			const struct pxe_dhcp_head *head,
			const uint32_t *hints, size_t n);

/* Our address as a client of `subnet` is to see it; 0: none is known. */
uint32_t pxe_arrival_find_server_id(const struct pxe_arrival *a,
				    const struct pxe_conf *conf,
				    const struct pxe_conf_subnet *subnet);

#endif
