/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "run/log.h"
#include "tftpd/server.h"

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
								      : 0;
}

/* Takes `fd` over, also when it fails. */
static int add_listener(struct pxe_tftpd *server, int fd)
{
	union pxe_tftpd_addr addr = { 0 };
	socklen_t len = sizeof(addr);
	char text[PXE_TFTPD_PEER_TEXT] = "";
	int r;

	if (getsockname(fd, &addr.sa, &len) == 0)
		pxe_tftpd_addr_format(&addr, text);
	r = pxe_plane_add_listener(&server->plane, fd);
	if (r == 0)
		pxe_log(PXE_LOG_INFO, "listening on %s", text);
	else if (r == -ENOSPC)
		pxe_log(PXE_LOG_ERR, "more than %d addresses to listen on",
			PXE_PLANE_LISTENERS);
	return r;
}

static int bind_socket(int fd, const struct addrinfo *ai)
{
	int r = 0;

	if (ai->ai_family == AF_INET6)
		r = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* an interface may get its address after we started */
	if (r == 0)
		r = set_int(fd, IPPROTO_IP, IP_FREEBIND, 1);
	if (r == 0 && bind(fd, ai->ai_addr, ai->ai_addrlen) < 0)
		r = -errno;
	return r;
}

/* A socket bound to the numeric address `host` and `port`; -errno. */
static int open_socket(const char *host, uint16_t port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_DGRAM,
	};
	struct addrinfo *ai;
	char service[8];
	int fd, r;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(host, service, &hints, &ai) != 0)
		return -EINVAL;
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	r = fd < 0 ? -errno : bind_socket(fd, ai);
	freeaddrinfo(ai);
	if (r < 0 && fd >= 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int listen_on(struct pxe_tftpd *server, const char *host)
{
	uint16_t port = server->conf->tftp_port;
	int fd;

	fd = open_socket(host, port);
	if (fd >= 0)
		return add_listener(server, fd);
	pxe_log(PXE_LOG_ERR, "cannot listen on %s port %u: %s%s", host, port,
		strerror(-fd),
		fd == -EADDRINUSE ? " (another TFTP server runs here)" : "");
	return fd;
}

int pxe_tftpd_listen(struct pxe_tftpd *server)
{
	const struct pxe_conf *conf = server->conf;
	int fds[PXE_PLANE_LISTENERS];
	int n = pxe_daemon_sockets(AF_UNSPEC, SOCK_DGRAM, &conf->tftp_port, 1,
				   fds, PXE_LEN(fds));
	int probe, r = n < 0 ? n : 0;

	for (int i = 0; i < n; i++) {
		int added = add_listener(server, fds[i]);

		if (added < 0) {
			pxe_log(PXE_LOG_ERR, "a passed socket is no UDP "
					     "socket: check the socket unit");
			r = added;
		}
	}
	if (n != 0)
		return r;
	for (size_t i = 0; r == 0 && i < conf->n_tftp_listen; i++)
		r = listen_on(server, conf->tftp_listen[i]);
	if (r < 0 || conf->n_tftp_listen > 0)
		return r;
	r = listen_on(server, "0.0.0.0");
	probe = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return r; /* a kernel without IPv6 */
	close(probe);
	return r == 0 ? listen_on(server, "::") : r;
}
