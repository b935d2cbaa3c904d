/* SPDX-License-Identifier: ISC */
/* Which offer is taken; and that ours look as pxectl says that they do. */
#include <errno.h>
#include <string.h>

#include "dhcpd/reply.h"
#include "pxectl/offer.h"
#include "unit.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

#define O(id)     PXE_OFFER_##id
#define T(id)     PXE_OFFER_TAKER_##id
#define TAKES(id) PXE_OFFER_TAKES_##id

/* clang-format off */
static const struct {
	enum pxe_offer_taker taker;
	enum pxe_offer ours, theirs;
	enum pxe_offer_taken taken;
} choices[] = {
	/* EDK2's order: 1 pxe, 3 proxy-pxe, 5 binl, 6 proxy-binl,
	 * 7 file */
	{ T(UEFI), O(PROXY_BINL), O(ADDRESS), TAKES(OURS) },
	{ T(UEFI), O(PROXY_BINL), O(FILE), TAKES(OURS) },
	{ T(UEFI), O(PROXY_BINL), O(BINL), TAKES(THEIRS) },
	{ T(UEFI), O(PROXY_BINL), O(PXE10), TAKES(THEIRS) },
	{ T(UEFI), O(PROXY_BINL), O(PROXY_PXE10), TAKES(THEIRS) },
	{ T(UEFI), O(PROXY_BINL), O(PROXY_BINL), TAKES(FIRST) },
	{ T(UEFI), O(PROXY_PXE10), O(PROXY_BINL), TAKES(OURS) },
	{ T(UEFI), O(PROXY_PXE10), O(FILE), TAKES(OURS) },
	/* it needs an address without option 60 beside it */
	{ T(UEFI), O(PROXY_PXE10), O(BINL), TAKES(THEIRS) },
	{ T(UEFI), O(PXE10), O(PROXY_PXE10), TAKES(OURS) },
	{ T(UEFI), O(PXE10), O(PXE10), TAKES(FIRST) },
	{ T(UEFI), O(PXE10), O(FILE), TAKES(OURS) },
	{ T(UEFI), O(NONE), O(FILE), TAKES(THEIRS) },
	{ T(UEFI), O(NONE), O(ADDRESS), TAKES(NEITHER) },
	{ T(UEFI), O(PROXY_BINL), O(HTTP), TAKES(OURS) },
	{ T(ROM), O(PROXY_PXE10), O(FILE), TAKES(OURS) },
	{ T(ROM), O(PROXY_PXE10), O(PXE10), TAKES(THEIRS) },
	{ T(ROM), O(PROXY_PXE10), O(PROXY_PXE10), TAKES(FIRST) },
	{ T(HTTP), O(PROXY_HTTP), O(ADDRESS), TAKES(OURS) },
	{ T(HTTP), O(PROXY_HTTP), O(PXE10), TAKES(OURS) },
	{ T(HTTP), O(PROXY_HTTP), O(HTTP), TAKES(THEIRS) },
	{ T(HTTP), O(PROXY_HTTP), O(PROXY_HTTP), TAKES(FIRST) },
	{ T(HTTP), O(HTTP), O(PROXY_HTTP), TAKES(OURS) },
	{ T(IPXE), O(PROXY_BINL), O(PXE10), TAKES(OURS) },
	{ T(IPXE), O(FILE), O(PROXY_PXE10), TAKES(OURS) },
	{ T(IPXE), O(NONE), O(FILE), TAKES(THEIRS) },
	{ T(UBOOT), O(PROXY_FILE), O(ADDRESS), TAKES(THEIRS) },
	{ T(UBOOT), O(FILE), O(FILE), TAKES(FIRST) },
	{ T(NOBODY), O(ADDRESS), O(PXE10), TAKES(NEITHER) },
};

static const struct {
	enum pxe_stage stage;
	uint16_t arch;
	enum pxe_give give;
} machines[] = {
	{ PXE_STAGE_ROM, 0, PXE_GIVE_LOADER },
	{ PXE_STAGE_ROM, 7, PXE_GIVE_LOADER },
	{ PXE_STAGE_ROM, 11, PXE_GIVE_LOADER },
	{ PXE_STAGE_ROM, PXE_ARCH_RPI, PXE_GIVE_LOADER },
	{ PXE_STAGE_HTTP, 16, PXE_GIVE_LOADER },
	{ PXE_STAGE_UBOOT, 22, PXE_GIVE_LOADER },
	{ PXE_STAGE_IPXE, 7, PXE_GIVE_LOADER },
	{ PXE_STAGE_IPXE, 0, PXE_GIVE_SCRIPT },
	{ PXE_STAGE_OS, PXE_ARCH_NONE, PXE_GIVE_ADDRESS },
	{ PXE_STAGE_ROM, 7, PXE_GIVE_ADDRESS },
};
/* clang-format on */

START_TEST(test_choices)
{
	for (size_t i = 0; i < PXE_LEN(choices); i++)
		ck_assert_msg(pxe_offer_choose(choices[i].taker,
					       choices[i].ours,
					       choices[i].theirs) ==
				      choices[i].taken,
			      "row %zu", i);
}
END_TEST

