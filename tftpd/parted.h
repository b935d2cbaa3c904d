/* SPDX-License-Identifier: ISC */
/*
 * The peers whose transfer ended well a moment ago: a copy of their last packet
 * may still be under way, and is no stranger's.
 */
#ifndef PXE_TFTPD_PARTED_H
#define PXE_TFTPD_PARTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tftpd/addr.h"

#define PXE_PARTED_MAX 256 /* the oldest goes */

struct pxe_parted {
	struct {
		union pxe_tftpd_addr peer;
		uint64_t until_us; /* 0: nobody */
	} entry[PXE_PARTED_MAX];
	size_t next;
};

void pxe_parted_add(struct pxe_parted *parted,
		    const union pxe_tftpd_addr *peer, uint64_t now_us);
bool pxe_parted_has(const struct pxe_parted *parted,
		    const union pxe_tftpd_addr *peer, uint64_t now_us);

#endif
