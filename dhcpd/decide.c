/* SPDX-License-Identifier: ISC */
/*
 * The guards first (decide_guard.c); then a table of handlers by message type,
 * port and mode.  REQUEST, where we give the addresses, has one of its own.
 */
#include "dhcpd/decide_priv.h"

#include <errno.h>
#include <string.h>

/* --- replies --- */

static bool is_our_id(const struct pxe_case *c, uint32_t id)
{
	return id == c->out->server_id || id == c->out->server_address ||
	       pxe_arrival_has(&c->in->arrival, id);
}

void pxe_case_refuse(struct pxe_case *c, enum pxe_reason reason)
{
	c->out->reason = reason;
}

/* RFC 2131 section 4.1; a frame needs an Ethernet address. */
struct pxe_dest pxe_case_find_dest(const struct pxe_case *c, uint32_t yiaddr)
{
	const struct pxe_dhcp_head *head = &c->msg->head;
	const uint16_t server = c->in->conf->dhcp_port;
	const uint16_t client = (uint16_t)(server + 1);

	if (head->giaddr != 0)
		return (struct pxe_dest) { PXE_DEST_UNICAST, head->giaddr,
					   server };
	if (head->ciaddr != 0)
		return (struct pxe_dest) { PXE_DEST_UNICAST, head->ciaddr,
					   client };
	if (yiaddr == 0 || (head->flags & PXE_DHCP_FLAG_BROADCAST) != 0 ||
	    head->hw.htype != PXE_HTYPE_ETHERNET || head->hw.hlen != 6)
		return (struct pxe_dest) { PXE_DEST_BROADCAST,
					   PXE_IP4_BROADCAST, client };
	return (struct pxe_dest) { PXE_DEST_RAW, yiaddr, client };
}

/* "the server broadcasts any DHCPNAK" (section 4.1), or sends it to the
 * relay; a client that a router leads to us hears no broadcast of ours. */
static void nak(struct pxe_case *c, enum pxe_reason reason)
{
	const struct pxe_dhcp_head *head = &c->msg->head;

	c->out->reason = reason;
	c->out->reply = PXE_DHCP_NAK;
	c->out->dest = pxe_case_find_dest(c, 0);
	if (head->giaddr == 0 &&
	    (!pxe_arrival_is_unicast(&c->in->arrival) ||
	     pxe_arrival_is_on_link(&c->in->arrival, head->ciaddr))) {
		c->out->dest.kind = PXE_DEST_BROADCAST;
		c->out->dest.address = PXE_IP4_BROADCAST;
	}
}

/* A machine that boots gets its address also where nothing is to be loaded:
 * then the reason says why. */
static enum pxe_reason given(const struct pxe_case *c)
{
	if (c->out->boot.give == PXE_GIVE_ADDRESS &&
	    pxe_facts_is_boot(c->in->facts))
		return c->out->boot.reason;
	return PXE_REASON_OK;
}

/* Option 51; 0: none, of a permanent lease. */
static uint32_t find_lease_time(const struct pxe_case *c)
{
	uint32_t t, dflt, max, min = PXE_DECIDE_LEASE_MIN_S;

	if (c->out->is_permanent)
		return 0;
	pxe_conf_lease_times(c->out->subnet, c->out->host, &dflt, &max);
	t = pxe_dhcp_get_u32(c->msg, PXE_OPT_LEASE_TIME, dflt);
	min = dflt < min ? dflt : min;
	if (t < min)
		return min;
	return t > max ? max : t;
}

static void answer(struct pxe_case *c, uint8_t reply, enum pxe_lease_op op,
		   uint32_t address, uint32_t lease_s)
{
	c->out->reason = given(c);
	c->out->reply = reply;
	c->out->op = op;
	c->out->address = address;
	c->out->lease_s = lease_s;
	c->out->dest = pxe_case_find_dest(c, address);
}

/* --- handlers --- */

/* What an error of pxe_book_choose() means. */
static const struct {
	int error;
	enum pxe_reason reason;
} none_chosen[] = {
	{ -EADDRNOTAVAIL, PXE_REASON_POOL_EMPTY },
	{ -EPERM, PXE_REASON_POOL_RESERVED },
	{ -EDQUOT, PXE_REASON_CIRCUIT_LIMIT },
	{ -EUSERS, PXE_REASON_CLIENT_ID_LIMIT },
};

static enum pxe_reason reason_of(int error)
{
	for (size_t i = 0; i < PXE_LEN(none_chosen); i++)
		if (none_chosen[i].error == error)
			return none_chosen[i].reason;
	return PXE_REASON_INTERNAL;
}

