/* SPDX-License-Identifier: ISC */
/*
 * The sockets that are listened on.
 */
#ifndef PXE_HTTPD_LISTEN_H
#define PXE_HTTPD_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/conf.h"

#define PXE_LISTEN_ADDRESS_TEXT 64

struct pxe_listener {
	char address[PXE_LISTEN_ADDRESS_TEXT];
	uint16_t port;
	bool has_tls;
	bool is_passed; /* it is systemd's, and stays */
	int fd;
};

/* Starts as zeroes. */
struct pxe_listeners {
	struct pxe_listener *set;
	size_t n;
};

/* Takes those that systemd passed, and opens those of `conf` for what there is
 * none yet, HTTP or TLS.  0, or -errno after a line of log. */
int pxe_listen_open(struct pxe_listeners *listeners,
		    const struct pxe_conf *conf) PXE_MUST_CHECK;

/* They become those of `conf`, but for systemd's; which are the same stays
 * open.  -errno after a line of log: they stay as they are. */
int pxe_listen_change(struct pxe_listeners *listeners,
		      const struct pxe_conf *conf) PXE_MUST_CHECK;

void pxe_listen_close(struct pxe_listeners *listeners);

#endif
