/* SPDX-License-Identifier: ISC */
#include "core/facts.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "wire/dhcp_opt.h"

#define CLIENT_ID_MAX 255 /* a split one is nobody's */

static const char *const stages[PXE_N_STAGES] = {
#define X(id, name) [PXE_STAGE_##id] = name,
	PXE_STAGES(X)
#undef X
};

/* What the vendor class says of the program, where it is not iPXE. */
static const enum pxe_stage vendor_stages[] = {
	[PXE_VENDOR_NONE] = PXE_STAGE_OS,
	[PXE_VENDOR_PXE] = PXE_STAGE_ROM,
	[PXE_VENDOR_HTTP] = PXE_STAGE_HTTP,
	[PXE_VENDOR_UBOOT] = PXE_STAGE_UBOOT,
};

static void read_key(const struct pxe_dhcp_msg *msg, struct pxe_facts *facts)
{
	struct pxe_str key;
	struct pxe_rd id;

	pxe_str_init(&key, facts->key, sizeof(facts->key));
	if (!pxe_hwaddr_is_zero(&msg->head.hw)) {
		facts->hw = msg->head.hw;
		pxe_hwaddr_format(&facts->hw, facts->key, sizeof(facts->key));
	} else if (pxe_dhcp_find(msg, PXE_OPT_CLIENT_ID, &id) && id.left > 0 &&
		   id.left <= CLIENT_ID_MAX) {
		pxe_str_puts(&key, "id:");
		pxe_str_put_hex(&key, id.p, id.left, 0);
	}
}

static void read_host_name(const struct pxe_dhcp_msg *msg,
			   struct pxe_facts *facts)
{
	struct pxe_str name;
	struct pxe_rd rd;

	if (!pxe_dhcp_find(msg, PXE_OPT_HOST_NAME, &rd))
		return;
	while (rd.left > 0 && rd.p[rd.left - 1] == 0)
		rd.left--;
	pxe_str_init(&name, facts->host_name, sizeof(facts->host_name));
	pxe_str_put_escaped(&name, rd.p, rd.left);
}

/* FlexBoot is an iPXE that does not say so in option 77, but has 175. */
static enum pxe_stage find_stage(const struct pxe_opt_info *info)
{
	if (info->has_ipxe_class || info->has_ipxe)
		return PXE_STAGE_IPXE;
	return vendor_stages[info->vendor];
}

/*
 * What an iPXE was built with.  Builds in the ROMs of cards and virtual
 * machines lack parts: without these four a boot script gets nowhere.
 */
static void read_ipxe(const struct pxe_opt_info *info, struct pxe_facts *facts)
{
	const bool *can = info->ipxe_features;

	facts->ipxe_tells = info->has_ipxe;
	facts->ipxe_can_http = can[PXE_IPXE_HTTP];
	facts->ipxe_can_menu = can[PXE_IPXE_MENU];
	facts->ipxe_can_boot = can[PXE_IPXE_EFI] ||
			       (can[PXE_IPXE_PXE] && can[PXE_IPXE_BZIMAGE]);
}

/*
 * The boot ROM of a Raspberry Pi calls itself a PC with a BIOS, and says
 * PXEClient in its DISCOVER only.  What a Pi runs later has the same hardware
 * address, but not the options of a boot ROM; UEFI on it says another
 * architecture.
 */
static bool is_rpi(const struct pxe_dhcp_msg *msg,
		   const struct pxe_opt_info *info)
{
	static const uint8_t ouis[][3] = {
		{ 0xb8, 0x27, 0xeb }, { 0xdc, 0xa6, 0x32 },
		{ 0xe4, 0x5f, 0x01 }, { 0x28, 0xcd, 0xc1 },
		{ 0xd8, 0x3a, 0xdd }, { 0x2c, 0xcf, 0x67 },
		{ 0x88, 0xa2, 0x9e },
	};
	/* how option 97 begins unless it was set to something else: the text
	 * of today, and the number of early documents in either order */
	static const uint8_t uuids[][4] = {
		{ 'R', 'P', 'i', '4' },
		{ 'R', 'P', 'i', '5' },
		{ 0x80, 0x01, 0x75, 0x90 },
		{ 0x90, 0x75, 0x01, 0x80 },
	};
	const struct pxe_hwaddr *hw = &msg->head.hw;
	bool is = false;

	for (size_t i = 0; i < PXE_LEN(ouis) && hw->hlen == 6; i++)
		is = is || memcmp(hw->addr, ouis[i], sizeof(ouis[i])) == 0;
	for (size_t i = 0; i < PXE_LEN(uuids) && info->has_uuid; i++)
		is = is ||
		     memcmp(info->uuid.b, uuids[i], sizeof(uuids[i])) == 0;
	if (!is || (info->n_archs > 0 && info->archs[0] != PXE_ARCH_BIOS))
		return false;
	return info->vendor == PXE_VENDOR_PXE ||
	       (info->vendor_class[0] == '\0' &&
		(info->n_archs > 0 || info->has_uuid));
}

void pxe_facts_read(const struct pxe_dhcp_msg *msg, struct pxe_facts *facts)
{
	struct pxe_opt_info info;

	pxe_opt_parse(msg, &info);
	memset(facts, 0, sizeof(*facts));
	read_key(msg, facts);
	read_host_name(msg, facts);
	if (info.has_uuid && pxe_uuid_is_unique(&info.uuid)) {
		facts->has_uuid = true;
		facts->uuid = info.uuid;
	}
	facts->stage = find_stage(&info);
	if (info.n_archs > 0)
		facts->arch = pxe_arch_pick(info.archs, info.n_archs);
	else
		facts->arch =
			pxe_arch_from_vendor_class(info.vendor_class,
						   strlen(info.vendor_class));
	read_ipxe(&info, facts);
	if (facts->stage != PXE_STAGE_IPXE && is_rpi(msg, &info)) {
		facts->stage = PXE_STAGE_ROM;
		facts->arch = PXE_ARCH_RPI;
	}
	(void)pxe_str_copy(facts->vendor_class, sizeof(facts->vendor_class),
			   info.vendor_class);
	(void)pxe_str_copy(facts->user_class, sizeof(facts->user_class),
			   info.user_class);
}

bool pxe_facts_is_boot(const struct pxe_facts *facts)
{
	return facts->stage != PXE_STAGE_OS;
}

const char *pxe_stage_name(enum pxe_stage stage)
{
	return (unsigned)stage < PXE_N_STAGES ? stages[stage] : "?";
}

int pxe_stage_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_STAGES; i++)
		if (strcmp(stages[i], name) == 0)
			return i;
	return -ENOENT;
}
