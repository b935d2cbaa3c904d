/* SPDX-License-Identifier: ISC */
#include "tftpd/reader.h"

#include <errno.h>
#include <stdlib.h>

#define PIECE_BYTES 4096 /* of a file, read for a block in netascii */

int pxe_reader_use_ascii(struct pxe_reader *reader)
{
	if (reader->ascii == NULL)
		reader->ascii = calloc(1, sizeof(*reader->ascii));
	return reader->ascii != NULL ? 0 : -ENOMEM;
}

void pxe_reader_done(struct pxe_reader *reader)
{
	free(reader->ascii);
	reader->ascii = NULL;
}

void pxe_reader_find(const struct pxe_reader *reader, const struct pxe_xfer *x,
		     uint64_t first, size_t n, struct pxe_reader_blocks *out)
{
	uint64_t offset = (first - 1) * x->params.blksize;
	size_t bytes = (n - 1) * x->params.blksize +
		       pxe_xfer_block_bytes(x, first + n - 1);

	*out = (struct pxe_reader_blocks) {
		.first = first,
		.n = n,
		.bytes = bytes,
		.data = reader->ascii == NULL
				? pxe_source_find(reader->source, offset, bytes)
				: NULL,
	};
}

/* One block of `want` octets. */
static int read_ascii(struct pxe_reader *reader, uint64_t block, size_t want,
		      uint8_t *room)
{
	struct pxe_ascii *a = reader->ascii;
	uint8_t piece[PIECE_BYTES];
	size_t n = 0;

	pxe_ascii_seek(a, block);
	while (n < want) {
		ssize_t got =
			pxe_source_read(reader->source, pxe_ascii_offset(a),
					piece, sizeof(piece));
		size_t made;

		if (got < 0)
			return (int)got;
		made = pxe_ascii_make(a, piece, (size_t)got, room + n,
				      want - n);
		if (made == 0 && got == 0)
			return -ENODATA;
		n += made;
	}
	return 0;
}

static int read_octets(struct pxe_reader *reader, const struct pxe_xfer *x,
		       const struct pxe_reader_blocks *blocks, uint8_t *room)
{
	uint64_t offset = (blocks->first - 1) * x->params.blksize;
	ssize_t got =
		pxe_source_read(reader->source, offset, room, blocks->bytes);

	if (got < 0)
		return (int)got;
	return (size_t)got < blocks->bytes ? -ENODATA : 0;
}

int pxe_reader_read(struct pxe_reader *reader, const struct pxe_xfer *x,
		    const struct pxe_reader_blocks *blocks, uint8_t *room)
{
	if (reader->ascii == NULL)
		return read_octets(reader, x, blocks, room);
	for (size_t i = 0; i < blocks->n; i++) {
		size_t want = pxe_xfer_block_bytes(x, blocks->first + i);
		int r = read_ascii(reader, blocks->first + i, want, room);

		if (r < 0)
			return r;
		room += want;
	}
	return 0;
}
