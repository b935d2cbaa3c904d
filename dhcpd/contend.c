/* SPDX-License-Identifier: ISC */
#include "dhcpd/contend.h"

#include <string.h>

#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

/* Who asks; it is told apart from machines by its xid. */
static const struct {
	const char *class;
	uint8_t arch[2], undi[3];
} asks[PXE_CONTEND_ASKS] = {
	{ "PXEClient:Arch:00000:UNDI:002001", { 0, 0 }, { 1, 2, 1 } },
	{ "PXEClient:Arch:00007:UNDI:003016", { 0, 7 }, { 1, 3, 16 } },
};

/* Has option 43 what only PXE puts there?  Other vendors have it, too. */
static bool has_pxe_tags(const struct pxe_dhcp_msg *msg)
{
	struct pxe_rd rd, value;
	bool is_there = false;
	uint8_t code;

	if (!pxe_dhcp_find(msg, PXE_OPT_VENDOR_INFO, &rd))
		return false;
	while (pxe_opt_next_sub(&rd, &code, &value))
		if ((code == PXE_VENDOR_DISCOVERY_CONTROL && value.left == 1) ||
		    (code == PXE_VENDOR_BOOT_SERVERS && value.left >= 7) ||
		    (code == PXE_VENDOR_BOOT_MENU && value.left >= 3))
			is_there = true;
	return is_there && !rd.bad;
}

bool pxe_contend_is_offer(const struct pxe_dhcp_msg *msg)
{
	struct pxe_opt_info info;

	if (msg->head.op != PXE_DHCP_BOOTREPLY || msg->type != PXE_DHCP_OFFER)
		return false;
	pxe_opt_parse(msg, &info);
	return info.vendor == PXE_VENDOR_PXE ||
	       info.vendor == PXE_VENDOR_HTTP || has_pxe_tags(msg);
}

/* For how long one that answers a client only stays, heard again now. */
static int64_t shy_ms(const struct pxe_rival *contend, uint32_t address,
		      int64_t now_ms)
{
	for (size_t i = 0; i < contend->n_seen; i++)
		if (contend->seen[i].address == address &&
		    contend->seen[i].first_ms + PXE_CONTEND_SURE_MS <= now_ms)
			return PXE_CONTEND_SHY_MS;
	return PXE_CONTEND_ONCE_MS;
}

struct pxe_rival_todo pxe_contend_hear(struct pxe_rival *contend,
				       const struct pxe_dhcp_msg *msg,
				       uint32_t address, const uint8_t *mac,
				       int64_t now_ms)
{
	const bool answers_us =
		contend->xid != 0 && msg->head.xid == contend->xid;

	return pxe_rival_hear_for(contend, address, mac,
				  answers_us ? PXE_RIVAL_GONE_MS
					     : shy_ms(contend, address, now_ms),
				  now_ms);
}

int pxe_contend_build(const uint8_t *mac, uint32_t xid, unsigned which,
		      void *buf, size_t cap)
{
	static const uint8_t wishes[] = { PXE_OPT_SUBNET_MASK, PXE_OPT_ROUTERS,
					  PXE_OPT_VENDOR_INFO,
					  PXE_OPT_VENDOR_CLASS,
					  PXE_OPT_TFTP_SERVER,
					  PXE_OPT_BOOT_FILE };
	uint8_t uuid[17] = { 0 };
	struct pxe_dhcp_out out;
	size_t len;
	int r;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	out.head.hw.htype = PXE_HTYPE_ETHERNET;
	out.head.hw.hlen = PXE_RIVAL_MAC_BYTES;
	memcpy(out.head.hw.addr, mac, PXE_RIVAL_MAC_BYTES);
	memcpy(uuid + sizeof(uuid) - PXE_RIVAL_MAC_BYTES, mac,
	       PXE_RIVAL_MAC_BYTES);
	out.head.xid = xid;
	out.head.flags = PXE_DHCP_FLAG_BROADCAST;
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, PXE_DHCP_DISCOVER);
	pxe_dhcp_out_put(&out, PXE_OPT_PARAMETER_LIST, wishes, sizeof(wishes));
	pxe_dhcp_out_put(&out, PXE_OPT_VENDOR_CLASS, asks[which].class,
			 strlen(asks[which].class));
	pxe_dhcp_out_put(&out, PXE_OPT_ARCH, asks[which].arch, 2);
	pxe_dhcp_out_put(&out, PXE_OPT_UNDI, asks[which].undi, 3);
	pxe_dhcp_out_put(&out, PXE_OPT_UUID, uuid, sizeof(uuid));
	r = pxe_dhcp_build(&out, PXE_DHCP_PLAIN_BYTES, buf, cap, &len, NULL);
	return r < 0 ? r : (int)len;
}
