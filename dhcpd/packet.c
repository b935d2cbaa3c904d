/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "dhcpd/alarms.h"
#include "dhcpd/apply.h"
#include "dhcpd/lookout.h"
#include "dhcpd/prober.h"
#include "dhcpd/report.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "wire/dhcp_opt.h"

/* A REQUEST names the address that its client means to have. */
static uint32_t find_asked(const struct pxe_dhcp_msg *msg)
{
	uint32_t address = msg->head.ciaddr;

	if (address == 0 && msg->type == PXE_DHCP_REQUEST)
		address = pxe_dhcp_get_u32(msg, PXE_OPT_REQUESTED_ADDRESS, 0);
	return address >> 24 != 0 && address >> 28 < 14 ? address : 0;
}

static void summarize(const struct pxe_link *link,
		      const struct pxe_decide_in *in,
		      const struct pxe_dhcp_decision *d,
		      struct pxe_summary *sum)
{
	memset(sum, 0, sizeof(*sum));
	memcpy(sum->interface, link->name, sizeof(sum->interface));
	sum->type = in->msg->type;
	sum->mode = d->mode;
	sum->reply = d->reply;
	sum->flavour = d->flavour;
	sum->reason = d->reason;
	sum->address = d->address;
	sum->relay = in->msg->head.giaddr;
	sum->other_server = d->other_server;
	sum->asked = find_asked(in->msg);
	sum->xid = in->msg->head.xid;
	sum->facts = *in->facts;
	if (strcmp(d->client, in->facts->key) != 0)
		(void)pxe_str_copy(sum->lease, sizeof(sum->lease), d->client);
	sum->lease_s = d->lease_s;
	if (d->host != NULL)
		(void)pxe_str_copy(sum->host, sizeof(sum->host), d->host->name);
	if (d->boot.give == PXE_GIVE_SCRIPT)
		(void)pxe_str_copy(sum->file, sizeof(sum->file), "boot.ipxe");
	else if (d->boot.give == PXE_GIVE_LOADER)
		(void)pxe_str_copy(sum->file, sizeof(sum->file), d->boot.file);
}

static int build(const struct pxe_link *link, const struct pxe_decide_in *in,
		 const struct pxe_dhcp_decision *d, struct pxe_reply *reply)
{
	struct pxe_server *s = link->server;
	int r;

	reply->ifindex = link->ifindex;
	reply->port = in->port;
	reply->source = in->port == link->binl_port &&
					pxe_arrival_is_unicast(&in->arrival)
				? in->arrival.dst
				: d->server_address;
	reply->dest = d->dest;
	reply->hw = in->msg->head.hw;
	r = pxe_reply_build(in->conf, in->msg, in->facts, d, reply->buf,
			    &reply->len);
	if (r < 0 && pxe_log_is_due(&s->build_s, s->mono_s, 10))
		pxe_log(PXE_LOG_WARNING, "no reply to %s can be built: %s",
			in->facts->key,
			r == -ENOSPC ? "its relay's option 82 is too long for "
				       "the size that it takes (option 57)"
				     : "its options are too long to be echoed");
	return r;
}

static void fail(struct pxe_server *s, struct pxe_summary *sum,
		 enum pxe_reason reason)
{
	sum->reason = reason;
	sum->reply = 0;
	pxe_report_end(s, sum);
}

static void mute(struct pxe_dhcp_decision *d, enum pxe_reason reason)
{
	d->reason = reason;
	d->reply = 0;
	d->op = PXE_LEASE_OP_NONE;
}

/* Whatever was decided: nothing is said where all is external, nor to what
 * was meant for another host. */
static void restrain(const struct pxe_link *link,
		     const struct pxe_udp_packet *packet,
		     struct pxe_dhcp_decision *d)
{
	if (d->reply == 0 && d->op == PXE_LEASE_OP_NONE)
		return;
	if (link->hearing.is_silent)
		mute(d, PXE_REASON_EXTERNAL);
	else if (packet->is_overheard)
		mute(d, PXE_REASON_NOT_FOR_US);
}

/* The reply waits for the commit. */
static void start_commit(struct pxe_link *link, const struct pxe_decide_in *in,
			 const struct pxe_dhcp_decision *d)
{
	struct pxe_server *s = link->server;
	struct pxe_waiting *w = pxe_commit_get(s);
	struct pxe_summary sum;
	struct pxe_lease lease;

	if (w == NULL) {
		summarize(link, in, d, &sum);
		fail(s, &sum, PXE_REASON_BUSY);
		return;
	}
	summarize(link, in, d, &w->summary);
	if (build(link, in, d, &w->reply) < 0 ||
	    pxe_apply_decision(in, d, &lease) < 0) {
		fail(s, &w->summary, PXE_REASON_INTERNAL);
		pxe_commit_put_back(w);
		return;
	}
	pxe_commit_start(w, &lease);
}

/* Everything that needs no commit. */
static void answer_now(struct pxe_link *link, const struct pxe_decide_in *in,
		       const struct pxe_dhcp_decision *d)
{
	struct pxe_server *s = link->server;
	struct pxe_summary sum;
	struct pxe_reply reply;
	struct pxe_lease lease;

	summarize(link, in, d, &sum);
	if ((d->reply != 0 && build(link, in, d, &reply) < 0) ||
	    pxe_apply_decision(in, d, &lease) < 0) {
		fail(s, &sum, PXE_REASON_INTERNAL);
		return;
	}
	if (d->reply != 0)
		pxe_packet_send(s, &reply);
	if (lease.address != 0)
		pxe_tell_lease(s, &lease);
	pxe_report_end(s, &sum);
}

