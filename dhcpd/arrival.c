/* SPDX-License-Identifier: ISC */
#include "dhcpd/arrival.h"

bool pxe_arrival_is_unicast(const struct pxe_arrival *a)
{
	for (size_t i = 0; i < a->n_addr; i++) {
		struct pxe_ip4_net net = { a->addr[i].address,
					   a->addr[i].prefix };

		if (net.prefix < 31 && a->dst == pxe_ip4_net_broadcast(&net))
			return false;
	}
	return a->dst != 0 && a->dst >> 28 < 14; /* nor multicast */
}

bool pxe_arrival_is_on_link(const struct pxe_arrival *a, uint32_t address)
{
	for (size_t i = 0; i < a->n_addr; i++) {
		uint32_t mask = pxe_ip4_mask(a->addr[i].prefix);

		if ((a->addr[i].address & mask) == (address & mask))
			return true;
	}
	return false;
}

bool pxe_arrival_has(const struct pxe_arrival *a, uint32_t address)
{
	for (size_t i = 0; i < a->n_addr; i++)
		if (a->addr[i].address == address)
			return true;
	return false;
}

/* The first subnet of the interface that has the address; any if it is 0. */
static const struct pxe_conf_subnet *
find_link_subnet(const struct pxe_arrival *a, const struct pxe_conf *conf,
		 uint32_t address)
{
	for (size_t i = 0; i < a->n_addr; i++) {
		const struct pxe_conf_subnet *s =
			pxe_conf_find_subnet(conf, a->addr[i].address);

		if (s != NULL &&
		    (address == 0 || pxe_ip4_net_has(&s->net, address)))
			return s;
	}
	return NULL;
}

/* A relay has an address of a host: an answer to another one would go to the
 * whole network. */
static const struct pxe_conf_subnet *
find_relay_subnet(const struct pxe_conf *conf, uint32_t giaddr)
{
	const struct pxe_conf_subnet *s = pxe_conf_find_subnet(conf, giaddr);

	if (s != NULL && s->net.prefix < 31 &&
	    (giaddr == s->net.address ||
	     giaddr == pxe_ip4_net_broadcast(&s->net)))
		return NULL;
	return s;
}

/* A relay's address names the network (RFC 2131 section 4.3.1); a client
 * that renews by unicast may be behind a router; else the interface does. */
const struct pxe_conf_subnet *
pxe_arrival_find_subnet(const struct pxe_arrival *a,
			const struct pxe_conf *conf,
			const struct pxe_dhcp_head *head,
			const uint32_t *hints, size_t n)
{
	const struct pxe_conf_subnet *s = NULL;

	if (head->giaddr != 0)
		return find_relay_subnet(conf, head->giaddr);
	if (head->ciaddr != 0 && pxe_arrival_is_unicast(a))
		s = pxe_conf_find_subnet(conf, head->ciaddr);
	for (size_t i = 0; i < n && s == NULL; i++)
		if (hints[i] != 0)
			s = find_link_subnet(a, conf, hints[i]);
	return s != NULL ? s : find_link_subnet(a, conf, 0);
}

uint32_t pxe_arrival_find_server_id(const struct pxe_arrival *a,
				    const struct pxe_conf *conf,
				    const struct pxe_conf_subnet *subnet)
{
	if (conf->server_address != 0)
		return conf->server_address;
	if (pxe_arrival_is_unicast(a))
		return a->dst;
	for (size_t i = 0; i < a->n_addr; i++)
		if (pxe_ip4_net_has(&subnet->net, a->addr[i].address))
			return a->addr[i].address;
	return a->n_addr > 0 ? a->addr[0].address : 0;
}
