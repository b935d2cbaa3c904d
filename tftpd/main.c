/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "run/conf_load.h"
#include "tftpd/server.h"

static const char *user_of(const struct pxe_conf *conf)
{
	return conf->tftpd_user;
}

int main(int argc, char **argv)
{
	static const int no_caps[] = { -1 };
	struct pxe_tftpd *server = calloc(1, sizeof(*server));
	struct pxe_daemon daemon = {
		.name = "pxe-tftpd",
		.summary =
			"Serves boot loaders and files over TFTP.",
		.conf_files = PXE_CONF_FILE_PXE | PXE_CONF_FILE_TFTPD |
			      PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS |
			      PXE_CONF_FILE_DHCPD | PXE_CONF_NET_ONLY,
		.ops = &pxe_tftpd_ops,
		.user = user_of,
		.keep_caps = no_caps,
		.self = server,
	};
	int status;

	if (server == NULL)
		return EXIT_FAILURE;
	server->root_fd = server->neigh_fd = -1;
	status = pxe_daemon_main(&daemon, argc, argv);
	free(server);
	return status;
}
