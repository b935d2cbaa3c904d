/* SPDX-License-Identifier: ISC */
/*
 * pxe-dhcpd at work: the parts of one server and what its files do with them.
 *
 *	server.c  life: sockets per interface, configuration, timer
 *	packet.c  one datagram: parse, decide, apply, build
 *	packet_send.c  replies on their way out
 *	talk.h    the talk with pxe-stated
 *	prober.c  is an address in use?  lookout.c: is there another server?
 *	alarms.c  what an administrator has to act upon
 *	ears.c    the sockets of an interface
 *	report.c  what is told of a packet: log, counters, events
 *	record.c  the same where another server gives the addresses
 */
#ifndef PXE_DHCPD_SERVER_H
#define PXE_DHCPD_SERVER_H

#include <event2/event.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/client.h"
#include "core/clock.h"
#include "core/lease.h"
#include "dhcpd/alarms.h"
#include "dhcpd/book.h"
#include "dhcpd/asked.h"
#include "dhcpd/decide.h"
#include "dhcpd/hearing.h"
#include "dhcpd/ifaces.h"
#include "dhcpd/prober.h"
#include "dhcpd/rate.h"
#include "dhcpd/reply.h"
#include "dhcpd/contend.h"
#include "dhcpd/sent.h"
#include "dhcpd/talk.h"
#include "dhcpd/told.h"
#include "run/daemon.h"
#include "run/state_client.h"
#include "run/state_view.h"
#include "run/udp.h"

/* A served interface. */
struct pxe_link {
	struct pxe_server *server;
	struct pxe_link *next;
	unsigned ifindex;
	char name[IFNAMSIZ];
	uint16_t port, binl_port;
	struct pxe_hearing hearing;
	int fd, binl_fd; /* bound to them; -1: not */
	struct event *event, *binl_event;

	int arp_fd, tap_fd; /* answers to our probes; what others say; -1 */
	struct event *arp_event, *tap_event;
	struct pxe_rival rival, contend;
	bool is_running; /* as of the last look: it has a carrier */
	bool is_deaf;	 /* a tap could not be opened: was said */
};

/* What is told of a packet, kept while its reply waits for a commit. */
struct pxe_summary {
	char interface[IFNAMSIZ];
	enum pxe_mode mode;  /* of the client's subnet */
	uint8_t type, reply; /* enum pxe_dhcp_type; reply 0: silence */
	const char *flavour; /* of a REQUEST */
	enum pxe_reason reason;
	uint32_t address, relay, other_server;
	uint32_t asked; /* the address that it says it has; 0 */
	uint32_t xid;
	struct pxe_facts facts;
	char lease[64]; /* key of its leases where it is another; cut */
	char host[PXE_HOST_NAME_TEXT];	   /* of the host section, or "" */
	char file[PXE_CLIENT_FILE_TEXT];   /* what it is to load, or "" */
	int64_t lease_s;
	bool is_told; /* what its ACK means went with the commit */
};

/* A reply, ready to be sent. */
struct pxe_reply {
	unsigned ifindex;
	uint16_t port;	 /* of ours, that it leaves from */
	uint32_t source; /* the address that it leaves from */
	struct pxe_dest dest;
	struct pxe_hwaddr hw;
	size_t len;
	uint8_t buf[PXE_REPLY_MAX_BYTES];
};

/* A reply that waits for a commit. */
struct pxe_waiting {
	struct pxe_server *server;
	struct pxe_waiting *next; /* of the free ones */
	bool is_used;
	uint32_t replaces; /* the address of the lease that ends with it */
	struct pxe_summary summary;
	struct pxe_reply reply;
};

struct pxe_server {
	const struct pxe_conf *conf;
	struct event_base *base; /* NULL: not started yet */
	struct pxe_book *book;
	struct pxe_ifaces *ifaces;
	struct pxe_link *links;
	int raw_fd, ip_fd; /* send frames, and packets as routed; -1 */
	struct event *tick; /* every second */
	struct pxe_udp_inbox *inbox;
	struct pxe_udp_packet *packet; /* at work */
	struct pxe_outbox *outbox; /* NULL: not started */
	int64_t now_s;	    /* of the batch at work: since 1970 */
	int64_t mono_s;	    /* the same on a clock that is never set */
	int64_t mono_ms;    /* of that clock, in milliseconds */
	struct pxe_clock clock;
	struct pxe_rate *rate;
	uint32_t *own;	    /* this host's addresses that the book knows */
	size_t n_own;
	struct pxe_prober *prober; /* NULL: nothing is probed */
	struct event *lookout;	   /* for rivals */
	struct pxe_alarms_empty empty[PXE_ALARMS_EMPTY_MAX];
	size_t n_empty;
	bool has_new_alarms;
	bool is_short;	    /* an interface that is wanted is not served */

	struct pxe_state_client *state, *watch;
	struct pxe_state_view *orders; /* what machines are ordered to boot */
	char *state_path;
	int64_t up_s; /* mono_s when `state` came up */
	struct pxe_lease_table *resync; /* being read; NULL: not now */
	bool is_resync_bad, is_resync_old; /* old: of before a clock was set */
	bool is_following; /* `watch` tells what others change */
	unsigned n_asked;  /* leases asked for one by one */
	struct pxe_lease_table *untold; /* given back, not on disk yet */
	bool wants_telling;
	bool has_leases;		/* was in step with pxe-stated once */
	bool is_in_step;		/* is now */
	int64_t away_s; /* since when it is not; 0: it never was */
	bool wants_resync;
	int64_t heard_s; /* mono_s of the last answer to a commit */
	struct pxe_waiting *waiting, *free_waiting;
	size_t n_waiting; /* that were ever used */

	struct pxe_told *told;
	struct pxe_sent *sent;	 /* NULL: nobody hears what we send */
	struct pxe_asked *asked; /* there with it */
	uint64_t n_packets, n_replies, reasons[PXE_N_REASONS];
	int64_t log_s;	       /* the second that n_logged is of */
	unsigned n_logged, n_unlogged;
	int64_t refused_s;     /* the same for events of refusals */
	unsigned n_refused;
	long long pool_empty_s, other_s, store_s, send_s, build_s,
		declined_s, untold_s; /* said */
};

extern const struct pxe_daemon_ops pxe_server_ops;

/* clock.c: begins to follow the clocks; reads them, and moves all leases of
 * the book where the wall clock was set. */
void pxe_server_start_clocks(struct pxe_server *s);
void pxe_server_read_clocks(struct pxe_server *s);
/* server.c: the link of an interface, or NULL. */
struct pxe_link *pxe_server_find_link(const struct pxe_server *s,
				      unsigned ifindex);

/* packet.c: one datagram that came in on `link`. */
void pxe_packet_handle(struct pxe_link *link,
		       const struct pxe_udp_packet *packet);

/* The same for one that waited for a probe, which is over. */
void pxe_packet_again(struct pxe_link *link,
		      const struct pxe_udp_packet *packet,
		      const struct pxe_prober_again *again);

/* packet_send.c: once the loop is there, and when it ends. */
int pxe_packet_start(struct pxe_server *s) PXE_MUST_CHECK;
void pxe_packet_stop(struct pxe_server *s);
/* Sends a reply at the end of this turn of the loop; counts and logs what the
 * network says. */
void pxe_packet_send(struct pxe_server *s, const struct pxe_reply *reply);
/* Sends now what is to be sent: before a link is closed. */
void pxe_packet_flush(struct pxe_server *s);

#endif
