/* SPDX-License-Identifier: ISC */
#include "pxectl/lease_isc_lex.h"

#include <string.h>

void pxe_isc_lex_init(struct pxe_isc_lex *lex, const char *text, size_t size)
{
	pxe_rd_init(&lex->rd, text, size);
	lex->line = 1;
	lex->token.kind = PXE_ISC_END;
}

/* --- words --- */

static bool peek(const struct pxe_isc_lex *in, char *c)
{
	if (in->rd.left == 0)
		return false;
	*c = (char)in->rd.p[0];
	return true;
}

static char take(struct pxe_isc_lex *in)
{
	char c = (char)pxe_rd_u8(&in->rd);

	in->line += c == '\n';
	return c;
}

static void put(struct pxe_isc_token *token, char c)
{
	if (token->len + 1 < sizeof(token->text))
		token->text[token->len++] = c;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_mark(char c)
{
	return c == '{' || c == '}' || c == ';';
}

static void skip_space(struct pxe_isc_lex *in)
{
	bool is_comment = false;
	char c;

	while (peek(in, &c) && (is_comment || is_space(c) || c == '#')) {
		is_comment = (is_comment || c == '#') && c != '\n';
		take(in);
	}
}

/* What follows a backslash in a string: an octet in octal, or itself. */
static char take_escape(struct pxe_isc_lex *in)
{
	static const char from[] = "ntrb", to[] = "\n\t\r\b";
	const char *at;
	unsigned value = 0;
	char c;

	if (!peek(in, &c))
		return '\\';
	at = strchr(from, c);
	if (at != NULL && c != '\0') {
		take(in);
		return to[at - from];
	}
	if (c < '0' || c > '7')
		return take(in);
	for (int i = 0; i < 3 && peek(in, &c) && c >= '0' && c <= '7'; i++)
		value = value * 8 + (unsigned)(take(in) - '0');
	return (char)value;
}

static void take_string(struct pxe_isc_lex *in)
{
	char c = '\0';

	take(in);
	while (peek(in, &c) && c != '"') {
		take(in);
		put(&in->token, c == '\\' ? take_escape(in) : c);
	}
	in->token.kind = c == '"' ? PXE_ISC_STRING : PXE_ISC_END;
	take(in);
}

static void next(struct pxe_isc_lex *in)
{
	struct pxe_isc_token *token = &in->token;
	char c;

	skip_space(in);
	token->line = in->line;
	token->len = 0;
	token->kind = PXE_ISC_END;
	if (!peek(in, &c)) {
		/* nothing more */
	} else if (c == '"') {
		take_string(in);
	} else if (is_mark(c)) {
		put(token, take(in));
		token->kind = PXE_ISC_MARK;
	} else {
		while (peek(in, &c) && !is_space(c) && !is_mark(c) &&
		       c != '"' && c != '#')
			put(token, take(in));
		token->kind = PXE_ISC_WORD;
	}
	token->text[token->len] = '\0';
}

static bool is_mark_now(const struct pxe_isc_lex *in, char c)
{
	return in->token.kind == PXE_ISC_MARK && in->token.text[0] == c;
}

/* --- statements --- */

static void add_word(struct pxe_isc_statement *statement,
		     const struct pxe_isc_token *token)
{
	size_t size = token->len + 1;

	if (statement->n == PXE_ISC_WORDS_MAX ||
	    size > sizeof(statement->text) - statement->used)
		return;
	memcpy(statement->text + statement->used, token->text, size);
	statement->word[statement->n] = statement->text + statement->used;
	statement->is_string[statement->n] = token->kind == PXE_ISC_STRING;
	statement->len[statement->n++] = token->len;
	statement->used += size;
}

void pxe_isc_lex_next(struct pxe_isc_lex *in,
		      struct pxe_isc_statement *statement)
{
	statement->n = statement->used = 0;
	statement->mark = '\0';
	next(in);
	statement->line = in->token.line;
	for (;
	     in->token.kind == PXE_ISC_WORD || in->token.kind == PXE_ISC_STRING;
	     next(in))
		add_word(statement, &in->token);
	if (in->token.kind == PXE_ISC_MARK)
		statement->mark = in->token.text[0];
}

bool pxe_isc_lex_skip_block(struct pxe_isc_lex *in)
{
	for (unsigned depth = 1; depth > 0;) {
		next(in);
		if (in->token.kind == PXE_ISC_END)
			return false;
		depth += is_mark_now(in, '{');
		depth -= is_mark_now(in, '}');
	}
	return true;
}

const char *pxe_isc_word(const struct pxe_isc_statement *statement, size_t i)
{
	return i < statement->n ? statement->word[i] : "";
}

bool pxe_isc_is_word(const struct pxe_isc_statement *statement, size_t i,
		     const char *text)
{
	return strcmp(pxe_isc_word(statement, i), text) == 0;
}
