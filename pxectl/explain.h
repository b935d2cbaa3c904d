/* SPDX-License-Identifier: ISC */
/*
 * Between the files of `pxectl explain`:
 *
 *	explain.c        the command: the questions and what the policy says
 *	explain_facts.c  of whom it is asked: said, or recorded
 *	explain_offer.c  the network's mode, and what comes of our offer there
 */
#ifndef PXECTL_EXPLAIN_H
#define PXECTL_EXPLAIN_H

#include <jansson.h>

#include "core/order.h"
#include "pxectl/ctl.h"
#include "pxectl/offer.h"

/* Of whom it is asked. */
struct pxe_explain_who {
	struct pxe_facts facts;
	uint32_t address; /* says the subnet; 0: not known */
	uint32_t agent;	  /* the relay's address, says it too; 0: none */
	enum pxe_offer rival; /* another server's; NONE: not said */
	const struct pxe_conf_host *host; /* whose section it has, or NULL */
	const struct pxe_conf_subnet *subnet; /* it asks in; NULL: not known */
	bool is_held; /* its boots go round: core/loop.h */
	bool has_order;
	struct pxe_order order;
};

/* Facts of the command line: "mac=..,arch=..".  False: told why. */
bool pxe_explain_read_facts(const struct pxe_ctl *ctl, char *text,
			    struct pxe_explain_who *who) PXE_MUST_CHECK;

/* Facts that were recorded of a client.  False: told why. */
bool pxe_explain_fetch_facts(struct pxe_ctl *ctl, const char *name,
			     struct pxe_explain_who *who) PXE_MUST_CHECK;

/* Finds the subnet that it asks in, by what is known. */
void pxe_explain_find_subnet(const struct pxe_conf *conf,
			     struct pxe_explain_who *who);

/* How its network is served. */
enum pxe_mode pxe_explain_mode(const struct pxe_conf *conf,
			       const struct pxe_explain_who *who);

/* Tells the subnet and the mode. */
void pxe_explain_tell_network(const struct pxe_ctl *ctl,
			      const struct pxe_explain_who *who);

/*
 * What the mode makes of a decision about a DHCP message: in mode external
 * nothing is sent, as a proxy no address.
 */
void pxe_explain_apply_mode(const struct pxe_conf *conf,
			    const struct pxe_explain_who *who,
			    struct pxe_decision *decision);

/*
 * Tells what offer the decision makes to a machine with the facts `as`, and
 * which it takes beside another server's.  The same into `record`, unless that
 * is NULL.
 */
void pxe_explain_tell_offer(const struct pxe_ctl *ctl,
			    const struct pxe_explain_who *who,
			    const struct pxe_facts *as,
			    const struct pxe_decision *decision,
			    json_t *record);

#endif
