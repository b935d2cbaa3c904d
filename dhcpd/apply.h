/* SPDX-License-Identifier: ISC */
/*
 * Does to the address book what a decision says.  Pure; telling pxe-stated
 * and the client is the caller's business.
 */
#ifndef PXE_DHCPD_APPLY_H
#define PXE_DHCPD_APPLY_H

#include "base/attr.h"
#include "core/lease.h"
#include "dhcpd/decide.h"

/*
 * Holds or gives back an offer, begins a commit, releases or quarantines a
 * lease.  The lease that is to be committed, released (state RELEASED) or
 * declined (state DECLINED) goes to `lease`, its key borrowed from `decision`;
 * without one its address is 0.
 * 0; -EALREADY, -ENOMEM: nothing was changed.
 */
int pxe_apply_decision(const struct pxe_decide_in *in,
		       const struct pxe_dhcp_decision *decision,
		       struct pxe_lease *lease) PXE_MUST_CHECK;

#endif
