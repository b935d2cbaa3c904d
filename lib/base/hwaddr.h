/* SPDX-License-Identifier: ISC */
/*
 * Hardware addresses as DHCP carries them: a type, a length, up to 16 octets
 * (RFC 2131 section 2: htype, hlen, chaddr).
 */
#ifndef PXE_BASE_HWADDR_H
#define PXE_BASE_HWADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_HWADDR_MAX 16
#define PXE_HWADDR_TEXT 56 /* "hh-" and 16 pairs with colons, and NUL */

#define PXE_HTYPE_ETHERNET 1

struct pxe_hwaddr {
	uint8_t htype; /* ARP hardware type, 1 = Ethernet */
	uint8_t hlen;  /* 0..16; 0: the client has none */
	uint8_t addr[PXE_HWADDR_MAX]; /* zero beyond hlen */
};

/* Are type, length and octets the same? */
bool pxe_hwaddr_is_equal(const struct pxe_hwaddr *a,
			 const struct pxe_hwaddr *b);

/* Are all octets zero (or none there)? Such an address identifies nobody. */
bool pxe_hwaddr_is_zero(const struct pxe_hwaddr *a);

/*
 * Writes "52:54:00:12:34:56" for Ethernet, "20-00:01:.." (type in decimal)
 * for other types, "" for hlen 0, to `cap` >= PXE_HWADDR_TEXT octets.
 */
void pxe_hwaddr_format(const struct pxe_hwaddr *a, char *text, size_t cap);

/*
 * Reads what _format writes, and six pairs with '-' or without separator.
 * 0, -EINVAL.
 */
int pxe_hwaddr_parse(const char *text, struct pxe_hwaddr *a) PXE_MUST_CHECK;

#endif
