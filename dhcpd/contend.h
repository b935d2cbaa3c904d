/* SPDX-License-Identifier: ISC */
/*
 * Does another server say on a link what to boot?  dhcpd/rival counts the
 * time; this is how such a server is asked, and what it says.  Pure.
 *
 * One that answers our own question is gone when it does not any more.  One
 * that only ever answered clients (it may know its machines by name) is
 * remembered for longer, if it did so more than once: asking does not show
 * whether it is still there.
 */
#ifndef PXE_DHCPD_CONTEND_H
#define PXE_DHCPD_CONTEND_H

#include "dhcpd/rival.h"

enum {
	PXE_CONTEND_SHY_MS = 30 * 60 * 1000, /* it answers clients only */
	/* ... and was heard for less than PXE_CONTEND_SURE_MS: a single packet,
	 * which anybody can send, is not to silence us for long */
	PXE_CONTEND_ONCE_MS = 60 * 1000,
	PXE_CONTEND_SURE_MS = 10 * 1000,
	PXE_CONTEND_ASKS = 2, /* messages of one question, BIOS and UEFI */
};

/*
 * Is the message an offer of what to boot: from a proxy (yiaddr 0), or one of
 * an address with PXE's own options?  A mere file name is none: firmware looks
 * at it last, and any router may have one.
 */
bool pxe_contend_is_offer(const struct pxe_dhcp_msg *msg);

/* Such an offer of the server `address` was heard on its way to somebody. */
struct pxe_rival_todo pxe_contend_hear(struct pxe_rival *contend,
				       const struct pxe_dhcp_msg *msg,
				       uint32_t address, const uint8_t *mac,
				       int64_t now_ms);

/* Builds one of our questions, `which` < PXE_CONTEND_ASKS: a DISCOVER of `mac`
 * as of firmware, answered to all.  Its length; -ENOSPC. */
int pxe_contend_build(const uint8_t *mac, uint32_t xid, unsigned which,
		      void *buf, size_t cap) PXE_MUST_CHECK;

#endif
