/* SPDX-License-Identifier: ISC */
#include "dhcpd/decide_priv.h"

#include <string.h>

#include "dhcpd/access.h"
#include "core/identity.h"

void pxe_case_enter(struct pxe_case *c, const struct pxe_conf_subnet *subnet)
{
	const struct pxe_arrival *a = &c->in->arrival;

	c->out->subnet = c->ask.subnet = subnet;
	c->out->mode = subnet->mode;
	c->out->server_address =
		pxe_arrival_find_server_id(a, c->in->conf, subnet);
	c->out->address6 = a->address6;
	/* a relay that wants all later messages of its clients (RFC 5107);
	 * of a proxy there are none but those on port 4011 */
	c->out->server_id =
		c->relay.server_id != 0 && subnet->mode == PXE_MODE_INTERNAL
			? c->relay.server_id
			: c->out->server_address;
}

const struct pxe_lease *pxe_case_find_own(const struct pxe_case *c)
{
	const struct pxe_lease *l, *best = NULL;

	for (l = pxe_book_first_own(c->in->book, c->client); l != NULL;
	     l = pxe_book_next_own(l))
		if (pxe_arrival_link_find(&c->link, l->address) != NULL &&
		    (best == NULL || l->end_s > best->end_s))
			best = l;
	return best;
}

static enum pxe_reason guard_request(struct pxe_case *c)
{
	return c->msg->head.op == PXE_DHCP_BOOTREQUEST ? PXE_REASON_OK
						       : PXE_REASON_NOT_FOR_US;
}

static enum pxe_reason guard_type(struct pxe_case *c)
{
	if (c->msg->type == PXE_DHCP_BOOTP &&
	    c->in->conf->bootp == PXE_BOOTP_REFUSE)
		return PXE_REASON_BOOTP;
	return c->msg->type < 32 && (PXE_CASE_ALL >> c->msg->type & 1) != 0
		       ? PXE_REASON_OK
		       : PXE_REASON_UNSUPPORTED;
}

/*
 * Was an address given to this machine by its hardware address, when it booted
 * or before it had a client-id (the one that it asks for now)?  Only for who
 * has a client-id to be told apart by.
 */
static bool has_mac_lease(const struct pxe_case *c)
{
	const uint32_t ciaddr = c->msg->head.ciaddr;
	const uint32_t asked = ciaddr != 0 ? ciaddr : c->requested;
	const struct pxe_lease *l = NULL;

	if (pxe_dhcp_find(c->msg, PXE_OPT_CLIENT_ID, NULL))
		l = pxe_book_first_own(c->in->book, c->in->facts->key);
	while (l != NULL && !l->is_boot && l->address != asked)
		l = pxe_book_next_own(l);
	return l != NULL;
}

static struct pxe_identity find_identity(const struct pxe_case *c)
{
	const struct pxe_facts *facts = c->in->facts;
	struct pxe_identity who = {
		.hw = &facts->hw,
		.uuid = facts->has_uuid ? &facts->uuid : NULL,
		.has_booted = pxe_facts_is_boot(facts) || has_mac_lease(c),
	};
	struct pxe_rd id;

	if (pxe_dhcp_find(c->msg, PXE_OPT_CLIENT_ID, &id)) {
		who.id = id.p;
		who.id_len = id.left;
	}
	return who;
}

/* A frame for an Ethernet group address would reach everybody. */
static enum pxe_reason guard_client(struct pxe_case *c)
{
	const struct pxe_hwaddr *hw = &c->msg->head.hw;
	struct pxe_identity who;

	if (hw->htype == PXE_HTYPE_ETHERNET && hw->hlen == 6 &&
	    (hw->addr[0] & 1) != 0)
		return PXE_REASON_BAD_PACKET;
	who = find_identity(c);
	c->out->host = pxe_identity_find_host(&who, c->in->conf);
	pxe_identity_find(&who, c->in->conf, c->out->host, c->out->client);
	return c->client[0] != '\0' ? PXE_REASON_OK : PXE_REASON_NO_CLIENT_ID;
}

/* Where a link has several subnets, what the client has decides. */
static const struct pxe_conf_subnet *choose_subnet(const struct pxe_case *c)
{
	const struct pxe_lease *own = pxe_case_find_own(c);
	const uint32_t hints[] = {
		c->msg->head.ciaddr,
		c->out->host != NULL ? c->out->host->address : 0,
		own != NULL ? own->address : 0,
		c->requested,
	};

	for (size_t i = 0; i < PXE_LEN(hints); i++) {
		const struct pxe_conf_subnet *s =
			hints[i] != 0
				? pxe_arrival_link_find(&c->link, hints[i])
				: NULL;

		if (s != NULL)
			return s;
	}
	return c->link.first;
}