/* An address of this subnet, or where it has none another one of the link. */
static int choose_on_link(struct pxe_case *c, uint32_t *address)
{
	const struct pxe_conf_subnet *first = c->out->subnet, *s;
	int r = pxe_book_choose(c->in->book, &c->ask, address);
	size_t at = 0;

	if (r == 0)
		return 0;
	while ((s = pxe_arrival_link_next(&c->link, &at)) != NULL) {
		if (s == first || s->mode != PXE_MODE_INTERNAL)
			continue;
		pxe_case_enter(c, s);
		if (pxe_book_choose(c->in->book, &c->ask, address) == 0) {
			pxe_case_decide_boot(c);
			return 0;
		}
	}
	pxe_case_enter(c, first);
	return r;
}

/* Choosing changes nothing in the book but what it knows of old leases, and
 * offers that nobody took up. */
static int choose(struct pxe_case *c, uint32_t *address)
{
	int r = choose_on_link(c, address);

	if (r != -EADDRNOTAVAIL)
		return r;
	c->ask.is_last_resort = true;
	return choose_on_link(c, address);
}

static void on_discover(struct pxe_case *c)
{
	uint32_t address;
	int r = choose(c, &address);

	if (r < 0)
		pxe_case_refuse(c, reason_of(r));
	else
		answer(c, PXE_DHCP_OFFER, PXE_LEASE_OP_OFFER, address,
		       find_lease_time(c));
}

/* Durably the client's until then; 0: not. */
static int64_t durable_until(const struct pxe_case *c, uint32_t address)
{
	const struct pxe_lease *l = pxe_book_find(c->in->book, address);

	return l != NULL && pxe_lease_is_active(l, c->in->now_s) &&
			       strcmp(l->client, c->client) == 0
		       ? l->end_s
		       : 0;
}

bool pxe_case_has_lease(const struct pxe_case *c, uint32_t address)
{
	return durable_until(c, address) > c->in->now_s;
}

/* Was it neither given nor offered to the client by us? */
static bool is_new(const struct pxe_case *c, uint32_t address)
{
	return durable_until(c, address) == 0 &&
	       pxe_book_find_offer(c->in->book, c->client, c->out->subnet) !=
		       address;
}

/* The client may have `address`: on with it to the disk. */
static void commit(struct pxe_case *c, uint32_t address)
{
	int64_t left_s = durable_until(c, address) - c->in->now_s;
	uint32_t lease_s, max_s;

	pxe_conf_lease_times(c->out->subnet, c->out->host, &lease_s, &max_s);
	if (c->in->is_state_up &&
	    pxe_book_is_pending(c->in->book, c->client, c->out->subnet))
		pxe_case_refuse(c, PXE_REASON_PENDING);
	else if (c->in->is_state_up &&
		 pxe_book_count_pending(c->in->book) >= PXE_DECIDE_PENDING_MAX)
		pxe_case_refuse(c, PXE_REASON_BUSY);
	else if (c->in->is_state_up)
		answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_COMMIT, address,
		       find_lease_time(c));
	else if (left_s > 0)
		answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_NONE, address,
		       c->out->is_permanent ? 0
		       : left_s < max_s     ? (uint32_t)left_s
					    : max_s);
	else
		pxe_case_refuse(c, PXE_REASON_STATE_AWAY);
}

/*
 * BOOTP has one question and one answer (RFC 951), and an address that is
 * given is given for ever: the client says neither that it renews it nor that
 * it leaves (RFC 1534).  Who has an address only wants its file.
 */
static void on_bootp(struct pxe_case *c)
{
	const struct pxe_conf_host *host = c->out->host;
	uint32_t address;
	int r;

	c->out->is_permanent = true;
	if (c->msg->head.ciaddr != 0) {
		answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_NONE, 0, 0);
		return;
	}
	r = choose(c, &address);
	if (r < 0)
		pxe_case_refuse(c, reason_of(r));
	else if (c->in->conf->bootp == PXE_BOOTP_HOSTS &&
		 address != host->address)
		pxe_case_refuse(c, PXE_REASON_WRONG_ADDRESS);
	else
		commit(c, address);
}

/* Goes to the subnet of `address`; false: it is not on the client's link. */
static bool enter_subnet_of(struct pxe_case *c, uint32_t address)
{
	const struct pxe_conf_subnet *s =
		pxe_arrival_link_find(&c->link, address);

	if (s != NULL && s != c->out->subnet) {
		pxe_case_enter(c, s);
		pxe_case_decide_boot(c);
	}
	return s != NULL;
}

