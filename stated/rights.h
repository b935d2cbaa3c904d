/* SPDX-License-Identifier: ISC */
/*
 * Who may do what, by the user at the other end of the socket.  Whoever can
 * open the socket may look: its mode and group are the first gate.
 */
#ifndef PXE_STATED_RIGHTS_H
#define PXE_STATED_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "core/conf.h"

enum pxe_right { /* root may do all of it */
	PXE_RIGHT_LOOK,   /* everybody */
	PXE_RIGHT_REPORT, /* report-users, lease-users, boot-users */
	PXE_RIGHT_BOOT,	  /* boot-users: who hands out what is ordered; the
			     other daemons could use up an order */
	PXE_RIGHT_LEASE,  /* lease-users */
	PXE_RIGHT_FREE,   /* lease-users, members of admin-group */
	PXE_RIGHT_ADMIN,  /* members of admin-group: no daemon that faces the
			     network arms an installation */
	PXE_N_RIGHTS
};

struct pxe_rights {
	uid_t own; /* the service's own user: all rights, like root */
	uid_t *lease, *report, *boot;
	size_t n_lease, n_report, n_boot;
	const char *admin_group; /* of the configuration, borrowed */
};

/*
 * Looks the users of the configuration up; one that is not there is logged
 * and left out.  0, -ENOMEM.
 */
int pxe_rights_init(struct pxe_rights *rights,
		    const struct pxe_conf *conf) PXE_MUST_CHECK;
void pxe_rights_done(struct pxe_rights *rights);

/*
 * Membership in admin-group is looked up anew each time it matters, so that
 * `usermod -aG` works at once.
 */
bool pxe_rights_has(const struct pxe_rights *rights, uid_t uid,
		    enum pxe_right right);

#endif
