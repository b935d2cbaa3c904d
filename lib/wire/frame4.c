/* SPDX-License-Identifier: ISC */
#include "wire/frame4.h"

#include <errno.h>
#include <string.h>

#include "base/wr.h"
#include "wire/checksum.h"

#define ETHER_IPV4 0x0800
#define ETHER_VLAN 0x8100   /* 802.1Q */
#define ETHER_S_VLAN 0x88a8 /* 802.1ad */
#define VLAN_ID_MASK 0x0fff

#define IP_HEAD_BYTES 20u
#define IP_VERSION_IHL 0x45 /* 4, five words */
#define IP_DONT_FRAGMENT 0x4000
#define IP_FRAGMENT_MASK 0x3fff /* more fragments, and the offset */
#define IP_TTL 64
#define IP_PROTO_UDP 17

#define UDP_HEAD_BYTES 8u
#define UDP_MAX_PAYLOAD (UINT16_MAX - IP_HEAD_BYTES - UDP_HEAD_BYTES)

/* The pseudo header of RFC 768, for a datagram of `n` octets with header. */
static uint32_t pseudo_sum(uint32_t src, uint32_t dst, size_t n)
{
	return (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) +
	       IP_PROTO_UDP + (uint32_t)n;
}

/* The IPv4 header, with `checksum` as it is. */
static void write_ip(struct pxe_wr *wr, const struct pxe_frame4 *frame,
		     size_t total, uint16_t checksum)
{
	pxe_wr_u8(wr, IP_VERSION_IHL);
	pxe_wr_u8(wr, 0);
	pxe_wr_u16(wr, (uint16_t)total);
	pxe_wr_u16(wr, 0); /* no fragments, so no identification (RFC 6864) */
	pxe_wr_u16(wr, IP_DONT_FRAGMENT);
	pxe_wr_u8(wr, IP_TTL);
	pxe_wr_u8(wr, IP_PROTO_UDP);
	pxe_wr_u16(wr, checksum);
	pxe_wr_u32(wr, frame->src);
	pxe_wr_u32(wr, frame->dst);
}

static uint16_t ip_checksum(const struct pxe_frame4 *frame, size_t total)
{
	uint8_t head[IP_HEAD_BYTES];
	struct pxe_wr wr;

	pxe_wr_init(&wr, head, sizeof(head));
	write_ip(&wr, frame, total, 0);
	return pxe_checksum_end(pxe_checksum_add(0, head, wr.len));
}

static uint16_t udp_checksum(const struct pxe_frame4 *frame,
			     const void *payload, size_t n)
{
	size_t total = n + UDP_HEAD_BYTES;
	uint32_t sum = pseudo_sum(frame->src, frame->dst, total);
	uint16_t checksum;

	sum += (uint32_t)frame->src_port + frame->dst_port + (uint32_t)total;
	checksum = pxe_checksum_end(pxe_checksum_add(sum, payload, n));
	/* 0 would say that there is none */
	return checksum != 0 ? checksum : UINT16_MAX;
}

int pxe_frame4_build(const struct pxe_frame4 *frame, const void *payload,
		     size_t n, void *buf, size_t cap, size_t *len)
{
	size_t total = IP_HEAD_BYTES + UDP_HEAD_BYTES + n;
	struct pxe_wr wr;

	if (n > UDP_MAX_PAYLOAD)
		return -EMSGSIZE;
	pxe_wr_init(&wr, buf, cap);
	pxe_wr_bytes(&wr, frame->dst_mac, sizeof(frame->dst_mac));
	pxe_wr_bytes(&wr, frame->src_mac, sizeof(frame->src_mac));
	if (frame->has_vlan) {
		pxe_wr_u16(&wr, ETHER_VLAN);
		pxe_wr_u16(&wr, frame->vlan & VLAN_ID_MASK);
	}
	pxe_wr_u16(&wr, ETHER_IPV4);
	write_ip(&wr, frame, total, ip_checksum(frame, total));
	pxe_wr_u16(&wr, frame->src_port);
	pxe_wr_u16(&wr, frame->dst_port);
	pxe_wr_u16(&wr, (uint16_t)(UDP_HEAD_BYTES + n));
	pxe_wr_u16(&wr, udp_checksum(frame, payload, n));
	pxe_wr_bytes(&wr, payload, n);
	if (wr.bad)
		return -ENOSPC;
	*len = wr.len;
	return 0;
}

