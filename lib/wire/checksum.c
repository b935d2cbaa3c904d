/* SPDX-License-Identifier: ISC */
#include "wire/checksum.h"

#include "base/rd.h"

uint32_t pxe_checksum_add(uint32_t sum, const void *bytes, size_t n)
{
	struct pxe_rd rd;

	pxe_rd_init(&rd, bytes, n);
	while (rd.left > 1) {
		sum += pxe_rd_u16(&rd);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (rd.left == 1)
		sum += (uint32_t)pxe_rd_u8(&rd) << 8;
	return (sum & 0xffff) + (sum >> 16);
}

uint16_t pxe_checksum_end(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
