/* SPDX-License-Identifier: ISC */
/*
 * The data plane: the UDP sockets over which transfers talk, datagrams in and
 * out of them in batches.
 *
 * A transfer has a socket of its own, and so a port (TID) of its own, as long
 * as there are few; those beyond PXE_PLANE_DATA_SOCKETS share a few of them, so
 * that batches are large.  No socket is connected: a datagram's transfer is
 * found by peer and socket, and a stranger is told ERROR 5 (RFC 1350 section
 * 4).  In single-port mode the sockets that listen carry the data, too.
 *
 * What is to be sent waits in a queue until the end of the callback that made
 * it, and then goes out in one system call a socket; blocks of one window are
 * one message that the kernel cuts (UDP GSO).  The octets are not copied: they
 * must stay where they are until then.
 */
#ifndef PXE_TFTPD_PLANE_H
#define PXE_TFTPD_PLANE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/attr.h"
#include "core/hash.h"
#include "tftpd/addr.h"
#include "tftpd/parted.h"
#include "wire/tftp.h"

#define PXE_PLANE_LISTENERS    32
#define PXE_PLANE_DATA_SOCKETS 16 /* of a family */
#define PXE_PLANE_SHARED       4  /* of them, by who comes later */
#define PXE_PLANE_FAMILIES     2
#define PXE_PLANE_WAIT_US      1000 /* for an ACK; up to a tick more */

/* A message's blocks: what the kernel cuts at most, and their octets. */
#define PXE_PLANE_BURST_BLOCKS 64
#define PXE_PLANE_BURST_BYTES  65000

struct pxe_plane;
struct pxe_transfer;
struct pxe_plane_in;    /* plane_in.c */
struct pxe_plane_batch; /* plane_batch.c */

struct pxe_plane_socket {
	struct pxe_plane *plane;
	int fd; /* -1: not open */
	int family;
	bool is_listening;
	bool has_errors; /* of the network, to be read */
	/* of turns without, and then with another look for the next ACK */
	unsigned to_skip, skipped;
	size_t n_transfers;
	struct event *on_read, *on_room;
	struct pxe_transfer *waiting; /* for room */
};

/* A datagram that came in. */
struct pxe_datagram {
	struct pxe_plane_socket *socket;
	union pxe_tftpd_addr peer;
	union pxe_tftpd_addr local; /* the address that was asked; port 0 */
	bool is_unicast;
	const uint8_t *buf;
	size_t len;
};

struct pxe_plane_ops {
	/* something for a socket that listens, and no running transfer's */
	void (*request)(const struct pxe_datagram *in, void *arg);
	/* something of a stranger on another socket, who was told so */
	void (*stranger)(const struct pxe_datagram *in, void *arg);
};

struct pxe_plane {
	struct event_base *base;
	const struct pxe_plane_ops *ops;
	void *arg;
	bool is_single_port, may_fragment;

	struct pxe_plane_socket listener[PXE_PLANE_LISTENERS];
	size_t n_listeners;
	/* the first of each family is for ERRORs to those who are refused */
	struct pxe_plane_socket data[PXE_PLANE_FAMILIES]
				    [1 + PXE_PLANE_DATA_SOCKETS];
	size_t next_shared;

	struct pxe_hash transfers; /* see table.c */
	struct pxe_plane_in *in;
	struct pxe_plane_batch *batch;
	struct pxe_transfer *troubled; /* whose message was not sent */
	struct pxe_parted parted;
	const struct pxe_transfer *late; /* whose deadline is looked at */
	uint64_t now_us;                 /* when this turn began */
	long long strangers_s;
	unsigned n_strangers; /* told in that second */
};

/* `plane` is all zero.  0, -ENOMEM. */
int pxe_plane_open(struct pxe_plane *plane, struct event_base *base,
		   const struct pxe_plane_ops *ops, void *arg) PXE_MUST_CHECK;

/* Closes all sockets; no transfer is left. */
void pxe_plane_close(struct pxe_plane *plane);

