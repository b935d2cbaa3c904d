/* SPDX-License-Identifier: ISC */
#include "pxectl/text.h"

#include <string.h>
#include <time.h>

/* Ranges of code points, in order. */
struct range {
	uint32_t first, last;
};

/* Shown as \xHH: C1 controls, marks of direction, separators of lines. */
static const struct range hidden[] = {
	{ 0x80, 0x9f },     { 0x61c, 0x61c },     { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f },   { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

/* No column of their own: marks that combine with what stands before. */
static const struct range combining[] = {
	{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },
	{ 0x610, 0x61a },   { 0x64b, 0x65f },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};

/* Two columns: the wide characters of East Asia, and pictures. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
	{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

/*
 * Reads one character of UTF-8 (RFC 3629: shortest form, no surrogates).
 * Its octets, 0 if there is none.
 */
static size_t read_char(const unsigned char *p, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80             ? 1
		   : (p[0] & 0xe0) == 0xc0 ? 2
		   : (p[0] & 0xf0) == 0xe0 ? 3
		   : (p[0] & 0xf8) == 0xf0 ? 4
					   : 0;

	if (n == 0)
		return 0;
	*c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fu);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

void pxe_text_clean(struct pxe_str *out, const char *text, bool utf8)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p != '\0') {
		uint32_t c = 0;
		size_t n = read_char(p, &c);
		bool ok = n > 0 && c >= 0x20 && c != 0x7f &&
			  (c < 0x80 ||
			   (utf8 && !is_in(hidden, PXE_LEN(hidden), c)));

		if (n == 0)
			n = 1;
		/* never half a character */
		if ((ok ? n : 4 * n) >= out->cap - out->len) {
			out->cut = true;
			return;
		}
		if (ok)
			pxe_str_putn(out, (const char *)p, n);
		for (size_t i = 0; !ok && i < n; i++)
			pxe_str_putf(out, "\\x%02x", p[i]);
		p += n;
	}
}

static size_t char_width(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (is_in(combining, PXE_LEN(combining), c))
		return 0;
	return is_in(wide, PXE_LEN(wide), c) ? 2 : 1;
}

size_t pxe_text_fit(const char *text, size_t width)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t used = 0;

	while (*p != '\0') {
		uint32_t c = 0;
		size_t n = read_char(p, &c);
		size_t w = n == 0 ? 1 : char_width(c);

		if (used + w > width)
			break;
		used += w;
		p += n == 0 ? 1 : n;
	}
	return (size_t)(p - (const unsigned char *)text);
}

size_t pxe_text_width(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t width = 0;

	while (*p != '\0') {
		uint32_t c = 0;
		size_t n = read_char(p, &c);

		width += n == 0 ? 1 : char_width(c);
		p += n == 0 ? 1 : n;
	}
	return width;
}

void pxe_text_age(int64_t seconds, char *text, size_t cap)
{
	struct pxe_str s;
	long long t = seconds < 0 ? 0 : seconds;

	pxe_str_init(&s, text, cap);
	if (t < 60)
		pxe_str_putf(&s, "%llds", t);
	else if (t < 3600)
		pxe_str_putf(&s, "%lldm%02llds", t / 60, t % 60);
	else if (t < 86400)
		pxe_str_putf(&s, "%lldh%02lldm", t / 3600, t / 60 % 60);
	else
		pxe_str_putf(&s, "%lldd", t / 86400);
}

void pxe_text_bytes(uint64_t bytes, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	pxe_str_put_bytes(&s, bytes);
}

static bool to_local(int64_t seconds, struct tm *tm)
{
	time_t when = (time_t)seconds;

	return seconds > 0 && localtime_r(&when, tm) != NULL;
}

void pxe_text_time(int64_t seconds, char *text, size_t cap)
{
	struct tm tm;

	if (!to_local(seconds, &tm) ||
	    strftime(text, cap, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		pxe_str_copy(text, cap, "-");
}

void pxe_text_clock(int64_t seconds, char *text, size_t cap)
{
	struct tm tm;

	if (!to_local(seconds, &tm) ||
	    strftime(text, cap, "%H:%M:%S", &tm) == 0)
		pxe_str_copy(text, cap, "-");
}

int pxe_text_percent(uint64_t bytes, uint64_t total)
{
	if (total == 0)
		return -1;
	if (bytes >= total)
		return 100;
	return (int)(total > UINT64_MAX / 100 ? bytes / (total / 100)
					      : bytes * 100 / total);
}

void pxe_text_bar(struct pxe_str *out, int percent, size_t width, bool utf8)
{
	/* eighths of a column, U+258F down to U+2588 */
	size_t eighths = (size_t)(percent < 0 ? 0 : percent) * width * 8 / 100;
	size_t full = eighths / 8, rest = utf8 ? eighths % 8 : 0;

	for (size_t i = 0; i < width; i++) {
		if (i < full)
			pxe_str_puts(out, utf8 ? "\xe2\x96\x88" : "#");
		else if (i == full && rest > 0)
			pxe_str_putf(out, "\xe2\x96%c", (int)(0x90 - rest));
		else
			pxe_str_puts(out, utf8 ? "\xe2\x96\x91" : ".");
	}
}
