/* SPDX-License-Identifier: ISC */
/*
 * The language of templates.
 *
 * What stands between two tags goes out when the second is read; a tag is
 * closed on its own line, so that a brace too many is found where it stands.
 * Conditions are a stack of fixed depth.
 */
#include "core/expand.h"

#include <errno.h>
#include <string.h>

#define DEPTH_MAX   16
#define FILTERS_MAX 4
#define WORK_MAX    (2 * PXE_EXPAND_VALUE_MAX) /* between two filters */

/* One {{if}} that is open. */
struct condition {
	unsigned line;
	bool is_on;  /* its text goes out, if that around it does */
	bool was_on; /* one of its branches did */
	bool has_else;
};

/* A text under expansion. */
struct work {
	const char *begin, *end; /* the template */
	const char *at;          /* what was not yet put out */
	const char *scanned;     /* to which lines were counted */
	unsigned line;
	const char *open, *close;
	const struct pxe_expand_vars *vars;
	const struct pxe_expand_how *how;
	struct pxe_str *out;
	struct pxe_expand_mistake *mistake;
	struct condition stack[DEPTH_MAX];
	size_t depth, n_off; /* conditions that are open; not fulfilled */
};

/* A piece of the template. */
struct piece {
	const char *p;
	size_t n;
};

static int fail(struct work *w, enum pxe_expand_wrong what, struct piece name)
{
	struct pxe_str s;

	w->mistake->what = what;
	w->mistake->line = w->line;
	pxe_str_init(&s, w->mistake->name, sizeof(w->mistake->name));
	pxe_str_putn(&s, name.p, name.n);
	return what == PXE_EXPAND_UNKNOWN || what == PXE_EXPAND_UNSET ? -ENOENT
	       : what == PXE_EXPAND_LONG                              ? -ENOSPC
					 : -EBADMSG;
}

/* A name that does not exist: 0 where somebody wants to know of all of them. */
static int pass_over(struct work *w, enum pxe_expand_wrong what,
		     struct piece name)
{
	int r = fail(w, what, name);

	if (w->how->wrong == NULL)
		return r;
	w->how->wrong(w->mistake, w->how->arg);
	return 0;
}

/* --- words ---------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece trim(struct piece t)
{
	while (t.n > 0 && is_blank(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

/* Takes the first word from `rest`; an empty piece: there is none. */
static struct piece take_word(struct piece *rest)
{
	struct piece word = { .p = rest->p };

	*rest = trim(*rest);
	word.p = rest->p;
	while (word.n < rest->n && !is_blank(rest->p[word.n]))
		word.n++;
	rest->p += word.n;
	rest->n -= word.n;
	*rest = trim(*rest);
	return word;
}

static bool is_word(struct piece t, const char *word)
{
	return t.n == strlen(word) && memcmp(t.p, word, t.n) == 0;
}

/* `c` in a piece, or NULL. */
static const char *find_char(struct piece t, char c)
{
	return t.n > 0 ? memchr(t.p, c, t.n) : NULL;
}

/* --- values --------------------------------------------------------------- */

/*
 * Appends the value of a variable.  1: it has none, which is a mistake only
 * where the text goes out and nothing stands for it.
 */
static int put_value(struct work *w, struct piece name, bool is_optional,
		     struct pxe_str *out)
{
	int r = pxe_expand_value(name.p, name.n, w->vars, out);

	if (r == -ENOENT) {
		r = pass_over(w, PXE_EXPAND_UNKNOWN, name);
		return r < 0 ? r : 1;
	}
	if (w->how->seen != NULL)
		w->how->seen(name.p, name.n, w->line,
			     is_optional || w->n_off > 0, w->how->arg);
	if (r == -ENODATA && !is_optional && w->n_off == 0 &&
	    !w->how->is_lenient)
		return fail(w, PXE_EXPAND_UNSET, name);
	return out->cut ? fail(w, PXE_EXPAND_LONG, name) : r == -ENODATA;
}

/* Puts the text out through the filters, the last first. */
static int put_filtered(struct work *w, struct pxe_str *text,
			const int *filters, size_t n, struct piece name)
{
	char buf[2][WORK_MAX];
	struct pxe_str next;

	for (; n > 1; n--) {
		pxe_str_init(&next, buf[n & 1], WORK_MAX);
		pxe_expand_filter(filters[n - 1], text->buf, text->len, &next);
		if (next.cut)
			return fail(w, PXE_EXPAND_LONG, name);
		*text = next;
	}
	pxe_expand_filter(filters[0], text->buf, text->len, w->out);
	return 0;
}

/*
 * The filters before a name.  Those that write in another way only are
 * followed, further out, by the escaping of the format.  How many, or an
 * error.
 */
