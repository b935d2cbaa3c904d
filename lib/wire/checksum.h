/* SPDX-License-Identifier: ISC */
/* The ones' complement sum of IPv4, UDP and ICMP (RFC 1071). */
#ifndef PXE_WIRE_CHECKSUM_H
#define PXE_WIRE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds `n` octets to a sum (0 to start); only the last call may have an odd
 * number of them. */
uint32_t pxe_checksum_add(uint32_t sum, const void *bytes, size_t n);

/* What stands in a header: 0xffff less the sum of the rest; 0 over a header
 * whose checksum is right. */
uint16_t pxe_checksum_end(uint32_t sum);

#endif