/* It answers our offer, or another server's (section 4.3.2, SELECTING). */
static void on_selecting(struct pxe_case *c)
{
	uint32_t address =
		c->requested != 0 ? c->requested : c->msg->head.ciaddr;

	if (!is_our_id(c, c->chosen)) {
		c->out->reason = PXE_REASON_OTHER_SERVER;
		c->out->op = PXE_LEASE_OP_UNOFFER;
		c->out->other_server = c->chosen;
	} else if (address == 0) {
		pxe_case_refuse(c, PXE_REASON_BAD_PACKET);
	} else if (!enter_subnet_of(c, address)) {
		nak(c, PXE_REASON_WRONG_NETWORK);
	} else if (pxe_case_is_withheld(c) && is_new(c, address)) {
		pxe_case_refuse(c, PXE_REASON_OTHER_SERVER_ACTIVE);
	} else if (!pxe_book_may_have(c->in->book, &c->ask, address)) {
		nak(c, PXE_REASON_WRONG_ADDRESS);
	} else {
		commit(c, address);
	}
}

/* Does the book or the configuration know an address of the client on this
 * link?  Then we may say that another one is wrong. */
static bool has_record(const struct pxe_case *c)
{
	const struct pxe_conf_host *host = c->out->host;

	return pxe_case_find_own(c) != NULL ||
	       (host != NULL && host->address != 0 &&
		pxe_arrival_link_find(&c->link, host->address) != NULL);
}

static bool is_record(const struct pxe_case *c, uint32_t address)
{
	const struct pxe_lease *l = pxe_book_find(c->in->book, address);

	return (l != NULL && l->state != PXE_LEASE_DECLINED &&
		strcmp(l->client, c->client) == 0) ||
	       (c->out->host != NULL && c->out->host->address == address);
}

/* The client says that `address` is its own, from an earlier lease. */
static void confirm(struct pxe_case *c, uint32_t address)
{
	const bool is_on_link = enter_subnet_of(c, address);
	enum pxe_reason reason;

	if (is_on_link && is_record(c, address) &&
	    pxe_book_may_have(c->in->book, &c->ask, address)) {
		commit(c, address);
		return;
	}
	if (!is_on_link)
		reason = PXE_REASON_WRONG_NETWORK;
	else if (has_record(c))
		reason = PXE_REASON_WRONG_ADDRESS;
	else
		reason = PXE_REASON_NO_OFFER;
	/* where others may know better, they are left to answer: not about an
	 * address that it has of us, on another network */
	if (reason == PXE_REASON_WRONG_ADDRESS ||
	    (!pxe_case_is_withheld(c) &&
	     (c->in->conf->is_authoritative || is_record(c, address))))
		nak(c, reason);
	else
		pxe_case_refuse(c, reason);
}

/* A machine that starts with an old address is led to its reservation. */
static void on_init_reboot(struct pxe_case *c)
{
	const struct pxe_conf_host *host = c->out->host;

	if (host != NULL && host->address != c->requested &&
	    pxe_book_may_have(c->in->book, &c->ask, host->address))
		nak(c, PXE_REASON_WRONG_ADDRESS);
	else
		confirm(c, c->requested);
}

static void on_renewing(struct pxe_case *c)
{
	confirm(c, c->msg->head.ciaddr);
}

static void on_nothing(struct pxe_case *c)
{
	pxe_case_refuse(c, PXE_REASON_BAD_PACKET);
}

