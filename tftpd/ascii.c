/* SPDX-License-Identifier: ISC */
#include "tftpd/ascii.h"

#include <string.h>

/* The mark at or before `block`, where it was left. */
static struct pxe_ascii_mark *mark_of(struct pxe_ascii *a, uint64_t block)
{
	return &a->mark[block / a->stride % PXE_ASCII_MARKS];
}

static void leave_mark(struct pxe_ascii *a)
{
	if (a->at.block % a->stride == 0)
		*mark_of(a, a->at.block) = a->at;
}

void pxe_ascii_start(struct pxe_ascii *a, uint16_t blksize, uint16_t windowsize)
{
	memset(a, 0, sizeof(*a));
	a->blksize = blksize;
	/* the window, and a mark before it, take less than all marks */
	a->stride = windowsize / (PXE_ASCII_MARKS - 2) + 1u;
	a->at.block = 1;
	leave_mark(a);
}

void pxe_ascii_seek(struct pxe_ascii *a, uint64_t block)
{
	const struct pxe_ascii_mark *mark = mark_of(a, block);
	bool is_past = block < a->at.block ||
		       (block == a->at.block && a->at_bytes > 0);

	if (mark->block != 0 && mark->block <= block &&
	    (is_past || mark->block > a->at.block)) {
		a->at = *mark;
		a->at_bytes = 0;
	} else if (is_past) {
		a->at = (struct pxe_ascii_mark) { .block = 1 };
		a->at_bytes = 0;
	}
	a->skip_bytes = (block - a->at.block) * a->blksize - a->at_bytes;
}

uint64_t pxe_ascii_offset(const struct pxe_ascii *a)
{
	return a->at.offset;
}

/* Encodes up to the end of the block; NULL: goes past it. */
static size_t encode(struct pxe_ascii *a, const uint8_t *in, size_t in_len,
		     size_t *in_used, uint8_t *out, uint64_t cap)
{
	size_t room = (size_t)(a->blksize - a->at_bytes), n;

	if (room > cap)
		room = (size_t)cap;
	n = pxe_netascii_encode(&a->at.state, in, in_len, in_used, out, room);
	a->at.offset += *in_used;
	a->at_bytes = (uint16_t)(a->at_bytes + n);
	if (a->at_bytes == a->blksize) {
		a->at_bytes = 0;
		a->at.block++;
		leave_mark(a);
	}
	return n;
}

size_t pxe_ascii_make(struct pxe_ascii *a, const void *in, size_t in_len,
		      void *out, size_t cap)
{
	const uint8_t *p = in;
	size_t used, n;

	while (a->skip_bytes > 0) {
		n = encode(a, p, in_len, &used, NULL, a->skip_bytes);
		p += used;
		in_len -= used;
		a->skip_bytes -= n;
		if (n == 0)
			return 0;
	}
	return encode(a, p, in_len, &used, out, cap);
}
