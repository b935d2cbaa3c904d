/* SPDX-License-Identifier: ISC */
/*
 * Whose an address is: the key of a lease.  Not always the key of the client
 * record (facts.key): one machine may have several MACs, several machines may
 * share one, and an operating system may want to be known by its client
 * identifier.  Pure.
 */
#ifndef PXE_DHCPD_IDENTITY_H
#define PXE_DHCPD_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/facts.h"
#include "wire/dhcp.h"
#include "wire/dhcp_relay.h"

/* The host section of who sent a message: by hardware address, by UUID, by
 * client-id; or NULL. */
const struct pxe_conf_host *
pxe_identity_find_host(const struct pxe_conf *conf,
		       const struct pxe_dhcp_msg *msg,
		       const struct pxe_facts *facts);

struct pxe_identity_in {
	const struct pxe_conf *conf;
	const struct pxe_dhcp_msg *msg;
	const struct pxe_facts *facts;	  /* of the message */
	const struct pxe_conf_host *host; /* its host section, or NULL */
	bool has_mac_lease; /* facts.key has one that was given to a machine
			       that booted, or that this client asks for */
};

/*
 * Writes the key of the client's leases: "" where nothing identifies it.
 *
 * A host section's machine has one key, whatever it sends.  A MAC that is
 * passed around (shared-macs) says nothing: the UUID does, or the client-id.
 * ROM, iPXE and operating system of one machine send three client-ids: they
 * are one by their MAC, as one-address says.  Else the client-id is the key
 * where there is one (RFC 2131 section 4.2).
 */
void pxe_identity_find(const struct pxe_identity_in *in,
		       char key[static PXE_CLIENT_KEY_TEXT]);

/*
 * The circuit that a message came by: a hash of relay, circuit-id and
 * remote-id (RFC 3046), 1 to INT64_MAX; 0: it names none.
 */
uint64_t pxe_identity_circuit(uint32_t giaddr,
			      const struct pxe_dhcp_relay *relay);

#endif
