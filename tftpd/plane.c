/* SPDX-License-Identifier: ISC */
#include "tftpd/plane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "run/log.h"
#include "tftpd/transfer.h"

#define ROOM_BYTES (4 << 20) /* asked of a socket, each way */

uint64_t pxe_tftpd_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t pxe_plane_begin(struct pxe_plane *plane)
{
	plane->now_us = pxe_tftpd_now_us();
	return plane->now_us;
}

/* --- sockets */

/* A socket of `family`, on which a read may wait a moment; -errno. */
static int socket_of(int family)
{
	const struct timeval wait = { .tv_usec = PXE_PLANE_WAIT_US };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno
								      : 0;
}

/* Room for the ACKs and the windows of many; what the system allows. */
static void ask_room(int fd)
{
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, ROOM_BYTES) < 0)
		(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, ROOM_BYTES);
	if (set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, ROOM_BYTES) < 0)
		(void)set_int(fd, SOL_SOCKET, SO_SNDBUF, ROOM_BYTES);
}

/*
 * Each datagram tells which address it was sent to; errors of the network are
 * told with the address that they are about; a router must not cut a datagram
 * unless that is allowed.  An IPv6 socket may serve IPv4 as well.
 */
static int set_options(const struct pxe_plane *plane, int fd, int family)
{
	const struct {
		bool is_for_ip6;
		int level, name, value;
	} rows[] = {
		{ true, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1 },
		{ true, IPPROTO_IPV6, IPV6_RECVERR, 1 },
		{ true, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		  plane->may_fragment ? IPV6_PMTUDISC_DONT : IPV6_PMTUDISC_DO },
		{ false, IPPROTO_IP, IP_PKTINFO, 1 },
		{ false, IPPROTO_IP, IP_RECVERR, 1 },
		{ false, IPPROTO_IP, IP_MTU_DISCOVER,
		  plane->may_fragment ? IP_PMTUDISC_DONT : IP_PMTUDISC_DO },
	};

	ask_room(fd);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		int r = 0;

		if (!rows[i].is_for_ip6 || family == AF_INET6)
			r = set_int(fd, rows[i].level, rows[i].name,
				    rows[i].value);
		if (r < 0)
			return r;
	}
	return 0;
}

static void close_socket(struct pxe_plane_socket *socket)
{
	if (socket->on_read != NULL)
		event_free(socket->on_read);
	if (socket->on_room != NULL)
		event_free(socket->on_room);
	if (socket->fd >= 0)
		close(socket->fd);
	*socket = (struct pxe_plane_socket) { .fd = -1 };
}

/* Takes `fd` over, also when it fails. */
static int take_socket(struct pxe_plane *plane, int fd, int family,
		       struct pxe_plane_socket *socket)
{
	int r;

	*socket = (struct pxe_plane_socket) {
		.plane = plane,
		.fd = fd,
		.family = family,
	};
	r = set_options(plane, fd, family);
	if (r == 0 && plane->base != NULL) {
		socket->on_read =
			event_new(plane->base, fd, EV_READ | EV_PERSIST,
				  pxe_plane_on_readable, socket);
		socket->on_room = event_new(plane->base, fd, EV_WRITE,
					    pxe_plane_on_room, socket);
		if (socket->on_read == NULL || socket->on_room == NULL)
			r = -ENOMEM;
	}
	if (r < 0)
		close_socket(socket);
	return r;
}

int pxe_plane_add_listener(struct pxe_plane *plane, int fd)
{
	union pxe_tftpd_addr addr = { 0 };
	socklen_t len = sizeof(addr);
	struct pxe_plane_socket *socket = &plane->listener[plane->n_listeners];
	int r = 0;

	if (plane->n_listeners == PXE_PLANE_LISTENERS)
		r = -ENOSPC;
	else if (getsockname(fd, &addr.sa, &len) < 0)
		r = -errno;
	else if (addr.sa.sa_family != AF_INET && addr.sa.sa_family != AF_INET6)
		r = -EAFNOSUPPORT;
	if (r < 0) {
		close(fd);
		return r;
	}
	r = take_socket(plane, fd, addr.sa.sa_family, socket);
	if (r < 0)
		return r;
	socket->is_listening = true;
	plane->n_listeners++;
	return 0;
}

int pxe_plane_listen(struct pxe_plane *plane)
{
	for (size_t i = 0; i < plane->n_listeners; i++)
		if (event_add(plane->listener[i].on_read, NULL) < 0)
			return -ENOMEM;
	return 0;
}

/* Opens a socket for data, with a port of its own. */
static int open_socket(struct pxe_plane *plane, int family,
		       struct pxe_plane_socket *socket)
{
	union pxe_tftpd_addr any = { .sa = { .sa_family =
						     (sa_family_t)family } };
	int fd = socket_of(family);
	int r;

