/* SPDX-License-Identifier: ISC */
/*
 * Where a transfer in netascii stands: which octet of the file a block begins
 * with depends on all lines before it.  Marks are left on the way, so that any
 * block of the window is found again without a buffer of the file and without
 * going back to its beginning.
 *
 * Pure: the caller reads the file where it is told and hands over what it
 * read.  One block is made like this:
 *
 *	pxe_ascii_seek(a, block);
 *	while (n < pxe_xfer_block_bytes(x, block)) {
 *		read up to `len` octets at pxe_ascii_offset(a) into `buf`;
 *		made = pxe_ascii_make(a, buf, len, out + n, most - n);
 *		if (made == 0 && len == 0)
 *			the file became shorter;
 *		n += made;
 *	}
 */
#ifndef PXE_TFTPD_ASCII_H
#define PXE_TFTPD_ASCII_H

#include <stddef.h>
#include <stdint.h>

#include "wire/netascii.h"

enum { PXE_ASCII_MARKS = 64 };

struct pxe_ascii_mark {
	uint64_t block;  /* that begins here; 0: no mark */
	uint64_t offset; /* of the next octet of the file */
	struct pxe_netascii state;
};

struct pxe_ascii {
	uint16_t blksize;
	uint32_t stride; /* blocks between two marks */
	struct pxe_ascii_mark at;
	uint16_t at_bytes;   /* of block `at.block` that are behind us */
	uint64_t skip_bytes; /* encoded, to be left out first */
	struct pxe_ascii_mark mark[PXE_ASCII_MARKS];
};

/* The beginning of a file; windowsize and blksize from 1. */
void pxe_ascii_start(struct pxe_ascii *a, uint16_t blksize,
		     uint16_t windowsize);

/*
 * What is made next is the beginning of `block`: the one behind the last that
 * was made, or one of the `windowsize` before that, or any before the first.
 * Others are found, too, but from the beginning of the file.
 */
void pxe_ascii_seek(struct pxe_ascii *a, uint64_t block);

/* The offset in the file of the octet that is wanted next. */
uint64_t pxe_ascii_offset(const struct pxe_ascii *a);

/*
 * Takes octets of the file, the first of which is that at pxe_ascii_offset,
 * and writes what they are encoded to `out`, at most `cap` octets and not
 * beyond the end of a block.  Not all of `in` may be used.  With room and
 * something to take, either octets come out or some are used.  At the end of
 * the file one octet may be left to come out.  The number of octets written.
 */
size_t pxe_ascii_make(struct pxe_ascii *a, const void *in, size_t in_len,
		      void *out, size_t cap);

#endif
