/* SPDX-License-Identifier: ISC */
/*
 * The reply that a decision asks for: fixed fields, options, and what each
 * kind of firmware must be told to boot.  Pure.
 */
#ifndef PXE_DHCPD_REPLY_H
#define PXE_DHCPD_REPLY_H

#include <stddef.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/facts.h"
#include "dhcpd/decide.h"
#include "wire/dhcp.h"

/* No reply is longer than what one Ethernet frame carries, whatever a client
 * says in option 57 (some say 65280). */
#define PXE_REPLY_MAX_BYTES 1472

/* Fills in the reply to `msg`; decision->reply is not 0. */
void pxe_reply_fill(const struct pxe_conf *conf, const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts,
		    const struct pxe_dhcp_decision *decision,
		    struct pxe_dhcp_out *out);

/*
 * Fills in and builds the reply into `buf` of PXE_REPLY_MAX_BYTES, no longer
 * than the client takes (option 57; RFC 2132 section 9.10) without what its
 * relay takes away.  Only an option 82 that does not fit although all others
 * made room for it is left out (RFC 3046 section 2.2).
 * 0; -EINVAL, -ENOSPC (what must be echoed does not fit).
 */
int pxe_reply_build(const struct pxe_conf *conf, const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts,
		    const struct pxe_dhcp_decision *decision, void *buf,
		    size_t *len) PXE_MUST_CHECK;

#endif
