/* SPDX-License-Identifier: ISC */
/*
 * The transfer mode netascii (RFC 1350 section 1): text as the network virtual
 * terminal of RFC 764 and RFC 854 has it.  A line ends with CR LF, and a CR
 * that ends none is CR NUL.  Here, a line of a file ends with LF.
 *
 * Both ways are resumable: the state is a few octets, may be copied, and is
 * all zero at the beginning of a text.
 */
#ifndef PXE_WIRE_NETASCII_H
#define PXE_WIRE_NETASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What goes out before the next octet of the text is looked at. */
struct pxe_netascii {
	bool is_owed; /* a CR went out, and this is to follow: */
	uint8_t owed; /* LF or NUL */
};

/*
 * Encodes as much of `in_len` octets as fits `cap` octets at `out`; if that is
 * NULL the octets are only counted, as if they had been written.  `*in_used`
 * gets how many were taken.  At the end of a text one octet may be owed:
 * called with nothing it comes out.  The number of octets written.
 */
size_t pxe_netascii_encode(struct pxe_netascii *state, const void *in,
			   size_t in_len, size_t *in_used, void *out,
			   size_t cap);

/* How many octets `len` octets of a text are when encoded; sizes add up. */
uint64_t pxe_netascii_count(const void *in, size_t len);

struct pxe_netascii_decoder {
	bool has_cr; /* the last octet was a CR: the next one tells what it is
		      */
};

/*
 * Decodes `len` octets to `out`, which has room for len + 1 and does not
 * overlap them.  A CR before something else than LF and NUL, and a bare LF,
 * stay as they are: no octet of a text that was not encoded is lost.
 * The number of octets written.
 */
size_t pxe_netascii_decode(struct pxe_netascii_decoder *state, const void *in,
			   size_t len, void *out);

/* The text ends here: writes what is left, 0 or 1 octet.  The number. */
size_t pxe_netascii_decode_end(struct pxe_netascii_decoder *state, void *out);

#endif
