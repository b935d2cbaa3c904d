/* SPDX-License-Identifier: ISC */
/* Sockets that systemd passed: sd_listen_fds(3). */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "run/daemon.h"
#include "run/fd.h"
#include "run/log.h"

/* The unit and the configuration each name the port; they should agree. */
static void check_port(int fd, const uint16_t *ports, size_t n)
{
	uint16_t passed = pxe_fd_port(fd);

	for (size_t i = 0; i < n; i++)
		if (passed == ports[i])
			return;
	if (n > 0 && passed != 0)
		pxe_log(PXE_LOG_WARNING,
			"systemd passed a socket on port %u, but machines are "
			"sent to port %u of the configuration: change the "
			"socket unit (systemctl edit), or that",
			passed, ports[0]);
}

int pxe_daemon_sockets(int family, int type, const uint16_t *ports,
		       size_t n_ports, int *fds, size_t cap)
{
	int n = sd_listen_fds(0);

	if (n < 0)
		return n;
	if ((size_t)n > cap) {
		pxe_log(PXE_LOG_ERR,
			"%d sockets were passed, at most %zu can "
			"be used: remove lines from the socket unit",
			n, cap);
		return -EINVAL;
	}
	for (int i = 0; i < n; i++) {
		int fd = SD_LISTEN_FDS_START + i;
		int listening = type == SOCK_STREAM ? 1 : -1;

		if (sd_is_socket(fd, family, type, listening) <= 0) {
			pxe_log(PXE_LOG_ERR,
				"the passed descriptor %d is not a socket of "
				"the right kind: check the socket unit",
				fd);
			return -EINVAL;
		}
		/* a blocking listener would hang the event loop in accept() */
		if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 ||
		    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
		check_port(fd, ports, n_ports);
		fds[i] = fd;
	}
	return n;
}
