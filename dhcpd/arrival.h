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
	const char *address6; /* one of it that others can use, as text, or
				 NULL; borrowed */
	uint32_t dst; /* to which it was sent */
	uint32_t src; /* from where: port 4011 is answered there */
	uint16_t src_port;
};

/* Was it sent to one address of ours, not to many? */
bool pxe_arrival_is_unicast(const struct pxe_arrival *a);

/* Is `address` on a network of the interface? */
bool pxe_arrival_is_on_link(const struct pxe_arrival *a, uint32_t address);

/* Is `address` one of the interface's own? */
bool pxe_arrival_has(const struct pxe_arrival *a, uint32_t address);

/*
 * The link of a client: the subnets that it can have an address of.  Those of
 * one interface are on one link, and those of one `shared-network`.  Where
 * none is configured it may be conf->elsewhere alone.
 */
struct pxe_arrival_link {
	const struct pxe_arrival *arrival;
	const struct pxe_conf *conf;
	const struct pxe_conf_subnet *first; /* names the link; never NULL */
	bool is_local; /* the interface's own, not behind relay or router */
};

/*
 * The link of the client that sent a message with this head; `selected`: an
 * address of it, as its relay says (RFC 3527), or 0.
 * 0, -ENOENT (none of our subnets is there; `link` is as before).
 */
int pxe_arrival_find_link(const struct pxe_arrival *a,
			const struct pxe_conf *conf,
			  const struct pxe_dhcp_head *head, uint32_t selected,
			  struct pxe_arrival_link *link) PXE_MUST_CHECK;

/* The subnet of the link that `address` lies in, or NULL. */
const struct pxe_conf_subnet *pxe_arrival_link_find(
	const struct pxe_arrival_link *link, uint32_t address);

/* Walks over the subnets of the link: start with *at = 0; NULL at the end. */
const struct pxe_conf_subnet *pxe_arrival_link_next(
	const struct pxe_arrival_link *link, size_t *at);

/* Our address as a client of `subnet` is to see it; 0: none is known. */
uint32_t pxe_arrival_find_server_id(const struct pxe_arrival *a,
				    const struct pxe_conf *conf,
				    const struct pxe_conf_subnet *subnet);

#endif
