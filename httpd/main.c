/* SPDX-License-Identifier: ISC */
#include "httpd/server.h"
#include "run/conf_load.h"

static const char *user_of(const struct pxe_conf *conf)
{
	return conf->httpd_user;
}

int main(int argc, char **argv)
{
	static struct pxe_server server = {
		.root_fd = -1,
		.tell_lock = PTHREAD_MUTEX_INITIALIZER,
		.peers.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	struct pxe_daemon daemon = {
		.name = "pxe-httpd",
		.summary = "Serves boot files and boot scripts over HTTP.",
		.conf_files = PXE_CONF_FILE_PXE | PXE_CONF_FILE_HTTPD |
			      PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS |
			      PXE_CONF_FILE_DHCPD | PXE_CONF_NET_ONLY,
		.ops = &pxe_server_ops,
		.user = user_of,
		.has_workers = true,
		.self = &server,
	};

	return pxe_daemon_main(&daemon, argc, argv);
}
