/* SPDX-License-Identifier: ISC */
#include "base/uuid.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

/* Position on the wire of each octet of the printed form, left to right. */
static const uint8_t wire_order[PXE_UUID_BYTES] = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
};

/* Printed octets before which a dash stands. */
static bool has_dash(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

/* Defaults that vendors shipped on many boards, in wire order. */
static const struct pxe_uuid shared_uuids[] = {
	/* 03000200-0400-0500-0006-000700080009: AMI's reference value */
	{ { 0x00, 0x02, 0x00, 0x03, 0x00, 0x04, 0x00, 0x05, 0x00, 0x06, 0x00,
	    0x07, 0x00, 0x08, 0x00, 0x09 } },
	/* the same written with its fields in the other order */
	{ { 0x03, 0x00, 0x02, 0x00, 0x04, 0x00, 0x05, 0x00, 0x00, 0x06, 0x00,
	    0x07, 0x00, 0x08, 0x00, 0x09 } },
	/* 12345678-1234-5678-90ab-cddeefaabbcc */
	{ { 0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56, 0x90, 0xab, 0xcd,
	    0xde, 0xef, 0xaa, 0xbb, 0xcc } },
};

bool pxe_uuid_is_unique(const struct pxe_uuid *u)
{
	uint8_t all_and = 0xff, all_or = 0;

	for (size_t i = 0; i < PXE_UUID_BYTES; i++) {
		all_and &= u->b[i];
		all_or |= u->b[i];
	}
	if (all_or == 0 || all_and == 0xff)
		return false;
	for (size_t i = 0; i < PXE_LEN(shared_uuids); i++)
		if (memcmp(u, &shared_uuids[i], sizeof(*u)) == 0)
			return false;
	return true;
}

void pxe_uuid_format(const struct pxe_uuid *u, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (size_t i = 0; i < PXE_UUID_BYTES; i++) {
		if (has_dash(i))
			pxe_str_putc(&s, '-');
		pxe_str_put_hex(&s, &u->b[wire_order[i]], 1, 0);
	}
}

int pxe_uuid_parse(const char *text, struct pxe_uuid *u)
{
	struct pxe_uuid out;

	for (size_t i = 0; i < PXE_UUID_BYTES; i++) {
		int hi, lo;

		if (has_dash(i) && *text++ != '-')
			return -EINVAL;
		hi = pxe_hex_digit(text[0]);
		lo = hi < 0 ? -1 : pxe_hex_digit(text[1]);
		if (lo < 0)
			return -EINVAL;
		out.b[wire_order[i]] = (uint8_t)(hi << 4 | lo);
		text += 2;
	}
	if (*text != '\0')
		return -EINVAL;
	*u = out;
	return 0;
}
