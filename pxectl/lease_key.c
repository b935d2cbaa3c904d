/* SPDX-License-Identifier: ISC */
/* The rules and their order are those of pxe-dhcpd's identity. */
#include "pxectl/lease_key.h"

#include <string.h>

struct who {
	const struct pxe_conf *conf;
	const struct pxe_lease_record *record;
	bool has_hw, has_uuid;
	struct pxe_uuid uuid; /* out of a boot ROM's client-id */
};

bool pxe_lease_is_rom_id(const struct pxe_lease_record *record)
{
	return record->id_len == 1u + PXE_UUID_BYTES && record->id[0] == 0;
}

/* Is there one, and does it say more than the hardware address? */
static bool has_id(const struct who *who)
{
	const struct pxe_hwaddr *hw = &who->record->lease.hw;
	const uint8_t *id = who->record->id;

	if (who->record->id_len == 0)
		return false;
	return who->record->id_len != 1u + hw->hlen || id[0] != hw->htype ||
	       memcmp(id + 1, hw->addr, hw->hlen) != 0;
}

static void write_id(const void *id, size_t len, char *key)
{
	struct pxe_str s;

	pxe_str_init(&s, key, PXE_CLIENT_KEY_TEXT);
	pxe_str_puts(&s, "id:");
	pxe_str_put_hex(&s, id, len, 0);
}

static void write_uuid(const struct pxe_uuid *uuid, char *key)
{
	pxe_str_copy(key, PXE_CLIENT_KEY_TEXT, "uuid:");
	pxe_uuid_format(uuid, key + 5, PXE_UUID_TEXT);
}

static bool by_host(const struct who *who, char *key)
{
	const struct pxe_lease_record *record = who->record;
	const struct pxe_conf_host *host =
		pxe_conf_find_host(who->conf,
				   who->has_hw ? &record->lease.hw : NULL,
				   who->has_uuid ? &who->uuid : NULL);

	if (host == NULL && record->id_len > 0)
		host = pxe_conf_find_host_id(who->conf, record->id,
					     record->id_len);
	if (host == NULL)
		return false;
	if (host->n_hw > 0)
		pxe_hwaddr_format(&host->hw[0], key, PXE_CLIENT_KEY_TEXT);
	else if (host->has_uuid)
		write_uuid(&host->uuid, key);
	else if (host->n_ids > 0)
		write_id(host->ids[0].octets, host->ids[0].len, key);
	else
		return false;
	return true;
}

static bool by_shared_mac(const struct who *who, char *key)
{
	const struct pxe_lease_record *record = who->record;

	if (!who->has_hw ||
	    !pxe_conf_is_shared_mac(who->conf, &record->lease.hw))
		return false;
	if (who->has_uuid)
		write_uuid(&who->uuid, key);
	else if (has_id(who))
		write_id(record->id, record->id_len, key);
	else
		return false;
	return true;
}

static bool by_mac(const struct who *who, char *key)
{
	if (who->has_hw)
		pxe_hwaddr_format(&who->record->lease.hw, key,
				  PXE_CLIENT_KEY_TEXT);
	return who->has_hw;
}

static bool by_one_address(const struct who *who, char *key)
{
	enum pxe_one_address one = who->conf->one_address;
	const struct pxe_lease_record *record = who->record;

	if (one == PXE_ONE_ADDRESS_NEVER ||
	    (one == PXE_ONE_ADDRESS_BOOTING && !record->lease.is_boot))
		return false;
	return by_mac(who, key);
}

static bool by_client_id(const struct who *who, char *key)
{
	if (!has_id(who))
		return false;
	write_id(who->record->id, who->record->id_len, key);
	return true;
}

static bool (*const rules[])(const struct who *who, char *key) = {
	by_host, by_shared_mac, by_one_address, by_client_id, by_mac,
};

void pxe_lease_make_key(const struct pxe_lease_record *record,
			const struct pxe_conf *conf,
			char key[PXE_CLIENT_KEY_TEXT])
{
	struct who who = {
		.conf = conf,
		.record = record,
		.has_hw = !pxe_hwaddr_is_zero(&record->lease.hw),
	};

	if (pxe_lease_is_rom_id(record)) {
		memcpy(who.uuid.b, record->id + 1, PXE_UUID_BYTES);
		who.has_uuid = pxe_uuid_is_unique(&who.uuid);
	}
	key[0] = '\0';
	for (size_t i = 0; i < PXE_LEN(rules); i++)
		if (rules[i](&who, key))
			return;
}
