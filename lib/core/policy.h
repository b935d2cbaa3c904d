/* SPDX-License-Identifier: ISC */
/*
 * Boot policy: the one function that decides what a machine gets to boot.
 * pxe-dhcpd, pxe-tftpd and pxe-httpd call it, and so does `pxectl explain`.
 *
 * It is an ordered list of rules, the first that matches wins.
 */
#ifndef PXE_CORE_POLICY_H
#define PXE_CORE_POLICY_H

#include <stdbool.h>

#include "core/conf.h"
#include "core/facts.h"
#include "core/order.h"
#include "core/reason.h"

/* What is asked. */
enum pxe_ask {
	PXE_ASK_DHCP,	/* a DHCP message: an address, and what to load? */
	PXE_ASK_LOADER, /* a virtual loader name over TFTP or HTTP */
	PXE_ASK_SCRIPT, /* the boot script over HTTP */
};

/* What is given. */
enum pxe_give {
	PXE_GIVE_NOTHING, /* DHCP: silence; files: an error */
	PXE_GIVE_ADDRESS, /* DHCP: an address, nothing to boot */
	PXE_GIVE_LOADER,  /* `file` */
	PXE_GIVE_SCRIPT,  /* DHCP: the URL of the boot script */
	PXE_GIVE_TARGET,  /* script: start `target` */
	PXE_GIVE_MENU,	  /* script: the menu */
	PXE_GIVE_HOLD,	  /* script: wait and ask again */
};

struct pxe_policy_in {
	const struct pxe_conf *conf;
	const struct pxe_facts *facts; /* NULL: nothing is known */
	const struct pxe_conf_host *host; /* NULL: no host section */
	const struct pxe_conf_subnet *subnet; /* NULL: not known */
	bool is_held; /* its boots went round in circles: core/loop.h */
	enum pxe_ask ask;
	enum pxe_family family; /* ASK_LOADER: the name's suffix, or NONE */
	bool is_old; /* the facts are of an earlier time: a suffix goes first */
	bool is_ipxe_like; /* ASK_LOADER: the request looks like one of iPXE */
	const struct pxe_order *order; /* the machine's; NULL: none */
	/* ASK_SCRIPT: within the boot session that consumed the order */
	bool has_session;
	bool is_state_up; /* pxe-stated is there; else nothing destructive */
	/* ASK_SCRIPT: what a person chose from the menu; NULL: nothing */
	const struct pxe_conf_target *chosen;
};

struct pxe_decision {
	enum pxe_give give;
	enum pxe_reason reason; /* OK, or why there is less than was asked */
	const char *file; /* LOADER; borrowed */
	/* LOADER: whose file it is; NULL: host or subnet name it; borrowed */
	const struct pxe_conf_loader *loader;
	const struct pxe_conf_target *target; /* TARGET; borrowed */
	/* TARGET: only within a session of pxe-stated (OpenBoot) */
	bool needs_session;
	bool is_once;	  /* TARGET: that session is to be begun (BeginBoot) */
	bool is_when_new; /* TARGET: without an order, as `install` allows */
	const char *rule;   /* the rule that decided, for explain */
	struct pxe_src src; /* where the configuration said so */
};

/* Decides; always succeeds. */
void pxe_policy_decide(const struct pxe_policy_in *in,
		       struct pxe_decision *out);

/*
 * Told of each rule in order by pxe_policy_explain(): its name, and whether
 * it matched (the last one told did).
 */
typedef void pxe_policy_tell(const char *rule, const char *text, bool matched,
			     void *arg);

/* Decides and tells why. */
void pxe_policy_explain(const struct pxe_policy_in *in,
			struct pxe_decision *out, pxe_policy_tell *tell,
			void *arg);

#endif
