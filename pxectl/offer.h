/* SPDX-License-Identifier: ISC */
/*
 * DHCP offers as firmware tells them apart, and which of two it takes: ours or
 * that of another server on the same network.
 *
 * What ours looks like is the business of pxe-dhcpd's profiles; a unit test
 * compares them with this.
 */
#ifndef PXECTL_OFFER_H
#define PXECTL_OFFER_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/conf_words.h"
#include "core/facts.h"
#include "core/policy.h"

/* clang-format off */
/* Rows: enumerator, word, what it is.  60 is "PXEClient" but for HTTP. */
#define PXE_OFFERS(X) \
X(NONE,       "none",       "no offer") \
X(ADDRESS,    "address",    "an address, nothing to boot") \
X(FILE,       "file",       "an address and a file, without option 60") \
X(PXE10,      "pxe",        "an address, options 60 and 43") \
X(BINL,       "binl",       "an address, option 60 without 43") \
X(HTTP,       "http",       "an address, option 60 of HTTP Boot and a URL") \
X(PROXY_FILE, "proxy-file", "a file without an address, without option 60") \
X(PROXY_PXE10,"proxy-pxe",  "no address, options 60 and 43") \
X(PROXY_BINL, "proxy-binl", "no address, option 60 without 43") \
X(PROXY_HTTP, "proxy-http", "no address, option 60 of HTTP Boot and a URL")

/* Who takes offers.  Rows: enumerator, by which rule. */
#define PXE_OFFER_TAKERS(X) \
X(NOBODY, "it does not boot from the network") \
X(UEFI,   "the order of EDK2") \
X(ROM,    "by the letter of PXE 2.1; boot ROMs differ") \
X(HTTP,   "the order of EDK2 for HTTP Boot") \
X(IPXE,   "by the priority in option 175; other servers have none") \
X(UBOOT,  "U-Boot takes the first, and knows no proxy")
/* clang-format on */

enum pxe_offer {
#define X(id, name, text) PXE_OFFER_##id,
	PXE_OFFERS(X)
#undef X
		PXE_N_OFFERS
};

enum pxe_offer_taker {
#define X(id, text) PXE_OFFER_TAKER_##id,
	PXE_OFFER_TAKERS(X)
#undef X
		PXE_N_OFFER_TAKERS
};

enum pxe_offer_taken {
	PXE_OFFER_TAKES_OURS,
	PXE_OFFER_TAKES_THEIRS,
	PXE_OFFER_TAKES_FIRST,	 /* that which comes first */
	PXE_OFFER_TAKES_NEITHER, /* none is of use */
};

const char *pxe_offer_name(enum pxe_offer offer);
const char *pxe_offer_text(enum pxe_offer offer);
const char *pxe_offer_taker_text(enum pxe_offer_taker taker);

/* The offer with that word.  -ENOENT. */
int pxe_offer_from_name(const char *name) PXE_MUST_CHECK;

/* Does it make another server contend for what is booted? */
bool pxe_offer_is_pxe(enum pxe_offer offer);

/* Who takes it: the program that says these facts. */
enum pxe_offer_taker pxe_offer_find_taker(const struct pxe_facts *facts);

/* What we offer a machine that is given `give`, in a subnet of that mode.
 * `has_pxe10`: UEFI firmware may have PXE 1.0 tags of a proxy. */
enum pxe_offer pxe_offer_ours(enum pxe_offer_taker taker, enum pxe_give give,
			      enum pxe_mode mode, bool has_pxe10);

/* Which of two is taken.  Where both are a proxy's, some other server gives an
 * address. */
enum pxe_offer_taken pxe_offer_choose(enum pxe_offer_taker taker,
				      enum pxe_offer ours,
				      enum pxe_offer theirs);

#endif
