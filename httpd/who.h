/* SPDX-License-Identifier: ISC */
/*
 * Which machine asks, and what it gets.
 */
#ifndef PXE_HTTPD_WHO_H
#define PXE_HTTPD_WHO_H

#include <netinet/in.h>

#include "core/facts.h"
#include "core/policy.h"
#include "core/script.h"
#include "httpd/route.h"
#include "httpd/server.h"

/* Lives for one request: the pointers are borrowed from view and conf. */
struct pxe_who {
	uint32_t address;                 /* of the client; 0: IPv6 */
	const struct pxe_facts *facts;    /* NULL: nothing is known */
	const struct pxe_conf_host *host; /* NULL: no host section */
	bool is_recorded;                 /* pxe-stated knows it */
	bool is_held; /* it goes round in circles: core/loop.h */
	bool is_told; /* an event about it can be of use to pxe-stated */
	struct pxe_facts said; /* facts that a query makes */
};

/* The IPv4 address of `peer`, also inside IPv6 (::ffff:1.2.3.4); 0: none. */
uint32_t pxe_who_address(const struct sockaddr_storage *peer);

/*
 * Finds the machine behind a request: the record of its address, else what
 * the query says (mac, uuid), which is enough to choose a script and would
 * not be for a secret.
 */
void pxe_who_find(struct pxe_conn *conn, const struct pxe_route *route,
		  struct pxe_who *who);

/* Asks the policy. */
void pxe_who_decide(struct pxe_conn *conn, const struct pxe_who *who,
		    enum pxe_ask ask, enum pxe_family family,
		    struct pxe_decision *decision);

/*
 * Renders a decision as a script for this machine into server->script.
 * The length, or an error of pxe_script_render().
 */
int pxe_who_render(struct pxe_conn *conn, const struct pxe_who *who,
		   const struct pxe_decision *decision) PXE_MUST_CHECK;

#endif