	if (fd < 0)
		return fd;
	if (bind(fd, &any.sa, pxe_tftpd_addr_bytes(&any)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	r = take_socket(plane, fd, family, socket);
	if (r == 0 && event_add(socket->on_read, NULL) < 0) {
		close_socket(socket);
		r = -ENOMEM;
	}
	return r;
}

/* The data sockets of the family of a peer. */
static struct pxe_plane_socket *data_of(struct pxe_plane *plane,
					const union pxe_tftpd_addr *peer)
{
	return plane->data[peer->sa.sa_family == AF_INET6];
}

/* An open one in turn, of those that are shared if there is any. */
static struct pxe_plane_socket *share(struct pxe_plane *plane,
				      struct pxe_plane_socket *data)
{
	for (size_t i = 0; i < PXE_PLANE_DATA_SOCKETS; i++) {
		size_t n = i < PXE_PLANE_SHARED ? PXE_PLANE_SHARED
						: PXE_PLANE_DATA_SOCKETS;
		struct pxe_plane_socket *socket =
			&data[1 + plane->next_shared++ % n];

		if (socket->fd >= 0)
			return socket;
	}
	return NULL;
}

struct pxe_plane_socket *pxe_plane_join(struct pxe_plane *plane,
					const struct pxe_datagram *asked)
{
	struct pxe_plane_socket *data = data_of(plane, &asked->peer);
	struct pxe_plane_socket *found = NULL;

	if (plane->is_single_port)
		found = asked->socket;
	for (size_t i = 1; found == NULL && i <= PXE_PLANE_DATA_SOCKETS; i++)
		if (data[i].fd < 0) {
			if (open_socket(plane, asked->peer.sa.sa_family,
					&data[i]) < 0)
				break;
			found = &data[i];
		}
	if (found == NULL)
		found = share(plane, data);
	if (found != NULL)
		found->n_transfers++;
	return found;
}

void pxe_plane_leave(struct pxe_plane *plane, struct pxe_transfer *t)
{
	struct pxe_plane_socket *socket = t->socket;

	pxe_plane_forget(plane, t);
	if (--socket->n_transfers > 0 || socket->is_listening)
		return;
	/* what the transfer said last may be in the queue without its name */
	pxe_plane_push(plane);
	close_socket(socket);
}

uint32_t pxe_plane_mtu(const union pxe_tftpd_addr *peer)
{
	bool is_ip6 = peer->sa.sa_family == AF_INET6;
	int fd = socket_of(peer->sa.sa_family), mtu = 0, r;
	socklen_t len = sizeof(mtu);

	if (fd < 0)
		return 0;
	r = connect(fd, &peer->sa, pxe_tftpd_addr_bytes(peer));
	if (r == 0)
		r = getsockopt(fd, is_ip6 ? IPPROTO_IPV6 : IPPROTO_IP,
			       is_ip6 ? IPV6_MTU : IP_MTU, &mtu, &len);
	close(fd);
	return r == 0 && mtu > 0 ? (uint32_t)mtu : 0;
}

void pxe_plane_refuse(struct pxe_plane *plane, const struct pxe_datagram *asked,
		      enum pxe_tftp_code code, const char *text)
{
	struct pxe_plane_socket *socket = asked->socket;
	uint8_t buf[PXE_TFTP_REPLY_BYTES];
	int n = pxe_tftp_build_error(code, text, buf, sizeof(buf));

	if (socket->is_listening && !plane->is_single_port) {
		socket = data_of(plane, &asked->peer);
		if (socket->fd < 0 &&
		    open_socket(plane, asked->peer.sa.sa_family, socket) < 0)
			return;
	}
	if (n > 0)
		pxe_plane_send(socket, &asked->local, &asked->peer, buf,
			       (size_t)n);
}

/* --- life */

int pxe_plane_open(struct pxe_plane *plane, struct event_base *base,
		   const struct pxe_plane_ops *ops, void *arg)
{
	plane->base = base;
	plane->ops = ops;
	plane->arg = arg;
	for (size_t f = 0; f < PXE_PLANE_FAMILIES; f++)
		for (size_t i = 0; i <= PXE_PLANE_DATA_SOCKETS; i++)
			plane->data[f][i].fd = -1;
	if (pxe_plane_in_open(plane) < 0 || pxe_plane_batch_open(plane) < 0)
		return -ENOMEM;
	return pxe_hash_init(&plane->transfers);
}

void pxe_plane_close(struct pxe_plane *plane)
{
	if (plane->batch == NULL)
		return;
	pxe_plane_push(plane);
	for (size_t i = 0; i < plane->n_listeners; i++)
		close_socket(&plane->listener[i]);
	for (size_t f = 0; f < PXE_PLANE_FAMILIES; f++)
		for (size_t i = 0; i <= PXE_PLANE_DATA_SOCKETS; i++)
			close_socket(&plane->data[f][i]);
	plane->n_listeners = 0;
	pxe_hash_done(&plane->transfers);
	pxe_plane_batch_close(plane);
	pxe_plane_in_close(plane);
}
