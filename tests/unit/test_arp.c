/* SPDX-License-Identifier: ISC */
/* ARP and ICMP echo: what is asked whether an address is in use. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp.h"

#define HEAD "\377\377\377\377\377\377" "\002\0\0\0\0\001" "\010\006"

static const uint8_t ours[6] = { 2, 0, 0, 0, 0, 1 };

START_TEST(a_probe_names_no_address_of_ours)
{
	/* RFC 5227 section 2.1.1 */
	static const uint8_t expected[] = HEAD
		"\0\001\010\0\006\004\0\001"
		"\002\0\0\0\0\001\0\0\0\0"
		"\0\0\0\0\0\0\300\250\310\025";
	uint8_t buf[PXE_ARP_FRAME_BYTES];
	struct pxe_arp arp;

	pxe_arp_init_probe(&arp, ours, 0xc0a8c815);
	ck_assert_int_eq(pxe_arp_build(&arp, buf, sizeof(buf)),
			 PXE_ARP_FRAME_BYTES);
	ck_assert_mem_eq(buf, expected, sizeof(buf));
	ck_assert_int_eq(pxe_arp_build(&arp, buf, sizeof(buf) - 1), -ENOSPC);
}
END_TEST

START_TEST(an_answer_is_read)
{
	static const uint8_t octets[60] = HEAD
		"\0\001\010\0\006\004\0\002"
		"\122\124\0\022\064\126\300\250\310\025"
		"\002\0\0\0\0\001\0\0\0\0";
	static const uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	struct pxe_arp arp;

	for (size_t n = 0; n < PXE_ARP_FRAME_BYTES; n++)
		ck_assert_int_eq(pxe_arp_parse(octets, n, &arp), -EBADMSG);
	/* with the padding of Ethernet */
	ck_assert_int_eq(pxe_arp_parse(octets, sizeof(octets), &arp), 0);
	ck_assert_uint_eq(arp.op, PXE_ARP_REPLY);
	ck_assert_uint_eq(arp.sender, 0xc0a8c815);
	ck_assert_mem_eq(arp.sender_mac, mac, 6);
	ck_assert_mem_eq(arp.target_mac, ours, 6);
	ck_assert_uint_eq(arp.target, 0);
}
END_TEST

START_TEST(only_arp_for_ipv4_over_ethernet_counts)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t octet;
	} rows[] = {
		{ "IPv4", 13, 0 },	      { "VLAN tag", 12, 0x81 },
		{ "hardware", 15, 6 },	      { "protocol", 16, 0x86 },
		{ "length of hardware", 18, 8 },
		{ "length of address", 19, 16 },
	};
	struct pxe_arp probe, arp;
	uint8_t buf[PXE_ARP_FRAME_BYTES];

	pxe_arp_init_probe(&probe, ours, 1);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		ck_assert_int_gt(pxe_arp_build(&probe, buf, sizeof(buf)), 0);
		buf[rows[i].at] = rows[i].octet;
		ck_assert_msg(pxe_arp_parse(buf, sizeof(buf), &arp) == -ENOENT,
			      "%s", rows[i].name);
	}
}
END_TEST

/* An echo reply from 10.20.0.50, with its IPv4 header. */
static size_t make_reply(uint8_t *buf)
{
	static const uint8_t ip[20] = { 0x45, 0, 0, 20 + PXE_ICMP_ECHO_BYTES,
					0,    0, 0, 0, 64, 1, 0, 0,
					10,   20, 0, 50, 172, 16, 0, 1 };
	uint8_t *icmp = buf + sizeof(ip);
	uint16_t sum;
	int n = pxe_icmp_build_echo(0x1234, 7, icmp, PXE_ICMP_ECHO_BYTES);

	ck_assert_int_eq(n, PXE_ICMP_ECHO_BYTES);
	ck_assert_uint_eq(icmp[0], 8);
	ck_assert_uint_eq(
		pxe_checksum_end(pxe_checksum_add(0, icmp, (size_t)n)), 0);
	memcpy(buf, ip, sizeof(ip));
	icmp[0] = icmp[2] = icmp[3] = 0;
	sum = pxe_checksum_end(pxe_checksum_add(0, icmp, (size_t)n));
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)sum;
	return sizeof(ip) + (size_t)n;
}

START_TEST(an_echo_is_answered)
{
	uint8_t buf[20 + PXE_ICMP_ECHO_BYTES + 10] = { 0 };
	size_t n = make_reply(buf);
	struct pxe_icmp_reply reply;

	ck_assert_int_eq(pxe_icmp_parse_reply(buf, n, &reply), 0);
	ck_assert_uint_eq(reply.src, 0x0a140032);
	ck_assert_uint_eq(reply.id, 0x1234);
	ck_assert_uint_eq(reply.seq, 7);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(pxe_icmp_parse_reply(buf, i, &reply),
				 -EBADMSG);
	/* what stands behind the datagram is not looked at */
	ck_assert_int_eq(pxe_icmp_parse_reply(buf, sizeof(buf), &reply), 0);
}
END_TEST

START_TEST(other_datagrams_are_no_answer)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t octet;
		int result;
	} rows[] = {
		{ "IPv6", 0, 0x65, -EBADMSG },
		{ "short header", 0, 0x44, -EBADMSG },
		{ "UDP", 9, 17, -ENOENT },
		{ "fragment", 7, 1, -ENOENT },
		{ "more fragments", 6, 0x20, -ENOENT },
		{ "wrong sum", 22, 0x55, -EBADMSG },
		{ "longer than it is", 2, 1, -EBADMSG },
		{ "shorter than its header", 3, 19, -EBADMSG },
		{ "no ICMP header", 3, 27, -EBADMSG },
	};
	uint8_t buf[20 + PXE_ICMP_ECHO_BYTES];
	struct pxe_icmp_reply reply;
	size_t n;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		n = make_reply(buf);
		buf[rows[i].at] = rows[i].octet;
		ck_assert_msg(pxe_icmp_parse_reply(buf, n, &reply) ==
				      rows[i].result,
			      "%s", rows[i].name);
	}
	/* our own request, as a raw socket on loopback sees it */
	n = make_reply(buf);
	ck_assert_int_gt(pxe_icmp_build_echo(1, 1, buf + 20, n - 20), 0);
	ck_assert_int_eq(pxe_icmp_parse_reply(buf, n, &reply), -ENOENT);
	ck_assert_int_eq(pxe_icmp_build_echo(1, 1, buf, 35), -ENOSPC);
}
END_TEST

UNIT_MAIN("arp", a_probe_names_no_address_of_ours, an_answer_is_read,
	  only_arp_for_ipv4_over_ethernet_counts, an_echo_is_answered,
	  other_datagrams_are_no_answer)
