/* SPDX-License-Identifier: ISC */
/*
 * Between the files of reply:
 *
 *	reply.c          header, network options, their order, the packet
 *	reply_boot.c     what to boot: names, servers, options of programs
 *	reply_profile.c  the table: which program is told how
 *	reply_menu.c     what option 43 holds
 *	reply_ipv6.c     how iPXE goes on without IPv4
 */
#ifndef PXE_DHCPD_REPLY_PRIV_H
#define PXE_DHCPD_REPLY_PRIV_H

#include "base/str.h"
#include "base/wr.h"
#include "dhcpd/reply.h"

struct pxe_reply_ctx {
	const struct pxe_conf *conf;
	const struct pxe_dhcp_msg *msg;
	const struct pxe_facts *facts;
	const struct pxe_dhcp_decision *decision;
	struct pxe_dhcp_out *out;
	uint16_t rank[256]; /* of each option: see rank_options() */
};

enum { PXE_REPLY_NOT_ASKED = 1000 }; /* in rank */

/* What is named in option 67 and the header's `file`. */
enum pxe_profile_naming {
	PXE_NAMING_NOTHING,
	PXE_NAMING_FILE,       /* the loader's path, by TFTP from siaddr */
	PXE_NAMING_FILE_URL,   /* the loader's URL */
	PXE_NAMING_SCRIPT_URL, /* the boot script's URL */
};

/* What siaddr and option 66 name. */
enum pxe_profile_server {
	PXE_SERVER_LOADER, /* who has the loader: next-server, or we */
	PXE_SERVER_HERE,   /* we, who are to be asked on port 4011 */
};

/* What option 43 holds. */
enum pxe_profile_vendor {
	PXE_VENDOR_INFO_NONE,
	PXE_VENDOR_INFO_JUST_BOOT, /* load the file of this reply */
	PXE_VENDOR_INFO_MENU,      /* the menu of dhcpd.conf */
	PXE_VENDOR_INFO_ITEM,      /* what was chosen from it, if so */
	PXE_VENDOR_INFO_RPI,       /* what a Raspberry Pi looks for */
};

/* How one program wants to be told. */
struct pxe_profile {
	enum pxe_profile_naming naming;
	const char *vendor_class; /* option 60; NULL: none */
	enum pxe_profile_vendor vendor;
	enum pxe_profile_server server;
	bool with_66;
};

/* The profile of a reply, or NULL: nothing is to be booted. */
const struct pxe_profile *pxe_profile_find(const struct pxe_reply_ctx *c);

/* Puts all that a program needs in order to boot. */
void pxe_reply_put_boot(struct pxe_reply_ctx *c);

/* Tells the iPXE that will be loaded how to go on by IPv6. */
void pxe_reply_put_scriptlet(struct pxe_reply_ctx *c);

/* Appends a query that tells which machine asks for a script. */
void pxe_reply_put_identity(const struct pxe_reply_ctx *c, struct pxe_str *url);

/* Is there a menu for this client, of which it has chosen nothing yet? */
bool pxe_reply_has_menu(const struct pxe_reply_ctx *c);

/* Puts option 43. */
void pxe_reply_put_vendor(const struct pxe_reply_ctx *c,
			  enum pxe_profile_vendor vendor);

/* Did the client ask for it (option 55)?  Not for those that always come. */
static inline bool pxe_reply_is_asked(const struct pxe_reply_ctx *c,
				      uint8_t code)
{
	return c->rank[code] != PXE_REPLY_NOT_ASKED;
}

#endif
