/* SPDX-License-Identifier: ISC */
/* What an administrator has to act upon now: told to pxe-stated at each
 * change, and at each connection. */
#ifndef PXE_DHCPD_ALARMS_H
#define PXE_DHCPD_ALARMS_H

#include "core/conf.h"

struct pxe_server;

enum {
	PXE_ALARMS_EMPTY_MAX = 16, /* subnets without an address left */
	PXE_ALARMS_CHECK_S = 5,	   /* how often those are looked at again */
};

/* A subnet whose addresses are used up. */
struct pxe_alarms_empty {
	struct pxe_ip4_net net;
	int64_t since_s;
};

/* Something that makes an alarm changed: all are told at the next tick, or at
 * once after a connection. */
void pxe_alarms_changed(struct pxe_server *s);
void pxe_alarms_report(struct pxe_server *s);

/* A client got nothing, since this subnet has no address left. */
void pxe_alarms_pool_empty(struct pxe_server *s,
			   const struct pxe_conf_subnet *subnet);

/* Every second: ends alarms whose cause has ended. */
void pxe_alarms_tick(struct pxe_server *s);

#endif
