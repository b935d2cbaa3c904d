/* SPDX-License-Identifier: ISC */
/* What comes to the sockets of a plane: datagrams, errors of the network. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errqueue.h> /* wants time.h before it */

#include "base/attr.h"
#include "tftpd/plane.h"
#include "tftpd/transfer.h"

#define BATCH              32    /* datagrams read in one go */
#define AGAIN_A_TURN       32    /* how often a lone client is read again */
#define AGAIN_US           2000  /* for how long, before the loop goes on */
#define SKIPPED_MAX        255   /* turns without, while that is in vain */
#define BATCHES_A_TURN     4     /* before others get their turn */
#define DATAGRAM_BYTES     65536 /* longer ones there are not */
#define ERRORS_A_TURN      64
#define STRANGERS_A_SECOND 100 /* told that they are */

/* Room for the addresses of both families, aligned as a cmsghdr wants it. */
union control {
	char buf[CMSG_SPACE(sizeof(struct in_pktinfo)) +
		 CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct cmsghdr align;
};

/* Where datagrams are read to: pages that are not needed are never there. */
struct pxe_plane_in {
	struct mmsghdr mm[BATCH];
	struct iovec iov[BATCH];
	union pxe_tftpd_addr peer[BATCH];
	union control control[BATCH];
	uint8_t buf[BATCH][DATAGRAM_BYTES];
};

/* --- datagrams */

/*
 * Somebody speaks to a port of ours where no transfer of its is: it is told,
 * but nobody can make two servers tell each other for ever (CVE-2024-2169),
 * or us tell others much.
 */
static void take_stranger(struct pxe_plane *plane, const struct pxe_datagram *d)
{
	bool is_error =
		d->len >= 2 && d->buf[0] == 0 && d->buf[1] == PXE_TFTP_ERROR;
	long long second = (long long)(plane->now_us / 1000000);

	if (second != plane->strangers_s) {
		plane->strangers_s = second;
		plane->n_strangers = 0;
	}
	if (!is_error && d->is_unicast &&
	    plane->n_strangers++ < STRANGERS_A_SECOND &&
	    !pxe_parted_has(&plane->parted, &d->peer, plane->now_us))
		pxe_plane_refuse(plane, d, PXE_TFTP_UNKNOWN_TID,
				 "no transfer of yours is known here");
	plane->ops->stranger(d, plane->arg);
}

static bool is_request(const struct pxe_datagram *d)
{
	return d->len >= 2 && d->buf[0] == 0 &&
	       (d->buf[1] == PXE_TFTP_RRQ || d->buf[1] == PXE_TFTP_WRQ);
}

static void take_datagram(struct pxe_plane *plane, const struct pxe_datagram *d)
{
	struct pxe_tftp_packet packet;
	struct pxe_transfer *t = NULL;

	if (!d->socket->is_listening ||
	    (plane->is_single_port && !is_request(d)))
		t = pxe_plane_table_find(plane, d->socket, &d->peer);
	if (t != NULL) {
		/* what is none is noise: the timer goes on */
		if (pxe_tftp_parse(d->buf, d->len, &packet) == 0)
			t->ops->take(t, &packet);
	} else if (d->socket->is_listening) {
		plane->ops->request(d, plane->arg);
	} else {
		take_stranger(plane, d);
	}
}

static bool is_lone(const struct pxe_plane_socket *socket)
{
	return socket->n_transfers == 1 && !socket->is_listening;
}

static void prepare(struct pxe_plane_in *in, size_t i)
{
	in->iov[i] = (struct iovec) { in->buf[i], DATAGRAM_BYTES };
	in->mm[i].msg_hdr = (struct msghdr) {
		.msg_name = &in->peer[i],
		.msg_namelen = sizeof(in->peer[i]),
		.msg_iov = &in->iov[i],
		.msg_iovlen = 1,
		.msg_control = &in->control[i],
		.msg_controllen = sizeof(in->control[i]),
	};
}

/*
 * Reads up to `most` datagrams; `flags` without MSG_DONTWAIT waits for the
 * first, for the moment that the socket allows.  How many there were; -errno.
 */
static int read_batch(struct pxe_plane_socket *socket, unsigned most, int flags)
{
	struct pxe_plane *plane = socket->plane;
	struct pxe_plane_in *in = plane->in;
	int n = recvmmsg(socket->fd, in->mm, most, flags, NULL);

	if (n < 0)
		return -errno;
	(void)pxe_plane_begin(plane);
	for (int i = 0; i < n; i++) {
		struct pxe_datagram d = {
			.socket = socket,
			.peer = in->peer[i],
			.buf = in->buf[i],
			.len = in->mm[i].msg_len,
		};

		pxe_tftpd_addr_unmap(&d.peer);
		pxe_tftpd_addr_read(&in->mm[i].msg_hdr, &d.local,
				    &d.is_unicast);
		prepare(in, (size_t)i);
		take_datagram(plane, &d);
		if (socket->fd < 0)
			return 0; /* its last transfer ended */
	}
	return n;
}

/* --- errors of the network */

static void take_error(struct pxe_plane_socket *socket, struct msghdr *mh,
		       union pxe_tftpd_addr *peer)
{
	struct pxe_transfer *t;

