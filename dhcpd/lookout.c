/* SPDX-License-Identifier: ISC */
#include "dhcpd/lookout.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/rd.h"
#include "dhcpd/alarms.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/rawsock.h"
#include "run/tap.h"
#include "wire/frame4.h"

enum { READS_A_TURN = 64 };

static int64_t read_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A number that others do not guess from the last one. */
static uint32_t make_xid(const struct pxe_server *s)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((uint32_t)ts.tv_nsec * 0x9e3779b1u ^ (uint32_t)s->now_s ^
		(uint32_t)getpid() << 16) |
	       1;
}

/* --- asking --- */

static void send_probe(struct pxe_link *link)
{
	struct pxe_server *s = link->server;
	const struct pxe_iface *iface =
		pxe_ifaces_find(s->ifaces, link->ifindex);
	uint8_t msg[PXE_DHCP_PLAIN_BYTES],
		buf[PXE_DHCP_PLAIN_BYTES + PXE_FRAME4_HEAD_BYTES];
	struct pxe_frame4 frame = { .dst = PXE_IP4_BROADCAST,
				    .src_port = (uint16_t)(link->port + 1),
				    .dst_port = link->port };
	size_t len;
	int n;

	if (iface == NULL || !iface->is_ethernet)
		return;
	memcpy(frame.src_mac, iface->mac, sizeof(frame.src_mac));
	memset(frame.dst_mac, 0xff, sizeof(frame.dst_mac));
	n = pxe_rival_build(iface->mac, link->rival.xid, msg, sizeof(msg));
	if (n > 0 && pxe_frame4_build(&frame, msg, (size_t)n, buf, sizeof(buf),
				      &len) == 0)
		(void)!pxe_rawsock_send(s->raw_fd, link->ifindex, buf, len);
}

/* --- what changed --- */

static void log_rival(const struct pxe_link *link,
		      const struct pxe_rival_seen *seen)
{
	const bool coexist = link->server->conf->coexist;
	char address[PXE_IP4_TEXT], hw[PXE_HWADDR_TEXT];
	struct pxe_hwaddr mac = { PXE_HTYPE_ETHERNET, 6, { 0 } };
	const struct pxe_log_field fields[] = {
		{ "PXE_ADDRESS", address },
		{ "PXE_MAC", hw },
		{ "PXE_INTERFACE", link->name },
		{ "PXE_REASON",
		  pxe_reason_name(PXE_REASON_OTHER_SERVER_ACTIVE) },
	};

	memcpy(mac.addr, seen->mac, 6);
	pxe_hwaddr_format(&mac, hw, sizeof(hw));
	pxe_ip4_format(seen->address, address, sizeof(address));
	pxe_log_fields(coexist ? PXE_LOG_NOTICE : PXE_LOG_WARNING, fields,
		       PXE_LEN(fields),
		       "another DHCP server answers on %s: %s (%s): %s",
		       link->name, address, hw,
		       coexist ? "both give addresses (coexist)"
			       : "no new address is given there until it is "
				 "gone, unless dhcpd.conf says coexist = yes");
}

/* Tells what is new since the state was `before`, with `n` others seen. */
static void tell(struct pxe_link *link, enum pxe_rival_state before, size_t n)
{
	const struct pxe_rival *r = &link->rival;

	for (size_t i = n; i < r->n_seen; i++)
		log_rival(link, &r->seen[i]);
	if (before == PXE_RIVAL_RIVAL && r->state == PXE_RIVAL_CLEAR)
		pxe_log(PXE_LOG_NOTICE,
			"no other DHCP server answers on %s any more%s",
			link->name,
			link->server->conf->coexist
				? ""
				: ": addresses are given again");
	if (before == PXE_RIVAL_PROBING && r->state == PXE_RIVAL_CLEAR)
		pxe_log(PXE_LOG_INFO, "no other DHCP server answers on %s",
			link->name);
	pxe_alarms_changed(link->server);
}

/* --- time --- */

static void arm(struct pxe_server *s, int64_t now_ms)
{
	int64_t next_ms = -1, wait_ms;
	struct timeval tv;

	for (const struct pxe_link *l = s->links; l != NULL; l = l->next)
		if (l->rival.next_ms >= 0 &&
		    (next_ms < 0 || l->rival.next_ms < next_ms))
			next_ms = l->rival.next_ms;
	if (next_ms < 0)
		return;
	wait_ms = next_ms > now_ms ? next_ms - now_ms : 0;
	tv.tv_sec = (time_t)(wait_ms / 1000);
	tv.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000);
	(void)!event_add(s->lookout, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_server *s = arg;
	int64_t now_ms = read_ms();

	(void)fd;
	(void)what;
	pxe_server_read_clocks(s);
	for (struct pxe_link *l = s->links; l != NULL; l = l->next) {
		enum pxe_rival_state before = l->rival.state;
		struct pxe_rival_todo todo =
			pxe_rival_step(&l->rival, now_ms, make_xid(s));

		if (todo.must_send)
			send_probe(l);
		if (todo.is_changed)
			tell(l, before, l->rival.n_seen);
	}
	arm(s, now_ms);
}

