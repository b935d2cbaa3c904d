/* SPDX-License-Identifier: ISC */
/*
 * IPv4 addresses, networks and ranges.  An address is a uint32_t in host byte
 * order everywhere inside the suite; only wire/ knows the order on the wire.
 */
#ifndef PXE_BASE_IP4_H
#define PXE_BASE_IP4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_IP4_TEXT 16	    /* "255.255.255.255" and NUL */
#define PXE_IP4_NET_TEXT 20 /* the same with "/32" */

#define PXE_IP4_BROADCAST 0xffffffffu

struct pxe_ip4_net {
	uint32_t address; /* host bits are zero */
	uint8_t prefix;	  /* 0..32 */
};

struct pxe_ip4_range {
	uint32_t first;
	uint32_t last; /* >= first; both belong to the range */
};

/* Writes the dotted quad to `text` of `cap` >= PXE_IP4_TEXT octets. */
void pxe_ip4_format(uint32_t address, char *text, size_t cap);

/* Reads a dotted quad of four decimal numbers.  0, -EINVAL. */
int pxe_ip4_parse(const char *text, uint32_t *address) PXE_MUST_CHECK;

/* Writes "192.168.200.0/24" to `cap` >= PXE_IP4_NET_TEXT octets. */
void pxe_ip4_net_format(const struct pxe_ip4_net *net, char *text, size_t cap);

/*
 * Reads "192.168.200.0/24".
 * 0, -EINVAL (no address, no prefix), -ERANGE (host bits are not zero).
 */
int pxe_ip4_net_parse(const char *text,
		      struct pxe_ip4_net *net) PXE_MUST_CHECK;

/* The mask of a prefix length of 0..32. */
uint32_t pxe_ip4_mask(uint8_t prefix);

/* The broadcast address of a network. */
uint32_t pxe_ip4_net_broadcast(const struct pxe_ip4_net *net);

/* Does `address` lie in `net`? */
bool pxe_ip4_net_has(const struct pxe_ip4_net *net, uint32_t address);

/*
 * Reads "192.168.200.21-192.168.200.100" or one address.
 * 0, -EINVAL (not addresses), -ERANGE (the last is below the first).
 */
int pxe_ip4_range_parse(const char *text,
			struct pxe_ip4_range *range) PXE_MUST_CHECK;

/* Does `address` lie in `range`? */
bool pxe_ip4_range_has(const struct pxe_ip4_range *range, uint32_t address);

#endif
