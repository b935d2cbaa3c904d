/* SPDX-License-Identifier: ISC */
#include "wire/icmp.h"

#include <errno.h>

#include "base/rd.h"
#include "base/wr.h"
#include "wire/checksum.h"

#define ECHO_REPLY 0
#define ECHO_REQUEST 8
#define HEAD_BYTES 8
#define IP_HEAD_BYTES 20u
#define IP_FRAGMENT_MASK 0x3fff
#define IP_PROTO_ICMP 1

static void write_echo(struct pxe_wr *wr, uint16_t id, uint16_t seq,
		       uint16_t checksum)
{
	pxe_wr_u8(wr, ECHO_REQUEST);
	pxe_wr_u8(wr, 0);
	pxe_wr_u16(wr, checksum);
	pxe_wr_u16(wr, id);
	pxe_wr_u16(wr, seq);
	for (uint8_t i = HEAD_BYTES; i < PXE_ICMP_ECHO_BYTES; i++)
		pxe_wr_u8(wr, i);
}

int pxe_icmp_build_echo(uint16_t id, uint16_t seq, void *buf, size_t cap)
{
	uint8_t plain[PXE_ICMP_ECHO_BYTES];
	struct pxe_wr wr;

	pxe_wr_init(&wr, plain, sizeof(plain));
	write_echo(&wr, id, seq, 0);
	pxe_wr_init(&wr, buf, cap);
	write_echo(&wr, id, seq,
		   pxe_checksum_end(pxe_checksum_add(0, plain, sizeof(plain))));
	return wr.bad ? -ENOSPC : (int)wr.len;
}

/* Goes past the IPv4 header; `icmp` gets what the datagram holds. */
static int parse_ip(struct pxe_rd *rd, uint32_t *src, struct pxe_rd *icmp)
{
	struct pxe_rd whole = *rd;
	uint8_t version_ihl = pxe_rd_u8(rd), protocol;
	uint16_t total, fragment;
	size_t head = (version_ihl & 15u) * 4;

	pxe_rd_skip(rd, 1);
	total = pxe_rd_u16(rd);
	pxe_rd_skip(rd, 2);
	fragment = pxe_rd_u16(rd);
	pxe_rd_skip(rd, 1);
	protocol = pxe_rd_u8(rd);
	pxe_rd_skip(rd, 2);
	*src = pxe_rd_u32(rd);
	if (rd->bad || version_ihl >> 4 != 4 || head < IP_HEAD_BYTES ||
	    total < head || total > whole.left)
		return -EBADMSG;
	if (protocol != IP_PROTO_ICMP || (fragment & IP_FRAGMENT_MASK) != 0)
		return -ENOENT;
	*icmp = pxe_rd_sub(&whole, total);
	pxe_rd_skip(icmp, head);
	return 0;
}

int pxe_icmp_parse_reply(const void *buf, size_t len,
			 struct pxe_icmp_reply *reply)
{
	struct pxe_icmp_reply out;
	struct pxe_rd rd, icmp;
	uint16_t type;
	int r;

	pxe_rd_init(&rd, buf, len);
	r = parse_ip(&rd, &out.src, &icmp);
	if (r < 0)
		return r;
	if (icmp.left < HEAD_BYTES ||
	    pxe_checksum_end(pxe_checksum_add(0, icmp.p, icmp.left)) != 0)
		return -EBADMSG;
	type = pxe_rd_u16(&icmp); /* and code */
	pxe_rd_skip(&icmp, 2);
	out.id = pxe_rd_u16(&icmp);
	out.seq = pxe_rd_u16(&icmp);
	if (type != ECHO_REPLY << 8)
		return -ENOENT;
	*reply = out;
	return 0;
}