/* The hardware address that tells this client from others, or NULL: docks
 * are passed around. */
static const struct pxe_hwaddr *find_own_hw(const struct pxe_case *c)
{
	const struct pxe_hwaddr *hw = &c->msg->head.hw;

	return pxe_conf_is_shared_mac(c->in->conf, hw) ? NULL : hw;
}

static enum pxe_reason guard_subnet(struct pxe_case *c)
{
	const struct pxe_dhcp_head *head = &c->msg->head;

	/* option 82 counts where a relay answers for it */
	if (head->giaddr != 0 && pxe_dhcp_relay_parse(c->msg, &c->relay) == 0)
		c->out->circuit =
			pxe_dhcp_relay_circuit(&c->relay, head->giaddr);
	if (pxe_arrival_find_link(&c->in->arrival, c->in->conf, head,
				  c->relay.link, &c->link) < 0)
		return head->giaddr != 0 ? PXE_REASON_UNKNOWN_RELAY
					 : PXE_REASON_NO_SUBNET;
	c->ask = (struct pxe_book_ask) { .client = c->client,
					 .host = c->out->host,
					 .hw = find_own_hw(c),
					 .circuit = c->out->circuit,
					 .requested = c->requested,
					 .now_s = c->in->now_s };
	pxe_case_enter(c, choose_subnet(c));
	return c->out->server_address != 0 || c->out->mode == PXE_MODE_EXTERNAL
		       ? PXE_REASON_OK
		       : PXE_REASON_NO_SUBNET;
}

/* Nothing is ever sent: what a machine is, is all that is wanted. */
static enum pxe_reason guard_external(struct pxe_case *c)
{
	(void)c;
	return PXE_REASON_EXTERNAL;
}

/* A BOOTP client may want one server only, by its name (RFC 951 section 7). */
static enum pxe_reason guard_bootp(struct pxe_case *c)
{
	const struct pxe_conf_host *host = c->out->host;
	const char *wanted = c->msg->head.sname;
	const char *name = c->out->subnet->server_name;

	if (c->in->conf->bootp == PXE_BOOTP_HOSTS &&
	    (host == NULL || host->address == 0))
		return PXE_REASON_BOOTP;
	if (host != NULL && host->server_name[0] != '\0')
		name = host->server_name;
	return wanted[0] == '\0' || name[0] == '\0' || strcmp(wanted, name) == 0
		       ? PXE_REASON_OK
		       : PXE_REASON_OTHER_SERVER;
}

/*
 * Who has no address yet, or asks for options only, says in ciaddr where the
 * answer is to go (section 4.1): not to just anybody.
 */
static enum pxe_reason guard_ciaddr(struct pxe_case *c)
{
	const struct pxe_dhcp_head *head = &c->msg->head;

	return head->giaddr != 0 || head->ciaddr == 0 ||
			       pxe_ip4_net_has(&c->out->subnet->net,
					       head->ciaddr)
		       ? PXE_REASON_OK
		       : PXE_REASON_WRONG_NETWORK;
}

void pxe_case_decide_boot(struct pxe_case *c)
{
	const struct pxe_order *order =
		c->in->orders != NULL
			? pxe_order_table_find_for(c->in->orders, c->out->host,
						   c->in->facts->key)
			: NULL;
	const struct pxe_policy_in ask = { .conf = c->in->conf,
					   .facts = c->in->facts,
					   .host = c->out->host,
					   .order = order,
					   .is_state_up = true,
					   .subnet = c->out->subnet,
					   .ask = PXE_ASK_DHCP,
					   .family = PXE_FAMILY_NONE };

	pxe_policy_decide(&ask, &c->out->boot);
}

static enum pxe_reason guard_policy(struct pxe_case *c)
{
	pxe_case_decide_boot(c);
	return c->out->boot.give != PXE_GIVE_NOTHING ? PXE_REASON_OK
						     : c->out->boot.reason;
}

/* Beside another server: only who boots is our business. */
static enum pxe_reason guard_boot(struct pxe_case *c)
{
	return pxe_facts_is_boot(c->in->facts) ? PXE_REASON_OK
					       : PXE_REASON_PROXY;
}

/* There is nothing to add to what another server says. */
static enum pxe_reason guard_something(struct pxe_case *c)
{
	return c->out->boot.give != PXE_GIVE_ADDRESS ? PXE_REASON_OK
						     : c->out->boot.reason;
}

/* Who comes to port 4011 chose us already; of a link behind a relay no other
 * server is heard. */
static enum pxe_reason guard_contend(struct pxe_case *c)
{
	return c->in->has_pxe_rival && c->msg->head.giaddr == 0 &&
			       c->out->subnet->contend == PXE_CONTEND_YIELD
		       ? PXE_REASON_CONTENDED
		       : PXE_REASON_OK;
}

