/* SPDX-License-Identifier: ISC */
#include "run/asker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "run/neigh.h"

#define FRESH_S 3600 /* a menu may wait for a person for some time */

static const char *const ways[] = {
#define X(id, name) [PXE_ASKER_BY_##id] = name,
	PXE_ASKER_WAYS(X)
#undef X
};

uint32_t pxe_asker_address(const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	uint32_t mapped;

	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return ntohl(in.sin_addr.s_addr);
	}
	if (address->sa_family != AF_INET6)
		return 0;
	memcpy(&in6, address, sizeof(in6));
	if (!IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return 0;
	memcpy(&mapped, in6.sin6_addr.s6_addr + 12, sizeof(mapped));
	return ntohl(mapped);
}

void pxe_asker_octets(const struct sockaddr *address, uint8_t octets[16])
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(octets, 0, 16);
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		memset(octets + 10, 0xff, 2);
		memcpy(octets + 12, &in.sin_addr, 4);
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		memcpy(octets, &in6.sin6_addr, 16);
	}
}

/* Facts of a machine of which no packet is known. */
static void make_facts(struct pxe_asker *asker, const struct pxe_hwaddr *hw,
		       const struct pxe_uuid *uuid)
{
	struct pxe_facts *f = &asker->said;

	memset(f, 0, sizeof(*f));
	f->stage = PXE_STAGE_IPXE;
	f->arch = PXE_ARCH_NONE;
	if (hw != NULL) {
		f->hw = *hw;
		pxe_hwaddr_format(hw, f->key, sizeof(f->key));
	}
	if (uuid != NULL) {
		f->has_uuid = true;
		f->uuid = *uuid;
	}
	asker->facts = f;
}

static void take_record(const struct pxe_asker_in *in, struct pxe_asker *asker,
			enum pxe_asker_way way, const struct pxe_client *client)
{
	int64_t seen_s =
		client->boot_s != 0 ? client->boot_s : client->last_seen_s;

	asker->way = way;
	asker->client = client;
	asker->facts = &client->facts;
	asker->host = pxe_client_find_host(client, in->conf);
	asker->is_held = pxe_loop_is_held(&client->loop, in->now_s);
	asker->is_old = seen_s < in->now_s - FRESH_S;
}

static void take_facts(const struct pxe_asker_in *in, struct pxe_asker *asker,
		       enum pxe_asker_way way, const struct pxe_hwaddr *hw,
		       const struct pxe_uuid *uuid)
{
	make_facts(asker, hw, uuid);
	asker->way = way;
	asker->host = pxe_conf_find_host(in->conf, &asker->said.hw, uuid);
}

static bool ask_kernel(const struct pxe_asker_in *in, struct pxe_hwaddr *hw)
{
	return in->neigh_fd >= 0 &&
	       pxe_neigh_find(in->neigh_fd, in->peer, hw) == 0;
}

/* Is it on a network of this host?  A MAC that is passed around names nobody:
 * hlen 0. */
static bool find_neighbour(const struct pxe_asker_in *in, struct pxe_hwaddr *hw)
{
	struct pxe_asker_near fresh = { 0 }, *near = in->near;

	if (near == NULL)
		near = &fresh;
	if (near->found_s != in->now_s) {
		near->has_hw = ask_kernel(in, &near->hw);
		near->found_s = in->now_s;
	}
	*hw = near->hw;
	if (!near->has_hw || pxe_conf_is_shared_mac(in->conf, hw))
		hw->hlen = 0;
	return near->has_hw;
}

static const struct pxe_client *find_record(const struct pxe_asker_in *in,
					    const struct pxe_hwaddr *hw)
{
	char key[PXE_HWADDR_TEXT];

	pxe_hwaddr_format(hw, key, sizeof(key));
	return pxe_state_view_find(in->view, key);
}

/*
 * Does the record say more than that somebody has this address?  A router's
 * says nothing of the machines behind it.
 */
static bool is_telling(const struct pxe_asker_in *in,
		       const struct pxe_client *client)
{
	return client != NULL && (pxe_facts_is_boot(&client->facts) ||
				  pxe_client_find_host(client, in->conf));
}

/* By what the request says. */
static bool believe(const struct pxe_asker_in *in, struct pxe_asker *asker)
{
	const struct pxe_boot_id *said = in->said;
	const struct pxe_client *client = NULL;

	if (said == NULL || (!said->has_hw && !said->has_uuid))
		return false;
	if (said->has_hw)
		client = find_record(in, &said->hw);
	if (client != NULL)
		take_record(in, asker, PXE_ASKER_BY_SAID, client);
	else
		take_facts(in, asker, PXE_ASKER_BY_SAID,
			   said->has_hw ? &said->hw : NULL,
			   said->has_uuid ? &said->uuid : NULL);
	return true;
}

