/* SPDX-License-Identifier: ISC */
/*
 * Goes over the statements of a cleaned configuration file before libconfuse
 * does, which stops at the first name that it does not know.  include() and
 * statements with unknown names are blanked, their newlines kept, and told.
 * (Blanking one and parsing again costs a pass for each; a walk costs one.)
 *
 * The walk knows just enough grammar to see where a statement ends.  Where
 * it does not, it stops: libconfuse will say what is wrong there.
 */
#include "run/conf_job.h"
#include "run/conf_net.h"

#include <string.h>

struct token {
	char *start, *end;
	unsigned line;
	char kind; /* 'w' word, 's' string, 0 end of file, else itself */
};

struct walk {
	struct pxe_conf_job *job;
	struct pxe_conf_input *input;
	char *p;
	unsigned line;
	enum pxe_conf_section_kind section;
	struct pxe_src section_src;
};

#define PUNCTUATION "{}()=,+"

static struct token next_token(struct walk *w)
{
	struct token t;

	for (; *w->p != '\0' && strchr(" \t\n", *w->p) != NULL; w->p++)
		w->line += *w->p == '\n';
	t = (struct token) { .start = w->p, .line = w->line, .kind = *w->p };
	if (t.kind == '"' || t.kind == '\'') {
		for (w->p++; *w->p != t.kind && *w->p != '\0'; w->p++) {
			if (*w->p == '\\' && w->p[1] != '\0')
				w->p++;
			w->line += *w->p == '\n';
		}
		w->p += *w->p != '\0';
		t.kind = 's';
	} else if (t.kind == '+' && w->p[1] == '=') {
		w->p += 2;
		t.kind = '=';
	} else if (t.kind != '\0' && strchr(PUNCTUATION, t.kind) != NULL) {
		w->p++;
	} else if (t.kind != '\0') {
		w->p += strcspn(w->p, " \t\n\"'" PUNCTUATION);
		t.kind = 'w';
	}
	t.end = w->p;
	return t;
}

static struct token peek_token(const struct walk *w)
{
	struct walk ahead = *w;

	return next_token(&ahead);
}

/* Goes to the brace that closes the one just read; false: there is none. */
static bool skip_block(struct walk *w)
{
	size_t depth = 1;

	while (depth > 0) {
		struct token t = next_token(w);

		if (t.kind == '\0')
			return false;
		depth += t.kind == '{';
		depth -= t.kind == '}';
	}
	return true;
}

/* Goes past a value or a list; false: there is neither. */
static bool skip_value(struct walk *w)
{
	struct token t = next_token(w);

	return t.kind == 'w' || t.kind == 's' ||
	       (t.kind == '{' && skip_block(w));
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* --- what is wrong with a name -------------------------------------------- */

static struct pxe_src src_of(const struct walk *w, const struct token *t)
{
	return (struct pxe_src) { .file = w->input->name, .line = t->line };
}

/* The nearest name that may stand in this section. */
static const char *guess_name(const struct walk *w, const char *name)
{
	struct pxe_conf_guess guess = { .written = name };
	const struct pxe_dhcp_opt *opts;
	const struct pxe_conf_row *rows;
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].section == w->section &&
		    (rows[i].files & w->input->kind))
			pxe_conf_guess_try(&guess, rows[i].key);
	for (int k = 1; k < PXE_CONF_N_SECTIONS; k++) {
		const struct pxe_conf_section_row *row =
			pxe_conf_section_row((enum pxe_conf_section_kind)k);

		if (w->section == PXE_CONF_ROOT &&
		    (row->files & w->input->kind))
			pxe_conf_guess_try(&guess, row->name);
	}
	opts = pxe_dhcp_opt_rows(&n);
	for (size_t i = 0;
	     i < n && pxe_conf_has_options(w->input->kind, w->section); i++)
		if (pxe_conf_option_refusal(opts[i].code) == NULL)
			pxe_conf_guess_try(&guess, opts[i].name);
	return guess.nearest;
}

/* The row of another file or section that has this name. */
static const struct pxe_conf_row *find_elsewhere(const char *name)
{
	const struct pxe_conf_row *rows;
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].key, name) == 0)
			return &rows[i];
	return NULL;
}

static void tell_elsewhere(struct walk *w, const struct pxe_src *src,
			   const struct pxe_conf_row *row)
{
	if (row->section == PXE_CONF_ROOT)
		pxe_conf_error(w->job, src,
			       "option '%s' stands in %s, outside of all "
			       "sections: move it there",
			       row->key, pxe_conf_file_of(row->files));
	else
		pxe_conf_error(w->job, src,
			       "option '%s' stands in a %s section of %s: move "
			       "it there",
			       row->key,
			       pxe_conf_section_row(row->section)->name,
			       pxe_conf_file_of(row->files));
}

