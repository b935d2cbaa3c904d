/* SPDX-License-Identifier: ISC */
#include "dhcpd/lookout.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dhcpd/alarms.h"
#include "dhcpd/ears.h"
#include "dhcpd/server.h"
#include "run/log.h"
#include "run/rawsock.h"
#include "wire/dhcp_opt.h"
#include "wire/frame4.h"

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

static void send_message(struct pxe_link *link, const uint8_t *mac,
			 const uint8_t *msg, int n)
{
	uint8_t buf[PXE_DHCP_PLAIN_BYTES + PXE_FRAME4_HEAD_BYTES];
	struct pxe_frame4 frame = { .dst = PXE_IP4_BROADCAST,
				    .src_port = (uint16_t)(link->port + 1),
				    .dst_port = link->port };
	size_t len;

	memcpy(frame.src_mac, mac, sizeof(frame.src_mac));
	memset(frame.dst_mac, 0xff, sizeof(frame.dst_mac));
	if (n > 0 && pxe_frame4_build(&frame, msg, (size_t)n, buf, sizeof(buf),
				      &len) == 0)
		(void)!pxe_rawsock_send(link->server->raw_fd, link->ifindex,
					buf, len);
}

static const uint8_t *find_mac(const struct pxe_link *link)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(link->server->ifaces, link->ifindex);

	return iface != NULL && iface->is_ethernet ? iface->mac : NULL;
}

static void send_probe(struct pxe_link *link)
{
	const uint8_t *mac = find_mac(link);
	uint8_t msg[PXE_DHCP_PLAIN_BYTES];

	if (mac != NULL)
		send_message(link, mac, msg,
			     pxe_rival_build(mac, link->rival.xid, msg,
					     sizeof(msg)));
}

static void send_questions(struct pxe_link *link)
{
	const uint8_t *mac = find_mac(link);
	uint8_t msg[PXE_DHCP_PLAIN_BYTES];

	for (unsigned i = 0; i < PXE_CONTEND_ASKS && mac != NULL; i++)
		send_message(link, mac, msg,
			     pxe_contend_build(mac, link->contend.xid, i, msg,
					       sizeof(msg)));
}

/* --- what changed --- */

/* Says that a server was found on the link, and what that means. */
static void log_found(const struct pxe_link *link,
		      const struct pxe_rival_seen *seen,
		      enum pxe_reason reason, bool is_notice, const char *what,
		      const char *meaning)
{
	char address[PXE_IP4_TEXT], hw[PXE_HWADDR_TEXT];
	struct pxe_hwaddr mac = { PXE_HTYPE_ETHERNET, 6, { 0 } };
	const struct pxe_log_field fields[] = {
		{ "PXE_ADDRESS", address },
		{ "PXE_MAC", hw },
		{ "PXE_INTERFACE", link->name },
		{ "PXE_REASON", pxe_reason_name(reason) },
	};

	memcpy(mac.addr, seen->mac, 6);
	pxe_hwaddr_format(&mac, hw, sizeof(hw));
	pxe_ip4_format(seen->address, address, sizeof(address));
	pxe_log_fields(is_notice ? PXE_LOG_NOTICE : PXE_LOG_WARNING, fields,
		       PXE_LEN(fields), "another %s answers on %s: %s (%s): %s",
		       what, link->name, address, hw, meaning);
}

static void log_rival(const struct pxe_link *link,
		      const struct pxe_rival_seen *seen)
{
	const bool coexist = link->server->conf->coexist;

	log_found(link, seen, PXE_REASON_OTHER_SERVER_ACTIVE, coexist,
		  "DHCP server",
		  coexist ? "both give addresses (coexist)"
			  : "no new address is given there until it is gone, "
			    "unless dhcpd.conf says coexist = yes");
}

/* Tells what is new since there were `n` others that offer boots. */
static void tell_contend(struct pxe_link *link, size_t n)
{
	const struct pxe_rival *r = &link->contend;
	const bool yields = link->hearing.yields;

	for (size_t i = n; i < r->n_seen; i++)
		log_found(link, &r->seen[i], PXE_REASON_CONTENDED, !yields,
			  "PXE server",
			  yields ? "machines that boot are left to it until it "
				   "is gone, unless dhcpd.conf says contend = "
				   "\"win\""
				 : "the machines choose (contend)");
	if (n > 0 && r->n_seen == 0)
		pxe_log(PXE_LOG_NOTICE,
			"no other PXE server answers on %s any more%s",
			link->name, yields ? ": boots are offered again" : "");
	pxe_alarms_changed(link->server);
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

static int64_t earlier(int64_t a_ms, int64_t b_ms)
{
	if (a_ms < 0 || b_ms < 0)
		return a_ms < 0 ? b_ms : a_ms;
	return a_ms < b_ms ? a_ms : b_ms;
}

static void arm(struct pxe_server *s, int64_t now_ms)
{
	int64_t next_ms = -1, wait_ms;
	struct timeval tv;

	for (const struct pxe_link *l = s->links; l != NULL; l = l->next)
		next_ms = earlier(next_ms, earlier(l->rival.next_ms,
						   l->contend.next_ms));
	if (next_ms < 0 || s->lookout == NULL)
		return;
	wait_ms = next_ms > now_ms ? next_ms - now_ms : 0;
	tv.tv_sec = (time_t)(wait_ms / 1000);
	tv.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000);
	(void)!event_add(s->lookout, &tv);
}

