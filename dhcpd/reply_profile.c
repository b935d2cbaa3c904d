/* SPDX-License-Identifier: ISC */
/*
 * Which program is told how.  The first row that fits the request decides.
 *
 * Option 60 makes a reply one of network boot.  What 43 then holds says how it
 * goes on: a file to be loaded at once, a menu, or, without 43, that port 4011
 * is to be asked (BINL).  EDK2 ranks the offers it has by that:
 *
 *	1 address and 43   3 address of one, 43 of a proxy   5, 6 without 43
 *
 * so that where we give the address our offer goes before all others.  As a
 * proxy we send UEFI no 43 unless told to: until 2017 EDK2 dropped an offer of
 * a proxy with it, or fell over it.
 */
#include "dhcpd/reply_priv.h"

/* What kind of program asks. */
enum kind {
	KIND_NONE,
	KIND_BIOS, /* and whatever else is firmware, but not UEFI */
	KIND_UEFI,
	KIND_RPI,
	KIND_HTTP,
	KIND_UBOOT,
	KIND_IPXE,
};

/* Where the reply stands in the talk. */
enum where {
	GIVEN = 1,   /* it gives an address, too */
	PROXY = 2,   /* beside another server's offer */
	PROXY10 = 4, /* the same, and UEFI may have PXE 1.0 tags */
	BINL = 8,    /* a boot server's, on port 4011 */
	BESIDE = PROXY | PROXY10,
	ANYWHERE = GIVEN | BESIDE | BINL,
};

/* Has the client a menu to choose from, and did not yet? */
enum menu { NO, YES, ANY };

struct row {
	enum kind kind;
	enum pxe_give give;
	unsigned where;
	enum menu menu;
	struct pxe_profile profile;
};

#define PXE      "PXEClient"
#define LOADER   PXE_GIVE_LOADER
#define SCRIPT   PXE_GIVE_SCRIPT
#define NAME(id) PXE_NAMING_##id
#define INFO(id) PXE_VENDOR_INFO_##id
#define AT(id)   PXE_SERVER_##id

/* clang-format off */
static const struct row rows[] = {
/* Its ROM looks for a text in 43, and for its own files where siaddr says. */
{ KIND_RPI,  LOADER, ANYWHERE,         ANY, { NAME(FILE), PXE, INFO(RPI), AT(LOADER), true } },
/* A menu, and who is to be asked for what was chosen.  */
{ KIND_BIOS, LOADER, GIVEN | BESIDE,   YES, { NAME(NOTHING), PXE, INFO(MENU), AT(HERE), false } },
{ KIND_UEFI, LOADER, GIVEN | PROXY10,  YES, { NAME(NOTHING), PXE, INFO(MENU), AT(HERE), false } },
{ KIND_BIOS, LOADER, BINL,             YES, { NAME(NOTHING), PXE, INFO(MENU), AT(HERE), false } },
{ KIND_UEFI, LOADER, BINL,             YES, { NAME(NOTHING), PXE, INFO(MENU), AT(HERE), false } },
/* The file, at once: PXE 1.0 tags. */
{ KIND_BIOS, LOADER, GIVEN | BESIDE,   NO,  { NAME(FILE), PXE, INFO(JUST_BOOT), AT(LOADER), true } },
{ KIND_UEFI, LOADER, GIVEN | PROXY10,  NO,  { NAME(FILE), PXE, INFO(JUST_BOOT), AT(LOADER), true } },
/* BINL: siaddr is whom to ask, the file would be taken for the answer. */
{ KIND_UEFI, LOADER, PROXY,            ANY, { NAME(NOTHING), PXE, INFO(NONE), AT(HERE), false } },
{ KIND_BIOS, LOADER, BINL,             NO,  { NAME(FILE), PXE, INFO(ITEM), AT(LOADER), true } },
{ KIND_UEFI, LOADER, BINL,             NO,  { NAME(FILE), PXE, INFO(ITEM), AT(LOADER), true } },
/* EDK2 drops an offer to HTTP Boot without this option 60. */
{ KIND_HTTP, LOADER, ANYWHERE,         ANY, { NAME(FILE_URL), "HTTPClient", INFO(NONE), AT(LOADER), false } },
{ KIND_UBOOT, LOADER, ANYWHERE,        ANY, { NAME(FILE), NULL, INFO(NONE), AT(LOADER), true } },
/* Without a loader U-Boot looks for pxelinux.cfg/ where siaddr says. */
{ KIND_UBOOT, PXE_GIVE_ADDRESS, GIVEN, ANY, { NAME(NOTHING), NULL, INFO(NONE), AT(LOADER), true } },
/* iPXE: a proxy's reply counts with option 60 and siaddr and file only. */
{ KIND_IPXE, LOADER, GIVEN,            ANY, { NAME(FILE), NULL, INFO(NONE), AT(LOADER), true } },
{ KIND_IPXE, SCRIPT, GIVEN,            ANY, { NAME(SCRIPT_URL), NULL, INFO(NONE), AT(LOADER), false } },
{ KIND_IPXE, LOADER, BESIDE | BINL,    ANY, { NAME(FILE), PXE, INFO(ITEM), AT(LOADER), true } },
{ KIND_IPXE, SCRIPT, BESIDE | BINL,    ANY, { NAME(SCRIPT_URL), PXE, INFO(ITEM), AT(LOADER), false } },
};
/* clang-format on */

static enum kind find_kind(const struct pxe_facts *facts)
{
	const enum pxe_family family = pxe_arch_family(facts->arch);

	switch (facts->stage) {
	case PXE_STAGE_ROM:
		return family == PXE_FAMILY_RPI     ? KIND_RPI
		       : pxe_family_is_uefi(family) ? KIND_UEFI
						    : KIND_BIOS;
	case PXE_STAGE_HTTP:
		return KIND_HTTP;
	case PXE_STAGE_UBOOT:
		return KIND_UBOOT;
	case PXE_STAGE_IPXE:
		return KIND_IPXE;
	case PXE_STAGE_OS:
	case PXE_N_STAGES:
		break;
	}
	return KIND_NONE;
}

static enum where find_where(const struct pxe_dhcp_decision *d)
{
	if (d->is_binl)
		return BINL;
	if (d->mode != PXE_MODE_PROXY)
		return GIVEN;
	return d->subnet->has_uefi_pxe10 ? PROXY10 : PROXY;
}

const struct pxe_profile *pxe_profile_find(const struct pxe_reply_ctx *c)
{
	const enum kind kind = find_kind(c->facts);
	const enum where where = find_where(c->decision);
	const enum menu menu = pxe_reply_has_menu(c) ? YES : NO;

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].kind == kind &&
		    rows[i].give == c->decision->boot.give &&
		    (rows[i].where & where) != 0 &&
		    (rows[i].menu == ANY || rows[i].menu == menu))
			return &rows[i].profile;
	return NULL;
}
