/* SPDX-License-Identifier: ISC */
#include "base/hwaddr.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

bool pxe_hwaddr_is_equal(const struct pxe_hwaddr *a,
			 const struct pxe_hwaddr *b)
{
	return a->htype == b->htype && a->hlen == b->hlen &&
	       memcmp(a->addr, b->addr, a->hlen) == 0;
}

bool pxe_hwaddr_is_zero(const struct pxe_hwaddr *a)
{
	for (size_t i = 0; i < a->hlen; i++)
		if (a->addr[i] != 0)
			return false;
	return true;
}

void pxe_hwaddr_format(const struct pxe_hwaddr *a, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	if (a->hlen == 0)
		return;
	if (a->htype != PXE_HTYPE_ETHERNET || a->hlen != 6)
		pxe_str_putf(&s, "%u-", a->htype);
	pxe_str_put_hex(&s, a->addr, a->hlen, ':');
}

/* The "20-" of a type that is not Ethernet; -ENOENT if there is none. */
static int parse_htype(const char *text, uint8_t *htype, const char **rest)
{
	const char *dash = strchr(text, '-');
	const char *colon = strchr(text, ':');
	char digits[4];
	uint32_t v;

	/* 52-54-00-..: the dashes separate octets */
	if (dash == NULL || (colon == NULL && strchr(dash + 1, '-') != NULL) ||
	    (colon != NULL && colon < dash))
		return -ENOENT;
	if ((size_t)(dash - text) >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, (size_t)(dash - text));
	digits[dash - text] = '\0';
	if (pxe_str_to_u32(digits, 0, 255, &v) < 0)
		return -EINVAL;
	*htype = (uint8_t)v;
	*rest = dash + 1;
	return 0;
}

int pxe_hwaddr_parse(const char *text, struct pxe_hwaddr *a)
{
	struct pxe_hwaddr out = { .htype = PXE_HTYPE_ETHERNET };
	int r, n;

	r = parse_htype(text, &out.htype, &text);
	if (r == -EINVAL)
		return r;
	n = pxe_str_to_bytes(text, sizeof(out.addr), out.addr);
	if (n <= 0 || (r == -ENOENT && n != 6))
		return -EINVAL;
	out.hlen = (uint8_t)n;
	*a = out;
	return 0;
}
