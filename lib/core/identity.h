/* SPDX-License-Identifier: ISC */
/*
 * Whose an address is: the key of a lease.  Not always the key of the client
 * record (facts.key): one machine may have several MACs, several machines may
 * share one, and an operating system may want to be known by its client
 * identifier.  pxe-dhcpd asks for who sent a message, pxectl for who stands in
 * another server's lease file.
 */
#ifndef PXE_CORE_IDENTITY_H
#define PXE_CORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/facts.h"

/* What tells a client from others; all of it borrowed. */
struct pxe_identity {
	const struct pxe_hwaddr *hw; /* hlen 0: it has none */
	const struct pxe_uuid *uuid; /* a unique one, or NULL */
	const uint8_t *id;	     /* option 61, id_len octets; 0: none */
	size_t id_len;
	bool has_booted; /* it boots now, or by its MAC it was given an
			    address that it is to keep */
};

/* The host section of a client: by hardware address, by UUID, by client-id;
 * or NULL. */
const struct pxe_conf_host *
pxe_identity_find_host(const struct pxe_identity *who,
		       const struct pxe_conf *conf);

/*
 * Writes the key of the client's leases, whose host section is `host` (or
 * NULL): "" where nothing identifies it.
 *
 * A host section's machine has one key, whatever it sends.  A MAC that is
 * passed around (shared-macs) says nothing: the UUID does, or the client-id.
 * ROM, iPXE and operating system of one machine send three client-ids: they
 * are one by their MAC, as one-address says.  Else the client-id is the key
 * where there is one (RFC 2131 section 4.2), of up to 255 octets.
 */
void pxe_identity_find(const struct pxe_identity *who,
		       const struct pxe_conf *conf,
		       const struct pxe_conf_host *host,
		       char key[static PXE_CLIENT_KEY_TEXT]);

#endif
