/* SPDX-License-Identifier: ISC */
#include "wire/dhcp_relay.h"

#include <errno.h>

#include "wire/dhcp_opt.h"

/* Codes of sub-options (IANA registry). */
enum {
	CIRCUIT_ID = 1,
	REMOTE_ID = 2,
	LINK_SELECTION = 5,
	SERVER_OVERRIDE = 11,
};

/* An address that a host can have, or 0. */
static uint32_t read_address(struct pxe_rd rd)
{
	uint32_t a;

	if (rd.left != sizeof(a))
		return 0;
	a = pxe_rd_u32(&rd);
	return a >> 24 != 0 && a >> 24 != 127 && a >> 28 < 14 ? a : 0;
}

int pxe_dhcp_relay_parse(const struct pxe_dhcp_msg *msg,
			 struct pxe_dhcp_relay *relay)
{
	struct pxe_dhcp_relay r = { 0 };
	struct pxe_rd rd, value;

	*relay = r;
	if (!pxe_dhcp_find(msg, PXE_OPT_RELAY_AGENT, &rd))
		return -ENOENT;
	while (rd.left > 0) {
		uint8_t code = pxe_rd_u8(&rd);

		value = pxe_rd_sub(&rd, pxe_rd_u8(&rd));
		if (code == CIRCUIT_ID)
			r.circuit_id = value;
		else if (code == REMOTE_ID)
			r.remote_id = value;
		else if (code == LINK_SELECTION)
			r.link = read_address(value);
		else if (code == SERVER_OVERRIDE)
			r.server_id = read_address(value);
	}
	if (rd.bad)
		return -EBADMSG;
	*relay = r;
	return 0;
}

/* FNV-1a: the same over restarts and on every machine, since it is stored. */
static uint64_t hash_octets(uint64_t h, const void *octets, size_t n)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Its length first: "1" and "23" are not "12" and "3". */
static uint64_t hash_value(uint64_t h, const struct pxe_rd *rd)
{
	const uint8_t n[2] = { (uint8_t)(rd->left >> 8), (uint8_t)rd->left };

	return hash_octets(hash_octets(h, n, sizeof(n)), rd->p, rd->left);
}

uint64_t pxe_dhcp_relay_circuit(const struct pxe_dhcp_relay *relay,
				uint32_t giaddr)
{
	const uint8_t g[4] = { (uint8_t)(giaddr >> 24), (uint8_t)(giaddr >> 16),
			       (uint8_t)(giaddr >> 8), (uint8_t)giaddr };
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	if (relay->circuit_id.left == 0 && relay->remote_id.left == 0)
		return 0;
	h = hash_octets(h, g, sizeof(g));
	h = hash_value(h, &relay->circuit_id);
	h = hash_value(h, &relay->remote_id) & INT64_MAX;
	return h != 0 ? h : 1;
}
