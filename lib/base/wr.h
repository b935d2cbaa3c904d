/* SPDX-License-Identifier: ISC */
/*
 * Write cursor into a buffer of the caller's.
 *
 * Every packet of the suite is written through this type.  A write that does
 * not fit writes nothing, sets `bad` for good and makes every later write a
 * no-op: a builder writes straight through and checks `bad` once.
 */
#ifndef PXE_BASE_WR_H
#define PXE_BASE_WR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pxe_wr {
	uint8_t *buf; /* the caller's */
	size_t len;   /* octets written */
	size_t cap;   /* octets there are */
	bool bad;     /* something did not fit */
};

/* Starts a cursor at the first of `cap` octets at `buf`. */
void pxe_wr_init(struct pxe_wr *wr, void *buf, size_t cap);

/* Octets that still fit. */
size_t pxe_wr_room(const struct pxe_wr *wr);

/* One unsigned integer in network byte order. */
void pxe_wr_u8(struct pxe_wr *wr, uint8_t value);
void pxe_wr_u16(struct pxe_wr *wr, uint16_t value);
void pxe_wr_u32(struct pxe_wr *wr, uint32_t value);

/* `n` octets from `src`. */
void pxe_wr_bytes(struct pxe_wr *wr, const void *src, size_t n);

/* `n` times the octet `value`. */
void pxe_wr_fill(struct pxe_wr *wr, uint8_t value, size_t n);

/* The characters of `s` and a NUL. */
void pxe_wr_cstr(struct pxe_wr *wr, const char *s);

#endif
