/* SPDX-License-Identifier: ISC */
#include "wire/dhcp_relay.h"

#include <errno.h>
#include <string.h>

#include "tests/hex.h"
#include "unit.h"
#include "wire/dhcp_opt.h"

static struct pxe_dhcp_msg msg;

/* A message whose option 82 has these octets; NULL: it has none. */
static void make(const char *hex)
{
	static struct pxe_dhcp_out out;
	uint8_t value[512], packet[PXE_DHCP_MAX_BYTES];
	size_t len;
	int n;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	if (hex != NULL) {
		n = pxe_str_to_bytes(hex, sizeof(value), value);
		ck_assert_int_ge(n, 0);
		pxe_dhcp_out_put(&out, PXE_OPT_RELAY_AGENT, value, (size_t)n);
	}
	ck_assert_int_eq(pxe_dhcp_build(&out, sizeof(packet), packet,
					sizeof(packet), &len, NULL),
			 0);
	ck_assert_int_eq(pxe_dhcp_parse(packet, len, &msg), 0);
}

START_TEST(reads_what_a_relay_says)
{
	static const struct {
		const char *name, *hex;
		int r;
		size_t circuit, remote;
		uint32_t link, server_id;
	} rows[] = {
		{ "none", NULL, -ENOENT, 0, 0, 0, 0 },
		{ "circuit and remote", "010474657374020141", 0, 4, 1, 0, 0 },
		{ "link selection", "05040a1e0001", 0, 0, 0, 0x0a1e0001, 0 },
		{ "server override", "0b040a140001", 0, 0, 0, 0, 0x0a140001 },
		{ "all, others between",
		  "0101610402000105040a1e0001"
		  "0b040a140001",
		  0, 1, 0, 0x0a1e0001, 0x0a140001 },
		{ "a link of 3 octets", "05030a1e00", 0, 0, 0, 0, 0 },
		{ "a link of 5 octets", "05050a1e000101", 0, 0, 0, 0, 0 },
		{ "no host's address", "05040000000001", -EBADMSG, 0, 0, 0, 0 },
		{ "loopback", "05047f000001", 0, 0, 0, 0, 0 },
		{ "multicast", "0b04e0000001", 0, 0, 0, 0, 0 },
		{ "broadcast", "0b04ffffffff", 0, 0, 0, 0, 0 },
		{ "cut off", "01047465", -EBADMSG, 0, 0, 0, 0 },
		{ "a code without a length",
		  "010174"
		  "05",
		  -EBADMSG, 0, 0, 0, 0 },
		{ "empty sub-options", "01000200", 0, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_dhcp_relay relay;

		memset(&relay, 0xa5, sizeof(relay));
		make(rows[i].hex);
		ck_assert_msg(pxe_dhcp_relay_parse(&msg, &relay) == rows[i].r,
			      "%s", rows[i].name);
		ck_assert_msg(relay.circuit_id.left == rows[i].circuit &&
				      relay.remote_id.left == rows[i].remote &&
				      relay.link == rows[i].link &&
				      relay.server_id == rows[i].server_id,
			      "%s", rows[i].name);
	}
}
END_TEST

static uint64_t circuit(uint32_t giaddr, const char *id, const char *remote)
{
	struct pxe_dhcp_relay relay = { 0 };

	pxe_rd_init(&relay.circuit_id, id, strlen(id));
	pxe_rd_init(&relay.remote_id, remote, strlen(remote));
	return pxe_dhcp_relay_circuit(&relay, giaddr);
}

START_TEST(a_circuit_has_one_number)
{
	uint64_t h = circuit(0x0a000001, "eth0", "switch");

	ck_assert_uint_ne(h, 0);
	ck_assert(h <= INT64_MAX);
	ck_assert_uint_eq(h, circuit(0x0a000001, "eth0", "switch"));
	ck_assert_uint_ne(h, circuit(0x0a000002, "eth0", "switch"));
	ck_assert_uint_ne(h, circuit(0x0a000001, "eth0s", "witch"));
	ck_assert_uint_ne(h, circuit(0x0a000001, "eth0switch", ""));
	ck_assert_uint_eq(circuit(0x0a000001, "", ""), 0);
	/* stored on disk: the same for ever */
	ck_assert_uint_eq(h, UINT64_C(1174575509878611999));
}
END_TEST

UNIT_MAIN("dhcp_relay", reads_what_a_relay_says,
	  a_circuit_has_one_number)
