/* SPDX-License-Identifier: ISC */
/*
 * A list of guards, the first that objects ends it; then a table of handlers
 * by message type, of which REQUEST has a table of its own.
 */
#include "dhcpd/decide.h"

#include <string.h>

#include "wire/dhcp_opt.h"

struct ctx {
	const struct pxe_decide_in *in;
	const struct pxe_dhcp_msg *msg;
	const char *client; /* key */
	uint32_t requested; /* option 50 */
	uint32_t chosen;    /* option 54 */
	struct pxe_book_ask ask;
	struct pxe_dhcp_decision *out;
};

#define TYPE(t) (1u << PXE_DHCP_##t)
#define ALL_TYPES                                                           \
	(TYPE(DISCOVER) | TYPE(REQUEST) | TYPE(DECLINE) | TYPE(RELEASE) |   \
	 TYPE(INFORM))

static bool is_our_id(const struct ctx *c, uint32_t id)
{
	return id == c->out->server_id ||
	       pxe_arrival_has(&c->in->arrival, id);
}

/* --- guards --- */

static enum pxe_reason guard_request(struct ctx *c)
{
	return c->msg->head.op == PXE_DHCP_BOOTREQUEST ? PXE_REASON_OK
						       : PXE_REASON_NOT_FOR_US;
}

static enum pxe_reason guard_type(struct ctx *c)
{
	return c->msg->type < 32 && (ALL_TYPES >> c->msg->type & 1) != 0
		       ? PXE_REASON_OK
		       : PXE_REASON_UNSUPPORTED;
}

/* A frame for an Ethernet group address would reach everybody. */
static enum pxe_reason guard_client(struct ctx *c)
{
	const struct pxe_hwaddr *hw = &c->msg->head.hw;

	if (hw->htype == PXE_HTYPE_ETHERNET && hw->hlen == 6 &&
	    (hw->addr[0] & 1) != 0)
		return PXE_REASON_BAD_PACKET;
	return c->client[0] != '\0' ? PXE_REASON_OK : PXE_REASON_NO_CLIENT_ID;
}

/* Where an interface has several subnets, what the client has decides. */
static const struct pxe_conf_subnet *find_subnet(const struct ctx *c)
{
	const struct pxe_lease *own =
		pxe_book_find_client(c->in->book, c->client);
	const uint32_t hints[] = {
		c->msg->head.ciaddr,
		c->out->host != NULL ? c->out->host->address : 0,
		own != NULL ? own->address : 0,
		c->requested,
	};

	return pxe_arrival_find_subnet(&c->in->arrival, c->in->conf,
				       &c->msg->head, hints, PXE_LEN(hints));
}

static enum pxe_reason guard_subnet(struct ctx *c)
{
	const struct pxe_facts *facts = c->in->facts;

	c->out->host = pxe_conf_find_host(c->in->conf, &facts->hw,
					  facts->has_uuid ? &facts->uuid
							  : NULL);
	c->out->subnet = find_subnet(c);
	if (c->out->subnet == NULL)
		return c->msg->head.giaddr != 0 ? PXE_REASON_UNKNOWN_RELAY
						: PXE_REASON_NO_SUBNET;
	c->out->server_id = pxe_arrival_find_server_id(
		&c->in->arrival, c->in->conf, c->out->subnet);
	c->ask = (struct pxe_book_ask){ .subnet = c->out->subnet,
					.client = c->client,
					.host = c->out->host,
					.requested = c->requested,
					.now_s = c->in->now_s };
	return c->out->server_id != 0 ? PXE_REASON_OK : PXE_REASON_NO_SUBNET;
}

/*
 * Who has no address yet, or asks for options only, says in ciaddr where the
 * answer is to go (section 4.1): not to just anybody.
 */
static enum pxe_reason guard_ciaddr(struct ctx *c)
{
	const struct pxe_dhcp_head *head = &c->msg->head;

	return head->giaddr != 0 || head->ciaddr == 0 ||
			       pxe_ip4_net_has(&c->out->subnet->net,
					       head->ciaddr)
		       ? PXE_REASON_OK
		       : PXE_REASON_WRONG_NETWORK;
}

static enum pxe_reason guard_policy(struct ctx *c)
{
	const struct pxe_policy_in ask = { .conf = c->in->conf,
					   .facts = c->in->facts,
					   .host = c->out->host,
					   .ask = PXE_ASK_DHCP,
					   .family = PXE_FAMILY_NONE };

