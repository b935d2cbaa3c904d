/* SPDX-License-Identifier: ISC */
/*
 * Which machine asks for a file: what pxe-tftpd and pxe-httpd know of who
 * sent them a request.
 *
 * In this order:
 *	1. the kernel's neighbour table, for machines on a network of this host:
 *	   whose hardware address is behind the source address now;
 *	2. the client record that has the source address;
 *	3. the host section that has the hardware address;
 *	4. what the request says of itself: a name such as
 *	   pxelinux.cfg/01-52-54-..., or ?mac= and ?uuid= of a URL;
 *	5. records that say nothing but that there is somebody, and a hardware
 *	   address of which nobody knows anything: they may be a router's.
 * What a request says never goes before what is known of a machine that its
 * address leads to.  It is enough to choose a script or a configuration; for a
 * secret only where nothing is known of whose the address is.
 */
#ifndef PXE_RUN_ASKER_H
#define PXE_RUN_ASKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/boot_name.h"
#include "core/client.h"
#include "core/conf.h"
#include "core/facts.h"
#include "run/state_view.h"

/* Rows: enumerator, word for the log. */
#define PXE_ASKER_WAYS(X)                                                      \
	X(NOTHING, "nothing")     /* nobody knows who it is */                 \
	X(NEIGHBOUR, "neighbour") /* 1, 3, 5 */                                \
	X(ADDRESS, "address")     /* 2, 5 */                                   \
	X(SAID, "said")           /* 4 */

enum pxe_asker_way {
#define X(id, name) PXE_ASKER_BY_##id,
	PXE_ASKER_WAYS(X)
#undef X
};

/* Lives for one request: pointers are borrowed from view and configuration,
 * and it is not to be copied. */
struct pxe_asker {
	uint32_t address; /* IPv4, also within IPv6; 0: another one */
	enum pxe_asker_way way;
	const struct pxe_client *client;  /* its record; NULL: none */
	const struct pxe_facts *facts;    /* NULL: nothing is known */
	const struct pxe_conf_host *host; /* NULL: no host section */
	const struct pxe_order *order;    /* NULL: none */
	bool is_state_up; /* that is the truth: pxe-stated is there */
	bool is_held; /* it goes round in circles: core/loop.h */
	bool is_doubtful; /* by what it says, from an address that is somebody
			     else's, or while it has another one of ours, or
			     from afar, which `doubt-routed` doubts: no secret
			     is for it */
	bool is_old; /* there is no record of a boot of the last hour */
	struct pxe_facts said; /* what facts are without a record */
	/* its hardware address by 1, else by the record of its address; never
	 * by what the request says; hlen 0: it is not known */
	struct pxe_hwaddr hw;
	uint8_t octets[16]; /* its address, of IPv4 as ::ffff:a.b.c.d */
};

/* What the answer is found in. */
/* The neighbour of a connection, which is asked of the kernel once a second;
 * first all 0. */
struct pxe_asker_near {
	int64_t found_s;
	bool has_hw;
	struct pxe_hwaddr hw;
};

struct pxe_asker_in {
	const struct pxe_conf *conf;
	const struct pxe_state_view *view;
	int neigh_fd; /* of pxe_neigh_open(); negative: is not looked at */
	const struct sockaddr *peer;
	const struct pxe_boot_id *said; /* by the request; NULL: nothing */
	int64_t now_s;                  /* of the wall clock */
	struct pxe_asker_near *near;    /* of the peer's connection; NULL */
};

/* Always succeeds. */
void pxe_asker_find(const struct pxe_asker_in *in, struct pxe_asker *asker);

/* Is it a neighbour of whom no record and no host section is known? */
bool pxe_asker_is_stranger(const struct pxe_asker *asker);

/* The key of the machine: of its record, else its hardware address; "". */
const char *pxe_asker_key(const struct pxe_asker *asker);

/*
 * The same for an event that pxe-stated is told of: "" for a neighbour that
 * nobody knows and that asks for an ordinary file, as any machine may.
 */
const char *pxe_asker_event_key(const struct pxe_asker *asker,
				const struct pxe_boot_name *means);

/* The IPv4 address in host order, also inside IPv6 (::ffff:1.2.3.4); 0. */
uint32_t pxe_asker_address(const struct sockaddr *address);

/* The octets of the address, of IPv4 as ::ffff:a.b.c.d; else all are 0. */
void pxe_asker_octets(const struct sockaddr *address, uint8_t octets[16]);

/* The word of a way. */
const char *pxe_asker_way_name(enum pxe_asker_way way);

#endif