	pxe_tftpd_addr_unmap(peer);
	t = pxe_plane_table_find(socket->plane, socket, peer);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); t != NULL && c != NULL;
	     c = CMSG_NXTHDR(mh, c)) {
		struct sock_extended_err e;

		if (c->cmsg_len < CMSG_LEN(sizeof(e)) ||
		    !((c->cmsg_level == IPPROTO_IP &&
		       c->cmsg_type == IP_RECVERR) ||
		      (c->cmsg_level == IPPROTO_IPV6 &&
		       c->cmsg_type == IPV6_RECVERR)))
			continue;
		memcpy(&e, CMSG_DATA(c), sizeof(e));
		if (e.ee_errno == ECONNREFUSED || e.ee_errno == EMSGSIZE) {
			t->ops->fail(t, (int)e.ee_errno, e.ee_info);
			return; /* it may be no more */
		}
	}
}

static void read_errors(struct pxe_plane_socket *socket)
{
	socket->has_errors = false;
	(void)pxe_plane_begin(socket->plane);
	for (int i = 0; i < ERRORS_A_TURN && socket->fd >= 0; i++) {
		union pxe_tftpd_addr peer = { 0 };
		union {
			char buf[512];
			struct cmsghdr align;
		} control;
		char octet;
		struct iovec iov = { &octet, 1 };
		struct msghdr mh = {
			.msg_name = &peer,
			.msg_namelen = sizeof(peer),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};

		if (recvmsg(socket->fd, &mh, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return;
		take_error(socket, &mh, &peer);
	}
}

/*
 * What a read that failed says.  Where there was nothing although the loop
 * saw something, that was an error whose message a send has taken already.
 */
static void note_error(struct pxe_plane_socket *socket, int r, bool is_first)
{
	if (r < 0 && r != -EINTR && (r != -EAGAIN || is_first))
		socket->has_errors = true;
}

static void read_socket(struct pxe_plane_socket *socket, unsigned most)
{
	for (int i = 0; i < BATCHES_A_TURN; i++) {
		int n = read_batch(socket, most, MSG_DONTWAIT);

		if (socket->fd < 0)
			return;
		note_error(socket, n, i == 0);
		if (n < BATCH)
			break;
	}
	if (socket->has_errors)
		read_errors(socket);
}

void pxe_plane_read(struct pxe_plane_socket *socket)
{
	read_socket(socket, BATCH);
}

/*
 * A client that is near answers at once: its next ACK is read without the
 * loop's round of system calls, as long as that is so.  Where its transfer is
 * the only one, the ACK is waited for, which at worst keeps a new request
 * waiting for the moment PXE_PLANE_WAIT_US.  After a look in vain one turn
 * goes without, then three, seven, ...
 */
static void read_again(struct pxe_plane *plane,
		       struct pxe_plane_socket *socket)
{
	const uint64_t start_us = plane->now_us;

	if (socket->to_skip > 0) {
		socket->to_skip--;
		return;
	}
	for (int i = 0; i < AGAIN_A_TURN && is_lone(socket); i++) {
		int flags = plane->transfers.n == 1 ? 0 : MSG_DONTWAIT;
		int n;

		if (plane->now_us - start_us > AGAIN_US)
			return;
		n = read_batch(socket, 1, flags);
		pxe_plane_end(plane);
		note_error(socket, n, false);
		if (n <= 0) {
			socket->skipped = socket->skipped * 2 + 1;
			if (socket->skipped > SKIPPED_MAX)
				socket->skipped = SKIPPED_MAX;
			socket->to_skip = socket->skipped;
			return;
		}
		socket->skipped = 0;
	}
}

void pxe_plane_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_plane_socket *socket = arg;
	struct pxe_plane *plane = socket->plane;

	(void)fd, (void)what;
	/* a lone client has one ACK under way: the kernel need not look for a
	 * second one */
	read_socket(socket, is_lone(socket) ? 1 : BATCH);
	pxe_plane_end(plane);
	read_again(plane, socket);
}

void pxe_plane_on_room(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_plane_socket *socket = arg;
	struct pxe_plane *plane = socket->plane;
	struct pxe_transfer *t = socket->waiting;

	(void)fd, (void)what;
	(void)pxe_plane_begin(plane);
	socket->waiting = NULL;
	while (t != NULL) {
		struct pxe_transfer *next = t->next_waiting;

		t->is_waiting = false;
		t->ops->resume(t, t->waiting_first);
		t = next;
	}
	pxe_plane_end(plane);
}

void pxe_plane_end(struct pxe_plane *plane)
{
	pxe_plane_push(plane);
	while (plane->troubled != NULL) {
		struct pxe_transfer *t = plane->troubled;
		int error = t->trouble;

		plane->troubled = t->next_troubled;
		t->trouble = 0;
		t->ops->fail(t, error, 0);
		pxe_plane_push(plane);
	}
}

int pxe_plane_in_open(struct pxe_plane *plane)
{
	plane->in = calloc(1, sizeof(*plane->in));
	if (plane->in == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < BATCH; i++)
		prepare(plane->in, i);
	return 0;
}

void pxe_plane_in_close(struct pxe_plane *plane)
{
	free(plane->in);
	plane->in = NULL;
}
