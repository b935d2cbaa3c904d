/* SPDX-License-Identifier: ISC */
#include <linux/capability.h>

#include "dhcpd/server.h"
#include "run/conf_load.h"

static const char *find_user(const struct pxe_conf *conf)
{
	return conf->dhcpd_user;
}

int main(int argc, char **argv)
{
	/* for interfaces that come later: port 67 and their packet frames */
	static const int keep_caps[] = { CAP_NET_BIND_SERVICE, CAP_NET_RAW,
					 -1 };
	static struct pxe_server server = { .raw_fd = -1 };
	struct pxe_daemon d = {
		.name = "pxe-dhcpd",
		.summary = "Gives machines an address and says what to boot.",
		.conf_files = PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
			      PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS,
		.ops = &pxe_server_ops,
		.user = find_user,
		.keep_caps = keep_caps,
		.self = &server,
	};

	return pxe_daemon_main(&d, argc, argv);
}