/* --- hearing --- */

static bool is_ours(const struct pxe_server *s, uint32_t address)
{
	for (size_t i = 0; i < s->n_own; i++)
		if (s->own[i] == address)
			return true;
	return address == s->conf->server_address;
}

static void hear(struct pxe_link *link, const struct pxe_frame4 *frame,
		 const struct pxe_rd *payload)
{
	struct pxe_server *s = link->server;
	enum pxe_rival_state before = link->rival.state;
	size_t n = link->rival.n_seen;
	struct pxe_dhcp_msg msg;
	uint32_t address;

	if (pxe_dhcp_parse(payload->p, payload->left, &msg) < 0)
		return;
	address = pxe_rival_read(&msg);
	if (address == 0 || is_ours(s, address))
		return;
	pxe_server_read_clocks(s);
	if (pxe_rival_hear(&link->rival, address, frame->src_mac, read_ms())
		    .is_changed)
		tell(link, before, n);
	arm(s, read_ms());
}

static void on_reply(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_link *link = arg;
	uint8_t buf[PXE_TAP_FRAME_BYTES];
	struct pxe_frame4 frame;
	struct pxe_rd payload;
	bool is_partial;

	(void)what;
	for (int i = 0; i < READS_A_TURN; i++) {
		int n = pxe_tap_recv(fd, buf, &is_partial);

		if (n < 0)
			break;
		if (n > 0 && pxe_frame4_parse(buf, (size_t)n, is_partial,
					      &frame, &payload) == 0)
			hear(link, &frame, &payload);
	}
}

enum pxe_decide_rival pxe_lookout_rival(const struct pxe_link *link)
{
	switch (link->rival.state) {
	case PXE_RIVAL_RIVAL:
		return PXE_DECIDE_RIVAL;
	case PXE_RIVAL_PROBING:
		return PXE_DECIDE_LOOKING;
	default:
		return PXE_DECIDE_ALONE;
	}
}

/* That a client says so is no proof: it is looked after only. */
void pxe_lookout_hint(struct pxe_link *link)
{
	int64_t now_ms = read_ms(), before_ms = link->rival.next_ms;

	pxe_rival_hint(&link->rival, now_ms);
	if (link->rival.next_ms != before_ms)
		arm(link->server, now_ms);
}

bool pxe_lookout_is_own(const struct pxe_server *s,
			const struct pxe_dhcp_msg *msg)
{
	for (const struct pxe_link *l = s->links; l != NULL; l = l->next) {
		const struct pxe_iface *iface;

		if (l->rival.xid != msg->head.xid)
			continue;
		iface = pxe_ifaces_find(s->ifaces, l->ifindex);
		if (iface != NULL &&
		    pxe_rival_is_own(&l->rival, iface->mac, msg))
			return true;
	}
	return false;
}

/* --- life --- */

void pxe_lookout_leave(struct pxe_link *link)
{
	if (link->tap_event != NULL)
		event_free(link->tap_event);
	if (link->tap_fd >= 0)
		close(link->tap_fd);
	link->tap_event = NULL;
	link->tap_fd = -1;
	if (link->rival.n_seen > 0)
		pxe_alarms_changed(link->server);
	pxe_rival_init(&link->rival);
}

static bool join(struct pxe_link *link)
{
	struct pxe_server *s = link->server;

	link->tap_fd = pxe_tap_open_udp(link->ifindex,
					(uint16_t)(link->port + 1));
	if (link->tap_fd >= 0)
		link->tap_event = event_new(s->base, link->tap_fd,
					    EV_READ | EV_PERSIST, on_reply,
					    link);
	if (link->tap_event != NULL && event_add(link->tap_event, NULL) == 0)
		return true;
	if (!link->is_deaf)
		pxe_log(PXE_LOG_WARNING,
			"no packet socket on %s (%s): another DHCP server "
			"there is not noticed",
			link->name,
			link->tap_fd < 0 ? strerror(-link->tap_fd)
					 : "no memory");
	link->is_deaf = true;
	pxe_lookout_leave(link);
	return false;
}

void pxe_lookout_update(struct pxe_server *s)
{
	int64_t now_ms = read_ms();

	if (s->lookout == NULL)
		s->lookout = event_new(s->base, -1, 0, on_timer, s);
	if (s->lookout == NULL || s->raw_fd < 0)
		return;
	for (struct pxe_link *l = s->links; l != NULL; l = l->next) {
		const struct pxe_iface *iface =
			pxe_ifaces_find(s->ifaces, l->ifindex);

		if (iface == NULL || !iface->is_ethernet ||
		    (l->tap_fd < 0 && !join(l)))
			continue;
		if (iface->is_running && !l->is_running)
			pxe_rival_link_up(&l->rival, now_ms);
		l->is_running = iface->is_running;
	}
	arm(s, now_ms);
}

void pxe_lookout_done(struct pxe_server *s)
{
	for (struct pxe_link *l = s->links; l != NULL; l = l->next)
		pxe_lookout_leave(l);
	if (s->lookout != NULL)
		event_free(s->lookout);
	s->lookout = NULL;
}
