/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/wr.h"
#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp.h"
#include "wire/dhcp_opt.h"

/* What the captured packets say; the names are those of tests/vectors/dhcp. */
/* clang-format off */
static const struct row {
	const char *name;
	uint8_t op, type;
	uint16_t flags;
	uint32_t ciaddr, yiaddr, siaddr;
	const char *file;
	uint16_t max_size; /* option 57; 0: not there */
} rows[] = {
	{ "ovmf-x64-discover",           1, PXE_DHCP_DISCOVER, 0x8000, 0, 0, 0, "", 1472 },
	{ "ovmf-x64-request",            1, PXE_DHCP_REQUEST,  0x8000, 0, 0, 0, "", 65280 },
	{ "ovmf-x64-request-4011",       1, PXE_DHCP_REQUEST,  0, 0x0a4d0071, 0, 0, "", 1472 },
	{ "ovmf-x64-http-discover",      1, PXE_DHCP_DISCOVER, 0x8000, 0, 0, 0, "", 1472 },
	{ "ipxe-bios-discover",          1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "", 1472 },
	{ "ipxe-bios-request-4011",      1, PXE_DHCP_REQUEST,  0x8000, 0x0a4d00c7, 0, 0, "", 1472 },
	{ "ipxe-efi-x64-discover",       1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "", 1472 },
	{ "undionly-discover",           1, PXE_DHCP_DISCOVER, 0x8000, 0, 0, 0, "", 1472 },
	{ "rom-bios-discover",           1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "", 1472 },
	{ "uboot-discover",              1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "", 576 },
	{ "uboot-auto-discover",         1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "boot.scr.uimg", 576 },
	{ "udhcpc-discover",             1, PXE_DHCP_DISCOVER, 0, 0, 0, 0, "", 576 },
	{ "dnsmasq-proxy-offer-siaddr0", 2, PXE_DHCP_OFFER,    0x8000, 0, 0, 0, "http://10.77.0.1/boot.ipxe", 0 },
	{ "dnsmasq-ack-4011-to-rom-bios", 2, PXE_DHCP_ACK,     0x8000, 0, 0x0a4d0064, 0x0a4d0001, "undionly.kpxe", 0 },
	{ "dnsmasq-ack-to-uboot-as-pxeclient", 2, PXE_DHCP_ACK, 0, 0, 0x0a4d006d, 0x0a4d0001, "grub/arm64-efi/core.efi", 0 },
};
/* clang-format on */

static struct pxe_dhcp_msg msg;
static struct pxe_dhcp_out out;
static uint8_t packet[PXE_DHCP_MAX_BYTES], built[PXE_DHCP_MAX_BYTES];

/* Loads vectors/dhcp/NAME.hex into `packet`. */
static size_t load(const char *name)
{
	char path[128];
	int n;

	(void)snprintf(path, sizeof(path), "dhcp/%s", name);
	n = hex_read_vector(path, packet, sizeof(packet));
	ck_assert_msg(n > 0, "%s: %d", path, n);
	return (size_t)n;
}

/* A request without options at all; the options go to packet + 240. */
static void start_packet(void)
{
	struct pxe_wr wr;

	memset(packet, 0, sizeof(packet));
	pxe_wr_init(&wr, packet, sizeof(packet));
	pxe_wr_u32(&wr, 0x01010600);
	pxe_wr_u32(&wr, 0x12345678);
	pxe_wr_init(&wr, packet + 236, 4);
	pxe_wr_u32(&wr, PXE_DHCP_MAGIC);
}

/* Parses the started packet with these options. */
static int parse_options(const void *options, size_t n)
{
	memcpy(packet + PXE_DHCP_HEAD_BYTES, options, n);
	return pxe_dhcp_parse(packet, PXE_DHCP_HEAD_BYTES + n, &msg);
}
/* The option with one letter, and END. */
#define HOST_NAME(c)        "\x0c\x01" c "\xff"
#define PARSE_OPTIONS(text) parse_options(text, sizeof(text) - 1)

static void expect_option(uint8_t code, const void *value, size_t len)
{
	struct pxe_rd rd;

	ck_assert(pxe_dhcp_find(&msg, code, &rd));
	ck_assert_uint_eq(rd.left, len);
	if (len > 0)
		ck_assert_mem_eq(rd.p, value, len);
}

