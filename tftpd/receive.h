/* SPDX-License-Identifier: ISC */
/*
 * Transfers that receive a file: intake.c says what to do, upload.c writes;
 * and what is told of them, to the client, in the log and to pxe-stated.
 */
#ifndef PXE_TFTPD_RECEIVE_H
#define PXE_TFTPD_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/reason.h"
#include "tftpd/plane.h"
#include "tftpd/upload.h"
#include "wire/tftp.h"

struct pxe_tftpd;
struct pxe_tftpd_asked;
struct pxe_transfer;

/* What pxe-tftpd has for uploads; belongs to it. */
struct pxe_receiver {
	struct pxe_upload_dir *dir; /* NULL: none, or it could not be opened */
	size_t n_uploads;           /* under way, without those that linger */
	uint64_t n_bytes;
	long long warned_s, counted_s;
};

/* Opens the directory of the configuration in force; logs if it cannot, and
 * every request tries again. */
void pxe_receive_open(struct pxe_tftpd *server);

/* When all transfers have ended. */
void pxe_receive_close(struct pxe_tftpd *server);

/*
 * Begins to receive what a write request announces, whose name was read to
 * `asked`.  OK, or the reason why not.
 */
enum pxe_reason pxe_receive_begin(
	struct pxe_tftpd *server, const struct pxe_datagram *in,
	const struct pxe_tftp_packet *packet,
	const struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/* receive_tell.c */

/* Code and text of the ERROR that tells a client why its file `name` is not
 * taken. */
enum pxe_tftp_code pxe_receive_error_text(enum pxe_reason reason,
					  const char *name, char *text,
					  size_t cap);

/* The outcome of an upload: log line, counters, event. */
void pxe_receive_tell(struct pxe_transfer *t, enum pxe_reason reason);

#endif
