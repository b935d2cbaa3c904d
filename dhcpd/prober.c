/* SPDX-License-Identifier: ISC */
#include "dhcpd/prober_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "dhcpd/apply.h"
#include "run/log.h"
#include "run/ping.h"
#include "run/rawsock.h"
#include "run/tap.h"
#include "wire/arp.h"

enum {
	READS_A_TURN = 64,
	STEPS_A_TURN = 256, /* then other events have their turn */
};

static int64_t read_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- asking --- */

static void send_arp(struct pxe_prober *p, unsigned ifindex, uint32_t address)
{
	const struct pxe_server *s = p->server;
	const struct pxe_iface *iface = pxe_ifaces_find(s->ifaces, ifindex);
	uint8_t buf[PXE_ARP_FRAME_BYTES];
	struct pxe_arp arp;
	int n;

	if (iface == NULL || !iface->is_ethernet)
		return;
	pxe_arp_init_probe(&arp, iface->mac, address);
	n = pxe_arp_build(&arp, buf, sizeof(buf));
	if (n > 0) /* what is lost is asked once more */
		(void)!pxe_rawsock_send(s->raw_fd, ifindex, buf, (size_t)n);
}

/* By ARP on that link, or (0) by ICMP. */
static void ask(struct pxe_prober *p, unsigned ifindex, uint32_t address)
{
	if (ifindex != 0)
		send_arp(p, ifindex, address);
	else
		(void)!pxe_ping_send(p->ping_fd, address, p->id, 0);
}

static void arm(struct pxe_prober *p, int64_t now_ms)
{
	int64_t next_ms = pxe_conflict_next_ms(p->table);
	int64_t wait_ms = next_ms > now_ms ? next_ms - now_ms : 0;
	struct timeval tv;

	if (next_ms < 0 || (p->armed_ms >= 0 && p->armed_ms <= next_ms))
		return;
	tv.tv_sec = (time_t)(wait_ms / 1000);
	tv.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000);
	if (event_add(p->timer, &tv) == 0)
		p->armed_ms = next_ms;
}

/* --- messages that wait --- */

static void keep(struct pxe_prober *p, unsigned slot, unsigned ifindex,
		 const char *client, const struct pxe_udp_packet *packet)
{
	struct held *h = &p->held[slot];

	h->ifindex = ifindex;
	(void)pxe_str_copy(h->client, sizeof(h->client), client);
	h->packet.src = packet->src;
	h->packet.dst = packet->dst;
	h->packet.src_port = packet->src_port;
	h->packet.ifindex = packet->ifindex;
	h->packet.len = packet->len;
	memcpy(h->packet.buf, packet->buf, packet->len);
}

static bool is_own(const struct pxe_decide_in *in,
		   const struct pxe_dhcp_decision *d)
{
	const struct pxe_lease *l = pxe_book_find(in->book, d->address);

	return l != NULL && pxe_lease_is_active(l, in->now_s) &&
	       strcmp(l->client, d->client) == 0;
}

/* Where to ask: on the link, by ICMP (0), or nowhere (-1). */
static int find_way(const struct pxe_prober *p, const struct pxe_link *link,
		    const struct pxe_dhcp_msg *msg)
{
	if (msg->head.giaddr == 0 && link->arp_fd >= 0)
		return (int)link->ifindex;
	return p->ping_fd >= 0 ? 0 : -1;
}

static int start(struct pxe_prober *p, unsigned ifindex,
		 const struct pxe_decide_in *in,
		 const struct pxe_dhcp_decision *d, unsigned tries,
		 int64_t now_ms)
{
	const struct pxe_hwaddr *hw = &in->msg->head.hw;
	struct pxe_conflict_ask ask = {
		.address = d->address,
		.net = d->subnet->net,
		.ifindex = ifindex,
		.client = d->client,
		.tries = tries,
		.timeout_ms = in->conf->conflict_timeout_ms,
	};

	if (hw->htype == PXE_HTYPE_ETHERNET && hw->hlen == sizeof(ask.mac))
		memcpy(ask.mac, hw->addr, sizeof(ask.mac));
	return pxe_conflict_start(p->table, &ask, now_ms);
}

