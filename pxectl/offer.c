/* SPDX-License-Identifier: ISC */
#include "pxectl/offer.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arch.h"

/* clang-format off */
static const struct {
	const char *name, *text;
} offers[PXE_N_OFFERS] = {
#define X(id, name, text) [PXE_OFFER_##id] = { name, text },
	PXE_OFFERS(X)
#undef X
};

static const char *const takers[PXE_N_OFFER_TAKERS] = {
#define X(id, text) [PXE_OFFER_TAKER_##id] = text,
	PXE_OFFER_TAKERS(X)
#undef X
};

#define T(id) PXE_OFFER_TAKER_##id
#define O(id) PXE_OFFER_##id

/*
 * The best is 1; 0 is of no use.  EDK2's are those of PxeBcDhcp4.c, of
 * HttpBootDhcp4.c for HTTP; PXE 2.1 says only that a ProxyDHCP offer counts
 * where the server that gives the address does not speak PXE.
 */
static const uint8_t ranks[PXE_N_OFFER_TAKERS][PXE_N_OFFERS] = {
	[T(UEFI)]  = { [O(PXE10)] = 1, [O(PROXY_PXE10)] = 3, [O(BINL)] = 5,
		       [O(PROXY_BINL)] = 6, [O(FILE)] = 7 },
	[T(ROM)]   = { [O(PXE10)] = 1, [O(BINL)] = 2, [O(PROXY_PXE10)] = 3,
		       [O(PROXY_BINL)] = 3, [O(FILE)] = 4 },
	[T(HTTP)]  = { [O(HTTP)] = 1, [O(PROXY_HTTP)] = 2 },
	[T(IPXE)]  = { [O(PXE10)] = 1, [O(BINL)] = 1, [O(FILE)] = 1,
		       [O(PROXY_PXE10)] = 1, [O(PROXY_BINL)] = 1 },
	[T(UBOOT)] = { [O(PXE10)] = 1, [O(BINL)] = 1, [O(FILE)] = 1,
		       [O(ADDRESS)] = 1 },
};

/* Our offers with something to boot: who gives the address, a proxy, and a
 * proxy that may send UEFI firmware PXE 1.0 tags. */
static const struct {
	enum pxe_offer given, proxy, proxy_pxe10;
} ours[PXE_N_OFFER_TAKERS] = {
	[T(UEFI)]  = { O(PXE10), O(PROXY_BINL),  O(PROXY_PXE10) },
	[T(ROM)]   = { O(PXE10), O(PROXY_PXE10), O(PROXY_PXE10) },
	[T(HTTP)]  = { O(HTTP),  O(PROXY_HTTP),  O(PROXY_HTTP) },
	[T(IPXE)]  = { O(FILE),  O(PROXY_BINL),  O(PROXY_BINL) },
	[T(UBOOT)] = { O(FILE),  O(PROXY_FILE),  O(PROXY_FILE) },
};
/* clang-format on */

const char *pxe_offer_name(enum pxe_offer offer)
{
	return offers[offer].name;
}

const char *pxe_offer_text(enum pxe_offer offer)
{
	return offers[offer].text;
}

const char *pxe_offer_taker_text(enum pxe_offer_taker taker)
{
	return takers[taker];
}

int pxe_offer_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_OFFERS; i++)
		if (strcmp(offers[i].name, name) == 0)
			return i;
	return -ENOENT;
}

bool pxe_offer_is_pxe(enum pxe_offer offer)
{
	return offer == O(PXE10) || offer == O(BINL) || offer == O(HTTP) ||
	       offer == O(PROXY_PXE10) || offer == O(PROXY_BINL) ||
	       offer == O(PROXY_HTTP);
}

enum pxe_offer_taker pxe_offer_find_taker(const struct pxe_facts *facts)
{
	switch (facts->stage) {
	case PXE_STAGE_ROM:
		return pxe_family_is_uefi(pxe_arch_family(facts->arch))
			       ? T(UEFI)
			       : T(ROM);
	case PXE_STAGE_HTTP:
		return T(HTTP);
	case PXE_STAGE_UBOOT:
		return T(UBOOT);
	case PXE_STAGE_IPXE:
		return T(IPXE);
	case PXE_STAGE_OS:
	case PXE_N_STAGES:
		break;
	}
	return T(NOBODY);
}

enum pxe_offer pxe_offer_ours(enum pxe_offer_taker taker, enum pxe_give give,
			      enum pxe_mode mode, bool has_pxe10)
{
	if (give == PXE_GIVE_NOTHING || mode == PXE_MODE_EXTERNAL)
		return O(NONE);
	if (give == PXE_GIVE_ADDRESS || ours[taker].given == O(NONE))
		return mode == PXE_MODE_PROXY ? O(NONE) : O(ADDRESS);
	if (mode != PXE_MODE_PROXY)
		return ours[taker].given;
	return has_pxe10 ? ours[taker].proxy_pxe10 : ours[taker].proxy;
}

/* EDK2 joins a proxy's offer to one that has an address and no option 60. */
static bool is_stranded(enum pxe_offer proxy, enum pxe_offer other)
{
	return proxy == O(PROXY_PXE10) && other == O(BINL);
}

enum pxe_offer_taken pxe_offer_choose(enum pxe_offer_taker taker,
				      enum pxe_offer own, enum pxe_offer theirs)
{
	uint8_t our_rank = ranks[taker][own];
	uint8_t their_rank = ranks[taker][theirs];

	if (taker == T(UEFI) && is_stranded(own, theirs))
		our_rank = 0;
	if (taker == T(UEFI) && is_stranded(theirs, own))
		their_rank = 0;
	if (our_rank == 0)
		return their_rank == 0 ? PXE_OFFER_TAKES_NEITHER
				       : PXE_OFFER_TAKES_THEIRS;
	if (their_rank == 0 || taker == T(IPXE))
		return PXE_OFFER_TAKES_OURS;
	if (our_rank == their_rank)
		return PXE_OFFER_TAKES_FIRST;
	return our_rank < their_rank ? PXE_OFFER_TAKES_OURS
				     : PXE_OFFER_TAKES_THEIRS;
}
#undef T
#undef O
