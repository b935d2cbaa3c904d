/* SPDX-License-Identifier: ISC */
/*
 * The relay agent information option (82, RFC 3046): what a server acts upon.
 * It is echoed as it came, whatever stands here.
 */
#ifndef PXE_WIRE_DHCP_RELAY_H
#define PXE_WIRE_DHCP_RELAY_H

#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"
#include "wire/dhcp.h"

struct pxe_dhcp_relay {
	struct pxe_rd circuit_id, remote_id; /* 1 and 2; borrowed from the
						message; left 0: none */
	uint32_t link;      /* 5: an address of the client's link (RFC 3527) */
	uint32_t server_id; /* 11: how the client is to know us (RFC 5107) */
};

/*
 * Reads option 82 of a message; all of `relay` is zero where it says nothing.
 * 0, -ENOENT (there is none), -EBADMSG (a sub-option runs out of it; `relay`
 * is zero).  A sub-option of a wrong length, or with an address that no host
 * can have, is as if it were not there.
 */
int pxe_dhcp_relay_parse(const struct pxe_dhcp_msg *msg,
			 struct pxe_dhcp_relay *relay) PXE_MUST_CHECK;

/*
 * The circuit that a message came by from the relay agent at `giaddr`: a hash
 * of the agent, circuit-id and remote-id (RFC 3046), 1 to INT64_MAX, the same
 * over restarts and on every machine; 0: it names none.
 */
uint64_t pxe_dhcp_relay_circuit(const struct pxe_dhcp_relay *relay,
				uint32_t giaddr);

#endif
