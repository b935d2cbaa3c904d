/* SPDX-License-Identifier: ISC */
#include "dhcpd/identity.h"

#include <string.h>

#include "base/str.h"
#include "wire/dhcp_opt.h"

enum { CLIENT_ID_MAX = 255 }; /* a longer one is no key */

static void write_id(const void *id, size_t len, char *key)
{
	struct pxe_str s;

	if (len > CLIENT_ID_MAX)
		len = CLIENT_ID_MAX;
	pxe_str_init(&s, key, PXE_CLIENT_KEY_TEXT);
	pxe_str_puts(&s, "id:");
	pxe_str_put_hex(&s, id, len, 0);
}

static void write_uuid(const struct pxe_uuid *uuid, char *key)
{
	char text[PXE_UUID_TEXT];
	struct pxe_str s;

	pxe_uuid_format(uuid, text, sizeof(text));
	pxe_str_init(&s, key, PXE_CLIENT_KEY_TEXT);
	pxe_str_putf(&s, "uuid:%s", text);
}

static bool has_client_id(const struct pxe_identity_in *in, struct pxe_rd *id)
{
	return pxe_dhcp_find(in->msg, PXE_OPT_CLIENT_ID, id) && id->left > 0 &&
	       id->left <= CLIENT_ID_MAX;
}

/* Is it just the hardware address again (RFC 2132 section 9.14)? */
static bool is_hw(const struct pxe_rd *id, const struct pxe_hwaddr *hw)
{
	return id->left == (size_t)hw->hlen + 1 && id->p[0] == hw->htype &&
	       memcmp(id->p + 1, hw->addr, hw->hlen) == 0;
}

const struct pxe_conf_host *
pxe_identity_find_host(const struct pxe_conf *conf,
		       const struct pxe_dhcp_msg *msg,
		       const struct pxe_facts *facts)
{
	const struct pxe_conf_host *host = pxe_conf_find_host(
		conf, &facts->hw, facts->has_uuid ? &facts->uuid : NULL);
	struct pxe_rd id;

	if (host == NULL && pxe_dhcp_find(msg, PXE_OPT_CLIENT_ID, &id) &&
	    id.left > 0)
		host = pxe_conf_find_host_id(conf, id.p, id.left);
	return host;
}

/* --- rules: each writes a key and is true, or leaves it to the next --- */

static bool by_host(const struct pxe_identity_in *in, char *key)
{
	const struct pxe_conf_host *host = in->host;

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

static bool by_shared_mac(const struct pxe_identity_in *in, char *key)
{
	struct pxe_rd id;

	if (in->facts->hw.hlen == 0 ||
	    !pxe_conf_is_shared_mac(in->conf, &in->facts->hw))
		return false;
	if (in->facts->has_uuid)
		write_uuid(&in->facts->uuid, key);
	else if (has_client_id(in, &id) && !is_hw(&id, &in->facts->hw))
		write_id(id.p, id.left, key);
	else
		return false;
	return true;
}

static bool by_one_address(const struct pxe_identity_in *in, char *key)
{
	enum pxe_one_address one = in->conf->one_address;

	if (in->facts->hw.hlen == 0 || one == PXE_ONE_ADDRESS_NEVER ||
	    (one == PXE_ONE_ADDRESS_BOOTING &&
	     !pxe_facts_is_boot(in->facts) && !in->has_mac_lease))
		return false;
	(void)pxe_str_copy(key, PXE_CLIENT_KEY_TEXT, in->facts->key);
	return true;
}

static bool by_client_id(const struct pxe_identity_in *in, char *key)
{
	struct pxe_rd id;

	if (!has_client_id(in, &id) || is_hw(&id, &in->facts->hw))
		return false;
	write_id(id.p, id.left, key);
	return true;
}

static bool by_mac(const struct pxe_identity_in *in, char *key)
{
	(void)pxe_str_copy(key, PXE_CLIENT_KEY_TEXT, in->facts->key);
	return true;
}

static bool (*const rules[])(const struct pxe_identity_in *in, char *key) = {
	by_host, by_shared_mac, by_one_address, by_client_id, by_mac,
};

void pxe_identity_find(const struct pxe_identity_in *in,
		       char key[static PXE_CLIENT_KEY_TEXT])
{
	key[0] = '\0';
	for (size_t i = 0; i < PXE_LEN(rules); i++)
		if (rules[i](in, key))
			return;
}

/* --- circuits --- */

/* FNV-1a: the same over restarts and on every machine, since it is stored. */
static uint64_t add(uint64_t h, const void *octets, size_t n)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Its length first: "1" and "23" are not "12" and "3". */
static uint64_t add_rd(uint64_t h, const struct pxe_rd *rd)
{
	const uint8_t n[2] = { (uint8_t)(rd->left >> 8), (uint8_t)rd->left };

	return add(add(h, n, sizeof(n)), rd->p, rd->left);
}

uint64_t pxe_identity_circuit(uint32_t giaddr,
			      const struct pxe_dhcp_relay *relay)
{
	const uint8_t g[4] = { (uint8_t)(giaddr >> 24), (uint8_t)(giaddr >> 16),
			       (uint8_t)(giaddr >> 8), (uint8_t)giaddr };
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	if (relay->circuit_id.left == 0 && relay->remote_id.left == 0)
		return 0;
	h = add(h, g, sizeof(g));
	h = add_rd(h, &relay->circuit_id);
	h = add_rd(h, &relay->remote_id) & INT64_MAX;
	return h != 0 ? h : 1;
}
