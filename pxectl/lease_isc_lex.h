/* SPDX-License-Identifier: ISC */
/*
 * The words and statements of ISC dhcpd's lease file, without knowing what
 * they mean.  Part of lease_isc.
 */
#ifndef PXECTL_LEASE_ISC_LEX_H
#define PXECTL_LEASE_ISC_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/rd.h"

#define PXE_ISC_WORD_MAX  1024 /* octets of a word or string with NUL */
#define PXE_ISC_WORDS_MAX 40   /* of a statement; more are passed over */
#define PXE_ISC_TEXT_MAX  4096 /* octets of a statement's words */

enum pxe_isc_kind {
	PXE_ISC_END,
	PXE_ISC_WORD,
	PXE_ISC_STRING,
	PXE_ISC_MARK, /* one of { } ; */
};

struct pxe_isc_token {
	enum pxe_isc_kind kind;
	unsigned line;
	char text[PXE_ISC_WORD_MAX]; /* cut to fit; a string may have NULs */
	size_t len;
};

struct pxe_isc_lex {
	struct pxe_rd rd;
	unsigned line;
	struct pxe_isc_token token; /* the last one that was read */
};

/* Words up to a mark. */
struct pxe_isc_statement {
	unsigned line;
	size_t n;
	const char *word[PXE_ISC_WORDS_MAX];
	size_t len[PXE_ISC_WORDS_MAX];
	bool is_string[PXE_ISC_WORDS_MAX];
	char text[PXE_ISC_TEXT_MAX];
	size_t used;
	char mark; /* what ended it: ; { } or '\0': the file */
};

void pxe_isc_lex_init(struct pxe_isc_lex *lex, const char *text, size_t size);

/* The next statement; n = 0 and mark '\0' at the end. */
void pxe_isc_lex_next(struct pxe_isc_lex *lex,
		      struct pxe_isc_statement *statement);

/* Goes past the block whose brace was read.  False: it is not closed. */
bool pxe_isc_lex_skip_block(struct pxe_isc_lex *lex) PXE_MUST_CHECK;

/* A word of a statement; "" beyond the last. */
const char *pxe_isc_word(const struct pxe_isc_statement *statement, size_t i);
bool pxe_isc_is_word(const struct pxe_isc_statement *statement, size_t i,
		     const char *text);

#endif
