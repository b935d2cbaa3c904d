/* SPDX-License-Identifier: ISC */
#include "httpd/io.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "httpd/tls.h"

int64_t pxe_io_read(struct pxe_conn *conn, void *buf, size_t cap, short *what)
{
	ssize_t n;

	/* what nobody looks at need not be made readable either */
	if (conn->tls != NULL && !conn->is_over)
		return pxe_tls_read(conn, buf, cap, what);
	do
		n = recv(conn->fd, buf, cap, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	*what = EV_READ;
	return n >= 0 ? n : -errno;
}

int64_t pxe_io_write(struct pxe_conn *conn, const void *buf, size_t n,
		     bool has_more, short *what)
{
	ssize_t r;

	if (conn->tls != NULL)
		return pxe_tls_write(conn, buf, n, what);
	do
		r = send(conn->fd, buf, n,
			 MSG_DONTWAIT | MSG_NOSIGNAL |
				 (has_more ? MSG_MORE : 0));
	while (r < 0 && errno == EINTR);
	*what = EV_WRITE;
	return r >= 0 ? r : -errno;
}

int64_t pxe_io_write_file(struct pxe_conn *conn, int fd, uint64_t first,
			  uint64_t n, short *what)
{
	off_t at = (off_t)first;
	ssize_t r;

	if (conn->tls != NULL)
		return pxe_tls_write_file(conn, fd, first, n, what);
	do
		r = sendfile(conn->fd, fd, &at, n);
	while (r < 0 && errno == EINTR);
	*what = EV_WRITE;
	if (r == 0)
		return -ENODATA;
	return r > 0 ? r : -errno;
}

bool pxe_io_has_pending(const struct pxe_conn *conn)
{
	return conn->tls != NULL && pxe_tls_pending(conn) > 0;
}

bool pxe_io_has_unread(const struct pxe_conn *conn)
{
	int n = 0;

	return pxe_io_has_pending(conn) ||
	       (ioctl(conn->fd, FIONREAD, &n) == 0 && n > 0);
}

void pxe_io_say_end(struct pxe_conn *conn)
{
	if (conn->tls != NULL)
		pxe_tls_say_end(conn);
}
