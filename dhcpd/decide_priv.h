/* SPDX-License-Identifier: ISC */
/*
 * Between the files of decide:
 *
 *	decide.c        what each kind of message leads to
 *	decide_guard.c  what must be so before: the first objection ends it
 *	decide_proxy.c  beside another server, and as a boot server
 */
#ifndef PXE_DHCPD_DECIDE_PRIV_H
#define PXE_DHCPD_DECIDE_PRIV_H

#include "dhcpd/decide.h"
#include "wire/dhcp_opt.h"
#include "wire/dhcp_relay.h"

/* The sets of message types that a row applies to. */
#define PXE_CASE_TYPE(t) (1u << PXE_DHCP_##t)
#define PXE_CASE_ASKS                                                          \
	(PXE_CASE_TYPE(BOOTP) | PXE_CASE_TYPE(DISCOVER) |                      \
	 PXE_CASE_TYPE(REQUEST) | PXE_CASE_TYPE(INFORM))
#define PXE_CASE_ALL                                                           \
	(PXE_CASE_ASKS | PXE_CASE_TYPE(DECLINE) | PXE_CASE_TYPE(RELEASE))
#define PXE_CASE_BINL_ASKS                                                     \
	(PXE_CASE_TYPE(DISCOVER) | PXE_CASE_TYPE(REQUEST) |                    \
	 PXE_CASE_TYPE(INFORM))

/* Our ports, and the modes, as sets that a row applies to. */
enum pxe_case_port {
	PXE_CASE_DHCP = 1, /* conf->dhcp_port */
	PXE_CASE_BINL = 2, /* conf->binl_port */
	PXE_CASE_ANY_PORT = PXE_CASE_DHCP | PXE_CASE_BINL,
};
#define PXE_CASE_MODE(m) (1u << PXE_MODE_##m)
#define PXE_CASE_ANY_MODE                                                      \
	(PXE_CASE_MODE(INTERNAL) | PXE_CASE_MODE(PROXY) |                      \
	 PXE_CASE_MODE(EXTERNAL))

/* One message, and what was found out about it so far. */
struct pxe_case {
	const struct pxe_decide_in *in;
	const struct pxe_dhcp_msg *msg;
	enum pxe_case_port port;
	const char *client;          /* key of its leases */
	uint32_t requested;          /* option 50 */
	uint32_t chosen;             /* option 54 */
	struct pxe_dhcp_relay relay; /* zero where no relay has spoken */
	struct pxe_arrival_link link;
	struct pxe_book_ask ask;
	struct pxe_dhcp_decision *out;
};

/* All guards in their order; the first objection, or PXE_REASON_OK. */
enum pxe_reason pxe_case_guard(struct pxe_case *c);

/*
 * Another server gives addresses on the client's link, and ours are withheld
 * from who has none of us yet.  Behind a relay no such server is heard.
 */
bool pxe_case_is_withheld(const struct pxe_case *c);

/* From now on it is about this subnet of the client's link. */
void pxe_case_enter(struct pxe_case *c, const struct pxe_conf_subnet *subnet);

/* Asks the policy, which also looks at the subnet. */
void pxe_case_decide_boot(struct pxe_case *c);

/* The lease of the client on its link that ends last, or NULL. */
const struct pxe_lease *pxe_case_find_own(const struct pxe_case *c);

/* Silence, and why. */
void pxe_case_refuse(struct pxe_case *c, enum pxe_reason reason);

/* Where an answer goes that has no address of its own (RFC 2131 section 4.1),
 * or gives the client `yiaddr`. */
struct pxe_dest pxe_case_find_dest(const struct pxe_case *c, uint32_t yiaddr);

/* Is `address` leased to the client, and not over? */
bool pxe_case_has_lease(const struct pxe_case *c, uint32_t address);

/* Handlers of decide_proxy.c: in proxy mode on the DHCP port, and of a boot
 * server. */
void pxe_proxy_on_discover(struct pxe_case *c);
void pxe_proxy_on_request(struct pxe_case *c);
void pxe_proxy_on_inform(struct pxe_case *c);
void pxe_proxy_on_other(struct pxe_case *c);
void pxe_binl_on_ask(struct pxe_case *c);
void pxe_binl_on_ask_internal(struct pxe_case *c);
void pxe_binl_on_other(struct pxe_case *c);

#endif
