/* SPDX-License-Identifier: ISC */
/*
 * Is an address in use already?  Keeps the probes under way, each for an offer
 * that waits in a slot; what was found free a moment ago; and who answers for
 * addresses that are not its own.  Pure: sends nothing, knows no clock; times
 * are milliseconds of any clock that does not go back.
 *
 * An address is asked for twice, at once and after half the time.  Who answers
 * and was not heard of before is tried with other addresses of the subnet: who
 * answers for most of those, too, is a router that does proxy ARP (behind a
 * relay: a firewall that answers for a whole network), and what it says counts
 * for nothing.  The offer waits for that, so that no address is put away
 * because of a router.
 */
#ifndef PXE_DHCPD_CONFLICT_H
#define PXE_DHCPD_CONFLICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/ip4.h"

enum {
	PXE_CONFLICT_SLOTS = 4096, /* offers that wait at one time */
	PXE_CONFLICT_TRIES = 8,	   /* addresses for one offer */
	PXE_CONFLICT_CONTROLS = 4, /* addresses that tell a router */
	PXE_CONFLICT_ROUTER = 3,   /* so many of them make one */
	PXE_CONFLICT_HOST_MAX = 16, /* addresses that one host may have */
	PXE_CONFLICT_FREE_MS = 60 * 1000, /* how long "free" is remembered */
	PXE_CONFLICT_ROUTER_MS = 600 * 1000, /* and who a router is */
	PXE_CONFLICT_HOST_MS = 60 * 1000, /* and who is none */
	PXE_CONFLICT_TRY_MS = 100,	  /* the least time for controls */
	PXE_CONFLICT_MAC_BYTES = 6,
};

struct pxe_conflict;

/* NULL: no memory. */
struct pxe_conflict *pxe_conflict_new(void) PXE_MUST_CHECK;
void pxe_conflict_free(struct pxe_conflict *table);

/* Which address is to be probed, where, for whom. */
struct pxe_conflict_ask {
	uint32_t address;
	struct pxe_ip4_net net;	/* of the client's subnet */
	unsigned ifindex;	/* ARP on that link; 0: ICMP */
	uint8_t mac[PXE_CONFLICT_MAC_BYTES]; /* the client's own, which may
						answer; 0: not Ethernet */
	const char *client;	/* key */
	unsigned tries;		/* addresses that were in use already */
	uint32_t timeout_ms;
};

/* Was the address found free within PXE_CONFLICT_FREE_MS? */
bool pxe_conflict_is_free(const struct pxe_conflict *table, uint32_t address,
			  int64_t now_ms);

/*
 * Starts a probe, which the caller sends at once.  The slot's number, below
 * PXE_CONFLICT_SLOTS; -EBUSY: no slot is left; -ELOOP: too many addresses
 * were in use.  The client has no probe under way.
 */
int pxe_conflict_start(struct pxe_conflict *table,
		       const struct pxe_conflict_ask *ask,
		       int64_t now_ms) PXE_MUST_CHECK;

/* The slot of a client's probe that is under way, or -ENOENT. */
int pxe_conflict_find(const struct pxe_conflict *table, const char *client);

/* Ends the client's probe, if there is one: it needs no offer any more. */
void pxe_conflict_cancel(struct pxe_conflict *table, const char *client);

/* The slots in use. */
size_t pxe_conflict_count(const struct pxe_conflict *table);

/* What an answer leads to. */
enum pxe_conflict_heard {
	PXE_CONFLICT_NOTHING,
	PXE_CONFLICT_TRY,	/* probe the control addresses */
	PXE_CONFLICT_NEW_ROUTER, /* it answers for all: worth a line */
};

/*
 * Somebody answers for `address`: by ARP on the link `ifindex` as `mac`, or an
 * echo came back (0, NULL).  `controls` gets PXE_CONFLICT_CONTROLS addresses
 * with TRY, to be probed in the same way; a 0 is none.
 */
enum pxe_conflict_heard pxe_conflict_hear(struct pxe_conflict *table,
					  unsigned ifindex, uint32_t address,
					  const uint8_t *mac, int64_t now_ms,
					  uint32_t *controls);

/* What is due. */
enum pxe_conflict_what {
	PXE_CONFLICT_SEND,  /* the probe again */
	PXE_CONFLICT_FREE,  /* nobody has it: the slot is free again */
	PXE_CONFLICT_TAKEN, /* somebody has it: the slot is free again */
};

struct pxe_conflict_due {
	enum pxe_conflict_what what;
	unsigned slot;
	uint32_t address;
	unsigned ifindex, tries; /* as asked */
	bool has_mac;		 /* TAKEN: who answered; by ICMP nobody knows */
	uint8_t mac[PXE_CONFLICT_MAC_BYTES];
};

/* The next thing that is due at `now_ms`; false: nothing is. */
bool pxe_conflict_step(struct pxe_conflict *table, int64_t now_ms,
		       struct pxe_conflict_due *due);

/* When something will be due; -1: nothing waits. */
int64_t pxe_conflict_next_ms(const struct pxe_conflict *table);

#endif
