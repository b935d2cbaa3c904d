/* SPDX-License-Identifier: ISC */
#include "base/ip4.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

void pxe_ip4_format(uint32_t address, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	for (int shift = 24; shift >= 0; shift -= 8) {
		pxe_str_put_u64(&s, address >> shift & 255);
		if (shift > 0)
			pxe_str_putc(&s, '.');
	}
}

/* One number 0..255 of at most three digits at *text, and past it. */
static int take_octet(const char **text, uint32_t *octet)
{
	uint32_t v = 0;
	int n;

	for (n = 0; **text >= '0' && **text <= '9' && n < 4; n++, (*text)++)
		v = v * 10 + (uint32_t)(**text - '0');
	if (n < 1 || n > 3 || v > 255)
		return -EINVAL;
	*octet = v;
	return 0;
}

int pxe_ip4_parse(const char *text, uint32_t *address)
{
	uint32_t a = 0, octet;

	for (int i = 0; i < 4; i++) {
		if (i > 0 && *text++ != '.')
			return -EINVAL;
		if (take_octet(&text, &octet) < 0)
			return -EINVAL;
		a = a << 8 | octet;
	}
	if (*text != '\0')
		return -EINVAL;
	*address = a;
	return 0;
}

/* Splits `text` at `sep` and reads the address before it. */
static int parse_before(const char *text, char sep, uint32_t *address,
			const char **rest)
{
	const char *p = strchr(text, sep);
	char head[PXE_IP4_TEXT];

	if (p == NULL || (size_t)(p - text) >= sizeof(head))
		return -EINVAL;
	memcpy(head, text, (size_t)(p - text));
	head[p - text] = '\0';
	*rest = p + 1;
	return pxe_ip4_parse(head, address);
}

uint32_t pxe_ip4_mask(uint8_t prefix)
{
	return prefix == 0 ? 0 : PXE_IP4_BROADCAST << (32 - prefix);
}

void pxe_ip4_net_format(const struct pxe_ip4_net *net, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_ip4_format(net->address, text, cap);
	s = (struct pxe_str){ .buf = text, .len = strlen(text), .cap = cap };
	pxe_str_putf(&s, "/%u", net->prefix);
}

int pxe_ip4_net_parse(const char *text, struct pxe_ip4_net *net)
{
	struct pxe_ip4_net out;
	const char *rest;
	uint32_t prefix;

	if (parse_before(text, '/', &out.address, &rest) < 0 ||
	    pxe_str_to_u32(rest, 0, 32, &prefix) < 0)
		return -EINVAL;
	out.prefix = (uint8_t)prefix;
	if ((out.address & ~pxe_ip4_mask(out.prefix)) != 0)
		return -ERANGE;
	*net = out;
	return 0;
}

uint32_t pxe_ip4_net_broadcast(const struct pxe_ip4_net *net)
{
	return net->address | ~pxe_ip4_mask(net->prefix);
}

bool pxe_ip4_net_has(const struct pxe_ip4_net *net, uint32_t address)
{
	return (address & pxe_ip4_mask(net->prefix)) == net->address;
}

int pxe_ip4_range_parse(const char *text, struct pxe_ip4_range *range)
{
	struct pxe_ip4_range out;
	const char *rest;

	if (strchr(text, '-') == NULL) {
		if (pxe_ip4_parse(text, &out.first) < 0)
			return -EINVAL;
		out.last = out.first;
	} else if (parse_before(text, '-', &out.first, &rest) < 0 ||
		   pxe_ip4_parse(rest, &out.last) < 0) {
		return -EINVAL;
	}
	if (out.last < out.first)
		return -ERANGE;
	*range = out;
	return 0;
}

bool pxe_ip4_range_has(const struct pxe_ip4_range *range, uint32_t address)
{
	return address >= range->first && address <= range->last;
}
