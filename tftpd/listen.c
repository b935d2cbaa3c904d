/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <sys/socket.h>

#include "base/str.h"
#include "run/fd.h"
#include "run/log.h"
#include "tftpd/server.h"

/* Takes `fd` over, also when it fails. */
static int add_listener(struct pxe_tftpd *server, int fd)
{
	union pxe_tftpd_addr addr = { 0 };
	socklen_t len = sizeof(addr);
	char text[PXE_TFTPD_PEER_TEXT] = "";
	int r;

	if (getsockname(fd, &addr.sa, &len) == 0)
		pxe_tftpd_addr_format(&addr, text);
	r = pxe_plane_add_listener(&server->plane, fd);
	if (r == 0)
		pxe_log(PXE_LOG_INFO, "listening on %s", text);
	else if (r == -ENOSPC)
		pxe_log(PXE_LOG_ERR, "more than %d addresses to listen on",
			PXE_PLANE_LISTENERS);
	return r;
}

static int listen_on(struct pxe_tftpd *server, const char *address)
{
	int fd = pxe_fd_serve(address, server->conf->tftp_port, SOCK_DGRAM,
			      "TFTP");

	return fd < 0 ? fd : add_listener(server, fd);
}

int pxe_tftpd_listen(struct pxe_tftpd *server)
{
	const struct pxe_conf *conf = server->conf;
	int fds[PXE_PLANE_LISTENERS];
	int n = pxe_daemon_sockets(AF_UNSPEC, SOCK_DGRAM, &conf->tftp_port, 1,
				   fds, PXE_LEN(fds));
	int r = n < 0 ? n : 0;

	for (int i = 0; i < n; i++) {
		int added = add_listener(server, fds[i]);

		if (added < 0) {
			pxe_log(PXE_LOG_ERR, "a passed socket is no UDP "
					     "socket: check the socket unit");
			r = added;
		}
	}
	if (n != 0)
		return r;
	for (size_t i = 0; r == 0 && i < conf->n_tftp_listen; i++)
		r = listen_on(server, conf->tftp_listen[i]);
	if (r < 0 || conf->n_tftp_listen > 0)
		return r;
	r = listen_on(server, "0.0.0.0");
	return r == 0 && pxe_fd_can(AF_INET6) ? listen_on(server, "::") : r;
}