/* One machine that floods us costs no more than reading its packets. */
static bool is_too_often(struct pxe_link *link, const struct pxe_dhcp_msg *msg)
{
	struct pxe_server *s = link->server;
	enum pxe_rate_answer r = pxe_rate_take(s->rate, &msg->head.hw,
					       s->conf->rate_limit, s->mono_ms);

	if (r == PXE_RATE_OK)
		return false;
	pxe_report_flood(s, link->name, &msg->head.hw, r == PXE_RATE_BEGINS);
	return true;
}

/* Is it an address for somebody who may not have had it before?  BOOTP has no
 * offers. */
static bool is_first(const struct pxe_decide_in *in,
		     const struct pxe_dhcp_decision *d)
{
	return d->op == PXE_LEASE_OP_OFFER ||
	       (d->op == PXE_LEASE_OP_COMMIT &&
		in->msg->type == PXE_DHCP_BOOTP);
}

/* May it have the address at once?  If not, the message is kept, or what was
 * decided becomes silence. */
static bool may_go(struct pxe_link *link, const struct pxe_udp_packet *packet,
		   const struct pxe_decide_in *in, struct pxe_dhcp_decision *d,
		   const struct pxe_prober_again *again)
{
	enum pxe_reason reason = PXE_REASON_NOT_FOR_US;
	enum pxe_prober_say say = PXE_PROBER_SILENT;

	/* two interfaces of this host may be on one network */
	if (!pxe_lookout_is_own(link->server, in->msg))
		say = pxe_prober_check(link, packet, in, d, again, &reason);
	if (say == PXE_PROBER_OFFER)
		return true;
	if (say == PXE_PROBER_KEPT)
		return false;
	mute(d, reason);
	return true;
}

/* What the decision means for probes under way and for alarms. */
static void look_around(struct pxe_link *link, const struct pxe_decide_in *in,
			const struct pxe_dhcp_decision *d)
{
	if (d->reason == PXE_REASON_POOL_EMPTY && d->subnet != NULL)
		pxe_alarms_pool_empty(link->server, d->subnet);
	else if (d->reason == PXE_REASON_OTHER_SERVER &&
		 in->msg->head.giaddr == 0)
		pxe_lookout_hint(link);
	if (in->msg->type != PXE_DHCP_DISCOVER && !is_first(in, d))
		pxe_prober_cancel(link->server, d->client);
}

/* `again`: the message waited for a probe, which is over. */
static void handle(struct pxe_link *link, const struct pxe_udp_packet *packet,
		   const struct pxe_prober_again *again)
{
	struct pxe_server *s = link->server;
	const struct pxe_iface *iface =
		pxe_ifaces_find(s->ifaces, link->ifindex);
	struct pxe_dhcp_decision decision;
	struct pxe_facts facts;
	struct pxe_dhcp_msg msg;
	struct pxe_decide_in in = {
		.conf = s->conf,
		.book = s->book,
		.msg = &msg,
		.facts = &facts,
		.orders = pxe_state_view_orders(s->orders),
		.arrival = { .dst = packet->dst,
			     .src = packet->src,
			     .src_port = packet->src_port },
		.now_s = s->now_s,
		.port = packet->dst_port,
		.rival = pxe_lookout_rival(link),
		.has_leases = s->has_leases,
		.is_state_up = s->is_in_step && !pxe_commit_is_stuck(s),
		.can_tell = pxe_tell_has_room(s),
	};

	if (pxe_dhcp_parse(packet->buf, packet->len, &msg) < 0) {
		pxe_report_bad(s, link->name, packet->src, packet->len);
		return;
	}
	if (again == NULL && is_too_often(link, &msg))
		return;
	if (link->hearing.taps_host && pxe_lookout_is_own(s, &msg)) {
		s->reasons[PXE_REASON_NOT_FOR_US]++;
		return;
	}
	if (iface != NULL) {
		in.arrival.addr = iface->addr;
		in.arrival.n_addr = iface->n_addr;
		if (iface->address6[0] != '\0')
			in.arrival.address6 = iface->address6;
	}
	in.has_pxe_rival = msg.head.giaddr == 0 && pxe_lookout_has_pxe(link);
	pxe_facts_read(&msg, &facts);
	pxe_book_expire(s->book, s->now_s);
	pxe_decide_message(&in, &decision);
	restrain(link, packet, &decision);
	look_around(link, &in, &decision);
	if (is_first(&in, &decision) && !may_go(link, packet, &in, &decision,
						again))
		return;
	if (decision.op == PXE_LEASE_OP_COMMIT)
		start_commit(link, &in, &decision);
	else
		answer_now(link, &in, &decision);
}

void pxe_packet_handle(struct pxe_link *link,
		       const struct pxe_udp_packet *packet)
{
	link->server->n_packets++;
	handle(link, packet, NULL);
}

void pxe_packet_again(struct pxe_link *link,
		      const struct pxe_udp_packet *packet,
		      const struct pxe_prober_again *again)
{
	handle(link, packet, again);
}
