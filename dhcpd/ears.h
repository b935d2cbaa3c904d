/* SPDX-License-Identifier: ISC */
/*
 * The sockets that an interface is heard with, as dhcpd/hearing says: bound
 * ones on our ports, and a packet socket for what those do not tell.
 */
#ifndef PXE_DHCPD_EARS_H
#define PXE_DHCPD_EARS_H

#include <stdbool.h>

#include "base/attr.h"

struct pxe_link;

/*
 * Opens what link->hearing wants, but no events yet.
 * 0; -EADDRINUSE (another server has the DHCP port), -EPFNOSUPPORT (only
 * Ethernet can be listened to), and errors of socket(2), bind(2).
 */
int pxe_ears_open(struct pxe_link *link) PXE_MUST_CHECK;

/* Listens, from now on.  0, -ENOMEM. */
int pxe_ears_start(struct pxe_link *link) PXE_MUST_CHECK;

/* Tries again to open what was not to be had, once it listens; `is_loud`:
 * says what is missing.  Is all there that the link cannot do without? */
bool pxe_ears_complete(struct pxe_link *link, bool is_loud);

void pxe_ears_close(struct pxe_link *link);

/* Does it hear what others say? */
bool pxe_ears_has_tap(const struct pxe_link *link);

#endif
