/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp.h"
#include "wire/frame4.h"

static uint8_t frame[UINT16_MAX + 64], payload[UINT16_MAX];
static const struct pxe_frame4 to_client = {
	.src_mac = { 2, 0, 0, 0, 0, 1 },
	.dst_mac = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 },
	.src = 0x0a4d0001,
	.dst = 0x0a4d00c7,
	.src_port = 67,
	.dst_port = 68,
};

static size_t load(const char *name)
{
	char path[128];
	int n;

	(void)snprintf(path, sizeof(path), "frame4/%s", name);
	n = hex_read_vector(path, frame, sizeof(frame));
	ck_assert_msg(n > 0, "%s: %d", path, n);
	return (size_t)n;
}

/* Parses what is in `frame`, whole. */
static int parse(size_t n, struct pxe_frame4 *out)
{
	struct pxe_rd rd;

	return pxe_frame4_parse(frame, n, false, out, &rd);
}

START_TEST(captures_are_read)
{
	static const struct {
		const char *name;
		int result;
		uint32_t src, dst;
		uint16_t src_port, dst_port;
		size_t payload;
	} rows[] = {
		{ "ovmf-x64-discover", 0, 0, 0xffffffff, 68, 67, 347 },
		{ "dnsmasq-offer", 0, 0x0a4d0001, 0xffffffff, 67, 68, 300 },
		{ "dnsmasq-offer-unicast", 0, 0x0a4d0001, 0x0a4d00c7, 67, 68,
		  315 },
		{ "ovmf-x64-request-4011", 0, 0x0a4d0071, 0x0a4d0001, 4011,
		  4011, 347 },
		{ "not-ours-arp-request", -ENOENT, 0, 0, 0, 0, 0 },
		{ "not-ours-ipv6", -ENOENT, 0, 0, 0, 0, 0 },
		{ "not-ours-tcp", -ENOENT, 0, 0, 0, 0, 0 },
	};
	static struct pxe_dhcp_msg msg;
	struct pxe_frame4 out;
	struct pxe_rd rd;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		size_t n = load(rows[i].name);

		ck_assert_msg(pxe_frame4_parse(frame, n, false, &out, &rd) ==
				      rows[i].result,
			      "%s", rows[i].name);
		if (rows[i].result < 0)
			continue;
		ck_assert_uint_eq(out.src, rows[i].src);
		ck_assert_uint_eq(out.dst, rows[i].dst);
		ck_assert_uint_eq(out.src_port, rows[i].src_port);
		ck_assert_uint_eq(out.dst_port, rows[i].dst_port);
		ck_assert_uint_eq(rd.left, rows[i].payload);
		ck_assert(!out.has_vlan);
		ck_assert_mem_eq(out.src_mac, frame + 6, 6);
		ck_assert_int_eq(pxe_dhcp_parse(rd.p, rd.left, &msg), 0);
		/* on its way inside the host, without its sum yet */
		frame[14 + 20 + 6] ^= 0x55;
		ck_assert_int_eq(parse(n, &out), -EBADMSG);
		ck_assert_int_eq(pxe_frame4_parse(frame, n, true, &out, &rd),
				 0);
	}
}
END_TEST

START_TEST(frames_survive_a_round_trip)
{
	static const size_t sizes[] = { 0, 1, 2, 299, 300, 1472, 65507 };

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t i = 0; i < PXE_LEN(sizes); i++)
		for (uint16_t vlan = 0; vlan < 2; vlan++) {
			struct pxe_frame4 in = to_client, out;
			struct pxe_rd rd;
			size_t len;

			in.has_vlan = vlan != 0;
			in.vlan = vlan != 0 ? 4094 : 0;
			ck_assert_int_eq(pxe_frame4_build(&in, payload,
							  sizes[i], frame,
							  sizeof(frame), &len),
					 0);
			ck_assert_uint_eq(len, sizes[i] +
						       PXE_FRAME4_HEAD_BYTES -
						       (vlan != 0 ? 0 : 4));
			ck_assert_int_eq(pxe_frame4_parse(frame, len, false,
							  &out, &rd),
					 0);
			ck_assert_mem_eq(&out, &in, sizeof(out));
			ck_assert_uint_eq(rd.left, sizes[i]);
			if (sizes[i] > 0)
				ck_assert_mem_eq(rd.p, payload, sizes[i]);
		}
}
END_TEST

