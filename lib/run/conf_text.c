/* SPDX-License-Identifier: ISC */
/*
 * A configuration file to the copy that libconfuse gets.
 *
 * libconfuse (3.3) miscounts lines in comments, takes the rest of a file for
 * a comment that does not end, expands "${...}" from the environment, and
 * skips characters that it does not know.  So comments are taken out, their
 * newlines kept; "${" in strings is escaped; and what it would pass over in
 * silence is told here.
 */
#include "run/conf_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/*
 * Longer words and strings are of no use, and libconfuse's scanner needs time
 * by the square of their length.
 */
#define WORD_MAX 8192

struct scan {
	struct pxe_conf_job *job;
	struct pxe_conf_input *input;
	const unsigned char *p, *end;
	char *out, *word; /* where the word or string begins, or NULL */
	unsigned line;
	unsigned stray_line; /* told once a line */
};

static struct pxe_src here(const struct scan *s)
{
	return (struct pxe_src) { .file = s->input->name, .line = s->line };
}

static void put(struct scan *s, char c)
{
	*s->out++ = c;
}

/* A character of a word or string; what is too long is cut, and told. */
static void put_word(struct scan *s, char c)
{
	struct pxe_src src = here(s);

	if (s->out - s->word < WORD_MAX)
		put(s, c);
	else if (s->out - s->word == WORD_MAX) {
		pxe_conf_error(s->job, &src,
			       "a value is longer than %d characters: shorten "
			       "it",
			       WORD_MAX);
		put(s, 'x');
	}
}

/* The `i`th character from here; 0 beyond the end. */
static unsigned char peek(const struct scan *s, size_t i)
{
	return (size_t)(s->end - s->p) > i ? s->p[i] : 0;
}

