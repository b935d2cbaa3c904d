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
