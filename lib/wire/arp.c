/* SPDX-License-Identifier: ISC */
#include "wire/arp.h"

#include <errno.h>
#include <string.h>

#include "base/rd.h"
#include "base/wr.h"

#define ETHER_ARP 0x0806
#define ETHER_IPV4 0x0800
#define HARDWARE_ETHERNET 1
#define IP_BYTES 4

void pxe_arp_init_probe(struct pxe_arp *arp, const uint8_t *our_mac,
			uint32_t address)
{
	*arp = (struct pxe_arp){ .op = PXE_ARP_REQUEST, .target = address };
	memset(arp->dst_mac, 0xff, sizeof(arp->dst_mac));
	memcpy(arp->sender_mac, our_mac, sizeof(arp->sender_mac));
}

int pxe_arp_build(const struct pxe_arp *arp, void *buf, size_t cap)
{
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, cap);
	pxe_wr_bytes(&wr, arp->dst_mac, PXE_ARP_MAC_BYTES);
	pxe_wr_bytes(&wr, arp->sender_mac, PXE_ARP_MAC_BYTES);
	pxe_wr_u16(&wr, ETHER_ARP);
	pxe_wr_u16(&wr, HARDWARE_ETHERNET);
	pxe_wr_u16(&wr, ETHER_IPV4);
	pxe_wr_u8(&wr, PXE_ARP_MAC_BYTES);
	pxe_wr_u8(&wr, IP_BYTES);
	pxe_wr_u16(&wr, arp->op);
	pxe_wr_bytes(&wr, arp->sender_mac, PXE_ARP_MAC_BYTES);
	pxe_wr_u32(&wr, arp->sender);
	pxe_wr_bytes(&wr, arp->target_mac, PXE_ARP_MAC_BYTES);
	pxe_wr_u32(&wr, arp->target);
	return wr.bad ? -ENOSPC : (int)wr.len;
}

int pxe_arp_parse(const void *buf, size_t len, struct pxe_arp *arp)
{
	struct pxe_arp out = { .op = 0 };
	struct pxe_rd rd;
	bool is_ours;

	pxe_rd_init(&rd, buf, len);
	pxe_rd_copy(&rd, out.dst_mac, PXE_ARP_MAC_BYTES);
	pxe_rd_skip(&rd, PXE_ARP_MAC_BYTES);
	is_ours = pxe_rd_u16(&rd) == ETHER_ARP;
	if (!rd.bad && !is_ours)
		return -ENOENT;
	is_ours = pxe_rd_u16(&rd) == HARDWARE_ETHERNET;
	is_ours &= pxe_rd_u16(&rd) == ETHER_IPV4;
	is_ours &= pxe_rd_u8(&rd) == PXE_ARP_MAC_BYTES;
	is_ours &= pxe_rd_u8(&rd) == IP_BYTES;
	out.op = pxe_rd_u16(&rd);
	if (!rd.bad && !is_ours)
		return -ENOENT;
	pxe_rd_copy(&rd, out.sender_mac, PXE_ARP_MAC_BYTES);
	out.sender = pxe_rd_u32(&rd);
	pxe_rd_copy(&rd, out.target_mac, PXE_ARP_MAC_BYTES);
	out.target = pxe_rd_u32(&rd);
	if (rd.bad)
		return -EBADMSG;
	*arp = out;
	return 0;
}