	pxe_policy_decide(&ask, &c->out->boot);
	return c->out->boot.give != PXE_GIVE_NOTHING ? PXE_REASON_OK
						     : c->out->boot.reason;
}

/* Without pxe-stated's leases every address could be somebody's. */
static enum pxe_reason guard_leases(struct ctx *c)
{
	return c->in->has_leases ? PXE_REASON_OK : PXE_REASON_STATE_AWAY;
}

static const struct {
	enum pxe_reason (*check)(struct ctx *c);
	unsigned types; /* to which it applies; ~0: any at all */
} guards[] = {
	{ guard_request, ~0u },
	{ guard_type, ~0u },
	{ guard_client, ~0u },
	{ guard_subnet, ~0u },
	{ guard_ciaddr, TYPE(DISCOVER) | TYPE(INFORM) },
	{ guard_policy, TYPE(DISCOVER) | TYPE(REQUEST) | TYPE(INFORM) },
	{ guard_leases, ALL_TYPES & ~TYPE(INFORM) },
};

/* --- replies --- */

static void refuse(struct ctx *c, enum pxe_reason reason)
{
	c->out->reason = reason;
}

/* RFC 2131 section 4.1; a frame needs an Ethernet address. */
static struct pxe_dest find_dest(const struct ctx *c, uint32_t yiaddr)
{
	const struct pxe_dhcp_head *head = &c->msg->head;
	const uint16_t server = c->in->conf->dhcp_port;
	const uint16_t client = (uint16_t)(server + 1);

	if (head->giaddr != 0)
		return (struct pxe_dest){ PXE_DEST_UNICAST, head->giaddr,
					  server };
	if (head->ciaddr != 0)
		return (struct pxe_dest){ PXE_DEST_UNICAST, head->ciaddr,
					  client };
	if (yiaddr == 0 || (head->flags & PXE_DHCP_FLAG_BROADCAST) != 0 ||
	    head->hw.htype != PXE_HTYPE_ETHERNET || head->hw.hlen != 6)
		return (struct pxe_dest){ PXE_DEST_BROADCAST,
					  PXE_IP4_BROADCAST, client };
	return (struct pxe_dest){ PXE_DEST_RAW, yiaddr, client };
}

/* "the server broadcasts any DHCPNAK" (section 4.1), or sends it to the
 * relay; a client that a router leads to us hears no broadcast of ours. */
static void nak(struct ctx *c, enum pxe_reason reason)
{
	const struct pxe_dhcp_head *head = &c->msg->head;

	c->out->reason = reason;
	c->out->reply = PXE_DHCP_NAK;
	c->out->dest = find_dest(c, 0);
	if (head->giaddr == 0 &&
	    pxe_arrival_is_on_link(&c->in->arrival, head->ciaddr)) {
		c->out->dest.kind = PXE_DEST_BROADCAST;
		c->out->dest.address = PXE_IP4_BROADCAST;
	}
}

/* A machine that boots gets its address also where nothing is to be loaded:
 * then the reason says why. */
static enum pxe_reason given(const struct ctx *c)
{
	if (c->out->boot.give == PXE_GIVE_ADDRESS &&
	    pxe_facts_is_boot(c->in->facts))
		return c->out->boot.reason;
	return PXE_REASON_OK;
}

static uint32_t find_lease_time(const struct ctx *c)
{
	const struct pxe_conf_subnet *s = c->out->subnet;
	uint32_t min = s->lease_s < PXE_DECIDE_LEASE_MIN_S
			       ? s->lease_s
			       : PXE_DECIDE_LEASE_MIN_S;
	uint32_t t = pxe_dhcp_get_u32(c->msg, PXE_OPT_LEASE_TIME, s->lease_s);

	if (t < min)
		return min;
	return t > s->max_lease_s ? s->max_lease_s : t;
}

static void answer(struct ctx *c, uint8_t reply, enum pxe_lease_op op,
		   uint32_t address, uint32_t lease_s)
{
	c->out->reason = given(c);
	c->out->reply = reply;
	c->out->op = op;
	c->out->address = address;
	c->out->lease_s = lease_s;
	c->out->dest = find_dest(c, address);
}

/* --- handlers --- */

static void on_discover(struct ctx *c)
{
	uint32_t address;

	/* choosing only reorders what the book found before */
	if (pxe_book_choose(c->in->book, &c->ask, &address) < 0)
		refuse(c, PXE_REASON_POOL_EMPTY);
	else
		answer(c, PXE_DHCP_OFFER, PXE_LEASE_OP_OFFER, address,
		       find_lease_time(c));
}