/* The lists of the subnet; who gives back what it has is always heard. */
static enum pxe_reason guard_access(struct pxe_case *c)
{
	return pxe_access_has(&c->out->subnet->access, c->msg, c->in->facts)
		       ? PXE_REASON_OK
		       : PXE_REASON_DENIED;
}

static enum pxe_reason guard_stranger(struct pxe_case *c)
{
	return c->out->subnet->access.strangers == PXE_STRANGERS_ALLOW ||
			       pxe_book_is_known(c->in->book, c->client,
						 c->out->host)
		       ? PXE_REASON_OK
		       : PXE_REASON_STRANGER;
}

/* Without pxe-stated's leases every address could be somebody's. */
static enum pxe_reason guard_leases(struct pxe_case *c)
{
	return c->in->has_leases ? PXE_REASON_OK : PXE_REASON_STATE_AWAY;
}

bool pxe_case_is_withheld(const struct pxe_case *c)
{
	return c->in->rival == PXE_DECIDE_RIVAL && !c->in->conf->coexist &&
	       c->msg->head.giaddr == 0;
}

/* New addresses: not beside another server, and not before we looked for one.
 * Who has an address of us waits for nothing. */
static enum pxe_reason guard_rival(struct pxe_case *c)
{
	const struct pxe_lease *own;

	if (c->in->rival == PXE_DECIDE_ALONE || c->in->conf->coexist ||
	    c->msg->head.giaddr != 0)
		return PXE_REASON_OK;
	own = pxe_case_find_own(c);
	/* a BOOTP client knows no renewal: it asks as if it were new */
	if (own != NULL && pxe_lease_is_active(own, c->in->now_s) &&
	    (c->in->rival == PXE_DECIDE_LOOKING ||
	     c->msg->type == PXE_DHCP_BOOTP))
		return PXE_REASON_OK;
	return c->in->rival == PXE_DECIDE_LOOKING
		       ? PXE_REASON_PROBING
		       : PXE_REASON_OTHER_SERVER_ACTIVE;
}

#define TYPE(t)  PXE_CASE_TYPE(t)
#define ASKS     PXE_CASE_ASKS
#define INTERNAL PXE_CASE_MODE(INTERNAL)
#define PROXY    PXE_CASE_MODE(PROXY)
#define EXTERNAL PXE_CASE_MODE(EXTERNAL)
#define DHCP     PXE_CASE_DHCP
/* Before guard_subnet the mode is not known. */
#define ALL PXE_CASE_ANY_PORT, PXE_CASE_ANY_MODE
/* clang-format off */
static const struct {
	enum pxe_reason (*check)(struct pxe_case *c);
	unsigned types; /* to which it applies; ~0: any at all */
	unsigned ports, modes;
} guards[] = {
	{ guard_request,   ~0u, ALL },
	{ guard_type,      ~0u, ALL },
	{ guard_client,    ~0u, ALL },
	{ guard_subnet,    ~0u, ALL },
	{ guard_external,  ~0u, PXE_CASE_ANY_PORT, EXTERNAL },
	{ guard_bootp,     TYPE(BOOTP), DHCP, INTERNAL },
	{ guard_ciaddr,    ASKS & ~TYPE(REQUEST), ALL },
	{ guard_boot,      ASKS, PXE_CASE_ANY_PORT, PROXY },
	{ guard_access,    ASKS, ALL },
	{ guard_policy,    ASKS, ALL },
	{ guard_something, ASKS, PXE_CASE_ANY_PORT, PROXY },
	{ guard_leases,    PXE_CASE_ALL & ~TYPE(INFORM), DHCP, INTERNAL },
	{ guard_stranger,  ASKS & ~TYPE(INFORM), ALL },
	{ guard_contend,   TYPE(DISCOVER) | TYPE(INFORM), DHCP, PROXY },
	{ guard_rival,     TYPE(BOOTP) | TYPE(DISCOVER), DHCP, INTERNAL },
};
/* clang-format on */
#undef TYPE
#undef ASKS
#undef INTERNAL
#undef PROXY
#undef EXTERNAL
#undef DHCP
#undef ALL

enum pxe_reason pxe_case_guard(struct pxe_case *c)
{
	unsigned type = c->msg->type < 32 ? 1u << c->msg->type : 0;

	for (size_t i = 0; i < PXE_LEN(guards); i++) {
		enum pxe_reason r;

		if ((guards[i].types != ~0u && (guards[i].types & type) == 0) ||
		    (guards[i].ports & c->port) == 0 ||
		    (guards[i].modes & 1u << c->out->mode) == 0)
			continue;
		r = guards[i].check(c);
		if (r != PXE_REASON_OK)
			return r;
	}
	return PXE_REASON_OK;
}