/* What OVMF made of the same, but for the identification. */
START_TEST(the_frame_is_as_firmware_builds_it)
{
	size_t n = load("ovmf-x64-request-4011"), len;
	uint8_t built[2048];
	struct pxe_frame4 out;
	struct pxe_rd rd;

	ck_assert_int_eq(pxe_frame4_parse(frame, n, false, &out, &rd), 0);
	ck_assert_int_eq(pxe_frame4_build(&out, rd.p, rd.left, built,
					  sizeof(built), &len),
			 0);
	ck_assert_uint_eq(len, n);
	ck_assert_mem_eq(built, frame, 18);
	/* addresses, ports, length, UDP checksum and payload */
	ck_assert_mem_eq(built + 26, frame + 26, n - 26);
}
END_TEST

START_TEST(too_large_or_no_room)
{
	size_t len = 77;

	ck_assert_int_eq(pxe_frame4_build(&to_client, payload, 65508, frame,
					  sizeof(frame), &len),
			 -EMSGSIZE);
	for (size_t cap = 0; cap < 42 + 300; cap++)
		ck_assert_int_eq(pxe_frame4_build(&to_client, payload, 300,
						  frame, cap, &len),
				 -ENOSPC);
	ck_assert_uint_eq(len, 77);
	ck_assert_int_eq(pxe_frame4_build(&to_client, payload, 300, frame,
					  42 + 300, &len),
			 0);
}
END_TEST

START_TEST(every_flipped_bit_shows)
{
	struct pxe_frame4 out;
	size_t len;

	ck_assert_int_eq(pxe_frame4_build(&to_client, "payload", 7, frame,
					  sizeof(frame), &len),
			 0);
	/* from the IPv4 header on; Ethernet's own sum is not ours to check */
	for (size_t bit = 14 * 8; bit < len * 8; bit++) {
		int r;

		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		r = parse(len, &out);
		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(r == -EBADMSG, "bit %zu: %d", bit, r);
	}
	ck_assert_int_eq(parse(len, &out), 0);
}
END_TEST

START_TEST(no_truncation_harms)
{
	struct pxe_frame4 out;
	struct pxe_rd rd;
	size_t n = load("ovmf-x64-discover");

	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *exact = malloc(cut > 0 ? cut : 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, frame, cut);
		ck_assert_int_eq(pxe_frame4_parse(exact, cut, true, &out, &rd),
				 -EBADMSG);
		free(exact);
	}
	/* behind the datagram there may be padding */
	memset(frame + n, 0x5a, 30);
	ck_assert_int_eq(parse(n + 30, &out), 0);
}
END_TEST