static int read_filters(struct work *w, struct piece *rest, int *filters)
{
	struct piece word, copy = *rest;
	bool is_escaped = false;
	int n = 1, f, r;

	filters[0] = (int)w->how->format;
	for (;;) {
		copy = *rest;
		word = take_word(&copy);
		if (copy.n == 0)
			break;
		f = pxe_expand_find_filter(word.p, word.n);
		if (n > FILTERS_MAX)
			return fail(w, PXE_EXPAND_FILTER, word);
		*rest = copy;
		if (f < 0) {
			r = pass_over(w, PXE_EXPAND_FILTER, word);
			if (r < 0)
				return r;
			continue;
		}
		is_escaped = is_escaped || f < PXE_N_FORMATS;
		filters[n++] = f;
	}
	if (is_escaped)
		filters[0] = PXE_FORMAT_TEXT;
	return n;
}

/* {{filter name|default}} */
static int put_variable(struct work *w, struct piece tag)
{
	const char *bar = find_char(tag, '|');
	struct piece name = tag, dflt = { .p = tag.p };
	char buf[PXE_EXPAND_VALUE_MAX];
	int filters[FILTERS_MAX + 1], n, r;
	struct pxe_str value;

	if (bar != NULL) {
		name.n = (size_t)(bar - tag.p);
		dflt.p = bar + 1;
		dflt.n = tag.n - name.n - 1;
	}
	name = trim(name);
	dflt = trim(dflt);
	n = read_filters(w, &name, filters);
	if (n < 0)
		return n;
	pxe_str_init(&value, buf, sizeof(buf));
	r = put_value(w, name, bar != NULL, &value);
	if (r < 0 || w->n_off > 0)
		return r < 0 ? r : 0;
	if (value.len == 0)
		pxe_str_putn(&value, dflt.p, dflt.n);
	return put_filtered(w, &value, filters, (size_t)n, name);
}

/* --- conditions ----------------------------------------------------------- */

/* What stands in double quotes at the end of a condition. */
static bool read_quoted(struct piece rest, struct piece *text)
{
	if (rest.n < 2 || rest.p[0] != '"' || rest.p[rest.n - 1] != '"')
		return false;
	*text = (struct piece) { rest.p + 1, rest.n - 2 };
	return find_char(*text, '"') == NULL;
}

/* NAME, not NAME, NAME == "text", NAME != "text": 0 or 1. */
static int read_condition(struct work *w, struct piece rest)
{
	struct piece whole = rest, name = take_word(&rest), word, text;
	bool is_not = is_word(name, "not") && rest.n > 0;
	char buf[PXE_EXPAND_VALUE_MAX];
	struct pxe_str value;
	int r;

	if (is_not)
		name = take_word(&rest);
	if (name.n == 0)
		return fail(w, PXE_EXPAND_CONDITION, whole);
	pxe_str_init(&value, buf, sizeof(buf));
	r = put_value(w, name, true, &value);
	if (r < 0)
		return r;
	if (rest.n == 0)
		return (value.len > 0) != is_not;
	word = take_word(&rest);
	if (is_not || (!is_word(word, "==") && !is_word(word, "!=")) ||
	    !read_quoted(rest, &text))
		return fail(w, PXE_EXPAND_CONDITION, whole);
	r = value.len == text.n && memcmp(value.buf, text.p, text.n) == 0;
	return r == is_word(word, "==");
}

/* The branch of the innermost condition is on or off from here on. */
static void set_branch(struct work *w, bool is_on)
{
	struct condition *c = &w->stack[w->depth - 1];

	w->n_off -= !c->is_on;
	c->is_on = is_on;
	c->was_on = c->was_on || is_on;
	w->n_off += !is_on;
}

static int put_if(struct work *w, struct piece rest)
{
	int r = read_condition(w, rest);

	if (r < 0)
		return r;
	if (w->depth == DEPTH_MAX)
		return fail(w, PXE_EXPAND_DEEP, rest);
	w->stack[w->depth++] =
		(struct condition) { .line = w->line, .is_on = true };
	w->stack[w->depth - 1].was_on = r != 0;
	set_branch(w, r != 0);
	return 0;
}

static int put_else(struct work *w, struct piece rest)
{
	struct piece whole = { "else", 4 };
	struct condition *c = w->depth > 0 ? &w->stack[w->depth - 1] : NULL;
	int r = 1;

	if (c == NULL || c->has_else)
		return fail(w, PXE_EXPAND_NO_IF, whole);
	if (rest.n > 0) {
		if (!is_word(take_word(&rest), "if"))
			return fail(w, PXE_EXPAND_CONDITION, whole);
		r = read_condition(w, rest);
		if (r < 0)
			return r;
	} else {
		c->has_else = true;
	}
	set_branch(w, r != 0 && !c->was_on);
	return 0;
}

static int put_end(struct work *w, struct piece rest)
{
	struct piece whole = { "end", 3 };

	if (rest.n > 0)
		return fail(w, PXE_EXPAND_CONDITION, rest);
	if (w->depth == 0)
		return fail(w, PXE_EXPAND_NO_IF, whole);
	set_branch(w, true);
	w->depth--;
	return 0;
}

