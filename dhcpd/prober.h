/* SPDX-License-Identifier: ISC */
/*
 * Addresses in use, in the world: sends the probes of dhcpd/conflict, hears
 * the answers, keeps the message that waits, and handles it once more when
 * the probe is over.
 */
#ifndef PXE_DHCPD_PROBER_H
#define PXE_DHCPD_PROBER_H

#include <stdint.h>

#include "base/attr.h"
#include "dhcpd/decide.h"
#include "run/udp.h"

struct pxe_link;
struct pxe_server;

/* What became of the probe for which a message waited. */
struct pxe_prober_again {
	uint32_t free;	/* the address that nobody has; 0: it was taken */
	unsigned tries; /* addresses that were taken */
};

enum pxe_prober_say {
	PXE_PROBER_OFFER,  /* the address may be offered */
	PXE_PROBER_KEPT,   /* the message waits: nothing more to do */
	PXE_PROBER_SILENT, /* no answer, for `reason` */
};

/* Opens and closes what the configuration and the links need; again after
 * each change of them.  Without memory nothing is probed (logged). */
void pxe_prober_update(struct pxe_server *s);
void pxe_prober_done(struct pxe_server *s);
/* A link is not served any more. */
void pxe_prober_leave(struct pxe_link *link);

/*
 * May what was decided be sent at once?  It is an OFFER, or what a BOOTP
 * client gets instead.  `again` is NULL for a message that did not wait yet.
 */
enum pxe_prober_say pxe_prober_check(struct pxe_link *link,
				     const struct pxe_udp_packet *packet,
				     const struct pxe_decide_in *in,
				     const struct pxe_dhcp_decision *d,
				     const struct pxe_prober_again *again,
				     enum pxe_reason *reason);

/* The client went on without the offer that waits. */
void pxe_prober_cancel(struct pxe_server *s, const char *client);

/* A router that answers for everybody; for the alarms. */
enum { PXE_PROBER_ROUTERS = 4 };
struct pxe_prober_router {
	unsigned ifindex; /* 0: behind a relay */
	uint8_t mac[6];
	uint32_t address; /* one that it answered for */
	int64_t since_s;
};
const struct pxe_prober_router *pxe_prober_routers(const struct pxe_server *s,
						   size_t *n);

#endif