/* Starts a probe, and holds the address for the client meanwhile. */
static enum pxe_prober_say
probe(struct pxe_link *link, const struct pxe_udp_packet *packet,
      const struct pxe_decide_in *in, const struct pxe_dhcp_decision *d,
      unsigned tries, enum pxe_reason *reason)
{
	struct pxe_prober *p = link->server->prober;
	int way = find_way(p, link, in->msg), slot;
	int64_t now_ms = read_ms();
	struct pxe_dhcp_decision hold = *d; /* of a BOOTP client, too */
	struct pxe_lease lease;

	if (way < 0 || pxe_conflict_is_free(p->table, d->address, now_ms))
		return PXE_PROBER_OFFER;
	hold.op = PXE_LEASE_OP_OFFER;
	slot = start(p, (unsigned)way, in, d, tries, now_ms);
	if (slot < 0) {
		*reason = slot == -ELOOP ? PXE_REASON_CONFLICT
					 : PXE_REASON_BUSY;
		return PXE_PROBER_SILENT;
	}
	if (pxe_apply_decision(in, &hold, &lease) < 0) {
		pxe_conflict_cancel(p->table, d->client);
		*reason = PXE_REASON_INTERNAL;
		return PXE_PROBER_SILENT;
	}
	keep(p, (unsigned)slot, link->ifindex, d->client, packet);
	ask(p, (unsigned)way, d->address);
	arm(p, now_ms);
	return PXE_PROBER_KEPT;
}

enum pxe_prober_say pxe_prober_check(struct pxe_link *link,
				     const struct pxe_udp_packet *packet,
				     const struct pxe_decide_in *in,
				     const struct pxe_dhcp_decision *d,
				     const struct pxe_prober_again *again,
				     enum pxe_reason *reason)
{
	struct pxe_prober *p = link->server->prober;
	int slot;

	if (p == NULL || !d->subnet->is_conflict_checked ||
	    is_own(in, d) ||
	    (again != NULL && again->free == d->address))
		return PXE_PROBER_OFFER;
	slot = pxe_conflict_find(p->table, d->client);
	if (slot < 0)
		return probe(link, packet, in, d,
			     again != NULL ? again->tries : 0, reason);
	/* asked again: the latest message is the one to be answered */
	keep(p, (unsigned)slot, link->ifindex, d->client, packet);
	*reason = PXE_REASON_PROBING;
	return PXE_PROBER_SILENT;
}

void pxe_prober_cancel(struct pxe_server *s, const char *client)
{
	if (s->prober != NULL && pxe_conflict_count(s->prober->table) > 0)
		pxe_conflict_cancel(s->prober->table, client);
}

/* --- answers --- */

static void hear(struct pxe_prober *p, unsigned ifindex, uint32_t address,
		 const uint8_t *mac)
{
	uint32_t controls[PXE_CONFLICT_CONTROLS];
	int64_t now_ms = read_ms();

	switch (pxe_conflict_hear(p->table, ifindex, address, mac, now_ms,
				  controls)) {
	case PXE_CONFLICT_TRY:
		for (size_t i = 0; i < PXE_LEN(controls); i++)
			if (controls[i] != 0)
				ask(p, ifindex, controls[i]);
		break;
	case PXE_CONFLICT_NEW_ROUTER:
		pxe_prober_note_router(p, ifindex, address, mac);
		break;
	case PXE_CONFLICT_NOTHING:
		break;
	}
	arm(p, now_ms);
}

/* A reserved address that its own machine has, on another of its cards. */
static bool is_reserved(const struct pxe_conf *conf, uint32_t address,
			const uint8_t *mac)
{
	const struct pxe_conf_host *host =
		pxe_conf_find_host_address(conf, address);
	struct pxe_hwaddr hw = { PXE_HTYPE_ETHERNET, 6, { 0 } };

	memcpy(hw.addr, mac, 6);
	for (size_t i = 0; host != NULL && i < host->n_hw; i++)
		if (pxe_hwaddr_is_equal(&host->hw[i], &hw))
			return true;
	return false;
}

static void on_arp(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_link *link = arg;
	uint8_t buf[PXE_TAP_FRAME_BYTES];
	struct pxe_arp arp;
	struct pxe_tap_frame about;

	(void)what;
	for (int i = 0; i < READS_A_TURN; i++) {
		int n = pxe_tap_recv(fd, buf, &about);

		if (n < 0)
			break;
		if (n > 0 && pxe_arp_parse(buf, (size_t)n, &arp) == 0 &&
		    arp.op == PXE_ARP_REPLY &&
		    !is_reserved(link->server->conf, arp.sender,
				 arp.sender_mac))
			hear(link->server->prober, link->ifindex, arp.sender,
			     arp.sender_mac);
	}
}

static void on_ping(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_prober *p = arg;
	struct pxe_icmp_reply reply;

	(void)what;
	for (int i = 0; i < READS_A_TURN; i++) {
		int n = pxe_ping_recv(fd, p->id, &reply);

		if (n < 0)
			break;
		if (n > 0)
			hear(p, 0, reply.src, NULL);
	}
}

/* --- the end of a probe --- */

