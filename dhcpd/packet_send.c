/* SPDX-License-Identifier: ISC */
/*
 * Replies on their way out.  Those of one turn of the loop leave by one
 * system call for each interface; frames at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dhcpd/server.h"
#include "run/log.h"
#include "run/rawsock.h"
#include "wire/frame4.h"

struct pxe_outbox {
	struct event *flush; /* activated: at the end of this turn */
	bool is_last;	     /* it was put behind the others of this turn */
	int fd;		     /* of the link that all of them leave by */
	size_t n;
	struct pxe_udp_datagram datagrams[PXE_UDP_BATCH];
	uint8_t bufs[PXE_UDP_BATCH][PXE_REPLY_MAX_BYTES];
};

/* A frame: to a client that has no address yet and cannot answer ARP, or to
 * all where no port is bound. */
static int send_raw(const struct pxe_server *s, const struct pxe_reply *reply)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(s->ifaces, reply->ifindex);
	uint8_t buf[PXE_REPLY_MAX_BYTES + PXE_FRAME4_HEAD_BYTES];
	const bool is_raw = reply->dest.kind == PXE_DEST_RAW;
	struct pxe_frame4 frame = { .src = reply->source,
				    .dst = is_raw ? reply->dest.address
						  : PXE_IP4_BROADCAST,
				    .src_port = reply->port,
				    .dst_port = reply->dest.port };
	size_t len;
	int r;

	if (s->raw_fd < 0 || iface == NULL || !iface->is_ethernet)
		return -EOPNOTSUPP;
	memcpy(frame.src_mac, iface->mac, sizeof(frame.src_mac));
	if (is_raw)
		memcpy(frame.dst_mac, reply->hw.addr, sizeof(frame.dst_mac));
	else
		memset(frame.dst_mac, 0xff, sizeof(frame.dst_mac));
	r = pxe_frame4_build(&frame, reply->buf, reply->len, buf, sizeof(buf),
			     &len);
	if (r < 0)
		return r;
	return pxe_rawsock_send(s->raw_fd, reply->ifindex, buf, len);
}

/* The address that a reply is to leave from: 0 if that is not on this host (a
 * forwarded or virtual one), then the kernel chooses. */
static uint32_t find_source(const struct pxe_server *s, uint32_t source)
{
	const struct pxe_iface *list;
	size_t n;

	list = pxe_ifaces_list(s->ifaces, &n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].n_addr; k++)
			if (list[i].addr[k].address == source)
				return source;
	return 0;
}

/*
 * To a host that answers ARP, or to a relay, where no port is bound: a packet
 * that only lacks its frame.
 */
static int send_routed(struct pxe_server *s, const struct pxe_reply *reply)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(s->ifaces, reply->ifindex);
	uint8_t buf[PXE_REPLY_MAX_BYTES + PXE_FRAME4_HEAD_BYTES];
	struct pxe_frame4 frame = { .src = find_source(s, reply->source),
				    .dst = reply->dest.address,
				    .src_port = reply->port,
				    .dst_port = reply->dest.port };
	size_t len;
	int r;

	if (frame.src == 0 && iface != NULL && iface->n_addr > 0)
		frame.src = iface->addr[0].address;
	if (s->ip_fd < 0)
		s->ip_fd = pxe_rawsock_open_ip();
	if (s->ip_fd < 0)
		return s->ip_fd;
	r = pxe_frame4_build(&frame, reply->buf, reply->len, buf, sizeof(buf),
			     &len);
	if (r < 0)
		return r;
	return pxe_rawsock_send_ip(s->ip_fd, frame.dst,
				   buf + PXE_FRAME4_ETHER_BYTES,
				   len - PXE_FRAME4_ETHER_BYTES);
}

static void note_error(struct pxe_server *s, int r)
{
	if (pxe_log_is_due(&s->send_s, s->mono_s, 10))
		pxe_log(PXE_LOG_WARNING, "a reply could not be sent: %s",
			strerror(-r));
}

void pxe_packet_flush(struct pxe_server *s)
{
	struct pxe_outbox *out = s->outbox;
	size_t at = 0;

	while (at < out->n) {
		int r = pxe_udp_send_many(out->fd, &out->datagrams[at],
					  out->n - at);

		if (r > 0) {
			s->n_replies += (unsigned)r;
			at += (size_t)r;
		} else {
			note_error(s, r);
			at++; /* that one is lost */
		}
	}
	out->n = 0;
}

static void queue_udp(struct pxe_server *s, int fd,
		      const struct pxe_reply *reply)
{
	struct pxe_outbox *out = s->outbox;
	const bool is_unicast = reply->dest.kind == PXE_DEST_UNICAST;

	if (out->n == PXE_UDP_BATCH || (out->n > 0 && out->fd != fd))
		pxe_packet_flush(s);
	if (out->n == 0)
		event_active(out->flush, EV_WRITE, 0);
	out->fd = fd;
	memcpy(out->bufs[out->n], reply->buf, reply->len);
	out->datagrams[out->n] = (struct pxe_udp_datagram){
		.dest = { .dst = is_unicast ? reply->dest.address
					    : PXE_IP4_BROADCAST,
			  .port = reply->dest.port,
			  .src = find_source(s, reply->source),
			  .ifindex = is_unicast ? 0 : reply->ifindex },
		.buf = out->bufs[out->n],
		.len = reply->len,
	};
	out->n++;
}

/* Without a socket on the port that it is to leave from. */
static void send_unbound(struct pxe_server *s, const struct pxe_reply *reply)
{
	int r = reply->dest.kind == PXE_DEST_UNICAST ? send_routed(s, reply)
						     : send_raw(s, reply);

	if (r < 0)
		note_error(s, r);
	else
		s->n_replies++;
}

void pxe_packet_send(struct pxe_server *s, const struct pxe_reply *reply)
{
	const struct pxe_link *link = pxe_server_find_link(s, reply->ifindex);
	int fd;

	if (link == NULL) {
		note_error(s, -ENETDOWN);
		return;
	}
	if (link->hearing.is_silent) /* became so while it waited */
		return;
	if (s->sent != NULL)
		pxe_sent_put(s->sent, reply->buf, reply->len);
	fd = reply->port == link->binl_port ? link->binl_fd : link->fd;
	if (reply->dest.kind == PXE_DEST_RAW && send_raw(s, reply) == 0)
		s->n_replies++;
	else if (fd >= 0) /* who asks for a frame also hears a broadcast */
		queue_udp(s, fd, reply);
	else
		send_unbound(s, reply);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_server *s = arg;
	struct pxe_outbox *out = s->outbox;

	(void)fd;
	(void)what;
	out->is_last = !out->is_last;
	/* commits go first: pxe-stated works while we send */
	if (out->is_last)
		event_active(out->flush, EV_WRITE, 0);
	else
		pxe_packet_flush(s);
}

int pxe_packet_start(struct pxe_server *s)
{
	s->outbox = calloc(1, sizeof(*s->outbox));
	if (s->outbox == NULL)
		return -ENOMEM;
	s->outbox->flush = event_new(s->base, -1, 0, on_flush, s);
	return s->outbox->flush != NULL ? 0 : -ENOMEM;
}

void pxe_packet_stop(struct pxe_server *s)
{
	if (s->outbox == NULL)
		return;
	if (s->outbox->flush != NULL)
		event_free(s->outbox->flush);
	free(s->outbox);
	s->outbox = NULL;
}
