/* SPDX-License-Identifier: ISC */
#include "core/identity.h"

#include <string.h>

#include "base/str.h"

enum { CLIENT_ID_MAX = 255 }; /* a longer one is no key */

struct ctx {
	const struct pxe_identity *who;
	const struct pxe_conf *conf;
	const struct pxe_conf_host *host;
};

static void write_id(const uint8_t *id, size_t len, char *key)
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

/* Is there a client-id, and is it more than the hardware address again (RFC
 * 2132 section 9.14)? */
static bool has_id(const struct pxe_identity *who)
{
	const struct pxe_hwaddr *hw = who->hw;

	if (who->id_len == 0 || who->id_len > CLIENT_ID_MAX)
		return false;
	return hw->hlen == 0 || who->id_len != (size_t)hw->hlen + 1 ||
	       who->id[0] != hw->htype ||
	       memcmp(who->id + 1, hw->addr, hw->hlen) != 0;
}

const struct pxe_conf_host *
pxe_identity_find_host(const struct pxe_identity *who,
		       const struct pxe_conf *conf)
{
	const struct pxe_conf_host *host = pxe_conf_find_host(
		conf, who->hw->hlen > 0 ? who->hw : NULL, who->uuid);

	if (host == NULL && who->id_len > 0)
		host = pxe_conf_find_host_id(conf, who->id, who->id_len);
	return host;
}

/* --- rules: each writes a key and is true, or leaves it to the next --- */

static bool by_host(const struct ctx *c, char *key)
{
	const struct pxe_conf_host *host = c->host;

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

static bool by_client_id(const struct ctx *c, char *key)
{
	if (!has_id(c->who))
		return false;
	write_id(c->who->id, c->who->id_len, key);
	return true;
}

static bool by_shared_mac(const struct ctx *c, char *key)
{
	if (c->who->hw->hlen == 0 ||
	    !pxe_conf_is_shared_mac(c->conf, c->who->hw))
		return false;
	if (c->who->uuid == NULL)
		return by_client_id(c, key);
	write_uuid(c->who->uuid, key);
	return true;
}

static bool by_mac(const struct ctx *c, char *key)
{
	if (c->who->hw->hlen == 0)
		return false;
	pxe_hwaddr_format(c->who->hw, key, PXE_CLIENT_KEY_TEXT);
	return true;
}

static bool by_one_address(const struct ctx *c, char *key)
{
	enum pxe_one_address one = c->conf->one_address;

	if (one == PXE_ONE_ADDRESS_NEVER ||
	    (one == PXE_ONE_ADDRESS_BOOTING && !c->who->has_booted))
		return false;
	return by_mac(c, key);
}

static bool (*const rules[])(const struct ctx *c, char *key) = {
	by_host, by_shared_mac, by_one_address, by_client_id, by_mac,
};

void pxe_identity_find(const struct pxe_identity *who,
		       const struct pxe_conf *conf,
		       const struct pxe_conf_host *host,
		       char key[static PXE_CLIENT_KEY_TEXT])
{
	const struct ctx c = { who, conf, host };

	key[0] = '\0';
	for (size_t i = 0; i < PXE_LEN(rules); i++)
		if (rules[i](&c, key))
			return;
}
