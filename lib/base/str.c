/* SPDX-License-Identifier: ISC */
#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void pxe_str_init(struct pxe_str *s, char *buf, size_t cap)
{
	*s = (struct pxe_str){ .buf = buf, .cap = cap };
	buf[0] = '\0';
}

void pxe_str_putn(struct pxe_str *s, const char *text, size_t n)
{
	size_t room = s->cap - 1 - s->len;

	if (n > room) {
		s->cut = true;
		n = room;
	}
	if (n > 0)
		memcpy(s->buf + s->len, text, n);
	s->len += n;
	s->buf[s->len] = '\0';
}

void pxe_str_putc(struct pxe_str *s, char c)
{
	if (s->len + 1 >= s->cap) {
		s->cut = true;
		return;
	}
	s->buf[s->len++] = c;
	s->buf[s->len] = '\0';
}

void pxe_str_puts(struct pxe_str *s, const char *text)
{
	pxe_str_putn(s, text, strlen(text));
}

void pxe_str_putf(struct pxe_str *s, const char *fmt, ...)
{
	size_t room = s->cap - s->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(s->buf + s->len, room, fmt, args);
	va_end(args);
	if (n < 0) {
		s->buf[s->len] = '\0';
		s->cut = true;
	} else if ((size_t)n >= room) {
		s->len = s->cap - 1;
		s->cut = true;
	} else {
		s->len += (size_t)n;
	}
}

void pxe_str_put_u64(struct pxe_str *s, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	pxe_str_putn(s, digits + at, sizeof(digits) - at);
}

void pxe_str_put_bytes(struct pxe_str *s, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		pxe_str_put_u64(s, bytes);
		pxe_str_puts(s, " B");
		return;
	}
	for (; i + 1 < PXE_LEN(units) && bytes / unit >= 1000; i++)
		unit *= 1000;
	pxe_str_put_u64(s, bytes / unit);
	pxe_str_putc(s, '.');
	pxe_str_put_u64(s, bytes % unit / (unit / 10));
	pxe_str_putc(s, ' ');
	pxe_str_puts(s, units[i]);
}

void pxe_str_put_escaped(struct pxe_str *s, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\\')
			pxe_str_puts(s, "\\\\");
		else if (p[i] >= ' ' && p[i] <= '~')
			pxe_str_putc(s, (char)p[i]);
		else
			pxe_str_putf(s, "\\x%02x", p[i]);
	}
}

void pxe_str_put_hex(struct pxe_str *s, const void *bytes, size_t n, char sep)
{
	static const char digits[] = "0123456789abcdef";
	enum { AT_ONCE = 16 };
	const uint8_t *p = bytes;
	char text[3 * AT_ONCE];

	while (n > 0) {
		const size_t k = n < AT_ONCE ? n : AT_ONCE;
		char *to = text;

		for (size_t i = 0; i < k; i++) {
			*to++ = digits[*p >> 4];
			*to++ = digits[*p++ & 15];
			if (sep != 0)
				*to++ = sep;
		}
		n -= k;
		if (sep != 0 && n == 0)
			to--; /* the last has none behind it */
		pxe_str_putn(s, text, (size_t)(to - text));
	}
}

bool pxe_str_copy(char *dst, size_t cap, const char *src)
{
	struct pxe_str s;

	pxe_str_init(&s, dst, cap);
	pxe_str_puts(&s, src);
	return !s.cut;
}

int pxe_str_to_u64(const char *text, uint64_t min, uint64_t max,
		   uint64_t *value)
{
	uint64_t v = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';

		if (digit > 9)
			return -EINVAL;
		if (v > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		v = v * 10 + digit;
	}
	if (v < min || v > max)
		return -ERANGE;
	*value = v;
	return 0;
}

int pxe_str_to_u32(const char *text, uint32_t min, uint32_t max,
		   uint32_t *value)
{
	uint64_t v;
	int r = pxe_str_to_u64(text, min, max, &v);

	if (r == 0)
		*value = (uint32_t)v;
	return r;
}

int pxe_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool pxe_is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

int pxe_str_to_bytes(const char *text, size_t cap, uint8_t *out)
{
	size_t n = 0;

	while (*text != '\0') {
		int hi = pxe_hex_digit(text[0]);
		int lo = hi < 0 ? -1 : pxe_hex_digit(text[1]);

		if (lo < 0)
			return -EINVAL;
		if (n == cap)
			return -ENOSPC;
		out[n++] = (uint8_t)(hi << 4 | lo);
		text += 2;
		if ((*text == ':' || *text == '-') && text[1] != '\0')
			text++;
	}
	return (int)n;
}

bool pxe_str_has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}