static void finish(struct pxe_prober *p, const struct pxe_conflict_due *due)
{
	const bool is_free = due->what == PXE_CONFLICT_FREE;
	const struct pxe_prober_again again = {
		.free = is_free ? due->address : 0,
		.tries = due->tries + !is_free,
	};
	const struct held *h = &p->held[due->slot];
	struct pxe_link *link = pxe_server_find_link(p->server, h->ifindex);

	if (!is_free)
		pxe_prober_quarantine(p, due);
	/* the slot may be used again meanwhile */
	memcpy(&p->again, &h->packet,
	       offsetof(struct pxe_udp_packet, buf) + h->packet.len);
	if (link != NULL)
		pxe_packet_again(link, &p->again, &again);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_prober *p = arg;
	struct pxe_conflict_due due;
	int64_t now_ms = read_ms();

	(void)fd;
	(void)what;
	p->armed_ms = -1;
	pxe_server_read_clocks(p->server);
	for (int i = 0; i < STEPS_A_TURN; i++) {
		if (!pxe_conflict_step(p->table, now_ms, &due))
			break;
		if (due.what == PXE_CONFLICT_SEND)
			ask(p, due.ifindex, due.address);
		else
			finish(p, &due);
	}
	arm(p, now_ms);
}

/* --- life --- */

static void open_ping(struct pxe_prober *p)
{
	p->ping_fd = pxe_ping_open();
	if (p->ping_fd < 0) {
		pxe_log(PXE_LOG_WARNING,
			"no ICMP socket (%s): addresses behind relays are "
			"given without a look whether somebody has them",
			strerror(-p->ping_fd));
		return;
	}
	p->ping_event = event_new(p->server->base, p->ping_fd,
				  EV_READ | EV_PERSIST, on_ping, p);
	if (p->ping_event != NULL)
		event_add(p->ping_event, NULL);
}

static void free_prober(struct pxe_prober *p)
{
	if (p->timer != NULL)
		event_free(p->timer);
	if (p->ping_event != NULL)
		event_free(p->ping_event);
	if (p->ping_fd >= 0)
		close(p->ping_fd);
	pxe_conflict_free(p->table);
	free(p->held);
	free(p);
}

static struct pxe_prober *new_prober(struct pxe_server *s)
{
	struct pxe_prober *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->server = s;
	p->ping_fd = -1;
	p->armed_ms = -1;
	p->id = (uint16_t)getpid();
	p->table = pxe_conflict_new();
	p->held = calloc(PXE_CONFLICT_SLOTS, sizeof(*p->held));
	p->timer = event_new(s->base, -1, 0, on_timer, p);
	if (p->table == NULL || p->held == NULL || p->timer == NULL) {
		free_prober(p);
		return NULL;
	}
	open_ping(p);
	return p;
}

void pxe_prober_leave(struct pxe_link *link)
{
	if (link->arp_event != NULL)
		event_free(link->arp_event);
	if (link->arp_fd >= 0)
		close(link->arp_fd);
	link->arp_event = NULL;
	link->arp_fd = -1;
}

static void join(struct pxe_link *link)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(link->server->ifaces, link->ifindex);

	if (link->arp_fd >= 0 || iface == NULL || !iface->is_ethernet ||
	    !pxe_hearing_has(&link->hearing, PXE_MODE_INTERNAL))
		return;
	link->arp_fd = pxe_tap_open_arp(link->ifindex);
	if (link->arp_fd >= 0)
		link->arp_event = event_new(link->server->base, link->arp_fd,
					    EV_READ | EV_PERSIST, on_arp,
					    link);
	if (link->arp_event != NULL && event_add(link->arp_event, NULL) == 0)
		return;
	pxe_log(PXE_LOG_WARNING,
		"no packet socket on %s (%s): its addresses are given without "
		"a look whether somebody has them",
		link->name,
		link->arp_fd < 0 ? strerror(-link->arp_fd) : "no memory");
	pxe_prober_leave(link);
}

static bool is_wanted(const struct pxe_conf *conf)
{
	for (size_t i = 0; i < conf->n_subnets; i++)
		if (conf->subnets[i].is_conflict_checked &&
		    conf->subnets[i].mode == PXE_MODE_INTERNAL)
			return true;
	return false;
}

void pxe_prober_update(struct pxe_server *s)
{
	if (!is_wanted(s->conf)) {
		pxe_prober_done(s);
		return;
	}
	if (s->prober == NULL)
		s->prober = new_prober(s);
	if (s->prober == NULL) {
		pxe_log(PXE_LOG_ERR, "no memory: addresses are given without "
				     "a look whether somebody has them");
		return;
	}
	for (struct pxe_link *l = s->links; l != NULL; l = l->next)
		join(l);
}

void pxe_prober_done(struct pxe_server *s)
{
	for (struct pxe_link *l = s->links; l != NULL; l = l->next)
		pxe_prober_leave(l);
	if (s->prober != NULL)
		free_prober(s->prober);
	s->prober = NULL;
}
