/* SPDX-License-Identifier: ISC */
#include "httpd/combined.h"

#include "httpd/cond.h"
#include "httpd/redact.h"

enum { TARGET_TEXT = 2600, FIELD_TEXT = 640 };

/* How many characters the next octet takes in `text`, escaped or not. */
static size_t width(const char *text)
{
	return text[0] != '\\' ? 1 : text[1] == '\\' ? 2 : 4;
}

/* As much of `text` as fits, with no escape cut in two. */
static void put_cut(struct pxe_str *s, const char *text, size_t cap)
{
	char field[TARGET_TEXT];
	struct pxe_str f;
	size_t n = 0;

	pxe_str_init(&f, field, cap);
	pxe_redact_put(&f, text, true);
	while (n < f.len && n + width(field + n) <= f.len)
		n += width(field + n);
	pxe_str_putn(s, field, n);
}

static void put_field(struct pxe_str *s, const char *value)
{
	pxe_str_puts(s, " \"");
	put_cut(s, value != NULL ? value : "-", FIELD_TEXT);
	pxe_str_putc(s, '"');
}

void pxe_combined_put(struct pxe_str *s, const struct pxe_combined *r)
{
	char date[PXE_COND_DATE_TEXT];

	pxe_cond_date_log(r->time_s, date, sizeof(date));
	pxe_str_putf(s, "%s - - [%s] \"", r->peer, date);
	if (r->line != NULL) {
		put_cut(s, r->line[0] != '\0' ? r->line : "-", TARGET_TEXT);
	} else {
		pxe_str_putf(s, "%s ", r->method);
		put_cut(s, r->target, TARGET_TEXT);
		pxe_str_putf(s, " %s", r->version);
	}
	pxe_str_putf(s, "\" %d ", r->status);
	if (r->n_bytes > 0)
		pxe_str_put_u64(s, r->n_bytes);
	else
		pxe_str_putc(s, '-');
	put_field(s, r->referer);
	put_field(s, r->agent);
	pxe_str_putc(s, '\n');
}
