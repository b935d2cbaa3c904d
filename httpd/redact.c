/* SPDX-License-Identifier: ISC */
#include "httpd/redact.h"

#include <stddef.h>
#include <string.h>

/* How many characters stand for a hex digit at `text`; 0: none is there. */
static size_t digit_at(const char *text)
{
	int high, low;

	if (text[0] != '%')
		return pxe_hex_digit(text[0]) >= 0;
	high = pxe_hex_digit(text[1]);
	low = high >= 0 ? pxe_hex_digit(text[2]) : -1;
	return low >= 0 && pxe_hex_digit((char)(high * 16 + low)) >= 0 ? 3 : 0;
}

/* What is no digit: one octet, or a whole %HH. */
static size_t other_at(const char *text)
{
	return text[0] == '%' && pxe_hex_digit(text[1]) >= 0 &&
			       pxe_hex_digit(text[2]) >= 0
		       ? 3
		       : 1;
}

static void put(struct pxe_str *out, const char *text, size_t n, bool quoted)
{
	for (; n > 0; n--, text++) {
		if (quoted && *text == '"')
			pxe_str_puts(out, "\\x22");
		else
			pxe_str_put_escaped(out, text, 1);
	}
}

/* Digits in a row. */
struct run {
	size_t n;     /* how many */
	size_t used;  /* characters for all of them */
	size_t shown; /* for those that are shown of a token */
};

static struct run digits_at(const char *text)
{
	struct run r = { 0 };
	size_t step;

	while ((step = digit_at(text + r.used)) > 0) {
		r.used += step;
		r.n++;
		if (r.n == PXE_REDACT_SHOWN)
			r.shown = r.used;
	}
	return r;
}

void pxe_redact_put(struct pxe_str *out, const char *text, bool quoted)
{
	while (*text != '\0') {
		struct run r = digits_at(text);

		if (r.n >= PXE_REDACT_DIGITS) {
			put(out, text, r.shown, quoted);
			pxe_str_putc(out, '*');
		} else {
			r.used = r.used > 0 ? r.used : other_at(text);
			put(out, text, r.used, quoted);
		}
		text += r.used;
	}
}

void pxe_redact_cut(char *text)
{
	char *to = text;

	while (*text != '\0') {
		struct run r = digits_at(text);
		const bool is_token = r.n >= PXE_REDACT_DIGITS;
		size_t n = is_token     ? r.shown
			   : r.used > 0 ? r.used
					: other_at(text);

		memmove(to, text, n);
		to += n;
		if (is_token)
			*to++ = '*';
		text += is_token ? r.used : n;
	}
	*to = '\0';
}
