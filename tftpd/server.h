/* SPDX-License-Identifier: ISC */
/*
 * The parts of pxe-tftpd that touch the world, and what they share.
 *
 *	server.c	the daemon's life; requests: refuse, restart or begin
 *	listen.c	the sockets that requests come to
 *	plane.c		all sockets; plane_in.c, plane_batch.c: datagrams
 *	parted.c	who ended well a moment ago, and is no stranger
 *	addr.c		addresses of peers and our own
 *	table.c		running transfers found by their peer
 *	transfer.c	running transfers: begin, deadline, end
 *	send.c		those that send a file, by xfer.c
 *	receive.c	those that receive one, by intake.c; receive_tell.c
 *	upload.c	files that are received; upload_dir.c: where they go
 *	source.c	open files and texts, shared by those who read them
 *	reader.c	blocks of them, as they are or in netascii
 *	terms.c		what a client asked for, within what is allowed
 *	resolve.c	a request -> who asks, and an open file or a reason
 *	fingerprint.c	what a request looks like, for the log
 *	report.c	log lines, counters, events to pxe-stated
 */
#ifndef PXE_TFTPD_SERVER_H
#define PXE_TFTPD_SERVER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/boot_name.h"
#include "core/conf.h"
#include "core/reason.h"
#include "core/script.h"
#include "core/telling.h"
#include "run/asker.h"
#include "run/boot_file.h"
#include "run/daemon.h"
#include "run/job.h"
#include "run/state_client.h"
#include "run/state_counts.h"
#include "run/state_view.h"
#include "tftpd/fingerprint.h"
#include "tftpd/listen.h"
#include "tftpd/plane.h"
#include "tftpd/receive.h"
#include "tftpd/source.h"
#include "tftpd/transfer.h"
#include "wire/tftp.h"

struct pxe_habits;

struct pxe_tftpd {
	struct pxe_daemon *d;
	const struct pxe_conf *conf; /* the one in force */
	int root_fd;                 /* -1: it could not be opened */
	size_t max_transfers;        /* by configuration and descriptors */

	struct pxe_plane plane;
	struct pxe_sources sources;
	struct pxe_habits *habits;
	struct pxe_jobs *jobs; /* for what would hold the loop up */
	struct pxe_receiver receiver;
	struct event *tidy; /* closes what nobody reads any more */
	struct pxe_transfer *oldest_unproven, *newest_unproven;

	struct pxe_state_client *state;
	struct pxe_state_view *view;
	struct pxe_state_teller *teller;
	int neigh_fd; /* see run/neigh.h; negative: it could not be opened */

	uint64_t n_reasons[PXE_N_REASONS];
	uint64_t n_bytes;
	struct {
		long long second;
		unsigned n, n_left_out;
	} refusals;                 /* logged in this second */
	struct pxe_telling telling; /* how often pxe-stated is told */
	long long root_warned_s, looks_warned_s;
	long long warned_s[PXE_BOOT_N_WARNINGS];

	char text[PXE_SCRIPT_MAX]; /* of a script that is being made */
};

/* What a request asks for, who asks, and what it gets. */
struct pxe_tftpd_asked {
	struct pxe_boot_name means;
	struct pxe_asker asker;
	struct pxe_boot_found found; /* its name is always there */
	bool is_upload;              /* it sends a file */
	size_t text_bytes;           /* found.is_text: of server->text */
	enum pxe_fingerprint looks;  /* for the log; and is it iPXE? */
};

/* server.c */

extern const struct pxe_daemon_ops pxe_tftpd_ops;

/* resolve.c */

/* Opens the boot root of the configuration in force; logs if it cannot, and
 * every request tries again. */
void pxe_tftpd_open_root(struct pxe_tftpd *server);

/*
 * Reads the name of a request and finds out who asks.  OK; BAD_NAME: the name
 * in `asked` is what can be shown of it.
 */
enum pxe_reason pxe_tftpd_ask(struct pxe_tftpd *server,
			      const struct pxe_datagram *req,
			      const struct pxe_tftp_packet *packet,
			      struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/*
 * Finds what it gets: an open file, or a text that was made for it, which lies
 * in server->text.  OK, or the reason.
 */
enum pxe_reason pxe_tftpd_resolve(struct pxe_tftpd *server,
				  const struct pxe_datagram *req,
				  struct pxe_tftpd_asked *asked) PXE_MUST_CHECK;

/* report.c */

/* Code and text of the ERROR that tells a refused client why. */
enum pxe_tftp_code pxe_tftpd_error_text(enum pxe_reason reason,
					const struct pxe_boot_found *found,
					char *text, size_t cap);

/* A request that was not served.  `asked` may be NULL: nobody asked for
 * anything; so may `detail`. */
void pxe_tftpd_report_refused(struct pxe_tftpd *server,
			      const struct pxe_datagram *req,
			      const struct pxe_tftpd_asked *asked,
			      enum pxe_reason reason, const char *detail);

/* A transfer goes on (to be called for each ACK: see core/telling.h for what is
 * told), or ended. */
void pxe_tftpd_report_progress(struct pxe_transfer *t, uint64_t now_us);
void pxe_tftpd_report_end(struct pxe_transfer *t, enum pxe_reason reason);

/* What there is to tell pxe-stated once a second; `arg` is the server. */
void pxe_tftpd_report_count(struct pxe_counts *counts, void *arg);

/* The options in force, as "blksize 1468 windowsize 16". */
void pxe_tftpd_format_options(const struct pxe_transfer *t, char *text,
			      size_t cap);

/* One line with the counters. */
void pxe_tftpd_report_counts(const struct pxe_tftpd *server);

#endif
