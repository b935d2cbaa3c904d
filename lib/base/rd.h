/* SPDX-License-Identifier: ISC */
/*
 * Read cursor over bytes that somebody else sent.
 *
 * Every untrusted byte of the suite is read through this type.  A read beyond
 * the end yields zeroes, sets `bad` for good and leaves nothing to read: a
 * parser reads straight through and checks `bad` once, and every loop of the
 * form `while (rd.left)` ends.  The cursor borrows the bytes.
 */
#ifndef PXE_BASE_RD_H
#define PXE_BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pxe_rd {
	const uint8_t *p; /* next octet; borrowed */
	size_t left;	  /* octets still to read */
	bool bad;	  /* a read went beyond the end */
};

/* Starts a cursor at the first of `len` octets at `buf` (NULL if len is 0). */
void pxe_rd_init(struct pxe_rd *rd, const void *buf, size_t len);

/* One unsigned integer in network byte order; 0 beyond the end. */
uint8_t pxe_rd_u8(struct pxe_rd *rd);
uint16_t pxe_rd_u16(struct pxe_rd *rd);
uint32_t pxe_rd_u32(struct pxe_rd *rd);

/*
 * The next `n` octets, borrowed from the buffer, and past them.
 * NULL if fewer are left (n = 0 gives a pointer that must not be read).
 */
const uint8_t *pxe_rd_bytes(struct pxe_rd *rd, size_t n);

/* Copies `n` octets to `dst`; fills it with zeroes if fewer are left. */
void pxe_rd_copy(struct pxe_rd *rd, void *dst, size_t n);

/* Goes past `n` octets. */
void pxe_rd_skip(struct pxe_rd *rd, size_t n);

/*
 * A cursor over the next `n` octets, and past them.  If fewer are left both
 * cursors are bad and empty.
 */
struct pxe_rd pxe_rd_sub(struct pxe_rd *rd, size_t n);

/*
 * A NUL-terminated string: the pointer is borrowed, the cursor goes past the
 * NUL.  NULL (and bad) if no NUL follows.  `len` gets the length without NUL.
 */
const char *pxe_rd_cstr(struct pxe_rd *rd, size_t *len);

#endif