/* Sets a 16-bit word of the IPv4 header and mends the header's checksum. */
static void set_ip_word(size_t at, uint16_t value)
{
	uint32_t sum = 0;
	size_t words = (size_t)(frame[14] & 15) * 2;

	frame[14 + at] = (uint8_t)(value >> 8);
	frame[14 + at + 1] = (uint8_t)value;
	frame[24] = frame[25] = 0;
	for (size_t i = 0; i < words; i++)
		sum += (uint32_t)(frame[14 + 2 * i] << 8 |
				  frame[14 + 2 * i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	frame[24] = (uint8_t)(~sum >> 8);
	frame[25] = (uint8_t)~sum;
}

START_TEST(lengths_that_contradict_each_other)
{
	static const struct {
		const char *what;
		size_t at;
		uint16_t value;
		int result;
	} rows[] = {
		{ "as it was", 2, 20 + 8 + 32, 0 },
		{ "version 6", 0, 0x6500, -EBADMSG },
		{ "header of 16", 0, 0x4400, -EBADMSG },
		{ "header longer than all", 0, 0x4f00, -EBADMSG },
		{ "total shorter than header", 2, 19, -EBADMSG },
		{ "total without UDP", 2, 20, -EBADMSG },
		{ "total cuts UDP", 2, 20 + 8 + 31, -EBADMSG },
		{ "total beyond the frame", 2, 20 + 8 + 33, -EBADMSG },
		{ "more fragments", 6, 0x2000, -ENOENT },
		{ "last fragment", 6, 0x0001, -ENOENT },
		{ "TCP", 8, 0x4006, -ENOENT },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_frame4 out;
		size_t len;

		memset(payload, 0, 32);
		ck_assert_int_eq(pxe_frame4_build(&to_client, payload, 32,
						  frame, sizeof(frame), &len),
				 0);
		set_ip_word(rows[i].at, rows[i].value);
		ck_assert_msg(parse(len, &out) == rows[i].result, "%s: %d",
			      rows[i].what, parse(len, &out));
	}
}
END_TEST

START_TEST(udp_lengths_and_checksums)
{
	struct pxe_frame4 out;
	struct pxe_rd rd;
	size_t len;

	ck_assert_int_eq(pxe_frame4_build(&to_client, "abcd", 4, frame,
					  sizeof(frame), &len),
			 0);
	frame[40] = frame[41] = 0; /* the sender made none */
	ck_assert_int_eq(pxe_frame4_parse(frame, len, false, &out, &rd), 0);
	ck_assert_uint_eq(rd.left, 4);
	frame[39] = 8 + 2; /* less than IPv4 carries */
	ck_assert_int_eq(pxe_frame4_parse(frame, len, false, &out, &rd), 0);
	ck_assert_uint_eq(rd.left, 2);
	frame[39] = 8 + 5;
	ck_assert_int_eq(parse(len, &out), -EBADMSG);
	frame[39] = 7;
	ck_assert_int_eq(parse(len, &out), -EBADMSG);
	frame[39] = 0;
	ck_assert_int_eq(parse(len, &out), -EBADMSG);
}
END_TEST

/* A sum that comes out as 0 goes out as 0xffff (RFC 768). */
START_TEST(checksum_is_never_0)
{
	struct pxe_frame4 out;
	bool was_ffff = false;
	size_t len;

	for (uint32_t i = 0; i < 65536; i++) {
		payload[0] = (uint8_t)(i >> 8);
		payload[1] = (uint8_t)i;
		ck_assert_int_eq(pxe_frame4_build(&to_client, payload, 2, frame,
						  sizeof(frame), &len),
				 0);
		ck_assert(frame[40] != 0 || frame[41] != 0);
		was_ffff = was_ffff || (frame[40] == 255 && frame[41] == 255);
		ck_assert_int_eq(parse(len, &out), 0);
	}
	ck_assert(was_ffff);
}
END_TEST

START_TEST(vlan_tags)
{
	struct pxe_frame4 in = to_client, out;
	size_t len;

	in.has_vlan = true;
	in.vlan = 100;
	ck_assert_int_eq(pxe_frame4_build(&in, "x", 1, frame, sizeof(frame),
					  &len),
			 0);
	ck_assert_mem_eq(frame + 12, "\x81\0\0\x64\x08\0", 6);
	frame[14] = 0xe0; /* priority 7 */
	ck_assert_int_eq(parse(len, &out), 0);
	ck_assert_uint_eq(out.vlan, 100);
	memcpy(frame + 12, "\x88\xa8", 2);
	ck_assert_int_eq(parse(len, &out), 0);
	memcpy(frame + 16, "\x81\0", 2); /* a second one */
	ck_assert_int_eq(parse(len, &out), -ENOENT);
	ck_assert_int_eq(parse(17, &out), -EBADMSG);
}
END_TEST

START_TEST(options_of_ipv4_are_passed)
{
	struct pxe_frame4 out;
	struct pxe_rd rd;
	size_t len;

	ck_assert_int_eq(pxe_frame4_build(&to_client, "abcd", 4, frame,
					  sizeof(frame), &len),
			 0);
	memmove(frame + 14 + 24, frame + 14 + 20, len - 34);
	memcpy(frame + 34, "\1\1\1\0", 4);
	frame[14] = 0x46;
	set_ip_word(2, (uint16_t)(len - 14 + 4));
	ck_assert_int_eq(pxe_frame4_parse(frame, len + 4, false, &out, &rd), 0);
	ck_assert_uint_eq(rd.left, 4);
	ck_assert_mem_eq(rd.p, "abcd", 4);
}
END_TEST

UNIT_MAIN("frame4", captures_are_read, frames_survive_a_round_trip,
	  the_frame_is_as_firmware_builds_it, too_large_or_no_room,
	  every_flipped_bit_shows, no_truncation_harms,
	  lengths_that_contradict_each_other, udp_lengths_and_checksums,
	  checksum_is_never_0, vlan_tags, options_of_ipv4_are_passed)
