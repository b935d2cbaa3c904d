/* SPDX-License-Identifier: ISC */
/*
 * Does another DHCP server give addresses on a link?  One of these for each
 * served interface: it says when to send a DISCOVER of our own, is told of
 * every OFFER and ACK that is not ours, and knows whether new addresses are to
 * be withheld.  Pure: timers are values, in milliseconds of any clock that
 * does not go back.
 *
 *	unknown --first probe--> probing --silence--> clear
 *	any state --offer heard--> rival --silence--> clear
 *
 * A server that pings before it offers answers later than the first look
 * lasts: it is heard all the same, then.
 */
#ifndef PXE_DHCPD_RIVAL_H
#define PXE_DHCPD_RIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/dhcp.h"

enum {
	PXE_RIVAL_AGAIN_MS = 300,   /* the first look: a second probe, */
	PXE_RIVAL_FIRST_MS = 600,   /* and its end */
	PXE_RIVAL_CLEAR_MS = 60000, /* a probe from time to time */
	PXE_RIVAL_ASK_MS = 10000,   /* while another answers; no hint or
				       change of the link is followed sooner */
	PXE_RIVAL_GONE_MS = 25000,  /* silence that ends a rival: two probes
				       and the pings of a slow server */
	PXE_RIVAL_SEEN_MAX = 4,	    /* servers remembered for each link */
	PXE_RIVAL_MAC_BYTES = 6,
};

enum pxe_rival_state {
	PXE_RIVAL_UNKNOWN, /* not asked yet: the link is down */
	PXE_RIVAL_PROBING, /* the first look: a moment's silence of ours */
	PXE_RIVAL_CLEAR,
	PXE_RIVAL_RIVAL, /* another server answers */
};

struct pxe_rival_seen {
	uint32_t address; /* its server identifier */
	uint8_t mac[PXE_RIVAL_MAC_BYTES];
	int64_t first_ms, last_ms;
	int64_t stays_ms; /* of silence, before it is gone */
};

struct pxe_rival {
	enum pxe_rival_state state;
	uint32_t xid;	 /* of the last probe; 0: none was sent */
	int64_t next_ms; /* when a step is due; -1: not at all */
	int64_t sent_ms; /* the last probe */
	int64_t end_ms;	 /* PROBING: when it ends */
	struct pxe_rival_seen seen[PXE_RIVAL_SEEN_MAX];
	size_t n_seen; /* in the order in which they came */
};

/* UNKNOWN, and nothing is due. */
void pxe_rival_init(struct pxe_rival *rival);

/* The link carries packets, or does so again: look at once. */
void pxe_rival_link_up(struct pxe_rival *rival, int64_t now_ms);

/* Something suggests that there is another server: look soon. */
void pxe_rival_hint(struct pxe_rival *rival, int64_t now_ms);

/* What a step or something heard leads to. */
struct pxe_rival_todo {
	bool must_send;	 /* a probe with rival->xid */
	bool is_changed; /* `state` or `seen` */
};

/* Time went on.  `xid`: for a probe, not 0. */
struct pxe_rival_todo pxe_rival_step(struct pxe_rival *rival, int64_t now_ms,
				     uint32_t xid);

/* Another server offered or acknowledged an address. */
struct pxe_rival_todo pxe_rival_hear(struct pxe_rival *rival, uint32_t address,
				     const uint8_t *mac, int64_t now_ms);
/* The same where it is gone after `stays_ms` of silence; one that answered a
 * question of ours (PXE_RIVAL_GONE_MS) after that, whatever is said later. */
struct pxe_rival_todo pxe_rival_hear_for(struct pxe_rival *rival,
					 uint32_t address, const uint8_t *mac,
					 int64_t stays_ms, int64_t now_ms);

/*
 * Is the message a server's, with an address for somebody?  A proxy that only
 * says what to boot gives none.  Its server identifier, or 0: no.
 */
uint32_t pxe_rival_read(const struct pxe_dhcp_msg *msg);

/* Builds our probe: a DISCOVER of `mac`, answered to all.  Its length;
 * -ENOSPC. */
int pxe_rival_build(const uint8_t *mac, uint32_t xid, void *buf,
		    size_t cap) PXE_MUST_CHECK;

/* Is the message our own probe, back by another interface? */
bool pxe_rival_is_own(const struct pxe_rival *rival, const uint8_t *mac,
		      const struct pxe_dhcp_msg *msg);

#endif
