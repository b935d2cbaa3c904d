/* SPDX-License-Identifier: ISC */
/* The blocks of a transfer: their numbers on the wire, and their octets. */
#include "tftpd/xfer.h"

uint16_t pxe_xfer_wire_block(const struct pxe_xfer *x, uint64_t block)
{
	if (x->params.rollover == 0 || block == 0)
		return (uint16_t)block;
	return (uint16_t)((block - 1) % 65535 + 1);
}

uint32_t pxe_xfer_blocks_past(const struct pxe_xfer *x, uint16_t number)
{
	uint16_t last;

	if (x->next == 0)
		return number == 0 ? 1 : UINT32_MAX;
	last = pxe_xfer_wire_block(x, x->next - 1);
	if (x->params.rollover == 0)
		return (uint16_t)(number - last);
	if (number == 0) /* which never comes again */
		return last == 0 ? 0 : UINT32_MAX;
	return (number + 65535u - last) % 65535u;
}

uint16_t pxe_xfer_block_bytes(const struct pxe_xfer *x, uint64_t block)
{
	return block == x->last_block
		       ? (uint16_t)(x->params.size_bytes % x->params.blksize)
		       : x->params.blksize;
}

uint64_t pxe_xfer_acked_bytes(const struct pxe_xfer *x)
{
	if (x->next <= 1)
		return 0;
	return x->next > x->last_block ? x->params.size_bytes
				       : (x->next - 1) * x->params.blksize;
}
