/* SPDX-License-Identifier: ISC */
/*
 * Running transfers: one socket, one file and one engine (xfer.h) each; and
 * the table in which they are found by their peer (table.c).
 */
#ifndef PXE_TFTPD_TRANSFER_H
#define PXE_TFTPD_TRANSFER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "tftpd/fingerprint.h"
#include "tftpd/listen.h"
#include "tftpd/negotiate.h"
#include "tftpd/xfer.h"
#include "wire/tftp.h"

#define PXE_TFTPD_ERROR_TEXT 256

struct pxe_tftpd;
struct pxe_tftpd_asked;

struct pxe_transfer {
	struct pxe_tftpd *server;
	struct pxe_transfer *chain; /* next in its bucket */
	union pxe_tftpd_addr peer;
	uint64_t request_hash; /* of the request's octets */

	int fd, file_fd;
	struct event *on_packet, *on_room, *on_timer;
	struct pxe_negotiated terms;
	struct pxe_xfer xfer;
	uint64_t send_next, send_end; /* blocks still to go out */
	bool no_gso;                  /* the kernel cannot cut for us here */

	/* for the log and for stated */
	bool is_loader, is_script, is_start_told;
	enum pxe_fingerprint looks;
	uint64_t begin_us, told_us;
	char client[PXE_CLIENT_KEY_TEXT];     /* "": not known */
	char event_client[PXE_CLIENT_KEY_TEXT]; /* for stated */
	char file[PXE_CLIENT_FILE_TEXT];      /* escaped */
	char peer_said[PXE_TFTPD_ERROR_TEXT]; /* text of its ERROR, escaped */
};

/*
 * Begins a transfer on the connected socket `fd`.  Takes `fd` and the file of
 * `asked` over, also when it fails.  0, -ENOMEM.
 */
int pxe_transfer_begin(struct pxe_tftpd *server, int fd,
		       const struct pxe_tftpd_request *req,
		       const struct pxe_tftp_packet *packet,
		       const struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/* The same request came again before the client acknowledged anything. */
void pxe_transfer_repeat(struct pxe_transfer *t);

/*
 * Ends a transfer whose client began another one from the same port; its
 * socket goes to the caller.
 */
int pxe_transfer_take_socket(struct pxe_transfer *t);

/* Ends all transfers with an ERROR to their clients. */
void pxe_transfer_stop_all(struct pxe_tftpd *server);

/* A number for the octets of a request, equal for equal ones. */
uint64_t pxe_transfer_hash(const void *buf, size_t len);

void pxe_tftpd_table_add(struct pxe_tftpd *server, struct pxe_transfer *t);
void pxe_tftpd_table_remove(struct pxe_tftpd *server, struct pxe_transfer *t);

/* The transfer of that address and port, or NULL; `n_same` gets how many
 * transfers that address has. */
struct pxe_transfer *pxe_tftpd_table_find(const struct pxe_tftpd *server,
					  const union pxe_tftpd_addr *peer,
					  size_t *n_same);

#endif