START_TEST(captures_are_read)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const struct row *row = &rows[i];
		size_t n = load(row->name);

		ck_assert_msg(pxe_dhcp_parse(packet, n, &msg) == 0, "%s",
			      row->name);
		ck_assert_uint_eq(msg.head.op, row->op);
		ck_assert_msg(msg.type == row->type, "%s", row->name);
		ck_assert_uint_eq(msg.head.flags, row->flags);
		ck_assert_uint_eq(msg.head.ciaddr, row->ciaddr);
		ck_assert_uint_eq(msg.head.yiaddr, row->yiaddr);
		ck_assert_uint_eq(msg.head.siaddr, row->siaddr);
		ck_assert_str_eq(msg.head.file, row->file);
		ck_assert_uint_eq(msg.head.hw.hlen, 6);
		ck_assert_msg(pxe_dhcp_get_u16(&msg, PXE_OPT_MAX_SIZE, 0) ==
				      row->max_size,
			      "%s", row->name);
	}
}
END_TEST

/* Copies what was parsed to `out`, in the order of the codes. */
static void copy_message(void)
{
	struct pxe_rd rd;

	pxe_dhcp_out_init(&out);
	out.head = msg.head;
	for (unsigned code = 1; code < PXE_OPT_END; code++)
		if (pxe_dhcp_find(&msg, (uint8_t)code, &rd) &&
		    code != PXE_OPT_OVERLOAD)
			pxe_dhcp_out_put(&out, (uint8_t)code, rd.p, rd.left);
	ck_assert(!out.bad);
}

/* Has `b` each option of `a` with the same octets, and no other? */
static bool has_same_options(const struct pxe_dhcp_msg *a,
			     const struct pxe_dhcp_msg *b)
{
	bool is = true;

	for (unsigned code = 0; code < PXE_LEN(a->opt); code++) {
		struct pxe_rd x = { 0 }, y = { 0 };

		is = is &&
		     pxe_dhcp_find(a, (uint8_t)code, &x) ==
			     pxe_dhcp_find(b, (uint8_t)code, &y) &&
		     x.left == y.left &&
		     (x.left == 0 || memcmp(x.p, y.p, x.left) == 0);
	}
	return is;
}

START_TEST(captures_survive_a_round_trip)
{
	static struct pxe_dhcp_msg first;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		size_t n = load(rows[i].name), len;
		unsigned n_left_out = 9;

		ck_assert_int_eq(pxe_dhcp_parse(packet, n, &msg), 0);
		first = msg;
		copy_message();
		ck_assert_int_eq(pxe_dhcp_build(&out, 1472, built,
						sizeof(built), &len,
						&n_left_out),
				 0);
		ck_assert_uint_eq(n_left_out, 0);
		ck_assert_uint_ge(len, PXE_DHCP_MIN_BYTES);
		ck_assert_int_eq(pxe_dhcp_parse(built, len, &msg), 0);
		ck_assert_uint_eq(msg.type, first.type);
		ck_assert_uint_eq(msg.head.xid, first.head.xid);
		ck_assert_uint_eq(msg.head.secs, first.head.secs);
		ck_assert_str_eq(msg.head.file, first.head.file);
		ck_assert(pxe_hwaddr_is_equal(&msg.head.hw, &first.head.hw));
		ck_assert(has_same_options(&first, &msg));
		/* fixed part to the octet */
		ck_assert_mem_eq(built, packet, PXE_DHCP_HEAD_BYTES);
	}
}
END_TEST

START_TEST(no_truncation_harms)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		size_t n = load(rows[i].name);

		for (size_t cut = 0; cut < n; cut++) {
			/* of its own size, so that ASan sees a read beyond */
			uint8_t *exact = malloc(cut > 0 ? cut : 1);
			int r;

			ck_assert_ptr_nonnull(exact);
			memcpy(exact, packet, cut);
			r = pxe_dhcp_parse(exact, cut, &msg);
			free(exact);
			ck_assert(r == 0 || r == -EBADMSG);
			if (cut < PXE_DHCP_HEAD_BYTES)
				ck_assert_int_eq(r, -EBADMSG);
		}
	}
}
END_TEST

START_TEST(broken_heads_are_refused)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} breaks[] = {
		{ "op 0", 0, 0 },     { "op 3", 0, 3 },
		{ "hlen 17", 2, 17 }, { "hlen 255", 2, 255 },
		{ "magic", 236, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(breaks); i++) {
		start_packet();
		ck_assert_int_eq(PARSE_OPTIONS("\xff"), 0);
		packet[breaks[i].at] = breaks[i].value;
		ck_assert_msg(PARSE_OPTIONS("\xff") == -EBADMSG, "%s",
			      breaks[i].what);
	}
	start_packet();
	ck_assert_int_eq(pxe_dhcp_parse(packet, PXE_DHCP_MAX_BYTES, &msg), 0);
	ck_assert_int_eq(pxe_dhcp_parse(packet, PXE_DHCP_MAX_BYTES + 1, &msg),
			 -EMSGSIZE);
	packet[2] = 16; /* the longest address */
	ck_assert_int_eq(PARSE_OPTIONS("\xff"), 0);
	ck_assert_uint_eq(msg.head.hw.hlen, 16);
	packet[2] = 6;
	memset(packet + 28, 0x5a, 16);
	ck_assert_int_eq(PARSE_OPTIONS("\xff"), 0);
	ck_assert_uint_eq(msg.head.hw.addr[5], 0x5a);
	ck_assert_uint_eq(msg.head.hw.addr[6], 0);
}
END_TEST

