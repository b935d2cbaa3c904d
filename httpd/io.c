/* SPDX-License-Identifier: ISC */
#include "httpd/io.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

int64_t pxe_io_read(struct pxe_conn *conn, void *buf, size_t cap, short *what)
{
	ssize_t n;

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

	do
		r = sendfile(conn->fd, fd, &at, n);
	while (r < 0 && errno == EINTR);
	*what = EV_WRITE;
	if (r == 0)
		return -ENODATA;
	return r > 0 ? r : -errno;
}
