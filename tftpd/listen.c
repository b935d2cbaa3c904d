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

#define RECEIVE_BUFFER_BYTES (4 << 20)

/* Room for the addresses of both families, aligned as a cmsghdr wants it. */
union control {
	char buf[CMSG_SPACE(sizeof(struct in_pktinfo)) +
		 CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct cmsghdr align;
};

static socklen_t size_of(const union pxe_tftpd_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

bool pxe_tftpd_addr_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr) &&
	       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
}

uint16_t pxe_tftpd_addr_port(const union pxe_tftpd_addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port
						 : a->in.sin_port);
}

bool pxe_tftpd_peer_is_equal(const union pxe_tftpd_addr *a,
			     const union pxe_tftpd_addr *b)
{
	return pxe_tftpd_addr_is_equal(a, b) &&
	       pxe_tftpd_addr_port(a) == pxe_tftpd_addr_port(b);
}

uint32_t pxe_tftpd_addr_ip4(const union pxe_tftpd_addr *a)
{
	return a->sa.sa_family == AF_INET ? ntohl(a->in.sin_addr.s_addr) : 0;
}

void pxe_tftpd_addr_format(const union pxe_tftpd_addr *a, char *text)
{
	bool is_ip6 = a->sa.sa_family == AF_INET6;
	char host[64], port[8];
	struct pxe_str s;

	pxe_str_init(&s, text, PXE_TFTPD_PEER_TEXT);
	if (getnameinfo(&a->sa, size_of(a), host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	pxe_str_putf(&s, "%s%s%s:%s", is_ip6 ? "[" : "", host,
		     is_ip6 ? "]" : "", port);
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
								      : 0;
}

/* Every datagram tells which address it was sent to. */
static int want_addresses(int fd, int family)
{
	int r = 0;

	if (family == AF_INET6)
		r = set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	/* an IPv6 socket may serve IPv4 as well */
	if (r == 0)
		r = set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	return r;
}

static int add_listener(struct pxe_tftpd *server, int fd)
{
	union pxe_tftpd_addr addr = { 0 };
	socklen_t len = sizeof(addr);
	char text[PXE_TFTPD_PEER_TEXT];
	int r;

	server->listen_fd[server->n_listen++] = fd; /* closed with all others */
	if (getsockname(fd, &addr.sa, &len) < 0)
		return -errno;
	if (addr.sa.sa_family != AF_INET && addr.sa.sa_family != AF_INET6)
		return -EAFNOSUPPORT;
	r = want_addresses(fd, addr.sa.sa_family);
	if (r < 0)
		return r;
	pxe_tftpd_addr_format(&addr, text);
	pxe_log(PXE_LOG_INFO, "listening on %s", text);
	return 0;
}

static int bind_socket(int fd, const struct addrinfo *ai)
{
	int r = 0;

	if (ai->ai_family == AF_INET6)
		r = set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* an interface may get its address after we started */
	if (r == 0)
		r = set_int(fd, IPPROTO_IP, IP_FREEBIND, 1);
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES) < 0)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
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

	if (server->n_listen == PXE_TFTPD_LISTENERS) {
		pxe_log(PXE_LOG_ERR, "more than %d addresses to listen on",
			PXE_TFTPD_LISTENERS);
		return -EINVAL;
	}
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
	int fds[PXE_TFTPD_LISTENERS];
	int n = pxe_daemon_sockets(AF_UNSPEC, SOCK_DGRAM, conf->tftp_port, fds,
				   PXE_LEN(fds));
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

void pxe_tftpd_listen_close(struct pxe_tftpd *server)
{
	for (size_t i = 0; i < server->n_listen; i++) {
		if (server->listen_ev[i] != NULL)
			event_free(server->listen_ev[i]);
		close(server->listen_fd[i]);
	}
	server->n_listen = 0;
}

/* An IPv4 address inside an IPv6 one becomes an IPv4 address. */
static void unmap(union pxe_tftpd_addr *a)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (a->sa.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		return;
	in.sin_port = a->in6.sin6_port;
	memcpy(&in.sin_addr, a->in6.sin6_addr.s6_addr + 12, 4);
	a->in = in;
}

static void read_pktinfo(struct pxe_tftpd_request *req,
			 const struct in_pktinfo *info)
{
	req->local = (union pxe_tftpd_addr) {
		.in = { .sin_family = AF_INET, .sin_addr = info->ipi_spec_dst },
	};
	/* they differ for broadcast and multicast */
	req->is_unicast = info->ipi_spec_dst.s_addr == info->ipi_addr.s_addr;
}

static void read_pktinfo6(struct pxe_tftpd_request *req,
			  const struct in6_pktinfo *info)
{
	req->local = (union pxe_tftpd_addr) {
		.in6 = { .sin6_family = AF_INET6,
			 .sin6_addr = info->ipi6_addr },
	};
	if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		req->local.in6.sin6_scope_id = (uint32_t)info->ipi6_ifindex;
	req->is_unicast = !IN6_IS_ADDR_MULTICAST(&info->ipi6_addr);
	unmap(&req->local);
}

/* The address that was asked.  Of both kinds, that of IPv4 knows more. */
static void read_local(struct pxe_tftpd_request *req, struct msghdr *mh)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info;
	bool has_ip4 = false;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c != NULL;
	     c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			read_pktinfo(req, &info);
			has_ip4 = true;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO && !has_ip4) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			read_pktinfo6(req, &info6);
		}
	}
}

int pxe_tftpd_recv(int fd, struct pxe_tftpd_request *req)
{
	struct iovec iov = { req->buf, sizeof(req->buf) };
	union control control;
	struct msghdr mh = {
		.msg_name = &req->peer,
		.msg_namelen = sizeof(req->peer),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	memset(&req->peer, 0, sizeof(req->peer));
	memset(&req->local, 0, sizeof(req->local));
	req->is_unicast = false;
	do
		n = recvmsg(fd, &mh, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	req->len = (size_t)n; /* beyond the buffer: it was cut */
	read_local(req, &mh);
	unmap(&req->peer);
	return 0;
}

int pxe_tftpd_connect(const union pxe_tftpd_addr *local,
		      const union pxe_tftpd_addr *peer)
{
	int family = peer->sa.sa_family;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	/* routers may cut a block that does not fit: better than a hang */
	if (family == AF_INET6)
		r = set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
			    IPV6_PMTUDISC_DONT);
	else
		r = set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (r == 0 && bind(fd, &local->sa, size_of(local)) < 0)
		r = -errno;
	if (r == 0 && connect(fd, &peer->sa, size_of(peer)) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

uint32_t pxe_tftpd_mtu(int fd, int family)
{
	int mtu = 0;
	socklen_t len = sizeof(mtu);
	int r = family == AF_INET6
			? getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &len)
			: getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len);

	return r == 0 && mtu > 0 ? (uint32_t)mtu : 0;
}
