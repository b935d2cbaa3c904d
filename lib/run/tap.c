/* SPDX-License-Identifier: ISC */
#include "run/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	AT_TYPE = 12, /* of Ethernet */
	AT_ARP_OP = 20,
	AT_IP = 14,
	AT_IP_FRAGMENT = 20,
	AT_IP_PROTOCOL = 23,
	ARP_REPLY = 2,
	FRAGMENT_MASK = 0x3fff, /* more fragments, and the offset */
	VLAN_ID_MASK = 0x0fff,
};

/* First nothing at all is let in, then the filter is set, then it listens:
 * no packet slips by. */
static int open_tap(unsigned ifindex, uint16_t type,
		    const struct sock_fprog *filter)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(type),
				  .sll_ifindex = (int)ifindex };
	const int one = 1;
	int r, fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			   0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter,
		       sizeof(*filter)) == 0 &&
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ==
		    0 &&
	    bind(fd, (const void *)&ll, sizeof(ll)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int pxe_tap_open_arp(unsigned ifindex)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_ARP_OP),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARP_REPLY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, PXE_TAP_FRAME_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog filter = { PXE_LEN(code), code };

	return open_tap(ifindex, ETH_P_ARP, &filter);
}

int pxe_tap_open_udp(unsigned ifindex, const uint16_t ports[PXE_TAP_PORTS],
		     bool has_outgoing)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_TYPE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 10),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_IP_PROTOCOL),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 8),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_IP_FRAGMENT),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FRAGMENT_MASK, 6, 0),
		/* X becomes the length of the IP header */
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IP),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, AT_IP + 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[0], 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[1], 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[2], 0, 1),
		BPF_STMT(BPF_RET | BPF_K, PXE_TAP_FRAME_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog filter = { PXE_LEN(code), code };

	/* what this host sends passes those only that want everything */
	return open_tap(ifindex, has_outgoing ? ETH_P_ALL : ETH_P_IP, &filter);
}

/* An interface also sees the frames of VLANs on it, without their tag. */
static bool is_of_vlan(const struct tpacket_auxdata *aux)
{
	return (aux->tp_status & TP_STATUS_VLAN_VALID) != 0 &&
	       (aux->tp_vlan_tci & VLAN_ID_MASK) != 0;
}

static struct tpacket_auxdata read_aux(struct msghdr *mh)
{
	struct tpacket_auxdata aux = { .tp_status = 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	     c = CMSG_NXTHDR(mh, c))
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA)
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return aux;
}

int pxe_tap_recv(int fd, void *buf, struct pxe_tap_frame *frame)
{
	union {
		char buf[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
		struct cmsghdr align;
	} control;
	struct sockaddr_ll from = { .sll_pkttype = PACKET_HOST };
	struct iovec iov = { buf, PXE_TAP_FRAME_BYTES };
	struct msghdr mh = { .msg_name = &from,
			     .msg_namelen = sizeof(from),
			     .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control) };
	struct tpacket_auxdata aux;
	ssize_t n = recvmsg(fd, &mh, MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	aux = read_aux(&mh);
	if (is_of_vlan(&aux) || from.sll_pkttype == PACKET_OTHERHOST)
		return 0;
	frame->is_partial = (aux.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
	frame->is_outgoing = from.sll_pkttype == PACKET_OUTGOING;
	return (int)n;
}
