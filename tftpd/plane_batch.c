/* SPDX-License-Identifier: ISC */
/*
 * The queue of a plane.  What cannot be sent is told to its transfer only at
 * the end of the callback (pxe_plane_end): a transfer may end over it.
 */
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "tftpd/plane.h"
#include "tftpd/transfer.h"

#define MESSAGES    64
#define PIECES      (8 * PXE_PLANE_BURST_BLOCKS)
#define ARENA_BYTES (2 * PXE_PLANE_BURST_BYTES)
#define ERRORS_MAX  3 /* of others, found in the socket before a message */

/* Room for our address and the size of a segment. */
#define CONTROL_BYTES                                                          \
	(PXE_TFTPD_ADDR_CONTROL_BYTES + CMSG_SPACE(sizeof(uint16_t)))

struct message {
	struct pxe_plane_socket *socket;
	struct pxe_transfer *t; /* NULL: nobody's; lost if it does not go */
	uint64_t first;         /* block */
	union pxe_tftpd_addr peer;
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
	size_t plain_control_bytes; /* without the size of a segment */
	bool is_burst;
};

struct pxe_plane_batch {
	struct mmsghdr mm[MESSAGES];
	struct message message[MESSAGES];
	struct iovec iov[PIECES];
	uint8_t arena[ARENA_BYTES];
	size_t n, n_iov, n_arena;
};

int pxe_plane_batch_open(struct pxe_plane *plane)
{
	plane->batch = calloc(1, sizeof(*plane->batch));
	return plane->batch != NULL ? 0 : -ENOMEM;
}

void pxe_plane_batch_close(struct pxe_plane *plane)
{
	free(plane->batch);
	plane->batch = NULL;
}

uint8_t *pxe_plane_reserve(struct pxe_plane *plane, size_t n_iov, size_t len)
{
	struct pxe_plane_batch *batch = plane->batch;

	if (len > ARENA_BYTES || n_iov > PIECES)
		return NULL;
	if (batch->n == MESSAGES || n_iov > PIECES - batch->n_iov ||
	    len > ARENA_BYTES - batch->n_arena)
		pxe_plane_push(plane);
	batch->n_arena += len;
	return batch->arena + batch->n_arena - len;
}

/* Appends a message; there is room for it. */
static struct message *add(struct pxe_plane_socket *socket,
			   const union pxe_tftpd_addr *local,
			   const union pxe_tftpd_addr *peer,
			   const struct iovec *iov, size_t n_iov)
{
	struct pxe_plane_batch *batch = socket->plane->batch;
	struct message *m = &batch->message[batch->n];
	struct msghdr *mh = &batch->mm[batch->n++].msg_hdr;

	m->socket = socket;
	m->t = NULL;
	m->is_burst = false;
	m->peer = pxe_tftpd_addr_for(peer, socket->family);
	m->plain_control_bytes =
		pxe_tftpd_addr_put(local, socket->family,
				   (struct cmsghdr *)(void *)m->control);
	memcpy(&batch->iov[batch->n_iov], iov, n_iov * sizeof(*iov));
	*mh = (struct msghdr) {
		.msg_name = &m->peer,
		.msg_namelen = pxe_tftpd_addr_bytes(&m->peer),
		.msg_iov = &batch->iov[batch->n_iov],
		.msg_iovlen = n_iov,
		.msg_control = m->control,
		.msg_controllen = m->plain_control_bytes,
	};
	batch->n_iov += n_iov;
	return m;
}

void pxe_plane_send(struct pxe_plane_socket *socket,
		    const union pxe_tftpd_addr *local,
		    const union pxe_tftpd_addr *peer, const void *buf,
		    size_t len)
{
	uint8_t *copy = pxe_plane_reserve(socket->plane, 1, len);
	struct iovec iov = { copy, len };

	memcpy(copy, buf, len);
	(void)add(socket, local, peer, &iov, 1);
}

static void put_segment(struct msghdr *mh, uint16_t segment)
{
	struct cmsghdr *c = (struct cmsghdr *)(void *)((char *)mh->msg_control +
						       mh->msg_controllen);

	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(c), &segment, sizeof(segment));
	mh->msg_controllen += CMSG_SPACE(sizeof(segment));
}

void pxe_plane_send_blocks(struct pxe_transfer *t, uint64_t first,
			   const struct iovec *iov, size_t n_iov,
			   uint16_t segment)
{
	struct pxe_plane_batch *batch = t->socket->plane->batch;
	struct message *m = add(t->socket, &t->local, &t->peer, iov, n_iov);

	m->t = t;
	m->first = first;
	m->is_burst = segment > 0;
	t->n_queued++;
	if (segment > 0 && !t->no_gso)
		put_segment(&batch->mm[batch->n - 1].msg_hdr, segment);
}

/* --- what does not go */

/* The socket has no room: blocks from `first` on wait for it. */
static void let_wait(struct pxe_transfer *t, uint64_t first)
{
	struct pxe_plane_socket *socket;

	if (t == NULL)
		return;
	if (t->is_waiting) {
		if (first < t->waiting_first)
			t->waiting_first = first;
		return;
	}
	socket = t->socket;
	t->is_waiting = true;
	t->waiting_first = first;
	t->next_waiting = socket->waiting;
	socket->waiting = t;
	(void)event_add(socket->on_room, NULL);
}