static const struct {
	const char *word;
	int (*put)(struct work *w, struct piece rest);
} controls[] = {
	{ "if", put_if },
	{ "else", put_else },
	{ "end", put_end },
};

/* --- tags ----------------------------------------------------------------- */

/*
 * `what` between `from` and `to`, or NULL.  Found by its first character, as
 * most of these are none at all.
 */
static const char *find_text(const char *from, const char *to, const char *what)
{
	size_t n = strlen(what);

	while ((size_t)(to - from) >= n) {
		from = memchr(from, what[0], (size_t)(to - from) - n + 1);
		if (from == NULL || memcmp(from, what, n) == 0)
			return from;
		from++;
	}
	return NULL;
}

static void count_lines(struct work *w, const char *to)
{
	const char *p = w->scanned;

	while ((p = memchr(p, '\n', (size_t)(to - p))) != NULL) {
		w->line++;
		p++;
	}
	w->scanned = to;
}

static void put_text(struct work *w, const char *end)
{
	if (w->n_off == 0)
		pxe_str_putn(w->out, w->at, (size_t)(end - w->at));
}

/*
 * Does a tag stand alone on its line?  Then `*from` is where the line begins
 * and `*to` where the next one does.
 */
static bool is_alone(const struct work *w, const char **from, const char **to)
{
	const char *a = *from, *b = *to;

	while (a > w->at && is_blank(a[-1]))
		a--;
	if (a > w->begin && a[-1] != '\n')
		return false;
	while (b < w->end && (is_blank(*b) || *b == '\r'))
		b++;
	if (b < w->end && *b != '\n')
		return false;
	*from = a;
	*to = b + (b < w->end);
	return true;
}

/* The tag that begins at `open`. */
static int put_tag(struct work *w, const char *open)
{
	const char *inside = open + strlen(w->open);
	const char *close = find_text(inside, w->end, w->close), *next;
	struct piece tag, rest, word;

	count_lines(w, open);
	if (close == NULL ||
	    memchr(inside, '\n', (size_t)(close - inside)) != NULL)
		return fail(w, PXE_EXPAND_OPEN,
			    (struct piece) { open, strlen(w->open) });
	next = close + strlen(w->close);
	tag = rest = trim((struct piece) { inside, (size_t)(close - inside) });
	word = take_word(&rest);
	for (size_t i = 0; i < PXE_LEN(controls); i++) {
		if (!is_word(word, controls[i].word))
			continue;
		(void)is_alone(w, &open, &next);
		put_text(w, open);
		w->at = next;
		return controls[i].put(w, rest);
	}
	put_text(w, open);
	w->at = next;
	return put_variable(w, tag);
}

int pxe_expand_template(const char *text, size_t len,
			const struct pxe_expand_vars *vars,
			const struct pxe_expand_how *how, struct pxe_str *out,
			struct pxe_expand_mistake *mistake)
{
	struct work w = {
		.begin = text,
		.end = text + len,
		.at = text,
		.scanned = text,
		.line = 1,
		.open = how->open != NULL ? how->open : "{{",
		.close = how->close != NULL ? how->close : "}}",
		.vars = vars,
		.how = how,
		.out = out,
		.mistake = mistake,
	};
	const size_t n = strlen(w.open);
	const char *open;
	int r;

	while ((open = find_text(w.at, w.end, w.open)) != NULL && !out->cut) {
		if ((size_t)(w.end - open) >= 2 * n &&
		    memcmp(open + n, w.open, n) == 0) {
			put_text(&w, open + n); /* written twice: itself */
			w.at = open + 2 * n;
			continue;
		}
		r = put_tag(&w, open);
		if (r < 0)
			return r;
	}
	if (w.depth > 0) {
		w.line = w.stack[w.depth - 1].line;
		return fail(&w, PXE_EXPAND_NO_END, (struct piece) { "if", 2 });
	}
	put_text(&w, w.end);
	return out->cut ? fail(&w, PXE_EXPAND_LONG, (struct piece) { "", 0 })
			: 0;
}

int pxe_expand(const char *text, const struct pxe_expand_vars *vars,
	       struct pxe_str *out, char *bad, size_t cap)
{
	const struct pxe_expand_how how = { .format = PXE_FORMAT_TEXT,
					    .is_lenient = true };
	struct pxe_expand_mistake mistake;
	int r = pxe_expand_template(text, strlen(text), vars, &how, out,
				    &mistake);

	if (r == -ENOENT && bad != NULL)
		(void)pxe_str_copy(bad, cap, mistake.name);
	return r;
}

const char *pxe_expand_wrong_text(enum pxe_expand_wrong what)
{
#define X(id, text) [PXE_EXPAND_##id] = text,
	static const char *const texts[] = { PXE_EXPAND_MISTAKES(X) };
#undef X

	return texts[what];
}
