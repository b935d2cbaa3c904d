/* SPDX-License-Identifier: ISC */
/*
 * Octets of a connection, in and out: through TLS (httpd/tls.h), if it has it.
 */
#ifndef PXE_HTTPD_IO_H
#define PXE_HTTPD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "httpd/conn.h"

/*
 * How many octets were read (0: the client has ended its half) or written, as
 * many as go at once; -errno.  -EAGAIN: none now, and `what` says what to wait
 * for, EV_READ or EV_WRITE.
 */
int64_t pxe_io_read(struct pxe_conn *conn, void *buf, size_t cap,
		    short *what) PXE_MUST_CHECK;
/* `has_more`: more follows at once. */
int64_t pxe_io_write(struct pxe_conn *conn, const void *buf, size_t n,
		     bool has_more, short *what) PXE_MUST_CHECK;
/* From a file; -ENODATA: the file ends before. */
int64_t pxe_io_write_file(struct pxe_conn *conn, int fd, uint64_t first,
			  uint64_t n, short *what) PXE_MUST_CHECK;

/* Are there octets to be read that the loop does not know of? */
bool pxe_io_has_pending(const struct pxe_conn *conn);
/* Has the client sent what was not read? */
bool pxe_io_has_unread(const struct pxe_conn *conn);

/* Tells the client that all is sent, where there are words for that. */
void pxe_io_say_end(struct pxe_conn *conn);

#endif
