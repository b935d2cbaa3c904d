/* SPDX-License-Identifier: ISC */
#include "run/ping.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_RAW
#define SOL_RAW 255
#endif

int pxe_ping_open(void)
{
	const struct icmp_filter filter = { ~(1u << ICMP_ECHOREPLY) };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_ICMP);
	int r;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int pxe_ping_send(int fd, uint32_t address, uint16_t id, uint16_t seq)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(address) };
	uint8_t buf[PXE_ICMP_ECHO_BYTES];
	int n = pxe_icmp_build_echo(id, seq, buf, sizeof(buf));

	if (n < 0)
		return n;
	return sendto(fd, buf, (size_t)n, MSG_DONTWAIT, (const void *)&to,
		      sizeof(to)) < 0
		       ? -errno
		       : 0;
}

int pxe_ping_recv(int fd, uint16_t id, struct pxe_icmp_reply *reply)
{
	struct pxe_icmp_reply out;
	uint8_t buf[512];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0)
		return -errno;
	if ((size_t)n > sizeof(buf) ||
	    pxe_icmp_parse_reply(buf, (size_t)n, &out) < 0 || out.id != id)
		return 0;
	*reply = out;
	return 1;
}
