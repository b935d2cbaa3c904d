/* SPDX-License-Identifier: ISC */
/* Between the files of dhcpd/prober. */
#ifndef PXE_DHCPD_PROBER_PRIV_H
#define PXE_DHCPD_PROBER_PRIV_H

#include "dhcpd/conflict.h"
#include "dhcpd/prober.h"
#include "dhcpd/server.h"

/* A message that waits, in the slot of its probe. */
struct held {
	unsigned ifindex; /* of the link that it came in on */
	char client[PXE_CLIENT_KEY_TEXT];
	struct pxe_udp_packet packet;
};

struct pxe_prober {
	struct pxe_server *server;
	struct pxe_conflict *table;
	struct held *held; /* PXE_CONFLICT_SLOTS; pages come when used */
	struct pxe_udp_packet again;
	struct event *timer, *ping_event;
	int64_t armed_ms; /* when the timer fires; -1: it does not */
	int ping_fd;
	uint16_t id; /* of our echo requests */
	struct pxe_prober_router routers[PXE_PROBER_ROUTERS];
	size_t n_routers;
	long long taken_s; /* said */
};

/* `mac` (NULL: by ICMP) answers for everybody: says so. */
void pxe_prober_note_router(struct pxe_prober *p, unsigned ifindex,
			    uint32_t address, const uint8_t *mac);

/* Nobody gets the address for a while, as if a client had declined it. */
void pxe_prober_quarantine(struct pxe_prober *p,
			   const struct pxe_conflict_due *due);

#endif