static bool is_at(const struct scan *s, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

/* Ends the file here: what follows cannot be understood. */
static void give_up(struct scan *s)
{
	s->input->is_told = s->input->is_broken = true;
	s->p = s->end;
}

static void skip_line_comment(struct scan *s)
{
	while (s->p < s->end && *s->p != '\n')
		s->p++;
}

static void skip_block_comment(struct scan *s)
{
	struct pxe_src src = here(s);

	s->word = NULL;
	for (s->p += 2; s->p < s->end; s->p++) {
		if (is_at(s, "*/")) {
			s->p += 2;
			put(s, ' ');
			return;
		}
		if (*s->p == '\n') {
			s->line++;
			put(s, '\n');
		}
	}
	pxe_conf_error(s->job, &src,
		       "the comment that begins here does not end: close it "
		       "with '*/'");
	give_up(s);
}

/* Why an octet cannot be part of a string, or NULL. */
static const char *check_octet(int c)
{
	if (c == '\0')
		return "a NUL character cannot be part of a value: take it out";
	if (c == PXE_CONF_EMPTY)
		return "the character \\x02 cannot be part of a value: take it "
		       "out";
	return NULL;
}

/* The octet that an escape of digits stands for; -1: none. */
static int escape_value(const struct scan *s)
{
	int v = 0;
	size_t i;

	if (peek(s, 1) == 'x') {
		for (i = 2; i < 4 && pxe_hex_digit((char)peek(s, i)) >= 0; i++)
			v = v * 16 + pxe_hex_digit((char)peek(s, i));
		return i == 2 ? -1 : v;
	}
	for (i = 1; i < 4 && peek(s, i) >= '0' && peek(s, i) <= '7'; i++)
		v = v * 8 + (peek(s, i) - '0');
	return i == 1 || v > 255 || (peek(s, i) >= '0' && peek(s, i) <= '9')
		       ? -1
		       : v;
}

/* What is wrong with the escape that begins here in a "string", or NULL. */
static const char *check_escape(const struct scan *s)
{
	unsigned char c = peek(s, 1);
	int v;

	if (c == 'x' || (c >= '0' && c <= '9')) {
		v = escape_value(s);
		return v < 0 ? "this escape in a string is not a character: "
			       "for a backslash write '\\\\'"
			     : check_octet(v);
	}
	if (pxe_is_alnum((char)c) && strchr("nrbfaetv", c) == NULL)
		return "unknown escape in a string: for a backslash write "
		       "'\\\\'";
	return NULL;
}

/* A backslash in a string and the character after it. */
static void copy_escape(struct scan *s, unsigned char quote)
{
	const char *wrong = quote == '"' ? check_escape(s) : NULL;
	struct pxe_src src = here(s);
	unsigned char c = peek(s, 1);

	if (wrong == NULL)
		wrong = check_octet(c);
	if (c == '\r' && peek(s, 2) == '\n') {
		s->p++;
		c = '\n';
	}
	if (c == '\n')
		s->line++;
	s->p += 2;
	if (wrong != NULL) {
		pxe_conf_error(s->job, &src, "%s", wrong);
		return;
	}
	if (s->out - s->word < WORD_MAX - 1)
		put(s, '\\');
	put_word(s, (char)c);
}

/*
 * A string.  One that does not end on its line is ended there, so that the
 * rest of the file can be checked, too.
 */
static void copy_string(struct scan *s)
{
	struct pxe_src src = here(s);
	unsigned char quote = *s->p++;

	s->word = s->out;
	put(s, (char)quote);
	while (s->p < s->end && *s->p != '\n' && *s->p != quote) {
		unsigned char c = *s->p;

		if (c == '\\' && s->p + 1 < s->end) {
			copy_escape(s, quote);
			continue;
		}
		if (check_octet(c) != NULL)
			pxe_conf_error(s->job, &src, "%s", check_octet(c));
		if (check_octet(c) != NULL || c == '\\')
			c = ' ';
		if (c == '$' && peek(s, 1) == '{' && quote == '"' &&
		    s->out - s->word < WORD_MAX - 1)
			put(s, '\\');
		if (c != '\r' || peek(s, 1) != '\n')
			put_word(s, (char)c);
		s->p++;
	}
	put(s, (char)quote);
	s->word = NULL;
	if (s->p < s->end && *s->p == quote) {
		s->p++;
		return;
	}
	pxe_conf_error(s->job, &src,
		       "the string that begins here does not end on its line: "
		       "close it with %c, or write \\ at the end of the line "
		       "to go on",
		       quote);
	s->input->is_told = true;
}

static void tell_stray(struct scan *s, const char *remedy)
{
	struct pxe_src src = here(s);

	if (s->stray_line == s->line)
		return;
	s->stray_line = s->line;
	if (*s->p > ' ' && *s->p <= '~')
		pxe_conf_error(s->job, &src, "'%c' does not belong here: %s",
			       *s->p, remedy);
	else
		pxe_conf_error(s->job, &src,
			       "the character \\x%02x does not belong here: %s",
			       *s->p, remedy);
}

/* A character outside of comments and strings. */
static void copy_plain(struct scan *s)
{
	unsigned char c = *s->p;

	if (c == '\n') {
		s->line++;
		put(s, '\n');
	} else if (c == ' ' || c == '\t' || (c == '\r' && peek(s, 1) == '\n')) {
		put(s, ' ');
	} else if (c == ';') {
		tell_stray(s, "nothing ends with a semicolon; put it in quotes "
			      "where it is part of a value");
		put(s, ' ');
	} else if (c == '*' || (c == '+' && peek(s, 1) != '=')) {
		tell_stray(s, "put it in quotes where it is part of a value");
		put(s, ' ');
	} else if (c == '$' && peek(s, 1) == '{') {
		tell_stray(s, "variables of the environment are not used; put "
			      "the value in quotes");
		give_up(s);
		return;
	} else if (c < ' ' || c == 0x7f) {
		tell_stray(s, "take it out");
		put(s, ' ');
	} else if (c > '~') {
		tell_stray(s, "put letters beyond ASCII in \"quotes\", and use "
			      "plain ones");
	} else if (strchr("{}()=,+", c) != NULL) {
		put(s, (char)c);
	} else {
		if (s->word == NULL)
			s->word = s->out;
		put_word(s, (char)c);
		s->p++;
		return;
	}
	s->word = NULL;
	s->p++;
}

static void scan_all(struct scan *s)
{
	while (s->p < s->end) {
		/* in a word, // is part of it, as in http://... */
		if (*s->p == '#' || (is_at(s, "//") && s->word == NULL))
			skip_line_comment(s);
		else if (is_at(s, "/*"))
			skip_block_comment(s);
		else if (*s->p == '"' || *s->p == '\'')
			copy_string(s);
		else
			copy_plain(s);
	}
	/* a buffer that is not empty, with a last line that ends */
	if (s->out == s->input->text || s->out[-1] != '\n')
		put(s, '\n');
}

/* Reads on until the end or `cap` octets; the number of octets. */
static ssize_t read_up_to(int fd, char *buf, size_t cap)
{
	size_t n = 0;
	ssize_t r = 1;

	while (n < cap && r != 0) {
		r = read(fd, buf + n, cap - n);
		if (r < 0 && errno != EINTR)
			return -1;
		n += r > 0 ? (size_t)r : 0;
	}
	return (ssize_t)n;
}

/* Reads all of `fd`; the text is malloc'ed. */
static int read_all(struct pxe_conf_job *job, struct pxe_conf_input *input,
		    int fd, char **text, size_t *len)
{
	const struct pxe_src src = { .file = input->name };
	size_t cap = PXE_CONF_MAX_BYTES + 1;
	struct stat st;
	char *buf;
	ssize_t n;

	/* files of /proc have size 0 and yet something in them */
	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    st.st_size < PXE_CONF_MAX_BYTES)
		cap = (size_t)st.st_size;
	buf = malloc(cap);
	if (buf == NULL) {
		job->is_oom = true;
		return -EINVAL;
	}
	n = read_up_to(fd, buf, cap);
	if (n >= 0 && (size_t)n <= PXE_CONF_MAX_BYTES) {
		*text = buf;
		*len = (size_t)n;
		return 0;
	}
	if (n < 0)
		pxe_conf_error(job, &src, "reading failed: %s",
			       strerror(errno));
	else
		pxe_conf_error(job, &src,
			       "the file is larger than 16 MiB: split it with "
			       "include(\"FILE\")");
	free(buf);
	return -EINVAL;
}