/* Takes over a bound socket to listen on, heard from _listen on.  0, -errno. */
int pxe_plane_add_listener(struct pxe_plane *plane, int fd) PXE_MUST_CHECK;
int pxe_plane_listen(struct pxe_plane *plane) PXE_MUST_CHECK;

/* Monotonic time; that of the turn under way. */
uint64_t pxe_tftpd_now_us(void);
uint64_t pxe_plane_begin(struct pxe_plane *plane);

/* Every callback of the loop ends with this: what is queued goes out. */
void pxe_plane_end(struct pxe_plane *plane);

/* The socket for a transfer that `in` asks for, counted; NULL: none can be
 * opened.  _leave when the transfer ends. */
struct pxe_plane_socket *pxe_plane_join(struct pxe_plane *plane,
					const struct pxe_datagram *in);
void pxe_plane_leave(struct pxe_plane *plane, struct pxe_transfer *t);

/* Tells the sender of `in` an ERROR. */
void pxe_plane_refuse(struct pxe_plane *plane, const struct pxe_datagram *in,
		      enum pxe_tftp_code code, const char *text);

/* The MTU of the way to `peer`; 0: not known. */
uint32_t pxe_plane_mtu(const union pxe_tftpd_addr *peer);

/* plane_in.c: what comes in */

int pxe_plane_in_open(struct pxe_plane *plane) PXE_MUST_CHECK;
void pxe_plane_in_close(struct pxe_plane *plane);

/* Reads what has come to a socket; of the loop, that it has something to read
 * or has room again. */
void pxe_plane_read(struct pxe_plane_socket *socket);
void pxe_plane_on_readable(evutil_socket_t fd, short what, void *arg);
void pxe_plane_on_room(evutil_socket_t fd, short what, void *arg);

/* plane_batch.c: the queue */

int pxe_plane_batch_open(struct pxe_plane *plane) PXE_MUST_CHECK;
void pxe_plane_batch_close(struct pxe_plane *plane);

/* Up to 512 octets, which are copied, from `local` to `peer`.  `t` may be
 * NULL. */
void pxe_plane_send(struct pxe_plane_socket *socket,
		    const union pxe_tftpd_addr *local,
		    const union pxe_tftpd_addr *peer, const void *buf,
		    size_t len);

/*
 * Makes room for a message of up to `n_iov` pieces, and gives `len` octets of
 * memory for headers and the like, valid until it was sent.  NULL: more than
 * PXE_PLANE_BURST_BYTES.
 */
uint8_t *pxe_plane_reserve(struct pxe_plane *plane, size_t n_iov, size_t len);

/*
 * Queues blocks from `first` on of a transfer: pieces of which pairs (header,
 * data) are one block; `segment` > 0: there are several blocks, each of that
 * many octets but the last.  After _reserve.
 */
void pxe_plane_send_blocks(struct pxe_transfer *t, uint64_t first,
			   const struct iovec *iov, size_t n_iov,
			   uint16_t segment);

/* Sends what is queued; for those whose message does not go, _end. */
void pxe_plane_push(struct pxe_plane *plane);

/* Nothing of this transfer is in the queue any more. */
void pxe_plane_forget(struct pxe_plane *plane, struct pxe_transfer *t);

/* table.c: running transfers, by peer and socket, and by address.  They
 * belong to the table. */

int pxe_plane_table_add(struct pxe_plane *plane,
			struct pxe_transfer *t) PXE_MUST_CHECK;

/* Frees it, too. */
void pxe_plane_table_remove(struct pxe_plane *plane, struct pxe_transfer *t);

struct pxe_transfer *pxe_plane_table_find(const struct pxe_plane *plane,
					  const struct pxe_plane_socket *socket,
					  const union pxe_tftpd_addr *peer);

/* The newest transfer of that address and port, or NULL; `n_same` gets how
 * many transfers that address has. */
struct pxe_transfer *
pxe_plane_table_find_peer(const struct pxe_plane *plane,
			  const union pxe_tftpd_addr *peer, size_t *n_same);

#endif
