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

void pxe_redact_put(struct pxe_str *out, const char *text, bool quoted)
{
	while (*text != '\0') {
		size_t n = 0, shown = 0, used = 0, step;

		while ((step = digit_at(text + used)) > 0) {
			used += step;
			n++;
			if (n == PXE_REDACT_SHOWN)
				shown = used;
		}
		if (n >= PXE_REDACT_DIGITS) {
			put(out, text, shown, quoted);
			pxe_str_putc(out, '*');
		} else {
			used = used > 0 ? used : other_at(text);
			put(out, text, used, quoted);
		}
		text += used;
	}
}