/* Tells what makes the whole file unreadable; skips a byte order mark. */
static int check_encoding(struct scan *s)
{
	const struct pxe_src src = { .file = s->input->name, .line = 1 };

	if (is_at(s, "\xff\xfe") || is_at(s, "\xfe\xff")) {
		pxe_conf_error(s->job, &src,
			       "the file is UTF-16: save it as UTF-8");
		return -EINVAL;
	}
	if (is_at(s, "\xef\xbb\xbf"))
		s->p += 3;
	return 0;
}

int pxe_conf_text_read(struct pxe_conf_job *job, struct pxe_conf_input *input,
		       int fd)
{
	struct scan s = { .job = job, .input = input, .line = 1 };
	char *raw;
	size_t len;
	int r;

	r = read_all(job, input, fd, &raw, &len);
	if (r < 0)
		return r;
	s.p = (const unsigned char *)raw;
	s.end = s.p + len;
	/* each character grows to two at most: "${" and a line's end */
	input->text = malloc(2 * len + 4);
	if (input->text == NULL)
		job->is_oom = true;
	r = input->text == NULL ? -EINVAL : check_encoding(&s);
	if (r == 0) {
		s.out = input->text;
		scan_all(&s);
		input->n_lines = s.line;
		if (s.line > 1 && raw[len - 1] == '\n')
			input->n_lines--;
		*s.out = '\0';
		input->len = (size_t)(s.out - input->text);
	}
	free(raw);
	return r;
}