/* Durably the client's until then; 0: not. */
static int64_t durable_until(const struct ctx *c, uint32_t address)
{
	const struct pxe_lease *l = pxe_book_find(c->in->book, address);

	return l != NULL && pxe_lease_is_active(l, c->in->now_s) &&
			       strcmp(l->client, c->client) == 0
		       ? l->end_s
		       : 0;
}

/* The client may have `address`: on with it to the disk. */
static void commit(struct ctx *c, uint32_t address)
{
	int64_t left_s = durable_until(c, address) - c->in->now_s;
	uint32_t max_s = c->out->subnet->max_lease_s;

	if (pxe_book_is_pending(c->in->book, c->client))
		refuse(c, PXE_REASON_PENDING);
	else if (c->in->is_state_up &&
		 pxe_book_count_pending(c->in->book) >= PXE_DECIDE_PENDING_MAX)
		refuse(c, PXE_REASON_BUSY);
	else if (c->in->is_state_up)
		answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_COMMIT, address,
		       find_lease_time(c));
	else if (left_s > 0)
		answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_NONE, address,
		       left_s < max_s ? (uint32_t)left_s : max_s);
	else
		refuse(c, PXE_REASON_STATE_AWAY);
}

/* It answers our offer, or another server's (section 4.3.2, SELECTING). */
static void on_selecting(struct ctx *c)
{
	uint32_t address = c->requested != 0 ? c->requested
					     : c->msg->head.ciaddr;

	if (!is_our_id(c, c->chosen)) {
		c->out->reason = PXE_REASON_OTHER_SERVER;
		c->out->op = PXE_LEASE_OP_UNOFFER;
		c->out->other_server = c->chosen;
	} else if (address == 0) {
		refuse(c, PXE_REASON_BAD_PACKET);
	} else if (!pxe_ip4_net_has(&c->out->subnet->net, address)) {
		nak(c, PXE_REASON_WRONG_NETWORK);
	} else if (!pxe_book_may_have(c->in->book, &c->ask, address)) {
		nak(c, PXE_REASON_WRONG_ADDRESS);
	} else {
		commit(c, address);
	}
}

/* Does the book or the configuration know an address of the client in this
 * subnet?  Then we may say that another one is wrong. */
static bool has_record(const struct ctx *c)
{
	const struct pxe_ip4_net *net = &c->out->subnet->net;
	const struct pxe_lease *own =
		pxe_book_find_client(c->in->book, c->client);

	return (own != NULL && pxe_ip4_net_has(net, own->address)) ||
	       (c->out->host != NULL && c->out->host->address != 0 &&
		pxe_ip4_net_has(net, c->out->host->address));
}

static bool is_record(const struct ctx *c, uint32_t address)
{
	const struct pxe_lease *own =
		pxe_book_find_client(c->in->book, c->client);

	return (own != NULL && own->address == address) ||
	       (c->out->host != NULL && c->out->host->address == address);
}

/* The client says that `address` is its own, from an earlier lease. */
static void confirm(struct ctx *c, uint32_t address)
{
	enum pxe_reason reason;

	if (is_record(c, address) &&
	    pxe_book_may_have(c->in->book, &c->ask, address)) {
		commit(c, address);
		return;
	}
	if (!pxe_ip4_net_has(&c->out->subnet->net, address))
		reason = PXE_REASON_WRONG_NETWORK;
	else if (has_record(c))
		reason = PXE_REASON_WRONG_ADDRESS;
	else
		reason = PXE_REASON_NO_OFFER;
	/* where others may know better, they are left to answer */
	if (c->in->conf->is_authoritative ||
	    reason == PXE_REASON_WRONG_ADDRESS)
		nak(c, reason);
	else
		refuse(c, reason);
}

/* A machine that starts with an old address is led to its reservation. */
static void on_init_reboot(struct ctx *c)
{
	const struct pxe_conf_host *host = c->out->host;

	if (host != NULL && host->address != c->requested &&
	    pxe_book_may_have(c->in->book, &c->ask, host->address))
		nak(c, PXE_REASON_WRONG_ADDRESS);
	else
		confirm(c, c->requested);
}

static void on_renewing(struct ctx *c)
{
	confirm(c, c->msg->head.ciaddr);
}

static void on_nothing(struct ctx *c)
{
	refuse(c, PXE_REASON_BAD_PACKET);
}

