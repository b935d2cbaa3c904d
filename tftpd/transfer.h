/* SPDX-License-Identifier: ISC */
/*
 * Running transfers, whichever way the data goes: what both kinds have in
 * common, and what each of them must be able to do (send.c).
 */
#ifndef PXE_TFTPD_TRANSFER_H
#define PXE_TFTPD_TRANSFER_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "core/hash.h"
#include "core/reason.h"
#include "tftpd/fingerprint.h"
#include "tftpd/negotiate.h"
#include "tftpd/plane.h"
#include "wire/tftp.h"

#define PXE_TFTPD_ERROR_TEXT 256

struct pxe_tftpd;
struct pxe_tftpd_asked;
struct pxe_transfer;
struct pxe_source;

/* How far a transfer is. */
struct pxe_transfer_count {
	uint64_t bytes, total_bytes; /* that the client has; of */
	uint64_t n_resent_blocks;
};

/*
 * What happens to a transfer.  Every function but `count`, `stop` and `done`
 * may end it with pxe_transfer_end(), and must not touch it afterwards.
 */
struct pxe_transfer_ops {
	/* a packet of its peer came in */
	void (*take)(struct pxe_transfer *t,
		     const struct pxe_tftp_packet *packet);
	/* its deadline has passed */
	void (*late)(struct pxe_transfer *t);
	/* the network says that datagrams do not arrive: ECONNREFUSED (the
	 * port is closed), EMSGSIZE (longer than `mtu`); or the octets were
	 * not there any more: EFAULT */
	void (*fail)(struct pxe_transfer *t, int error, uint32_t mtu);
	/* the socket has room again; `first` of the blocks that did not go */
	void (*resume)(struct pxe_transfer *t, uint64_t first);
	/* its request came again, and the client had said nothing since */
	void (*repeat)(struct pxe_transfer *t);
	void (*count)(const struct pxe_transfer *t,
		      struct pxe_transfer_count *count);
	/* tells how it ended; NULL: as what is sent is told */
	void (*report)(struct pxe_transfer *t, enum pxe_reason reason);
	/* frees what it has besides */
	void (*done)(struct pxe_transfer *t);
};

struct pxe_transfer {
	struct pxe_hash_node node; /* first */
	const struct pxe_transfer_ops *ops;
	struct pxe_tftpd *server;
	struct pxe_plane_socket *socket;
	union pxe_tftpd_addr peer, local;
	uint64_t request_hash; /* of the request's octets */
	struct pxe_transfer *older, *newer; /* of those not proven */
	bool is_proven;   /* the client has answered: it is where it says */
	bool is_reported; /* it is over but for the repetition of its end */

	/* the timer is moved when it fires, not with each packet */
	struct event timer;
	uint64_t deadline_us, armed_us;

	/* plane_batch.c */
	unsigned n_queued;
	bool no_gso; /* the kernel cannot cut for us on this way */
	bool is_waiting;
	uint64_t waiting_first;
	int trouble;
	struct pxe_transfer *next_waiting, *next_troubled;

	/* for the log and for stated */
	struct pxe_negotiated terms;
	bool is_loader, is_script, is_start_told;
	enum pxe_reason decided; /* why a script is not what it might be */
	enum pxe_fingerprint looks;
	uint64_t begin_us, told_us;
	char client[PXE_CLIENT_KEY_TEXT];       /* "": not known */
	char event_client[PXE_CLIENT_KEY_TEXT]; /* for stated */
	char file[PXE_CLIENT_FILE_TEXT];        /* escaped */
	char peer_said[PXE_TFTPD_ERROR_TEXT];   /* text of its ERROR, escaped */
};

/*
 * Fills the common part of a transfer (all zero, made by malloc, as part of
 * something larger) that `in` asks for, and takes it into the table.  0;
 * -ENOMEM, -EMFILE and the like: the caller frees it.
 */
int pxe_transfer_init(struct pxe_transfer *t, struct pxe_tftpd *server,
		      const struct pxe_transfer_ops *ops,
		      const struct pxe_datagram *in,
		      const struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/* The client has answered. */
void pxe_transfer_prove(struct pxe_transfer *t);

/* Its `late` is to be called in so many microseconds, unless told anew. */
void pxe_transfer_set_deadline(struct pxe_transfer *t, uint64_t in_us);

void pxe_transfer_send_error(struct pxe_transfer *t, enum pxe_tftp_code code,
			     const char *text);

/* Keeps the text of the peer's ERROR for the log. */
void pxe_transfer_keep_said(struct pxe_transfer *t,
			    const struct pxe_tftp_packet *packet);

/* Reports how it ended, once; what comes after that is only for a client that
 * did not hear the last word. */
void pxe_transfer_report(struct pxe_transfer *t, enum pxe_reason reason);

/* Reports the end, and frees it. */
void pxe_transfer_end(struct pxe_transfer *t, enum pxe_reason reason);

/* Ends all transfers with an ERROR to their clients. */
void pxe_transfer_stop_all(struct pxe_tftpd *server);

/* A number for the octets of a request, equal for equal ones. */
uint64_t pxe_transfer_hash(const void *buf, size_t len);

/* send.c: begins to send what was found for a read request.  0, -errno. */
int pxe_send_begin(struct pxe_tftpd *server, const struct pxe_datagram *in,
		   const struct pxe_tftp_packet *packet,
		   const struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/* How long `source` is in netascii is known: those who wait for it begin.
 * `arg` is the server. */
void pxe_send_counted(struct pxe_source *source, void *arg);

#endif
