/* SPDX-License-Identifier: ISC */
#include "run/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one struct in_pktinfo, aligned as a cmsghdr wants it. */
union control {
	char buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct cmsghdr align;
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

static void read_pktinfo(struct msghdr *mh, struct pxe_udp_packet *p)
{
	struct in_pktinfo info;

	p->ifindex = 0;
	p->dst = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	     c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		p->ifindex = (unsigned)info.ipi_ifindex;
		p->dst = ntohl(info.ipi_addr.s_addr);
	}
}

int pxe_udp_recv(int fd, struct pxe_udp_packet *packets)
{
	struct mmsghdr mm[PXE_UDP_BATCH];
	struct iovec iov[PXE_UDP_BATCH];
	struct sockaddr_in from[PXE_UDP_BATCH];
	union control control[PXE_UDP_BATCH];
	int n;

	for (int i = 0; i < PXE_UDP_BATCH; i++) {
		iov[i] = (struct iovec){ packets[i].buf, PXE_UDP_MAX_BYTES };
		mm[i] = (struct mmsghdr){
			.msg_hdr = { .msg_name = &from[i],
				     .msg_namelen = sizeof(from[i]),
				     .msg_iov = &iov[i],
				     .msg_iovlen = 1,
				     .msg_control = &control[i],
				     .msg_controllen = sizeof(control[i]) },
		};
	}
	n = recvmmsg(fd, mm, PXE_UDP_BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		packets[i].src = ntohl(from[i].sin_addr.s_addr);
		packets[i].src_port = ntohs(from[i].sin_port);
		packets[i].dst_port = 0;
		packets[i].is_overheard = false;
		packets[i].len = mm[i].msg_len;
		read_pktinfo(&mm[i].msg_hdr, &packets[i]);
	}
	return n;
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