/* What a REQUEST is (section 4.3.2, table 4): the first row that fits. */
enum { NO, YES, ANY };
static const struct {
	int chosen, requested, ciaddr, unicast; /* options 54 and 50; ... */
	const char *name;
	void (*handle)(struct ctx *c);
} requests[] = {
	{ YES, ANY, ANY, ANY, "selecting", on_selecting },
	{ NO, YES, NO, ANY, "init-reboot", on_init_reboot },
	{ NO, ANY, YES, YES, "renewing", on_renewing },
	{ NO, ANY, YES, NO, "rebinding", on_renewing },
	{ NO, NO, NO, ANY, "", on_nothing },
};

static bool fits(int wanted, bool is)
{
	return wanted == ANY || wanted == (is ? YES : NO);
}

static void on_request(struct ctx *c)
{
	for (size_t i = 0; i < PXE_LEN(requests); i++)
		if (fits(requests[i].chosen, c->chosen != 0) &&
		    fits(requests[i].requested, c->requested != 0) &&
		    fits(requests[i].ciaddr, c->msg->head.ciaddr != 0) &&
		    fits(requests[i].unicast,
			 pxe_arrival_is_unicast(&c->in->arrival))) {
			c->out->flavour = requests[i].name;
			requests[i].handle(c);
			return;
		}
}

/* Is it leased or offered to the client? */
static bool is_owner(const struct ctx *c, uint32_t address)
{
	const struct pxe_lease *l = pxe_book_find(c->in->book, address);

	if (address == 0)
		return false;
	return (l != NULL && l->state == PXE_LEASE_ACTIVE &&
		strcmp(l->client, c->client) == 0) ||
	       pxe_book_find_offer(c->in->book, c->client) == address;
}

static void give_back(struct ctx *c, uint32_t address, enum pxe_lease_op op,
		      enum pxe_reason reason)
{
	if (c->chosen != 0 && !is_our_id(c, c->chosen)) {
		c->out->other_server = c->chosen;
		refuse(c, PXE_REASON_OTHER_SERVER);
	} else if (pxe_book_is_pending(c->in->book, c->client)) {
		refuse(c, PXE_REASON_PENDING);
	} else if (!is_owner(c, address)) {
		refuse(c, PXE_REASON_NO_LEASE);
	} else if (op == PXE_LEASE_OP_RELEASE && !c->in->is_state_up) {
		refuse(c, PXE_REASON_STATE_AWAY);
	} else {
		c->out->reason = reason;
		c->out->op = op;
		c->out->address = address;
	}
}

static void on_decline(struct ctx *c)
{
	give_back(c, c->requested, PXE_LEASE_OP_DECLINE, PXE_REASON_DECLINED);
}

static void on_release(struct ctx *c)
{
	give_back(c, c->msg->head.ciaddr, PXE_LEASE_OP_RELEASE,
		  PXE_REASON_RELEASED);
}

/* Section 4.3.5: options, no lease, no yiaddr. */
static void on_inform(struct ctx *c)
{
	answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_NONE, 0, 0);
	c->out->reason = PXE_REASON_NO_ADDRESS;
}

static void (*const handlers[])(struct ctx *c) = {
	[PXE_DHCP_DISCOVER] = on_discover, [PXE_DHCP_REQUEST] = on_request,
	[PXE_DHCP_DECLINE] = on_decline,   [PXE_DHCP_RELEASE] = on_release,
	[PXE_DHCP_INFORM] = on_inform,
};

void pxe_decide_message(const struct pxe_decide_in *in,
			struct pxe_dhcp_decision *out)
{
	struct ctx c = {
		.in = in,
		.msg = in->msg,
		.client = in->facts->key,
		.requested = pxe_dhcp_get_u32(in->msg,
					      PXE_OPT_REQUESTED_ADDRESS, 0),
		.chosen = pxe_dhcp_get_u32(in->msg, PXE_OPT_SERVER_ID, 0),
		.out = out,
	};

	memset(out, 0, sizeof(*out));
	out->flavour = "";
	for (size_t i = 0; i < PXE_LEN(guards); i++) {
		unsigned type = in->msg->type < 32 ? 1u << in->msg->type : 0;

		if (guards[i].types != ~0u && (guards[i].types & type) == 0)
			continue;
		out->reason = guards[i].check(&c);
		if (out->reason != PXE_REASON_OK)
			return;
	}
	handlers[in->msg->type](&c);
}
