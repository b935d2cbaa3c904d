/* SPDX-License-Identifier: ISC */
#include "base/rd.h"

#include <string.h>

void pxe_rd_init(struct pxe_rd *rd, const void *buf, size_t len)
{
	*rd = (struct pxe_rd){ .p = buf, .left = len };
}

const uint8_t *pxe_rd_bytes(struct pxe_rd *rd, size_t n)
{
	const uint8_t *p = rd->p;

	if (rd->bad || n > rd->left) {
		rd->bad = true;
		rd->left = 0;
		return NULL;
	}
	if (n > 0)
		rd->p += n;
	rd->left -= n;
	return p;
}

void pxe_rd_copy(struct pxe_rd *rd, void *dst, size_t n)
{
	const uint8_t *p = pxe_rd_bytes(rd, n);

	if (n == 0)
		return;
	if (p != NULL)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

void pxe_rd_skip(struct pxe_rd *rd, size_t n)
{
	(void)pxe_rd_bytes(rd, n);
}

uint8_t pxe_rd_u8(struct pxe_rd *rd)
{
	const uint8_t *b = pxe_rd_bytes(rd, 1);

	return b != NULL ? b[0] : 0;
}

uint16_t pxe_rd_u16(struct pxe_rd *rd)
{
	const uint8_t *b = pxe_rd_bytes(rd, 2);

	return b != NULL ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

uint32_t pxe_rd_u32(struct pxe_rd *rd)
{
	const uint8_t *b = pxe_rd_bytes(rd, 4);

	return b != NULL ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
				   (uint32_t)b[2] << 8 | b[3]
			 : 0;
}

struct pxe_rd pxe_rd_sub(struct pxe_rd *rd, size_t n)
{
	struct pxe_rd sub = { .p = pxe_rd_bytes(rd, n), .left = n };

	if (rd->bad) {
		sub.left = 0;
		sub.bad = true;
	}
	return sub;
}

const char *pxe_rd_cstr(struct pxe_rd *rd, size_t *len)
{
	const uint8_t *nul;
	const char *s;

	nul = rd->left > 0 ? memchr(rd->p, 0, rd->left) : NULL;
	if (nul == NULL) {
		pxe_rd_skip(rd, rd->left + 1);
		return NULL;
	}
	s = (const char *)rd->p;
	*len = (size_t)(nul - rd->p);
	pxe_rd_skip(rd, *len + 1);
	return s;
}
