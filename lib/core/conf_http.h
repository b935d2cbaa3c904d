/* SPDX-License-Identifier: ISC */
/*
 * What httpd.conf says of threads, limits and TLS.
 */
#ifndef PXE_CORE_CONF_HTTP_H
#define PXE_CORE_CONF_HTTP_H

#include <stdbool.h>
#include <stdint.h>

struct pxe_conf_http {
	uint32_t threads;        /* 0: one a processor */
	uint32_t max_per_client; /* connections; 0: no limit */
	uint32_t header_timeout_s, idle_timeout_s, send_timeout_s;
	uint32_t min_rate; /* octets a second; 0: any ... */
	uint32_t rate_window_s; /* ... over that long */
	bool logs_requests; /* also good ones */
	uint16_t tls_port;  /* 0: none */
	const char *tls_certificate, *tls_key; /* files of PEM; "": none */
};

#endif
