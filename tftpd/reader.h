/* SPDX-License-Identifier: ISC */
/*
 * How a transfer reads its source: the octets as they are, or as text in
 * netascii, block by block.
 */
#ifndef PXE_TFTPD_READER_H
#define PXE_TFTPD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "tftpd/ascii.h"
#include "tftpd/source.h"
#include "tftpd/xfer.h"

struct pxe_reader {
	struct pxe_source *source;
	struct pxe_ascii *ascii; /* NULL: the octets as they are */
};

/* Blocks of a transfer, and where they are. */
struct pxe_reader_blocks {
	uint64_t first;
	size_t n;
	size_t bytes; /* of data */
	/* their data; NULL: it has to be read to room of that many octets */
	const uint8_t *data;
};

/* From now on the text in netascii; pxe_ascii_start(reader->ascii) is the
 * caller's.  0, -ENOMEM. */
int pxe_reader_use_ascii(struct pxe_reader *reader) PXE_MUST_CHECK;

/* Frees what it has; the source stays open. */
void pxe_reader_done(struct pxe_reader *reader);

/* Where `n` blocks of `x` from `first` on lie. */
void pxe_reader_find(const struct pxe_reader *reader, const struct pxe_xfer *x,
		     uint64_t first, size_t n, struct pxe_reader_blocks *out);

/* Reads them to `room`.  0; -ENODATA if the file became shorter, -errno. */
int pxe_reader_read(struct pxe_reader *reader, const struct pxe_xfer *x,
		    const struct pxe_reader_blocks *blocks,
		    uint8_t *room) PXE_MUST_CHECK;

#endif
