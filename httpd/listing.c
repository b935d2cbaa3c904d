/* SPDX-License-Identifier: ISC */
#include "httpd/listing.h"

#include <string.h>

#include "httpd/cond.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* --- names -----------------------------------------------------------------
 */

void pxe_listing_put_url(struct pxe_str *s, const char *path)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (pxe_is_alnum(*path) || strchr("-._~/", c) != NULL) {
			pxe_str_putc(s, *path);
			continue;
		}
		pxe_str_putc(s, '%');
		pxe_str_putc(s, digits[c >> 4]);
		pxe_str_putc(s, digits[c & 0xf]);
	}
}

/*
 * How many octets the character at `p` has if it is one of UTF-8 (RFC 3629
 * section 4: none longer than it need be, no surrogates); else 0.
 */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char first, last; /* octets that begin it */
		unsigned char low, high;   /* of the second octet */
		size_t n;
	} rows[] = {
		{ 0x00, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		size_t n = rows[i].n;

		if (p[0] < rows[i].first || p[0] > rows[i].last)
			continue;
		if (n > 1 && (p[1] < rows[i].low || p[1] > rows[i].high))
			return 0;
		for (size_t k = 2; k < n; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return n;
	}
	return 0;
}

static void put_html_char(struct pxe_str *s, char c)
{
	static const struct {
		char c;
		const char *entity;
	} rows[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },   { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].c == c) {
			pxe_str_puts(s, rows[i].entity);
			return;
		}
	pxe_str_putc(s, c);
}

static void put_json_char(struct pxe_str *s, char c)
{
	if (c == '"' || c == '\\')
		pxe_str_putc(s, '\\');
	pxe_str_putc(s, c);
}

static bool is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

/* Text of any octets. */
static void put_text(struct pxe_str *s, enum pxe_listing_kind kind,
		     const char *text)
{
	while (*text != '\0') {
		size_t n = utf8_length((const unsigned char *)text);

		if (n == 0 || is_control((unsigned char)*text)) {
			pxe_str_puts(s, replacement);
			n = 1;
		} else if (n > 1) {
			pxe_str_putn(s, text, n);
		} else if (kind == PXE_LISTING_HTML) {
			put_html_char(s, *text);
		} else {
			put_json_char(s, *text);
		}
		text += n;
	}
}

/* --- HTML ------------------------------------------------------------------
 */

static void put_html_head(struct pxe_str *s, const char *path)
{
	static const char *const before[] = {
		"<!DOCTYPE html>\n<html><head><meta "
		"charset=\"utf-8\">\n<title>",
		"</title>\n<style>td{padding-right:2em}"
		"td+td{text-align:right}</style>\n</head><body>\n<h1>",
		"</h1>\n<table>\n<tr><th>Name</th><th>Changed (UTC)</th>"
		"<th>Size</th></tr>\n",
	};

	for (size_t i = 0; i < PXE_LEN(before); i++) {
		pxe_str_puts(s, before[i]);
		if (i + 1 == PXE_LEN(before))
			break;
		pxe_str_puts(s, "/");
		put_text(s, PXE_LISTING_HTML, path);
		if (path[0] != '\0')
			pxe_str_puts(s, "/");
	}
	if (path[0] != '\0')
		pxe_str_puts(s, "<tr><td><a href=\"../\">../</a></td><td></td>"
				"<td></td></tr>\n");
}

static void put_html_row(struct pxe_str *s,
			 const struct pxe_listing_entry *entry)
{
	const char *slash = entry->is_dir ? "/" : "";
	char date[PXE_COND_DATE_TEXT];

	pxe_str_puts(s, "<tr><td><a href=\"");
	pxe_listing_put_url(s, entry->name);
	pxe_str_puts(s, slash);
	pxe_str_puts(s, "\">");
	put_text(s, PXE_LISTING_HTML, entry->name);
	pxe_str_puts(s, slash);
	pxe_cond_date_iso(entry->mtime_s, date, sizeof(date));
	pxe_str_putf(s, "</a></td><td>%.10s %.5s</td><td>", date, date + 11);
	if (entry->is_dir)
		pxe_str_putc(s, '-');
	else
		pxe_str_put_u64(s, entry->size_bytes);
	pxe_str_puts(s, "</td></tr>\n");
}

static void put_html_tail(struct pxe_str *s, bool is_cut)
{
	pxe_str_puts(s, "</table>\n");
	if (is_cut)
		pxe_str_puts(s, "<p>There are more.</p>\n");
	pxe_str_puts(s, "</body></html>\n");
}

/* --- JSON ------------------------------------------------------------------
 */

static void put_json_head(struct pxe_str *s, const char *path)
{
	pxe_str_puts(s, "{\"path\":\"/");
	put_text(s, PXE_LISTING_JSON, path);
	pxe_str_puts(s, path[0] != '\0' ? "/" : "");
	pxe_str_puts(s, "\",\"entries\":[");
}

static void put_json_row(struct pxe_str *s,
			 const struct pxe_listing_entry *entry)
{
	const char *slash = entry->is_dir ? "/" : "";
	char date[PXE_COND_DATE_TEXT];

	pxe_str_puts(s, "{\"name\":\"");
	put_text(s, PXE_LISTING_JSON, entry->name);
	pxe_str_puts(s, "\",\"href\":\"");
	pxe_listing_put_url(s, entry->name);
	pxe_cond_date_iso(entry->mtime_s, date, sizeof(date));
	pxe_str_putf(s, "%s\",\"type\":\"%s\",\"mtime\":\"%s\"", slash,
		     entry->is_dir ? "directory" : "file", date);
	if (!entry->is_dir) {
		pxe_str_puts(s, ",\"size\":");
		pxe_str_put_u64(s, entry->size_bytes);
	}
	pxe_str_putc(s, '}');
}

/* --- both ------------------------------------------------------------------
 */

void pxe_listing_put_head(struct pxe_str *s, enum pxe_listing_kind kind,
			  const char *path)
{
	if (kind == PXE_LISTING_HTML)
		put_html_head(s, path);
	else
		put_json_head(s, path);
}

void pxe_listing_put_row(struct pxe_str *s, enum pxe_listing_kind kind,
			 const struct pxe_listing_entry *entry, bool is_first)
{
	if (kind == PXE_LISTING_HTML) {
		put_html_row(s, entry);
	} else {
		pxe_str_puts(s, is_first ? "\n" : ",\n");
		put_json_row(s, entry);
	}
}

void pxe_listing_put_tail(struct pxe_str *s, enum pxe_listing_kind kind,
			  bool is_cut)
{
	if (kind == PXE_LISTING_HTML)
		put_html_tail(s, is_cut);
	else
		pxe_str_putf(s, "\n],\"complete\":%s}\n",
			     is_cut ? "false" : "true");
}

const char *pxe_listing_type(enum pxe_listing_kind kind)
{
	return kind == PXE_LISTING_HTML ? "text/html; charset=utf-8"
					: "application/json";
}

enum pxe_listing_kind pxe_listing_kind_of(const char *accept)
{
	return accept != NULL && strstr(accept, "application/json") != NULL &&
			       strstr(accept, "text/html") == NULL
		       ? PXE_LISTING_JSON
		       : PXE_LISTING_HTML;
}

int pxe_listing_compare(const void *a, const void *b)
{
	const struct pxe_listing_entry *x = a, *y = b;

	if (x->is_dir != y->is_dir)
		return x->is_dir ? -1 : 1;
	return strcmp(x->name, y->name);
}