START_TEST(broken_options_are_refused)
{
	start_packet();
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x01\x0c"), -EBADMSG);
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x01\x0c\x05"
				       "abcd"),
			 -EBADMSG);
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x01\x0c\xff"), -EBADMSG);
	/* no END, and padding anywhere */
	ck_assert_int_eq(PARSE_OPTIONS("\0\x35\x01\x01\0\0\0\x0c\0"), 0);
	ck_assert_uint_eq(msg.type, PXE_DHCP_DISCOVER);
	expect_option(PXE_OPT_HOST_NAME, "", 0);
	ck_assert_int_eq(PARSE_OPTIONS(""), 0);
	ck_assert_uint_eq(msg.type, PXE_DHCP_BOOTP);
	/* behind END nothing counts, not even rubbish */
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x01\xff\x0c\xff"), 0);
	ck_assert(!pxe_dhcp_find(&msg, PXE_OPT_HOST_NAME, NULL));
}
END_TEST

START_TEST(message_types)
{
	start_packet();
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x09\xff"), 0);
	ck_assert_uint_eq(msg.type, 9);
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x02\x01\x01\xff"), 0);
	ck_assert_uint_eq(msg.type, 255);
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x00\xff"), 0);
	ck_assert_uint_eq(msg.type, 255);
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x01\x35\x01\x03\xff"), 0);
	ck_assert_uint_eq(msg.type, 255);
	/* others take a type of 0 for BOOTP */
	ck_assert_int_eq(PARSE_OPTIONS("\x35\x01\x00\xff"), 0);
	ck_assert_uint_eq(msg.type, 255);
	ck_assert_str_eq(pxe_dhcp_type_name(PXE_DHCP_BOOTP), "BOOTP");
	ck_assert_str_eq(pxe_dhcp_type_name(PXE_DHCP_DISCOVER), "DISCOVER");
	ck_assert_str_eq(pxe_dhcp_type_name(PXE_DHCP_INFORM), "INFORM");
	ck_assert_str_eq(pxe_dhcp_type_name(255), "?");
}
END_TEST

START_TEST(split_options_are_joined)
{
	start_packet();
	/* apart from each other, in fields in the order of RFC 3396 */
	memcpy(packet + 108, HOST_NAME("c"), 4);
	memcpy(packet + 44, HOST_NAME("d"), 4);
	ck_assert_int_eq(PARSE_OPTIONS("\x0c\x01"
				       "a\x35\x01\x01\x34\x01\x03\x0c\x00"
				       "\x0c\x01"
				       "b\xff"),
			 0);
	expect_option(PXE_OPT_HOST_NAME, "abcd", 4);
	ck_assert_str_eq(msg.head.file, "");
	ck_assert_str_eq(msg.head.sname, "");
	/* a value as long as a message can hold */
	for (size_t at = PXE_DHCP_HEAD_BYTES; at + 257 <= PXE_DHCP_MAX_BYTES;
	     at += 257) {
		packet[at] = PXE_OPT_VENDOR_INFO;
		packet[at + 1] = 255;
		memset(packet + at + 2, (int)(at & 255), 255);
	}
	memset(packet + 240 + 15 * 257, 0, 1);
	ck_assert_int_eq(pxe_dhcp_parse(packet, PXE_DHCP_HEAD_BYTES + 15 * 257,
					&msg),
			 0);
	ck_assert_uint_eq(msg.opt[PXE_OPT_VENDOR_INFO].len, 15 * 255);
}
END_TEST

START_TEST(overload_says_which_fields)
{
	static const struct {
		uint8_t value;
		const char *file, *sname, *host_name;
	} cases[] = {
		{ 0, HOST_NAME("f"), HOST_NAME("s"), "" },
		{ 1, "", HOST_NAME("s"), "f" },
		{ 2, HOST_NAME("f"), "", "s" },
		{ 3, "", "", "fs" },
		{ 4, HOST_NAME("f"), HOST_NAME("s"), "" },
	};

	for (size_t i = 0; i < PXE_LEN(cases); i++) {
		uint8_t options[] = { PXE_OPT_OVERLOAD, 1, cases[i].value,
				      PXE_OPT_END };

		start_packet();
		memcpy(packet + 108, HOST_NAME("f"), 4);
		memcpy(packet + 44, HOST_NAME("s"), 4);
		ck_assert_int_eq(parse_options(options, sizeof(options)), 0);
		ck_assert_str_eq(msg.head.file, cases[i].file);
		ck_assert_str_eq(msg.head.sname, cases[i].sname);
		if (cases[i].host_name[0] != '\0')
			expect_option(PXE_OPT_HOST_NAME, cases[i].host_name,
				      strlen(cases[i].host_name));
		else
			ck_assert(
				!pxe_dhcp_find(&msg, PXE_OPT_HOST_NAME, NULL));
	}
}
END_TEST

