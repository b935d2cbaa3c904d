/* SPDX-License-Identifier: ISC */
/*
 * Who is answered at all: the lists `allow` and `deny` of dhcpd.conf.  Pure.
 */
#ifndef PXE_DHCPD_ACCESS_H
#define PXE_DHCPD_ACCESS_H

#include <stdbool.h>

#include "core/conf.h"
#include "core/facts.h"
#include "wire/dhcp.h"

/* Do the lists let in the machine that sent this message?  `facts` are those
 * of the message. */
bool pxe_access_has(const struct pxe_conf_access *access,
		    const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts);

#endif
