/* SPDX-License-Identifier: ISC */
/*
 * What is made of a value on its way into a text: it is escaped so that it
 * cannot get out of the place where it stands, or written in another way.
 */
#include "core/expand.h"

#include <errno.h>
#include <string.h>

/* Inside of single quotes: POSIX shell 2.2.2. */
static void put_shell(struct pxe_str *out, char c)
{
	if (c == '\'')
		pxe_str_puts(out, "'\\''");
	else
		pxe_str_putc(out, c);
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* Inside of double quotes: YAML 1.2 section 5.7. */
static void put_yaml(struct pxe_str *out, char c)
{
	if (c == '"' || c == '\\')
		pxe_str_putc(out, '\\');
	if (is_control(c))
		pxe_str_putf(out, "\\x%02X", (unsigned)c);
	else
		pxe_str_putc(out, c);
}

/* RFC 8259 section 7. */
static void put_json(struct pxe_str *out, char c)
{
	if (c == '"' || c == '\\')
		pxe_str_putc(out, '\\');
	if (is_control(c))
		pxe_str_putf(out, "\\u%04X", (unsigned)c);
	else
		pxe_str_putc(out, c);
}

/* XML 1.0 section 2.4; most control characters can stand in no way. */
static void put_xml(struct pxe_str *out, char c)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },    { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&apos;" }, { '\t', "&#9;" },
		{ '\n', "&#10;" }, { '\r', "&#13;" },
	};

	for (size_t i = 0; i < PXE_LEN(entities); i++)
		if (entities[i].c == c) {
			pxe_str_puts(out, entities[i].entity);
			return;
		}
	if (!is_control(c))
		pxe_str_putc(out, c);
}

/* RFC 3986 section 2.3. */
static void put_url(struct pxe_str *out, char c)
{
	if (pxe_is_alnum(c) || (c != '\0' && strchr("-._~", c) != NULL))
		pxe_str_putc(out, c);
	else
		pxe_str_putf(out, "%%%02X", (unsigned)(unsigned char)c);
}

static void put_words(struct pxe_str *out, char c)
{
	pxe_str_putc(out, c == ',' ? ' ' : c);
}

static void put_dashes(struct pxe_str *out, char c)
{
	pxe_str_putc(out, c == ':' ? '-' : c);
}

static void put_upper(struct pxe_str *out, char c)
{
	pxe_str_putc(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
}

static void put_lower(struct pxe_str *out, char c)
{
	pxe_str_putc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
}

/* The first are those of the formats, in their order; NULL: as it is. */
static const struct {
	const char *name;
	void (*put)(struct pxe_str *out, char c);
} filters[] = {
	[PXE_FORMAT_TEXT] = { "raw", NULL },
	[PXE_FORMAT_SHELL] = { "shell", put_shell },
	[PXE_FORMAT_YAML] = { "yaml", put_yaml },
	[PXE_FORMAT_JSON] = { "json", put_json },
	[PXE_FORMAT_XML] = { "xml", put_xml },
	[PXE_FORMAT_URL] = { "url", put_url },
	{ "words", put_words },
	{ "dashes", put_dashes },
	{ "upper", put_upper },
	{ "lower", put_lower },
};

const char *pxe_expand_filter_name(size_t i)
{
	return i < PXE_LEN(filters) ? filters[i].name : NULL;
}

int pxe_expand_find_filter(const char *name, size_t n)
{
	for (size_t i = 0; i < PXE_LEN(filters); i++)
		if (strlen(filters[i].name) == n &&
		    memcmp(filters[i].name, name, n) == 0)
			return (int)i;
	return -ENOENT;
}

void pxe_expand_filter(int filter, const char *text, size_t len,
		       struct pxe_str *out)
{
	if (filters[filter].put == NULL) {
		pxe_str_putn(out, text, len);
		return;
	}
	for (size_t i = 0; i < len && !out->cut; i++)
		filters[filter].put(out, text[i]);
}
