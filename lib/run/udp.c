/* SPDX-License-Identifier: ISC */
#include "run/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MESSAGES = 16, /* of the kernel, read by one system call */
	/* of one; a little more, so that not all begin in one set of the
	 * processor's cache */
	MESSAGE_BYTES = 65536 + 320,
};

/* Room for what comes with a datagram, aligned as a cmsghdr wants it. */
union control {
	char buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct cmsghdr align;
};

union received {
	char buf[CMSG_SPACE(sizeof(struct in_pktinfo)) +
		 CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

struct pxe_udp_inbox {
	int n, at;     /* messages; the one that is being taken apart */
	size_t offset; /* in it */
	size_t segment; /* octets of each of its datagrams but the last */
	struct pxe_udp_packet head; /* what all of them share; no octets */
	struct mmsghdr mm[MESSAGES];
	struct iovec iov[MESSAGES];
	struct sockaddr_in from[MESSAGES];
	union received control[MESSAGES];
	uint8_t buf[MESSAGES][MESSAGE_BYTES];
};

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
								      : 0;
}

static int set_options(int fd, const char *interface)
{
	int r;

	if (interface != NULL &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		       (socklen_t)strlen(interface)) < 0)
		return -errno;
	r = set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	if (r < 0)
		return r;
	/* a reply that is larger than the path's MTU may be fragmented */
	r = set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (r < 0)
		return r;
	/* a smaller buffer works too: the first needs CAP_NET_ADMIN, the
	 * second is cut to net.core.rmem_max */
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, PXE_UDP_RCVBUF_BYTES) < 0)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, PXE_UDP_RCVBUF_BYTES);
	/* many datagrams of one relay come as one, where the kernel can */
	(void)set_int(fd, IPPROTO_UDP, UDP_GRO, 1);
	return set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
}

int pxe_udp_open(uint16_t port, const char *interface)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port) };
	int fd, r;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r = set_options(fd, interface);
	if (r == 0 && bind(fd, (const void *)&addr, sizeof(addr)) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

struct pxe_udp_inbox *pxe_udp_inbox_new(void)
{
	return calloc(1, sizeof(struct pxe_udp_inbox));
}

void pxe_udp_inbox_free(struct pxe_udp_inbox *inbox)
{
	free(inbox);
}

int pxe_udp_recv(int fd, struct pxe_udp_inbox *inbox)
{
	int n;

	for (int i = 0; i < MESSAGES; i++) {
		inbox->iov[i] = (struct iovec){ inbox->buf[i], MESSAGE_BYTES };
		inbox->mm[i].msg_hdr = (struct msghdr){
			.msg_name = &inbox->from[i],
			.msg_namelen = sizeof(inbox->from[i]),
			.msg_iov = &inbox->iov[i],
			.msg_iovlen = 1,
			.msg_control = &inbox->control[i],
			.msg_controllen = sizeof(inbox->control[i]),
		};
	}
	inbox->n = inbox->at = 0;
	inbox->offset = 0;
	n = recvmmsg(fd, inbox->mm, MESSAGES, MSG_DONTWAIT, NULL);
	if (n < 0)
		return -errno;
	inbox->n = n;
	return n == MESSAGES;
}

/* What came with a message. */
static void read_control(struct msghdr *mh, struct pxe_udp_inbox *inbox)
{
	struct in_pktinfo info;
	int segment;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	     c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			inbox->head.ifindex = (unsigned)info.ipi_ifindex;
			inbox->head.dst = ntohl(info.ipi_addr.s_addr);
		} else if (c->cmsg_level == IPPROTO_UDP &&
			   c->cmsg_type == UDP_GRO) {
			memcpy(&segment, CMSG_DATA(c), sizeof(segment));
			inbox->segment = segment > 0 ? (size_t)segment : 0;
		}
	}
}

/* Begins to take a message apart. */
static void enter(struct pxe_udp_inbox *inbox)
{
	const struct sockaddr_in *from = &inbox->from[inbox->at];
	struct pxe_udp_packet *head = &inbox->head;

	head->ifindex = 0;
	head->dst = 0;
	head->src = ntohl(from->sin_addr.s_addr);
	head->src_port = ntohs(from->sin_port);
	inbox->segment = 0;
	read_control(&inbox->mm[inbox->at].msg_hdr, inbox);
}

bool pxe_udp_next(struct pxe_udp_inbox *inbox, struct pxe_udp_packet *packet)
{
	size_t left;

	if (inbox->at == inbox->n)
		return false;
	if (inbox->offset == 0)
		enter(inbox);
	left = inbox->mm[inbox->at].msg_len - inbox->offset;
	if (inbox->segment > 0 && left > inbox->segment)
		left = inbox->segment;
	memcpy(packet, &inbox->head, offsetof(struct pxe_udp_packet, buf));
	packet->len = left < sizeof(packet->buf) ? left : sizeof(packet->buf);
	memcpy(packet->buf, inbox->buf[inbox->at] + inbox->offset, packet->len);
	inbox->offset += left;
	if (inbox->offset == inbox->mm[inbox->at].msg_len) {
		inbox->offset = 0;
		inbox->at++;
	}
	return true;
}

/* What sendmsg(2) wants to know of one datagram. */
struct outgoing {
	struct sockaddr_in to;
	struct iovec iov;
	union control control; /* last: clang takes it for one without end */
};

static void address(const struct pxe_udp_datagram *datagram,
		    struct outgoing *out, struct msghdr *mh)
{
	const struct pxe_udp_dest *dest = &datagram->dest;
	struct in_pktinfo info = { .ipi_ifindex = (int)dest->ifindex,
				   .ipi_spec_dst.s_addr = htonl(dest->src) };
	struct cmsghdr *c;

	*out = (struct outgoing){
		.to = { .sin_family = AF_INET,
			.sin_port = htons(dest->port),
			.sin_addr.s_addr = htonl(dest->dst) },
		.iov = { (void *)(uintptr_t)datagram->buf, datagram->len },
	};
	*mh = (struct msghdr){ .msg_name = &out->to,
			       .msg_namelen = sizeof(out->to),
			       .msg_iov = &out->iov,
			       .msg_iovlen = 1,
			       .msg_control = &out->control,
			       .msg_controllen = sizeof(out->control) };
	c = CMSG_FIRSTHDR(mh);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

int pxe_udp_send_many(int fd, const struct pxe_udp_datagram *datagrams,
		      size_t n)
{
	struct outgoing out[PXE_UDP_BATCH];
	struct mmsghdr mm[PXE_UDP_BATCH];
	int r;

	if (n > PXE_UDP_BATCH)
		n = PXE_UDP_BATCH;
	for (size_t i = 0; i < n; i++)
		address(&datagrams[i], &out[i], &mm[i].msg_hdr);
	r = sendmmsg(fd, mm, (unsigned)n, MSG_DONTWAIT);
	return r < 0 ? -errno : r;
}

int pxe_udp_send(int fd, const struct pxe_udp_dest *dest, const void *buf,
		 size_t len)
{
	const struct pxe_udp_datagram datagram = { *dest, buf, len };
	struct outgoing out;
	struct msghdr mh;

	address(&datagram, &out, &mh);
	return sendmsg(fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}
