/* SPDX-License-Identifier: ISC */
/*
 * Whose a lease of another server's file is: the key that pxe-dhcpd will look
 * for when that client comes, as far as the file can tell.  Pure.
 */
#ifndef PXECTL_LEASE_KEY_H
#define PXECTL_LEASE_KEY_H

#include "core/conf.h"
#include "core/facts.h"
#include "pxectl/lease_list.h"

/* Is the client-id that of a boot ROM: 00 and its UUID? */
bool pxe_lease_is_rom_id(const struct pxe_lease_record *record);

/* Writes the key; "" where nothing identifies the client. */
void pxe_lease_make_key(const struct pxe_lease_record *record,
			const struct pxe_conf *conf,
			char key[static PXE_CLIENT_KEY_TEXT]);

#endif
