/* SPDX-License-Identifier: ISC */
/*
 * Which machine asks (run/asker.h), and where it reached us.
 */
#ifndef PXE_HTTPD_WHO_H
#define PXE_HTTPD_WHO_H

#include <netinet/in.h>

#include "core/boot_name.h"
#include "httpd/route.h"
#include "httpd/server.h"
#include "run/asker.h"
#include "run/boot_file.h"

/* Texts of where a client reached us, which last as long as what uses them. */
struct pxe_who_server {
	char host[INET6_ADDRSTRLEN + 2]; /* an IPv6 address in brackets */
	char https[320];                 /* host and port of https:// */
};

/* Room for the text of an address. */
#define PXE_WHO_ADDRESS_TEXT INET6_ADDRSTRLEN

/* Writes the address of the client, of IPv4 also where it came within IPv6, to
 * `text` of PXE_WHO_ADDRESS_TEXT octets. */
void pxe_who_format_address(const struct pxe_conn *conn, char *text);

/*
 * Finds the machine behind a request: by its address, else by what the name
 * that it asks for and the query say (mac, uuid).
 */
void pxe_who_find(struct pxe_conn *conn, const struct pxe_route *route,
		  const struct pxe_boot_name *means, struct pxe_asker *asker);

/* Can an event about it be of use to pxe-stated? */
bool pxe_who_is_told(const struct pxe_conn *conn, const struct pxe_asker *asker,
		     const struct pxe_boot_name *means);

/*
 * Where the client reached us: what URLs of its script begin with.  Texts that
 * are needed for it go to `texts`.  Over TLS they have the name that the client
 * has asked for, since that is what it compares with the certificate.
 */
void pxe_who_find_server(struct pxe_conn *conn, struct pxe_boot_ask *ask,
			 struct pxe_who_server *texts);

#endif
