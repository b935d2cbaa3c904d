/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a template: the first says how it is read, the line behind it
 * is the value of a variable, the rest the template.  What comes out fits, an
 * error has a line of the template, and an escaped value says what it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 8192

static void check(bool holds)
{
	if (!holds)
		abort();
}

static const char *const delimiters[][2] = {
	{ "{{", "}}" }, { "<%", "%>" }, { "$", "%" }, { "aa", "a" }
};

static void check_template(const uint8_t *text, size_t len,
			   const struct pxe_expand_vars *vars,
			   struct pxe_expand_how *how)
{
	char lenient[MAX], strict[MAX];
	struct pxe_expand_mistake m = { 0 };
	struct pxe_str a, b;
	int r;

	how->is_lenient = true;
	pxe_str_init(&a, lenient, sizeof(lenient));
	r = pxe_expand_template((const char *)text, len, vars, how, &a, &m);
	check(r == 0 || r == -ENOENT || r == -EBADMSG || r == -ENOSPC);
	/* behind what did not fit there may be a mistake, too */
	check(a.len < sizeof(lenient) && (r != 0) >= a.cut);
	check(r == 0 ||
	      (m.line >= 1 && m.line <= len + 1 && m.what != PXE_EXPAND_NONE &&
	       m.what <= PXE_EXPAND_LONG));
	how->is_lenient = false;
	pxe_str_init(&b, strict, sizeof(strict));
	if (pxe_expand_template((const char *)text, len, vars, how, &b, &m) ==
	    0) /* then the other says the same */
		check(r == 0 && a.len == b.len &&
		      memcmp(lenient, strict, a.len) == 0);
}

/* Takes the escaping back; how many octets there are then. */
static size_t unescape(enum pxe_format format, const char *text, size_t len,
		       char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (format == PXE_FORMAT_SHELL && text[i] == '\'') {
			check(i + 3 < len && memcmp(text + i, "'\\''", 4) == 0);
			i += 3;
		} else if (format == PXE_FORMAT_URL && text[i] == '%') {
			check(i + 2 < len);
			out[n++] = (char)(pxe_hex_digit(text[i + 1]) * 16 +
					  pxe_hex_digit(text[i + 2]));
			i += 2;
			continue;
		} else if (format == PXE_FORMAT_YAML ||
			   format == PXE_FORMAT_JSON) {
			size_t hex = format == PXE_FORMAT_YAML ? 2 : 4;

			check(text[i] != '"' && (unsigned char)text[i] >= ' ');
			if (text[i] == '\\' && text[i + 1] != '"' &&
			    text[i + 1] != '\\') {
				check(i + 1 + hex < len);
				out[n++] = (char)strtoul(
					(char[]) { text[i + hex],
						   text[i + hex + 1], '\0' },
					NULL, 16);
				i += 1 + hex;
				continue;
			}
			i += text[i] == '\\';
		} else if (format == PXE_FORMAT_XML) {
			check(text[i] != '<' && text[i] != '>' &&
			      text[i] != '"' && text[i] != '\'');
		}
		out[n++] = text[i];
	}
	return n;
}

static void check_escape(enum pxe_format format, const char *value, size_t len)
{
	char escaped[MAX], again[MAX];
	struct pxe_str out;
	size_t n;

	pxe_str_init(&out, escaped, sizeof(escaped));
	pxe_expand_filter((int)format, value, len, &out);
	if (out.cut)
		return;
	n = unescape(format, escaped, out.len, again);
	if (format != PXE_FORMAT_XML) /* entities are longer */
		check(n == len && memcmp(again, value, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	struct pxe_conf_var var = { .key = "x" };
	struct pxe_conf conf = { .vars = { &var, 1 } };
	const struct pxe_expand_vars vars = { .conf = &conf };
	struct pxe_expand_how how = { .format = PXE_FORMAT_TEXT };
	char value[1000];
	size_t len;

	if (end == NULL || end == data || (size_t)(end - data) > sizeof(value))
		return 0;
	how.format = data[0] % PXE_N_FORMATS;
	how.open = delimiters[data[0] / PXE_N_FORMATS % 4][0];
	how.close = delimiters[data[0] / PXE_N_FORMATS % 4][1];
	len = (size_t)(end - data) - 1;
	memcpy(value, data + 1, len);
	value[len] = '\0';
	var.value = value;
	check_escape(how.format, value, strlen(value));
	end++;
	check_template(end, size - (size_t)(end - data), &vars, &how);
	return 0;
}
