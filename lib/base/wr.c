/* SPDX-License-Identifier: ISC */
#include "base/wr.h"

#include <string.h>

void pxe_wr_init(struct pxe_wr *wr, void *buf, size_t cap)
{
	*wr = (struct pxe_wr){ .buf = buf, .cap = cap };
}

size_t pxe_wr_room(const struct pxe_wr *wr)
{
	return wr->bad ? 0 : wr->cap - wr->len;
}

/* The place for `n` octets, or NULL if they do not fit. */
static uint8_t *take_room(struct pxe_wr *wr, size_t n)
{
	uint8_t *p;

	if (n > pxe_wr_room(wr)) {
		wr->bad = true;
		return NULL;
	}
	p = wr->buf + wr->len;
	wr->len += n;
	return p;
}

void pxe_wr_bytes(struct pxe_wr *wr, const void *src, size_t n)
{
	uint8_t *p = n > 0 ? take_room(wr, n) : NULL;

	if (p != NULL)
		memcpy(p, src, n);
}

void pxe_wr_fill(struct pxe_wr *wr, uint8_t value, size_t n)
{
	uint8_t *p = n > 0 ? take_room(wr, n) : NULL;

	if (p != NULL)
		memset(p, value, n);
}

void pxe_wr_u8(struct pxe_wr *wr, uint8_t value)
{
	uint8_t *p = take_room(wr, 1);

	if (p != NULL)
		*p = value;
}

void pxe_wr_u16(struct pxe_wr *wr, uint16_t value)
{
	uint8_t b[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	pxe_wr_bytes(wr, b, sizeof(b));
}

void pxe_wr_u32(struct pxe_wr *wr, uint32_t value)
{
	uint8_t b[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			 (uint8_t)(value >> 8), (uint8_t)value };

	pxe_wr_bytes(wr, b, sizeof(b));
}

void pxe_wr_cstr(struct pxe_wr *wr, const char *s)
{
	pxe_wr_bytes(wr, s, strlen(s) + 1);
}
