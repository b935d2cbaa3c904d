/* SPDX-License-Identifier: ISC */
#include "pxectl/host_text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* --- writing ---------------------------------------------------------------
 */

/* A value of `n` characters in quotes, which it cannot get out of. */
static int put_value(struct pxe_str *out, const char *value, size_t n)
{
	pxe_str_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return -EINVAL;
		if (value[i] == '"' || value[i] == '\\')
			pxe_str_putc(out, '\\');
		pxe_str_putc(out, value[i]);
	}
	pxe_str_putc(out, '"');
	return 0;
}

static int put_option(struct pxe_str *out, const char *key, const char *value)
{
	int r;

	if (value == NULL)
		return 0;
	pxe_str_putf(out, "\t%s = ", key);
	r = put_value(out, value, strlen(value));
	pxe_str_putc(out, '\n');
	return r;
}

static int put_list(struct pxe_str *out, const char *key, const char *words)
{
	int r = 0;

	if (words == NULL)
		return 0;
	pxe_str_putf(out, "\t%s = { ", key);
	for (;;) {
		size_t n = strcspn(words, ",");

		r = r < 0 ? r : put_value(out, words, n);
		words += n;
		if (*words == '\0')
			break;
		words++;
		pxe_str_puts(out, ", ");
	}
	pxe_str_puts(out, " }\n");
	return r;
}

int pxe_host_text_put(struct pxe_str *out, const char *text, size_t len,
		      const struct pxe_host_text *host)
{
	int r[6] = { 0 };

	if (len > 0 && text[len - 1] != '\n')
		pxe_str_putc(out, '\n');
	if (len > 0 &&
	    !(len > 1 && text[len - 1] == '\n' && text[len - 2] == '\n'))
		pxe_str_putc(out, '\n');
	pxe_str_puts(out, "host ");
	r[0] = put_value(out, host->name, strlen(host->name));
	pxe_str_puts(out, " {\n");
	r[1] = put_option(out, host->id_key, host->id);
	r[2] = put_option(out, "address", host->address);
	r[3] = put_option(out, "boot", host->boot);
	r[4] = put_list(out, "groups", host->groups);
	pxe_str_puts(out, "}\n");
	for (size_t i = 0; i < PXE_LEN(r); i++)
		if (r[i] < 0)
			return r[i];
	return 0;
}

/* --- finding ---------------------------------------------------------------
 */

struct scan {
	const char *text;
	size_t at, len;
};

struct token {
	size_t start, end;
	char kind; /* 'w' word, 's' string, 0 end of the text, else itself */
};

static bool is_at(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return s->len - s->at >= n && memcmp(s->text + s->at, word, n) == 0;
}

static void skip_line(struct scan *s)
{
	while (s->at < s->len && s->text[s->at] != '\n')
		s->at++;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Goes past blanks and comments. */
static void skip_space(struct scan *s)
{
	while (s->at < s->len) {
		if (is_space(s->text[s->at])) {
			s->at++;
		} else if (s->text[s->at] == '#' || is_at(s, "//")) {
			skip_line(s);
		} else if (is_at(s, "/*")) {
			for (s->at += 2; s->at < s->len && !is_at(s, "*/");)
				s->at++;
			s->at += s->at < s->len ? 2 : 0;
		} else {
			return;
		}
	}
}

static void skip_string(struct scan *s, char quote)
{
	for (s->at++; s->at < s->len && s->text[s->at] != quote; s->at++)
		if (s->text[s->at] == '\\' && s->at + 1 < s->len)
			s->at++;
	s->at += s->at < s->len;
}

static bool is_word(char c)
{
	static const char others[] = " \t\r\n\f\v\"'{}()=,+#";

	return memchr(others, c, sizeof(others) - 1) == NULL;
}

static struct token next_token(struct scan *s)
{
	struct token t = { 0 };

	skip_space(s);
	t.start = s->at;
	if (s->at < s->len) {
		t.kind = s->text[s->at];
		if (t.kind == '"' || t.kind == '\'') {
			skip_string(s, t.kind);
			t.kind = 's';
		} else if (is_word(t.kind)) {
			do
				s->at++;
			while (s->at < s->len && is_word(s->text[s->at]) &&
			       !is_at(s, "/*"));
			t.kind = 'w';
		} else {
			s->at++;
		}
	}
	t.end = s->at;
	return t;
}

/* Is that token this word, in quotes or not? */
static bool is_text(const struct scan *s, const struct token *t,
		    const char *word)
{
	size_t quotes = t->kind == 's', n = strlen(word);

	return (t->kind == 's' || t->kind == 'w') &&
	       t->end - t->start == n + 2 * quotes &&
	       memcmp(s->text + t->start + quotes, word, n) == 0;
}

/* Goes behind the brace that closes the one just read; false: none does. */
static bool skip_block(struct scan *s)
{
	for (size_t depth = 1; depth > 0;) {
		struct token t = next_token(s);

		if (t.kind == '\0')
			return false;
		depth += t.kind == '{';
		depth -= t.kind == '}';
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The whole lines of a section, and one of the empty lines around it. */
static void widen(const struct scan *s, size_t *start, size_t *end)
{
	const char *text = s->text;
	size_t from = *start, to = *end;

	while (from > 0 && is_blank(text[from - 1]))
		from--;
	while (to < s->len && is_blank(text[to]))
		to++;
	if ((from > 0 && text[from - 1] != '\n') ||
	    (to < s->len && text[to] != '\n'))
		return; /* something else stands on its lines */
	to += to < s->len;
	if (from > 1 && text[from - 2] == '\n' &&
	    (to == s->len || text[to] == '\n'))
		from--;
	*start = from;
	*end = to;
}

int pxe_host_text_find(const char *text, size_t len, const char *name,
		       size_t *start, size_t *end)
{
	struct scan s = { .text = text, .len = len };
	struct token t = next_token(&s), title;

	while (t.kind != '\0') {
		size_t from = t.start;
		bool is_host = is_text(&s, &t, "host") && t.kind == 'w';

		if (t.kind == '{') { /* of a list, or of another section */
			if (!skip_block(&s))
				break;
			t = next_token(&s);
			continue;
		}
		t = next_token(&s);
		title = t;
		if (!is_host || !is_text(&s, &title, name))
			continue;
		t = next_token(&s);
		if (t.kind != '{')
			continue;
		if (!skip_block(&s))
			break;
		*start = from;
		*end = s.at;
		widen(&s, start, end);
		return 0;
	}
	return -ENOENT;
}
