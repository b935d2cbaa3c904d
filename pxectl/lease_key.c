/* SPDX-License-Identifier: ISC */
#include "pxectl/lease_key.h"

#include <string.h>

#include "core/identity.h"

bool pxe_lease_is_rom_id(const struct pxe_lease_record *record)
{
	return record->id_len == 1u + PXE_UUID_BYTES && record->id[0] == 0;
}

void pxe_lease_make_key(const struct pxe_lease_record *record,
			const struct pxe_conf *conf,
			char key[static PXE_CLIENT_KEY_TEXT])
{
	static const struct pxe_hwaddr none = { 0 };
	const struct pxe_hwaddr *hw = &record->lease.hw;
	struct pxe_identity who = {
		.hw = pxe_hwaddr_is_zero(hw) ? &none : hw,
		.id = record->id,
		.id_len = record->id_len,
		.has_booted = record->lease.is_boot,
	};
	struct pxe_uuid uuid;

	if (pxe_lease_is_rom_id(record)) {
		memcpy(uuid.b, record->id + 1, PXE_UUID_BYTES);
		if (pxe_uuid_is_unique(&uuid))
			who.uuid = &uuid;
	}
	pxe_identity_find(&who, conf, pxe_identity_find_host(&who, conf), key);
}
