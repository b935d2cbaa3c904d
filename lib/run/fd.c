/* SPDX-License-Identifier: ISC */
#include "run/fd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/log.h"

ssize_t pxe_fd_read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, (uint8_t *)buf + got, len - got,
				  (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

uint16_t pxe_fd_port(int fd)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    (ss.ss_family != AF_INET && ss.ss_family != AF_INET6))
		return 0;
	/* it is in the same place in both families */
	return ntohs(((struct sockaddr_in *)(void *)&ss)->sin_port);
}

bool pxe_fd_can(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
								      : 0;
}

static int bind_to(int fd, const struct addrinfo *ai, bool *is_here)
{
	bool is_stream = ai->ai_socktype == SOCK_STREAM;
	int r = 0;

	if (is_stream) /* connections of the process before may be ending */
		r = set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (r == 0 && ai->ai_family == AF_INET6)
		r = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (r < 0)
		return r;
	*is_here = true;
	r = bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ? -errno : 0;
	if (r == -EADDRNOTAVAIL) {
		*is_here = false;
		r = set_int(fd, IPPROTO_IP, IP_FREEBIND, 1);
		if (r == 0 && bind(fd, ai->ai_addr, ai->ai_addrlen) < 0)
			r = -errno;
	}
	if (r == 0 && is_stream && listen(fd, SOMAXCONN) < 0)
		r = -errno;
	return r;
}

int pxe_fd_bind(const char *address, uint16_t port, int type, bool *is_here)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = type,
	};
	struct addrinfo *ai;
	char service[8];
	int fd, r;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &ai) != 0)
		return -EINVAL;
	fd = socket(ai->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	r = fd < 0 ? -errno : bind_to(fd, ai, is_here);
	freeaddrinfo(ai);
	if (r < 0 && fd >= 0)
		close(fd);
	return r < 0 ? r : fd;
}

int pxe_fd_serve(const char *address, uint16_t port, int type,
		 const char *service)
{
	bool is_here;
	int fd = pxe_fd_bind(address, port, type, &is_here);

	if (fd == -EADDRINUSE)
		pxe_log(PXE_LOG_ERR,
			"cannot listen on %s port %u: %s (another %s server "
			"runs here)",
			address, port, strerror(-fd), service);
	else if (fd < 0)
		pxe_log(PXE_LOG_ERR, "cannot listen on %s port %u: %s", address,
			port, strerror(-fd));
	else if (!is_here)
		pxe_log(PXE_LOG_WARNING,
			"this host does not have the address %s of \"listen\" "
			"yet",
			address);
	return fd;
}