static void step_rival(struct pxe_link *l, int64_t now_ms)
{
	enum pxe_rival_state before = l->rival.state;
	struct pxe_rival_todo todo =
		pxe_rival_step(&l->rival, now_ms, make_xid(l->server));

	if (todo.must_send)
		send_probe(l);
	if (todo.is_changed)
		tell(l, before, l->rival.n_seen);
}

static void step_contend(struct pxe_link *l, int64_t now_ms)
{
	size_t n = l->contend.n_seen;
	struct pxe_rival_todo todo =
		pxe_rival_step(&l->contend, now_ms, make_xid(l->server) ^ 2);

	if (todo.must_send)
		send_questions(l);
	if (l->contend.n_seen != n)
		tell_contend(l, n);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_server *s = arg;
	int64_t now_ms = read_ms();

	(void)fd;
	(void)what;
	pxe_server_read_clocks(s);
	for (struct pxe_link *l = s->links; l != NULL; l = l->next) {
		step_rival(l, now_ms);
		step_contend(l, now_ms);
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

static void hear_rival(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
		       const uint8_t *mac)
{
	enum pxe_rival_state before = link->rival.state;
	uint32_t address = pxe_rival_read(msg);
	size_t n = link->rival.n_seen;

	if (address != 0 && !is_ours(link->server, address) &&
	    pxe_rival_hear(&link->rival, address, mac, read_ms()).is_changed)
		tell(link, before, n);
}

/* A server on this host has our address, and is heard as what goes out; what
 * comes in from our own address is ours, by way of a relay. */
static void hear_contend(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
			 const struct pxe_frame4 *frame, bool is_outgoing)
{
	uint32_t address =
		pxe_dhcp_get_u32(msg, PXE_OPT_SERVER_ID, frame->src);
	size_t n = link->contend.n_seen;

	if (!pxe_contend_is_offer(msg) ||
	    (!is_outgoing && is_ours(link->server, address)))
		return;
	if (pxe_contend_hear(&link->contend, msg, address, frame->src_mac,
			     read_ms())
		    .is_changed)
		tell_contend(link, n);
}

void pxe_lookout_hear(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
		      const struct pxe_frame4 *frame, bool is_outgoing)
{
	if (pxe_hearing_has(&link->hearing, PXE_MODE_INTERNAL) && !is_outgoing)
		hear_rival(link, msg, frame->src_mac);
	if (pxe_hearing_has(&link->hearing, PXE_MODE_PROXY))
		hear_contend(link, msg, frame, is_outgoing);
	arm(link->server, read_ms());
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

bool pxe_lookout_has_pxe(const struct pxe_link *link)
{
	return link->contend.n_seen > 0;
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

		if (l->rival.xid != msg->head.xid &&
		    l->contend.xid != msg->head.xid)
			continue;
		iface = pxe_ifaces_find(s->ifaces, l->ifindex);
		if (iface != NULL &&
		    (pxe_rival_is_own(&l->rival, iface->mac, msg) ||
		     pxe_rival_is_own(&l->contend, iface->mac, msg)))
			return true;
	}
	return false;
}

/* --- life --- */

void pxe_lookout_leave(struct pxe_link *link)
{
	if (link->rival.n_seen > 0 || link->contend.n_seen > 0)
		pxe_alarms_changed(link->server);
	pxe_rival_init(&link->rival);
	pxe_rival_init(&link->contend);
}

/* Asks only where something may be sent, and an answer is heard. */
static void begin(struct pxe_link *link, int64_t now_ms)
{
	if (link->hearing.is_silent)
		return;
	if (pxe_hearing_has(&link->hearing, PXE_MODE_INTERNAL))
		pxe_rival_link_up(&link->rival, now_ms);
	if (pxe_hearing_has(&link->hearing, PXE_MODE_PROXY))
		pxe_rival_link_up(&link->contend, now_ms);
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

		if (iface == NULL || !pxe_ears_has_tap(l))
			continue;
		if (iface->is_running && !l->is_running)
			begin(l, now_ms);
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
