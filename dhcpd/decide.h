/* SPDX-License-Identifier: ISC */
/*
 * What to do about one DHCP message (RFC 2131 section 4.3): a pure function
 * of configuration, address book, message, where it came in, and the time.
 * Nothing is changed and nothing is sent here.
 */
#ifndef PXE_DHCPD_DECIDE_H
#define PXE_DHCPD_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/facts.h"
#include "core/lease.h"
#include "core/order_table.h"
#include "core/policy.h"
#include "core/reason.h"
#include "dhcpd/arrival.h"
#include "dhcpd/book.h"
#include "wire/dhcp.h"

enum {
	PXE_DECIDE_PENDING_MAX = 4096, /* commits under way at one time */
	PXE_DECIDE_LEASE_MIN_S = 60, /* shorter wishes are not granted, unless
				      * lease-time itself is shorter */
};

/* Are we the only DHCP server on the link? */
enum pxe_decide_rival {
	PXE_DECIDE_ALONE,
	PXE_DECIDE_LOOKING, /* not known yet: a moment of silence */
	PXE_DECIDE_RIVAL,   /* no: another one answers */
};

struct pxe_decide_in {
	const struct pxe_conf *conf;
	struct pxe_book *book; /* expired to now_s; only its memory of old
				  leases that can be reused changes, and
				  offers that nobody took up may end */
	const struct pxe_dhcp_msg *msg;
	const struct pxe_facts *facts; /* of the message */
	const struct pxe_order_table *orders; /* NULL: there are none */
	struct pxe_arrival arrival;
	int64_t now_s;
	uint16_t port; /* ours: conf->dhcp_port or conf->binl_port */
	enum pxe_decide_rival rival;
	bool has_pxe_rival; /* another server makes PXE offers on the link */
	bool has_leases;  /* the book was in step with pxe-stated once */
	bool is_state_up; /* and is now: commits are possible */
	bool can_tell; /* what is given back will be told to pxe-stated */
};

/* What becomes of an address. */
enum pxe_lease_op {
	PXE_LEASE_OP_NONE,
	PXE_LEASE_OP_OFFER,   /* hold it for the client */
	PXE_LEASE_OP_UNOFFER, /* give back what the client was offered */
	PXE_LEASE_OP_COMMIT,  /* the reply waits for the commit of the lease */
	PXE_LEASE_OP_RELEASE,
	PXE_LEASE_OP_DECLINE,
};

enum pxe_dest_kind {
	PXE_DEST_NONE,
	PXE_DEST_UNICAST,   /* to address and port */
	PXE_DEST_BROADCAST, /* to port, on the interface it came in on */
	PXE_DEST_RAW, /* a frame to chaddr and address, which has no ARP */
};

struct pxe_dest {
	enum pxe_dest_kind kind;
	uint32_t address;
	uint16_t port;
};

struct pxe_dhcp_decision {
	enum pxe_reason reason;
	enum pxe_mode mode; /* of the client's subnet */
	bool is_binl;	    /* a boot server answers, on conf->binl_port */
	bool has_item;	    /* the client names an item of a boot menu: */
	uint16_t item_type, item_layer;
	uint8_t reply; /* enum pxe_dhcp_type; 0: silence; to BOOTP an ACK */
	enum pxe_lease_op op;
	uint32_t address;	     /* of `op`, and yiaddr; 0: none */
	uint32_t lease_s;	     /* option 51; 0: none */
	bool is_permanent;	     /* the lease has no end: BOOTP */
	uint32_t server_id;	     /* option 54 */
	uint32_t server_address;     /* ours, as the client's link sees us */
	const char *address6;	     /* the same of IPv6, or NULL; borrowed */
	const struct pxe_conf_subnet *subnet; /* NULL: none was found */
	const struct pxe_conf_host *host;     /* NULL: no host section */
	struct pxe_decision boot;	      /* what it gets to boot */
	struct pxe_dest dest;
	char client[PXE_CLIENT_KEY_TEXT]; /* key of its leases: identity.h */
	uint64_t circuit;		  /* of its leases; 0: none */
	uint32_t other_server; /* OTHER_SERVER: the one that was chosen */
	const char *flavour;   /* of a REQUEST: "renewing"; else "" */
};

/* Decides; always succeeds. */
void pxe_decide_message(const struct pxe_decide_in *in,
			struct pxe_dhcp_decision *out);

#endif
