/* SPDX-License-Identifier: ISC */
#include "dhcpd/arrival.h"

#include <errno.h>
#include <string.h>

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

/* The first subnet that the interface has an address in. */
static const struct pxe_conf_subnet *find_local(const struct pxe_arrival *a,
						const struct pxe_conf *conf)
{
	const struct pxe_conf_subnet *s = NULL;

	for (size_t i = 0; i < a->n_addr && s == NULL; i++)
		s = pxe_conf_find_subnet(conf, a->addr[i].address);
	return s;
}

/* A relay has an address of a host: an answer to another one would go to the
 * whole network. */
static const struct pxe_conf_subnet *find_relay_subnet(
	const struct pxe_conf *conf, uint32_t giaddr)
{
	const struct pxe_conf_subnet *s = pxe_conf_find_subnet(conf, giaddr);

	if (s != NULL && s->net.prefix < 31 &&
	    (giaddr == s->net.address ||
	     giaddr == pxe_ip4_net_broadcast(&s->net)))
		return NULL;
	return s;
}

static bool is_one_network(const struct pxe_conf_subnet *a,
			   const struct pxe_conf_subnet *b)
{
	return a == b || (a->shared_network[0] != '\0' &&
			  strcmp(a->shared_network, b->shared_network) == 0);
}

static bool has_subnet(const struct pxe_arrival_link *link,
		       const struct pxe_conf_subnet *subnet)
{
	const struct pxe_arrival *a = link->arrival;

	if (is_one_network(link->first, subnet))
		return true;
	for (size_t i = 0; i < a->n_addr && link->is_local; i++) {
		const struct pxe_conf_subnet *s = pxe_conf_find_subnet(
			link->conf, a->addr[i].address);

		if (s != NULL && is_one_network(s, subnet))
			return true;
	}
	return false;
}

/* A client that renews by unicast may be behind a router. */
static void enter_routed(struct pxe_arrival_link *link, uint32_t ciaddr)
{
	const struct pxe_conf_subnet *s;

	if (ciaddr == 0 || !pxe_arrival_is_unicast(link->arrival))
		return;
	s = pxe_conf_find_subnet(link->conf, ciaddr);
	if (s == NULL && !pxe_arrival_is_on_link(link->arrival, ciaddr))
		s = link->conf->elsewhere;
	if (s != NULL && (link->first == NULL || !has_subnet(link, s))) {
		link->first = s;
		link->is_local = false;
	}
}

/* A relay's address names the network (RFC 2131 section 4.3.1), or what it
 * says of it (RFC 3527); else the interface does. */
int pxe_arrival_find_link(const struct pxe_arrival *a,
			  const struct pxe_conf *conf,
			  const struct pxe_dhcp_head *head, uint32_t selected,
			  struct pxe_arrival_link *link)
{
	struct pxe_arrival_link l = { .arrival = a, .conf = conf };

	if (head->giaddr != 0 && selected != 0) {
		l.first = pxe_conf_find_subnet(conf, selected);
	} else if (head->giaddr != 0) {
		l.first = find_relay_subnet(conf, head->giaddr);
	} else {
		l.first = find_local(a, conf);
		l.is_local = true;
		enter_routed(&l, head->ciaddr);
	}
	if (l.first == NULL)
		l.first = conf->elsewhere;
	if (l.first == NULL)
		return -ENOENT;
	*link = l;
	return 0;
}

const struct pxe_conf_subnet *pxe_arrival_link_find(
	const struct pxe_arrival_link *link, uint32_t address)
{
	const struct pxe_conf_subnet *s;

	if (pxe_ip4_net_has(&link->first->net, address))
		return link->first;
	s = pxe_conf_find_subnet(link->conf, address);
	return s != NULL && has_subnet(link, s) ? s : NULL;
}

const struct pxe_conf_subnet *pxe_arrival_link_next(
	const struct pxe_arrival_link *link, size_t *at)
{
	while (*at < link->conf->n_subnets) {
		const struct pxe_conf_subnet *s = &link->conf->subnets[(*at)++];

		if (has_subnet(link, s))
			return s;
	}
	return NULL;
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
	/* the subnet shares the link of one that we have an address in */
	for (size_t i = 0; i < a->n_addr; i++)
		if (pxe_conf_find_subnet(conf, a->addr[i].address) != NULL)
			return a->addr[i].address;
	return a->n_addr > 0 ? a->addr[0].address : 0;
}