/* Goes past the Ethernet header; -ENOENT if it is not followed by IPv4. */
static int parse_ether(struct pxe_rd *rd, struct pxe_frame4 *frame)
{
	uint16_t type;

	pxe_rd_copy(rd, frame->dst_mac, sizeof(frame->dst_mac));
	pxe_rd_copy(rd, frame->src_mac, sizeof(frame->src_mac));
	type = pxe_rd_u16(rd);
	if (type == ETHER_VLAN || type == ETHER_S_VLAN) {
		frame->has_vlan = true;
		frame->vlan = pxe_rd_u16(rd) & VLAN_ID_MASK;
		type = pxe_rd_u16(rd);
	}
	if (rd->bad)
		return -EBADMSG;
	return type == ETHER_IPV4 ? 0 : -ENOENT;
}

/* Goes past the IPv4 header; `udp` gets what the datagram holds. */
static int parse_ip(struct pxe_rd *rd, struct pxe_frame4 *frame,
		    struct pxe_rd *udp)
{
	struct pxe_rd whole = *rd;
	uint8_t version_ihl, protocol;
	uint16_t total, fragment;
	size_t head;

	version_ihl = pxe_rd_u8(rd);
	pxe_rd_skip(rd, 1);
	total = pxe_rd_u16(rd);
	pxe_rd_skip(rd, 2);
	fragment = pxe_rd_u16(rd);
	pxe_rd_skip(rd, 1);
	protocol = pxe_rd_u8(rd);
	pxe_rd_skip(rd, 2);
	frame->src = pxe_rd_u32(rd);
	frame->dst = pxe_rd_u32(rd);

	head = (version_ihl & 15u) * 4;
	if (rd->bad || version_ihl >> 4 != 4 || head < IP_HEAD_BYTES ||
	    total < head || total > whole.left ||
	    pxe_checksum_end(pxe_checksum_add(0, whole.p, head)) != 0)
		return -EBADMSG;
	if (protocol != IP_PROTO_UDP || (fragment & IP_FRAGMENT_MASK) != 0)
		return -ENOENT;
	*udp = pxe_rd_sub(&whole, total);
	pxe_rd_skip(udp, head);
	return 0;
}

static int parse_udp(struct pxe_rd *rd, bool is_partial,
		     struct pxe_frame4 *frame, struct pxe_rd *payload)
{
	struct pxe_rd whole = *rd;
	uint16_t n, checksum;

	frame->src_port = pxe_rd_u16(rd);
	frame->dst_port = pxe_rd_u16(rd);
	n = pxe_rd_u16(rd);
	checksum = pxe_rd_u16(rd);
	if (rd->bad || n < UDP_HEAD_BYTES || n > whole.left)
		return -EBADMSG;
	/* 0: the sender made none (RFC 768) */
	if (!is_partial && checksum != 0 &&
	    pxe_checksum_end(pxe_checksum_add(
		    pseudo_sum(frame->src, frame->dst, n), whole.p, n)) != 0)
		return -EBADMSG;
	*payload = pxe_rd_sub(rd, n - UDP_HEAD_BYTES);
	return 0;
}

int pxe_frame4_parse(const void *buf, size_t len, bool is_partial,
		     struct pxe_frame4 *frame, struct pxe_rd *payload)
{
	struct pxe_frame4 out = { 0 };
	struct pxe_rd rd, udp, inner;
	int r;

	pxe_rd_init(&rd, buf, len);
	r = parse_ether(&rd, &out);
	if (r == 0)
		r = parse_ip(&rd, &out, &udp);
	if (r == 0)
		r = parse_udp(&udp, is_partial, &out, &inner);
	if (r < 0)
		return r;
	*frame = out;
	*payload = inner;
	return 0;
}