static void tell_unknown_option(struct walk *w, const struct token *t,
				const char *name)
{
	const struct pxe_dhcp_opt *opt = pxe_dhcp_opt_find_name(name);
	const struct pxe_conf_row *row = find_elsewhere(name);
	const char *nearest = guess_name(w, name);
	struct pxe_src src = src_of(w, t);

	if (row != NULL)
		tell_elsewhere(w, &src, row);
	else if (opt != NULL && pxe_conf_option_refusal(opt->code) == NULL)
		pxe_conf_error(w->job, &src,
			       "option '%s' stands in dhcpd.conf, or in a host "
			       "section of hosts.conf: move it there",
			       name);
	else if (opt != NULL)
		pxe_conf_error(w->job, &src, "option '%s' cannot be set: %s",
			       name, pxe_conf_option_refusal(opt->code));
	else if (nearest != NULL)
		pxe_conf_error(w->job, &src,
			       "unknown option '%s': did you mean '%s'?", name,
			       nearest);
	else
		pxe_conf_error(w->job, &src,
			       "unknown option '%s': take it out; "
			       "%s(5) lists what there is",
			       name, pxe_conf_page_of(w->input->kind));
}

static void tell_unknown_section(struct walk *w, const struct token *t,
				 const char *name, enum pxe_conf_section_kind k)
{
	struct pxe_src src = src_of(w, t);
	const char *nearest = guess_name(w, name);

	if (k != PXE_CONF_ROOT)
		pxe_conf_error(w->job, &src,
			       "section '%s' stands in %s: move it there", name,
			       pxe_conf_file_of(
				       pxe_conf_section_row(k)->files));
	else if (pxe_conf_is_key(w->input->kind, w->section, name))
		pxe_conf_error(w->job, &src,
			       "option '%s' is not a section: write %s = ...",
			       name, name);
	else if (nearest != NULL)
		pxe_conf_error(w->job, &src,
			       "unknown section '%s': did you mean '%s'?", name,
			       nearest);
	else
		pxe_conf_error(w->job, &src,
			       "unknown section '%s': take it out; "
			       "%s(5) lists what there is",
			       name, pxe_conf_page_of(w->input->kind));
}

/* --- statements ----------------------------------------------------------- */

/* include("FILE") outside of sections. */
static bool walk_include(struct walk *w, const struct token *name)
{
	struct token open = next_token(w), file = next_token(w),
		     close = next_token(w);
	struct pxe_src src = src_of(w, name);
	struct pxe_conf_value *value;

	if (open.kind != '(' || file.kind != 's' || close.kind != ')' ||
	    file.end - file.start < 3) {
		pxe_conf_error(w->job, &src,
			       "an include is written include(\"FILE\")");
		w->input->is_told = w->input->is_broken = true;
		return false;
	}
	if (w->section != PXE_CONF_ROOT)
		pxe_conf_error(w->job, &src,
			       "include() stands outside of all sections: "
			       "move it there");
	value = pxe_conf_alloc(w->job, w->job->scrap, 1, sizeof(*value));
	if (value == NULL)
		return false;
	value->src = src;
	value->text = pxe_conf_copy(w->job, w->job->scrap, file.start + 1,
				    (size_t)(file.end - file.start - 2));
	value->next = w->input->includes;
	if (w->section == PXE_CONF_ROOT && value->text != NULL)
		w->input->includes = value;
	blank(name->start, close.end);
	return true;
}

static bool is_list(const struct walk *w, const char *name)
{
	const struct pxe_conf_row *row =
		pxe_conf_row_find(w->input->kind, w->section, name);
	const struct pxe_dhcp_opt *opt = pxe_dhcp_opt_find_name(name);

	return row != NULL ? row->is_list
			   : opt != NULL && pxe_dhcp_opt_is_list(opt->kind);
}

/* libconfuse says nothing of a list without values: it gets a value. */
static void mark_empty(const struct walk *value)
{
	struct walk ahead = *value;
	struct token open = next_token(&ahead), close = next_token(&ahead);

	if (open.kind != '{' || close.kind != '}')
		return;
	*open.start = PXE_CONF_EMPTY;
	*close.start = ' ';
}

static void note_option(struct walk *w, const char *name)
{
	const struct pxe_dhcp_opt *opt = pxe_dhcp_opt_find_name(name);

	if (opt != NULL)
		w->input->has_opt[opt->code] = true;
}

static bool walk_option(struct walk *w, const struct token *t, const char *name)
{
	struct walk value;

	next_token(w);
	value = *w;
	if (!skip_value(w))
		return false;
	if (pxe_conf_is_key(w->input->kind, w->section, name)) {
		note_option(w, name);
		if (is_list(w, name))
			mark_empty(&value);
		return true;
	}
	for (int k = 1; k < PXE_CONF_N_SECTIONS; k++)
		if (w->section == PXE_CONF_ROOT &&
		    strcmp(pxe_conf_section_row((enum pxe_conf_section_kind)k)
				   ->name,
			   name) == 0)
			return true; /* libconfuse says what is wrong */
	tell_unknown_option(w, t, name);
	blank(t->start, w->p);
	return true;
}