/* Neither of two is taken twice: seen from the other side it is the same. */
START_TEST(test_both_sides)
{
	for (int t = 0; t < PXE_N_OFFER_TAKERS; t++)
		for (int a = 0; a < PXE_N_OFFERS; a++)
			for (int b = 0; t != T(IPXE) && b < PXE_N_OFFERS; b++) {
				enum pxe_offer_taken x = pxe_offer_choose(
					(enum pxe_offer_taker)t,
					(enum pxe_offer)a, (enum pxe_offer)b);
				enum pxe_offer_taken y = pxe_offer_choose(
					(enum pxe_offer_taker)t,
					(enum pxe_offer)b, (enum pxe_offer)a);

				ck_assert_int_eq(x == TAKES(OURS),
						 y == TAKES(THEIRS));
				ck_assert_int_eq(x == TAKES(FIRST),
						 y == TAKES(FIRST));
			}
}
END_TEST

START_TEST(test_words)
{
	for (int i = 0; i < PXE_N_OFFERS; i++)
		ck_assert_int_eq(pxe_offer_from_name(
					 pxe_offer_name((enum pxe_offer)i)),
				 i);
	ck_assert_int_eq(pxe_offer_from_name("wds"), -ENOENT);
}
END_TEST

/* What a reply is, by its octets. */
static enum pxe_offer look_at(const uint8_t *buf, size_t len)
{
	struct pxe_dhcp_msg msg;
	struct pxe_opt_info info;
	struct pxe_rd rd;
	bool has_address, has_43, has_file;

	ck_assert_int_eq(pxe_dhcp_parse(buf, len, &msg), 0);
	pxe_opt_parse(&msg, &info);
	has_address = msg.head.yiaddr != 0;
	has_43 = pxe_dhcp_find(&msg, PXE_OPT_VENDOR_INFO, &rd);
	has_file = pxe_dhcp_find(&msg, PXE_OPT_BOOT_FILE, &rd);
	if (info.vendor == PXE_VENDOR_HTTP)
		return has_address ? O(HTTP) : O(PROXY_HTTP);
	if (info.vendor == PXE_VENDOR_PXE && has_43)
		return has_address ? O(PXE10) : O(PROXY_PXE10);
	if (info.vendor == PXE_VENDOR_PXE)
		return has_address ? O(BINL) : O(PROXY_BINL);
	if (has_file)
		return has_address ? O(FILE) : O(PROXY_FILE);
	return has_address ? O(ADDRESS) : O(NONE);
}

/* What pxe-dhcpd makes of it. */
static enum pxe_offer build(const struct pxe_facts *facts, enum pxe_give give,
			    enum pxe_mode mode, bool has_pxe10)
{
	const struct pxe_conf conf = { .http_port = 16000 };
	const struct pxe_conf_subnet subnet = { .mode = mode,
						.has_uefi_pxe10 = has_pxe10,
						.server_name = "",
						.file = "" };
	const struct pxe_dhcp_decision decision = {
		.mode = mode,
		.reply = PXE_DHCP_OFFER,
		.address = mode == PXE_MODE_PROXY ? 0 : 0x0a000005,
		.lease_s = mode == PXE_MODE_PROXY ? 0 : 60,
		.server_id = 0x0a000001,
		.server_address = 0x0a000001,
		.subnet = &subnet,
		.boot = { .give = give, .file = "loader" },
	};
	struct pxe_dhcp_msg msg = { .type = PXE_DHCP_DISCOVER };
	uint8_t buf[PXE_REPLY_MAX_BYTES];
	size_t len;

	ck_assert_int_eq(pxe_reply_build(&conf, &msg, facts, &decision, buf,
					 &len),
			 0);
	return look_at(buf, len);
}

START_TEST(test_ours_is_what_dhcpd_sends)
{
	static const enum pxe_mode modes[] = { PXE_MODE_INTERNAL,
					       PXE_MODE_PROXY };

	for (size_t i = 0; i < PXE_LEN(machines) * 4; i++) {
		const size_t m = i / 4;
		const enum pxe_mode mode = modes[i % 4 / 2];
		const bool has_pxe10 = i % 2 != 0;
		const struct pxe_facts facts = { .stage = machines[m].stage,
						 .arch = machines[m].arch };
		enum pxe_offer ours =
			pxe_offer_ours(pxe_offer_find_taker(&facts),
				       machines[m].give, mode, has_pxe10);

		/* pxe-dhcpd then sends nothing */
		if (ours == O(NONE))
			ck_assert_int_eq(machines[m].give, PXE_GIVE_ADDRESS);
		else
			ck_assert_msg(build(&facts, machines[m].give, mode,
					    has_pxe10) == ours,
				      "machine %zu, %s, %d", m,
				      pxe_conf_mode_name(mode), has_pxe10);
	}
}
END_TEST

UNIT_MAIN("offer", test_choices, test_both_sides, test_words,
	  test_ours_is_what_dhcpd_sends)
