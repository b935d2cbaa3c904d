/* SPDX-License-Identifier: ISC */
#include "tftpd/parted.h"

#define LINGER_US 10000000

void pxe_parted_add(struct pxe_parted *parted, const union pxe_tftpd_addr *peer,
		    uint64_t now_us)
{
	size_t at = parted->next++ % PXE_PARTED_MAX;

	parted->entry[at].peer = *peer;
	parted->entry[at].until_us = now_us + LINGER_US;
}

bool pxe_parted_has(const struct pxe_parted *parted,
		    const union pxe_tftpd_addr *peer, uint64_t now_us)
{
	for (size_t i = 0; i < PXE_PARTED_MAX; i++)
		if (parted->entry[i].until_us > now_us &&
		    pxe_tftpd_peer_is_equal(&parted->entry[i].peer, peer))
			return true;
	return false;
}
