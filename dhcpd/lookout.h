/* SPDX-License-Identifier: ISC */
/*
 * Other servers of addresses and of boots, in the world: sends the probes of
 * dhcpd/rival and dhcpd/contend, hears what others offer, and says so in the
 * log.
 */
#ifndef PXE_DHCPD_LOOKOUT_H
#define PXE_DHCPD_LOOKOUT_H

#include <stdbool.h>

#include "dhcpd/decide.h"

struct pxe_frame4;
struct pxe_link;
struct pxe_server;

/* Looks where links came up; again after each change of links, interfaces or
 * configuration. */
void pxe_lookout_update(struct pxe_server *s);
void pxe_lookout_done(struct pxe_server *s);
/* A link is not served any more. */
void pxe_lookout_leave(struct pxe_link *link);

/* A reply that is not ours was heard on the link; `is_outgoing`: another
 * program of this host sends it. */
void pxe_lookout_hear(struct pxe_link *link, const struct pxe_dhcp_msg *msg,
		      const struct pxe_frame4 *frame, bool is_outgoing);

/* Are we alone on the link?  Are there PXE offers of another server? */
enum pxe_decide_rival pxe_lookout_rival(const struct pxe_link *link);
bool pxe_lookout_has_pxe(const struct pxe_link *link);

/* A client of the link chose another server. */
void pxe_lookout_hint(struct pxe_link *link);

/* Is the message a probe of ours, back by another interface? */
bool pxe_lookout_is_own(const struct pxe_server *s,
			const struct pxe_dhcp_msg *msg);

#endif