static enum pxe_conf_section_kind find_section(const char *name)
{
	for (int k = 1; k < PXE_CONF_N_SECTIONS; k++)
		if (strcmp(pxe_conf_section_row((enum pxe_conf_section_kind)k)
				   ->name,
			   name) == 0)
			return (enum pxe_conf_section_kind)k;
	return PXE_CONF_ROOT;
}

/* NAME [TITLE] {: enters a section that may stand here, else blanks it. */
static bool walk_section(struct walk *w, const struct token *t,
			 const char *name)
{
	enum pxe_conf_section_kind kind = find_section(name);

	if (next_token(w).kind != '{')
		next_token(w); /* that was the title */
	if (w->section != PXE_CONF_ROOT && kind != PXE_CONF_ROOT) {
		struct pxe_src src = src_of(w, t);

		pxe_conf_error(w->job, &src,
			       "section '%s' begins inside of section '%s' of "
			       "line %u: close that one with '}'",
			       name, pxe_conf_section_row(w->section)->name,
			       w->section_src.line);
		w->input->is_told = w->input->is_broken = true;
		return false;
	}
	if (w->section == PXE_CONF_ROOT && kind != PXE_CONF_ROOT &&
	    (pxe_conf_section_row(kind)->files & w->input->kind) != 0) {
		w->section = kind;
		w->section_src = src_of(w, t);
		return true;
	}
	tell_unknown_section(w, t, name, kind);
	if (!skip_block(w)) {
		struct pxe_src src = src_of(w, t);

		pxe_conf_error(w->job, &src,
			       "section '%s' does not end: close it with '}'",
			       name);
		w->input->is_told = w->input->is_broken = true;
		return false;
	}
	blank(t->start, w->p);
	return true;
}

/* A name without '=' or '{' after it: an unknown one goes with its line. */
static bool walk_stray(struct walk *w, const struct token *t, const char *name)
{
	char *end = t->end;

	if (pxe_conf_is_key(w->input->kind, w->section, name) ||
	    find_section(name) != PXE_CONF_ROOT)
		return false;
	tell_unknown_option(w, t, name);
	while (*end != '\n' && *end != '\0' && *end != '}')
		end++;
	w->p = end;
	blank(t->start, end);
	return true;
}

static bool walk_statement(struct walk *w, const struct token *t)
{
	char name[64];
	size_t n = (size_t)(t->end - t->start);
	struct token after = peek_token(w);
	struct walk ahead = *w;

	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, t->start, n);
	name[n] = '\0';
	if (strcmp(name, "include") == 0)
		return walk_include(w, t);
	if (after.kind == '=')
		return walk_option(w, t, name);
	if (after.kind == 's' || after.kind == 'w') {
		next_token(&ahead);
		after = next_token(&ahead);
	}
	if (after.kind == '{')
		return walk_section(w, t, name);
	return walk_stray(w, t, name);
}

static bool walk_token(struct walk *w, const struct token *t)
{
	struct pxe_src src = src_of(w, t);

	if (t->kind == 'w')
		return walk_statement(w, t);
	if (t->kind == '}' && w->section != PXE_CONF_ROOT) {
		w->section = PXE_CONF_ROOT;
		return true;
	}
	if (t->kind != 's' || peek_token(w).kind != '=')
		return false;
	next_token(w);
	if (!skip_value(w))
		return false;
	pxe_conf_error(w->job, &src,
		       "names stand without quotes: take the "
		       "quotes away");
	blank(t->start, w->p);
	return true;
}

/*
 * Makes one blank of many: libconfuse's scanner needs time by the square of
 * their number.
 */
static void squeeze(struct pxe_conf_input *input)
{
	char *from = input->text, *to = input->text, quote = '\0';

	for (; *from != '\0'; from++) {
		if (quote == '\0' && to > input->text && *from == ' ' &&
		    to[-1] == ' ')
			continue;
		if (quote != '\0' && *from == '\\')
			*to++ = *from++;
		else if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else if (*from == quote)
			quote = '\0';
		*to++ = *from;
	}
	*to = '\0';
	input->len = (size_t)(to - input->text);
}

void pxe_conf_walk(struct pxe_conf_job *job, struct pxe_conf_input *input)
{
	struct walk w = {
		.job = job,
		.input = input,
		.p = input->text,
		.line = 1,
		.section = PXE_CONF_ROOT,
	};
	struct token t;

	do {
		t = next_token(&w);
	} while (t.kind != '\0' && walk_token(&w, &t) && !job->is_oom);
	if (t.kind != '\0') /* who knows what stands behind */
		memset(input->has_opt, true, sizeof(input->has_opt));
	if (t.kind == '\0' && w.section != PXE_CONF_ROOT && !input->is_told) {
		/* libconfuse takes the end of a file for the section's */
		pxe_conf_error(job, &w.section_src,
			       "section '%s' does not end: close it with '}'",
			       pxe_conf_section_row(w.section)->name);
		input->is_told = input->is_broken = true;
	}
	if (input->is_broken && t.kind != '\0')
		*t.start = '\0'; /* what follows would only confuse */
	squeeze(input);
}
