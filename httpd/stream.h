/* SPDX-License-Identifier: ISC */
/*
 * What comes in and goes out on a connection: the octets that are kept, and
 * the answer that is being sent.  Part of httpd/conn.h.
 */
#ifndef PXE_HTTPD_STREAM_H
#define PXE_HTTPD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "core/reason.h"

struct pxe_conn;

/* What an answer sends, for the events that tell of it. */
enum pxe_sends {
	PXE_SENDS_NOTHING, /* to be told: HEAD, not modified, an unknown peer */
	PXE_SENDS_FILE,
	PXE_SENDS_SMALL_FILE,
	PXE_SENDS_LOADER,
	PXE_SENDS_SCRIPT,
	PXE_SENDS_CALLBACK,
	PXE_SENDS_INSTALLED,
	PXE_SENDS_INSTALL_FAILED,
};

/* The request that is being answered. */
struct pxe_http_answer {
	bool is_active; /* there is one */
	bool is_head;
	bool is_http10;
	int status;
	enum pxe_reason reason;
	int64_t start_ms;
	uint64_t told_us;      /* last progress event */
	bool is_telling;       /* its progress is told */
	uint64_t size_bytes;   /* of the body */
	uint64_t before_bytes; /* sent on the connection before the body */
	int fd;                /* of a file that is sent from; or -1 */
	uint64_t end_bytes;    /* which that file must have at least */
	bool may_change;       /* it is no copy of ours: */
	int64_t mtime_s;       /* when it was written, which must not change */
	uint32_t mtime_ns;
	/* the answer stops before this octet of its body, and who is told */
	uint64_t stop_bytes;
	void (*reached)(struct pxe_conn *conn); /* NULL: it does not */
	enum pxe_sends sends;
	struct pxe_event event; /* the template of all its events */
};

/* What goes out: text, then octets of the answer's file. */
struct pxe_piece {
	size_t n_text;
	uint64_t first, n_file;
};

/*
 * The answer on its way.  Until the socket takes no more, text and pieces are
 * in the worker's scratch; then they are the connection's own.
 */
struct pxe_out {
	uint64_t stop; /* of sent_bytes, where it stops */
	char *text;    /* what is left of it */
	struct pxe_piece *pieces;
	size_t n_pieces, at;
	void *own_text, *own_pieces; /* to be freed */
};

/* What came in.  While nothing has to be kept it is in the worker's scratch. */
struct pxe_in {
	char *buf;
	size_t cap;  /* 0: it is the worker's */
	size_t len;  /* octets there are */
	size_t at;   /* which the guard has seen */
	size_t head; /* where the present request begins */
};

#endif