/* What a REQUEST is (section 4.3.2, table 4): the first row that fits. */
enum { NO, YES, ANY };
static const struct {
	int chosen, requested, ciaddr, unicast; /* options 54 and 50; ... */
	const char *name;
	void (*handle)(struct pxe_case *c);
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

/* Another server gives the addresses of that subnet of the link. */
static bool is_of_other_server(struct pxe_case *c)
{
	const uint32_t ciaddr = c->msg->head.ciaddr;
	const struct pxe_conf_subnet *s =
		pxe_arrival_link_find(&c->link, c->requested != 0 ? c->requested
								  : ciaddr);

	if (s == NULL || s->mode == PXE_MODE_INTERNAL)
		return false;
	pxe_case_enter(c, s);
	pxe_case_refuse(c, s->mode == PXE_MODE_PROXY ? PXE_REASON_PROXY
						     : PXE_REASON_EXTERNAL);
	return true;
}

static void on_request(struct pxe_case *c)
{
	if (is_of_other_server(c))
		return;
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
static bool is_owner(const struct pxe_case *c, uint32_t address)
{
	const struct pxe_lease *l = pxe_book_find(c->in->book, address);

	if (address == 0)
		return false;
	return (l != NULL && l->state == PXE_LEASE_ACTIVE &&
		strcmp(l->client, c->client) == 0) ||
	       pxe_book_find_offer(c->in->book, c->client, c->out->subnet) ==
		       address;
}

static void give_back(struct pxe_case *c, uint32_t address,
		      enum pxe_lease_op op, enum pxe_reason reason)
{
	(void)enter_subnet_of(c, address);
	if (c->chosen != 0 && !is_our_id(c, c->chosen)) {
		c->out->other_server = c->chosen;
		pxe_case_refuse(c, PXE_REASON_OTHER_SERVER);
	} else if (pxe_book_is_pending(c->in->book, c->client,
				       c->out->subnet)) {
		pxe_case_refuse(c, PXE_REASON_PENDING);
	} else if (!is_owner(c, address)) {
		pxe_case_refuse(c, PXE_REASON_NO_LEASE);
	} else if (op == PXE_LEASE_OP_RELEASE && !c->in->can_tell) {
		pxe_case_refuse(c, PXE_REASON_STATE_AWAY);
	} else {
		c->out->reason = reason;
		c->out->op = op;
		c->out->address = address;
	}
}

static void on_decline(struct pxe_case *c)
{
	give_back(c, c->requested, PXE_LEASE_OP_DECLINE, PXE_REASON_DECLINED);
}

static void on_release(struct pxe_case *c)
{
	give_back(c, c->msg->head.ciaddr, PXE_LEASE_OP_RELEASE,
		  PXE_REASON_RELEASED);
}

/* Section 4.3.5: options, no lease, no yiaddr. */
static void on_inform(struct pxe_case *c)
{
	answer(c, PXE_DHCP_ACK, PXE_LEASE_OP_NONE, 0, 0);
	c->out->reason = PXE_REASON_NO_ADDRESS;
}

/*
 * The first row that fits.  In external mode no message comes so far: it ends
 * in a guard.
 */
#define INTERNAL PXE_CASE_MODE(INTERNAL)
#define PROXY    PXE_CASE_MODE(PROXY)
/* clang-format off */
static const struct {
	unsigned types;
	enum pxe_case_port port;
	unsigned modes;
	void (*handle)(struct pxe_case *c);
} handlers[] = {
	{ PXE_CASE_TYPE(DISCOVER), PXE_CASE_DHCP, INTERNAL, on_discover },
	{ PXE_CASE_TYPE(REQUEST),  PXE_CASE_DHCP, INTERNAL, on_request },
	{ PXE_CASE_TYPE(DECLINE),  PXE_CASE_DHCP, INTERNAL, on_decline },
	{ PXE_CASE_TYPE(RELEASE),  PXE_CASE_DHCP, INTERNAL, on_release },
	{ PXE_CASE_TYPE(INFORM),   PXE_CASE_DHCP, INTERNAL, on_inform },
	{ PXE_CASE_TYPE(BOOTP),    PXE_CASE_DHCP, INTERNAL, on_bootp },
	{ PXE_CASE_TYPE(DISCOVER), PXE_CASE_DHCP, PROXY, pxe_proxy_on_discover },
	{ PXE_CASE_TYPE(REQUEST),  PXE_CASE_DHCP, PROXY, pxe_proxy_on_request },
	{ PXE_CASE_TYPE(INFORM),   PXE_CASE_DHCP, PROXY, pxe_proxy_on_inform },
	{ PXE_CASE_ALL,            PXE_CASE_DHCP, PROXY, pxe_proxy_on_other },
	{ PXE_CASE_BINL_ASKS,      PXE_CASE_BINL, INTERNAL, pxe_binl_on_ask_internal },
	{ PXE_CASE_BINL_ASKS,      PXE_CASE_BINL, PROXY, pxe_binl_on_ask },
	{ PXE_CASE_ALL,            PXE_CASE_BINL, INTERNAL | PROXY, pxe_binl_on_other },
};
/* clang-format on */
#undef INTERNAL
#undef PROXY

static void handle(struct pxe_case *c)
{
	const unsigned type = 1u << c->msg->type;
	const unsigned mode = 1u << c->out->mode;

	for (size_t i = 0; i < PXE_LEN(handlers); i++)
		if ((handlers[i].types & type) != 0 &&
		    (handlers[i].modes & mode) != 0 &&
		    handlers[i].port == c->port) {
			handlers[i].handle(c);
			return;
		}
	pxe_case_refuse(c, PXE_REASON_UNSUPPORTED);
}

void pxe_decide_message(const struct pxe_decide_in *in,
			struct pxe_dhcp_decision *out)
{
	struct pxe_case c = {
		.in = in,
		.msg = in->msg,
		.port = in->port != 0 && in->port == in->conf->binl_port
				? PXE_CASE_BINL
				: PXE_CASE_DHCP,
		.client = out->client,
		.requested =
			pxe_dhcp_get_u32(in->msg, PXE_OPT_REQUESTED_ADDRESS, 0),
		.chosen = pxe_dhcp_get_u32(in->msg, PXE_OPT_SERVER_ID, 0),
		.out = out,
	};

	memset(out, 0, sizeof(*out));
	out->flavour = "";
	out->reason = pxe_case_guard(&c);
	if (out->reason == PXE_REASON_OK)
		handle(&c);
}