/* Is that the hardware address of the machine that was believed in? */
static bool is_its(const struct pxe_asker *asker, const struct pxe_hwaddr *hw)
{
	const struct pxe_conf_host *host = asker->host;

	for (size_t i = 0; host != NULL && i < host->n_hw; i++)
		if (pxe_hwaddr_is_equal(&host->hw[i], hw))
			return true;
	return pxe_hwaddr_is_equal(&asker->facts->hw, hw);
}

/* What the kernel or a record knows of the address goes against it. */
static bool is_contradicted(const struct pxe_asker *asker,
			    const struct pxe_hwaddr *hw,
			    const struct pxe_client *at)
{
	return (hw != NULL && !is_its(asker, hw)) ||
	       (at != NULL && at->facts.hw.hlen > 0 &&
		!is_its(asker, &at->facts.hw));
}

/*
 * Did we give the machine that was believed in another address?  Behind a
 * router nothing else tells two machines apart.  What other servers gave may be
 * long over, and is not looked at.
 */
static bool is_away(const struct pxe_asker_in *in,
		    const struct pxe_asker *asker)
{
	const struct pxe_client *client = asker->client;
	const struct pxe_conf_subnet *subnet;

	if (client == NULL || client->address == 0 || asker->address == 0 ||
	    client->address == asker->address)
		return false;
	subnet = pxe_conf_find_subnet(in->conf, client->address);
	return subnet != NULL && subnet->mode == PXE_MODE_INTERNAL;
}

/* The order of the header's comment; `hw` NULL: no neighbour, or one whose
 * address names nobody. */
static void choose(const struct pxe_asker_in *in, struct pxe_asker *asker,
		   const struct pxe_hwaddr *hw, bool is_near)
{
	const struct pxe_client *near = hw != NULL ? find_record(in, hw) : NULL;
	const struct pxe_client *at =
		asker->address != 0
			? pxe_state_view_find_address(in->view, asker->address)
			: NULL;

	if (hw != NULL)
		asker->hw = *hw;
	else if (at != NULL)
		asker->hw = at->facts.hw;
	if (is_telling(in, near)) {
		take_record(in, asker, PXE_ASKER_BY_NEIGHBOUR, near);
		return;
	}
	if (is_telling(in, at)) {
		asker->hw = at->facts.hw; /* the neighbour is a router */
		take_record(in, asker, PXE_ASKER_BY_ADDRESS, at);
		return;
	}
	if (hw != NULL)
		take_facts(in, asker, PXE_ASKER_BY_NEIGHBOUR, hw, NULL);
	if (asker->host != NULL)
		return;
	if (believe(in, asker)) {
		asker->is_doubtful = is_contradicted(asker, hw, at) ||
				     (hw == NULL && is_away(in, asker)) ||
				     (!is_near && in->conf->doubts_routed);
		return;
	}
	if (near != NULL)
		take_record(in, asker, PXE_ASKER_BY_NEIGHBOUR, near);
	else if (at != NULL)
		take_record(in, asker, PXE_ASKER_BY_ADDRESS, at);
}

void pxe_asker_find(const struct pxe_asker_in *in, struct pxe_asker *asker)
{
	struct pxe_hwaddr hw;
	const bool is_near = find_neighbour(in, &hw);

	asker->address = pxe_asker_address(in->peer);
	asker->way = PXE_ASKER_BY_NOTHING;
	asker->client = NULL;
	asker->facts = NULL;
	asker->host = NULL;
	asker->is_held = asker->is_doubtful = false;
	asker->is_old = true; /* until there is a record */
	asker->hw.hlen = 0;
	pxe_asker_octets(in->peer, asker->octets);
	choose(in, asker, hw.hlen > 0 ? &hw : NULL, is_near);
	asker->order =
		pxe_order_table_find_for(pxe_state_view_orders(in->view),
					 asker->host, pxe_asker_key(asker));
	asker->is_state_up = pxe_state_view_is_fresh(in->view);
}

bool pxe_asker_is_stranger(const struct pxe_asker *asker)
{
	return asker->way == PXE_ASKER_BY_NEIGHBOUR && asker->client == NULL &&
	       asker->host == NULL;
}

const char *pxe_asker_key(const struct pxe_asker *asker)
{
	if (asker->client != NULL)
		return asker->client->key;
	return asker->facts != NULL ? asker->facts->key : "";
}

const char *pxe_asker_event_key(const struct pxe_asker *asker,
				const struct pxe_boot_name *means)
{
	return pxe_asker_is_stranger(asker) && means->kind == PXE_BOOT_FILE
		       ? ""
		       : pxe_asker_key(asker);
}

const char *pxe_asker_way_name(enum pxe_asker_way way)
{
	return ways[way];
}
