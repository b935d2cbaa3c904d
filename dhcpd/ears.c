/* SPDX-License-Identifier: ISC */
#include "dhcpd/ears.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/rd.h"
#include "dhcpd/lookout.h"
#include "dhcpd/record.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/tap.h"
#include "wire/frame4.h"

enum { PACKETS_A_TURN = 1024, FRAMES_A_TURN = 64 };

/* --- bound sockets --- */

static void read_socket(struct pxe_link *link, int fd, uint16_t port)
{
	struct pxe_server *s = link->server;
	unsigned n = 0;
	int r;

	pxe_server_read_clocks(s);
	do {
		/* errors of datagrams sent before (no host, no network) are
		 * read like datagrams */
		r = pxe_udp_recv(fd, s->inbox);
		for (; pxe_udp_next(s->inbox, s->packet); n++) {
			s->packet->dst_port = port;
			pxe_packet_handle(link, s->packet);
		}
	} while (r > 0 && n < PACKETS_A_TURN);
}

static void on_dhcp(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_link *link = arg;

	(void)what;
	read_socket(link, fd, link->port);
}

static void on_binl(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_link *link = arg;

	(void)what;
	read_socket(link, fd, link->binl_port);
}

/* --- the packet socket --- */

static bool is_own_address(const struct pxe_server *s, uint32_t address)
{
	for (size_t i = 0; i < s->n_own; i++)
		if (s->own[i] == address)
			return true;
	return false;
}

/* Is it on its way to one other host? */
static bool is_overheard(const struct pxe_link *link, uint32_t dst)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(link->server->ifaces, link->ifindex);
	struct pxe_arrival arrival = { .dst = dst };

	if (iface != NULL) {
		arrival.addr = iface->addr;
		arrival.n_addr = iface->n_addr;
	}
	return pxe_arrival_is_unicast(&arrival) &&
	       !is_own_address(link->server, dst);
}

/* A client or relay speaks, where no bound socket hears it. */
static void hear_request(struct pxe_link *link, const struct pxe_frame4 *frame,
			 const struct pxe_rd *payload)
{
	const struct pxe_hearing *h = &link->hearing;
	struct pxe_udp_packet *p = link->server->packet;

	if (!(h->taps_dhcp && frame->dst_port == link->port) &&
	    !(h->taps_binl && frame->dst_port == link->binl_port))
		return;
	p->src = frame->src;
	p->dst = frame->dst;
	p->src_port = frame->src_port;
	p->dst_port = frame->dst_port;
	p->ifindex = link->ifindex;
	p->is_overheard = is_overheard(link, frame->dst);
	p->len = payload->left;
	memcpy(p->buf, payload->p, payload->left);
	pxe_packet_handle(link, p);
}

static void hear_reply(struct pxe_link *link, const struct pxe_frame4 *frame,
		       const struct pxe_rd *payload, bool is_outgoing)
{
	struct pxe_server *s = link->server;
	struct pxe_dhcp_msg msg;

	if ((s->sent != NULL &&
	     pxe_sent_has(s->sent, payload->p, payload->left)) ||
	    pxe_dhcp_parse(payload->p, payload->left, &msg) < 0)
		return;
	if (frame->dst_port == link->port + 1)
		pxe_lookout_hear(link, &msg, frame, is_outgoing);
	if (link->hearing.taps_host)
		pxe_record_reply(link, &msg, frame->src);
}

static void on_tap(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_link *link = arg;
	uint8_t buf[PXE_TAP_FRAME_BYTES];
	struct pxe_tap_frame about;
	struct pxe_frame4 frame;
	struct pxe_rd payload;

	(void)what;
	pxe_server_read_clocks(link->server);
	for (int i = 0; i < FRAMES_A_TURN; i++) {
		int n = pxe_tap_recv(fd, buf, &about);

		if (n < 0)
			break;
		if (n == 0 ||
		    pxe_frame4_parse(buf, (size_t)n, about.is_partial, &frame,
				     &payload) < 0 ||
		    payload.left == 0)
			continue;
		if (payload.p[0] == PXE_DHCP_BOOTREPLY)
			hear_reply(link, &frame, &payload, about.is_outgoing);
		else if (!about.is_outgoing) /* a client of this host's own */
			hear_request(link, &frame, &payload);
	}
}