static void trouble(struct pxe_transfer *t, int error)
{
	struct pxe_plane *plane;

	if (t == NULL || t->trouble != 0)
		return;
	plane = t->socket->plane;
	t->trouble = error;
	t->next_troubled = plane->troubled;
	plane->troubled = t;
}

/* A burst block by block: a pair of pieces is one datagram. */
static void send_pieces(struct message *m, struct msghdr mh)
{
	size_t n = mh.msg_iovlen / 2;

	mh.msg_iovlen = 2;
	mh.msg_controllen = m->plain_control_bytes;
	for (size_t i = 0; i < n; i++, mh.msg_iov += 2) {
		if (sendmsg(m->socket->fd, &mh, MSG_DONTWAIT) >= 0)
			continue;
		if (errno == EAGAIN) {
			let_wait(m->t, m->first + i);
			return;
		}
		if (errno == EFAULT) {
			trouble(m->t, EFAULT);
			return;
		}
		m->socket->has_errors = true;
	}
}

/* May it be an error that waited in the socket, of some other message? */
static bool is_of_network(int error)
{
	return error == ECONNREFUSED || error == EHOSTUNREACH ||
	       error == ENETUNREACH || error == EMSGSIZE ||
	       error == ENOPROTOOPT || error == EACCES || error == EPROTO;
}

/* Errors by which the kernel says that it cannot cut datagrams on this way. */
static bool is_of_gso(int error)
{
	return error == EINVAL || error == EIO || error == EOPNOTSUPP ||
	       error == EMSGSIZE || error == ENOPROTOOPT;
}

/*
 * The first of `run` messages from `i` on did not go, for the `n_before`th
 * time.  How many of them are dealt with; 0: try again.
 */
static size_t deal_with(struct pxe_plane_batch *batch, size_t i, size_t run,
			int error, unsigned n_before)
{
	struct message *m = &batch->message[i];

	if (error == EINTR)
		return 0;
	if (error == EAGAIN) {
		for (size_t k = i; k < i + run; k++)
			let_wait(batch->message[k].t, batch->message[k].first);
		return run;
	}
	if (is_of_network(error)) {
		m->socket->has_errors = true;
		if (n_before < ERRORS_MAX)
			return 0;
	}
	if (m->is_burst && is_of_gso(error)) {
		m->t->no_gso = true;
		send_pieces(m, batch->mm[i].msg_hdr);
	} else if (error == EFAULT) {
		trouble(m->t, EFAULT);
	}
	/* what else goes wrong, the timer repairs */
	return 1;
}

/* How many messages from `i` on go over one socket. */
static size_t run_of(const struct pxe_plane_batch *batch, size_t i)
{
	size_t end = i + 1;

	while (end < batch->n &&
	       batch->message[end].socket == batch->message[i].socket)
		end++;
	return end - i;
}

/* One message that cannot be cut goes as it is. */
static bool is_for_pieces(const struct message *m)
{
	return m->is_burst && m->t->no_gso;
}

static size_t send_run(struct pxe_plane_batch *batch, size_t i, size_t run)
{
	int fd = batch->message[i].socket->fd;
	unsigned n_before = 0;
	size_t end = i + run;

	while (i < end) {
		size_t n = 0;
		int sent;

		if (is_for_pieces(&batch->message[i])) {
			send_pieces(&batch->message[i], batch->mm[i].msg_hdr);
			i++;
			continue;
		}
		while (i + n < end && !is_for_pieces(&batch->message[i + n]))
			n++;
		sent = sendmmsg(fd, &batch->mm[i], (unsigned)n, MSG_DONTWAIT);
		if (sent > 0) {
			i += (size_t)sent;
			n_before = 0;
		} else {
			size_t done =
				deal_with(batch, i, end - i, errno, n_before++);

			if (done > 0)
				n_before = 0;
			i += done;
		}
	}
	return run;
}

void pxe_plane_push(struct pxe_plane *plane)
{
	struct pxe_plane_batch *batch = plane->batch;

	for (size_t i = 0; i < batch->n;)
		i += send_run(batch, i, run_of(batch, i));
	for (size_t i = 0; i < batch->n; i++)
		if (batch->message[i].t != NULL)
			batch->message[i].t->n_queued--;
	batch->n = batch->n_iov = batch->n_arena = 0;
}

void pxe_plane_forget(struct pxe_plane *plane, struct pxe_transfer *t)
{
	struct pxe_transfer **at = &plane->troubled;

	if (t->n_queued > 0)
		pxe_plane_push(plane);
	while (*at != NULL && *at != t)
		at = &(*at)->next_troubled;
	if (*at != NULL)
		*at = t->next_troubled;
	at = &t->socket->waiting;
	while (*at != NULL && *at != t)
		at = &(*at)->next_waiting;
	if (*at != NULL)
		*at = t->next_waiting;
	if (plane->late == t)
		plane->late = NULL;
}
