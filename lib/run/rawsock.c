/* SPDX-License-Identifier: ISC */
#include "run/rawsock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int pxe_rawsock_open(void)
{
	/* protocol 0: nothing is ever delivered to it */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int pxe_rawsock_send(int fd, unsigned ifindex, const void *frame, size_t len)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)ifindex,
				  .sll_halen = ETH_ALEN };
	struct ether_header head;

	if (len < sizeof(head))
		return -EINVAL;
	memcpy(&head, frame, sizeof(head));
	to.sll_protocol = head.ether_type;
	memcpy(to.sll_addr, head.ether_dhost, ETH_ALEN);
	if (sendto(fd, frame, len, MSG_DONTWAIT, (const void *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

int pxe_rawsock_open_ip(void)
{
	/* this protocol, too, is never delivered to anybody */
	int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_RAW);

	return fd < 0 ? -errno : fd;
}

int pxe_rawsock_send_ip(int fd, uint32_t dst, const void *packet, size_t len)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(dst) };

	if (sendto(fd, packet, len, MSG_DONTWAIT, (const void *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}