bool pxe_ears_has_tap(const struct pxe_link *link)
{
	return link->tap_fd >= 0;
}

static bool is_ethernet(const struct pxe_link *link)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(link->server->ifaces, link->ifindex);

	return iface != NULL && iface->is_ethernet;
}

static int open_tap(struct pxe_link *link)
{
	const struct pxe_hearing *h = &link->hearing;
	const uint16_t replies = (uint16_t)(link->port + 1);
	const uint16_t ports[PXE_TAP_PORTS] = {
		replies,
		h->taps_dhcp ? link->port : replies,
		h->taps_binl ? link->binl_port : replies,
	};

	if (!is_ethernet(link))
		return -EPFNOSUPPORT;
	link->tap_fd = pxe_tap_open_udp(link->ifindex, ports, h->taps_host);
	return link->tap_fd < 0 ? link->tap_fd : 0;
}

/* --- life --- */

/* Where addresses are given, other servers are only looked for. */
static int open_all(struct pxe_link *link)
{
	const struct pxe_hearing *h = &link->hearing;
	int r = open_tap(link);

	if (r < 0 && h->taps_dhcp)
		return r;
	if (r < 0 && r != -EPFNOSUPPORT && !link->is_deaf) {
		pxe_log(PXE_LOG_WARNING,
			"no packet socket on %s (%s): another DHCP server "
			"there is not noticed",
			link->name, strerror(-r));
		link->is_deaf = true;
	}
	if (h->binds_dhcp) {
		link->fd = pxe_udp_open(link->port, link->name);
		if (link->fd < 0)
			return link->fd;
	}
	if (h->binds_binl)
		link->binl_fd = pxe_udp_open(link->binl_port, link->name);
	return 0;
}

int pxe_ears_open(struct pxe_link *link)
{
	int r;

	link->fd = link->binl_fd = link->tap_fd = -1;
	r = open_all(link);
	if (r < 0)
		pxe_ears_close(link);
	return r;
}

/* Waits for `fd`, if there is one. */
static int listen_to(struct pxe_link *link, int fd, struct event **event,
		     event_callback_fn callback)
{
	if (fd < 0 || *event != NULL)
		return 0;
	*event = event_new(link->server->base, fd, EV_READ | EV_PERSIST,
			   callback, link);
	return *event != NULL && event_add(*event, NULL) == 0 ? 0 : -ENOMEM;
}

int pxe_ears_start(struct pxe_link *link)
{
	int r = listen_to(link, link->fd, &link->event, on_dhcp);

	if (r == 0)
		r = listen_to(link, link->binl_fd, &link->binl_event, on_binl);
	if (r == 0)
		r = listen_to(link, link->tap_fd, &link->tap_event, on_tap);
	return r;
}

bool pxe_ears_complete(struct pxe_link *link, bool is_loud)
{
	const struct pxe_hearing *h = &link->hearing;

	if (link->tap_fd < 0 && link->server->base != NULL)
		(void)!open_tap(link);
	if (h->binds_binl && link->binl_fd < 0)
		link->binl_fd = pxe_udp_open(link->binl_port, link->name);
	if (link->server->base != NULL && pxe_ears_start(link) < 0)
		return false;
	if (!h->needs_binl || link->binl_fd >= 0)
		return true;
	if (is_loud)
		pxe_log(PXE_LOG_ERR,
			"port %u on %s cannot be had (%s): firmware that asks "
			"there gets no answer",
			link->binl_port, link->name, strerror(-link->binl_fd));
	return false;
}

static void close_one(int *fd, struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	if (*fd >= 0)
		close(*fd);
	*event = NULL;
	*fd = -1;
}

void pxe_ears_close(struct pxe_link *link)
{
	close_one(&link->fd, &link->event);
	close_one(&link->binl_fd, &link->binl_event);
	close_one(&link->tap_fd, &link->tap_event);
}