START_TEST(overload_must_not_break)
{
	start_packet();
	/* an option that runs out of file does not go on in sname or magic */
	memset(packet + 108, 0, 128);
	packet[108 + 126] = PXE_OPT_HOST_NAME;
	packet[108 + 127] = 4;
	ck_assert_int_eq(PARSE_OPTIONS("\x34\x01\x01\xff"), -EBADMSG);
	packet[108 + 126] = PXE_OPT_PAD;
	packet[108 + 127] = PXE_OPT_HOST_NAME;
	ck_assert_int_eq(PARSE_OPTIONS("\x34\x01\x01\xff"), -EBADMSG);
	packet[108 + 127] = PXE_OPT_PAD;
	ck_assert_int_eq(PARSE_OPTIONS("\x34\x01\x01\xff"), 0);
	/* 52 of another length means nothing */
	memcpy(packet + 108, "file", 5);
	ck_assert_int_eq(PARSE_OPTIONS("\x34\x02\x01\x01\xff"), 0);
	ck_assert_str_eq(msg.head.file, "file");
	/* nor does 52 inside file */
	memcpy(packet + 108, "\x34\x01\x02\xff", 4);
	memcpy(packet + 44, "name", 5);
	ck_assert_int_eq(PARSE_OPTIONS("\x34\x01\x01\xff"), 0);
	ck_assert_str_eq(msg.head.sname, "name");
	/* texts that fill their field have no NUL there */
	memset(packet + 44, 'x', 64 + 128);
	ck_assert_int_eq(PARSE_OPTIONS("\xff"), 0);
	ck_assert_uint_eq(strlen(msg.head.sname), 64);
	ck_assert_uint_eq(strlen(msg.head.file), 128);
}
END_TEST

START_TEST(values_of_a_wrong_length_are_absent)
{
	start_packet();
	ck_assert_int_eq(PARSE_OPTIONS("\x33\x04\0\0\x0e\x10\x39\x02\x05\xc0"
				       "\x34\x01\x00\xff"),
			 0);
	ck_assert_uint_eq(pxe_dhcp_get_u32(&msg, PXE_OPT_LEASE_TIME, 7), 3600);
	ck_assert_uint_eq(pxe_dhcp_get_u16(&msg, PXE_OPT_MAX_SIZE, 7), 1472);
	ck_assert_uint_eq(pxe_dhcp_get_u8(&msg, PXE_OPT_OVERLOAD, 7), 0);
	ck_assert_uint_eq(pxe_dhcp_get_u16(&msg, PXE_OPT_LEASE_TIME, 7), 7);
	ck_assert_uint_eq(pxe_dhcp_get_u32(&msg, PXE_OPT_MAX_SIZE, 7), 7);
	ck_assert_uint_eq(pxe_dhcp_get_u8(&msg, PXE_OPT_MAX_SIZE, 7), 7);
	ck_assert_uint_eq(pxe_dhcp_get_u8(&msg, PXE_OPT_HOST_NAME, 7), 7);
}
END_TEST

START_TEST(code_0_in_a_parameter_list)
{
	struct pxe_rd rd;
	size_t n = load("ovmf-x64-http-discover");

	ck_assert_int_eq(pxe_dhcp_parse(packet, n, &msg), 0);
	ck_assert(pxe_dhcp_find(&msg, PXE_OPT_PARAMETER_LIST, &rd));
	ck_assert_uint_eq(rd.left, 27);
	start_packet();
	ck_assert_int_eq(PARSE_OPTIONS("\x37\x04\x01\x00\xff\x43\x35\x01\x01"
				       "\xff"),
			 0);
	expect_option(PXE_OPT_PARAMETER_LIST, "\x01\x00\xff\x43", 4);
	ck_assert_uint_eq(msg.type, PXE_DHCP_DISCOVER);
}
END_TEST

UNIT_MAIN("dhcp", captures_are_read, captures_survive_a_round_trip,
	  no_truncation_harms, broken_heads_are_refused,
	  broken_options_are_refused, message_types, split_options_are_joined,
	  overload_says_which_fields, overload_must_not_break,
	  values_of_a_wrong_length_are_absent, code_0_in_a_parameter_list)
