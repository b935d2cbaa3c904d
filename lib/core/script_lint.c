/* SPDX-License-Identifier: ISC */
/*
 * iPXE cuts a line into words at white space, ends it at a word that begins
 * with '#', and ends a command at "||", "&&" and ";" (core/script_ipxe.c says
 * more).  A label is a line that begins with ':'.  GRUB and PXELINUX are only
 * asked for the files that they load.
 */
#include "core/script_lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define HTTP "{{http}}/" /* before a path: a file of this server */

struct piece {
	const char *p;
	size_t n;
};

struct label {
	struct piece name;
	unsigned line;
};

/* A script under examination. */
struct lint {
	const char *text, *end;
	const char *at; /* the next line */
	unsigned line, next_line;
	struct label *labels; /* sorted by name, then line */
	size_t n_labels;
	pxe_lint_tell *tell;
	void *arg;
};

/* What iPXE knows, in any build of the last ten years; sorted. */
/* clang-format off */
static const char *const commands[] = {
	"?", "autoboot", "boot", "bootpmgr", "cachestat", "certfree",
	"certstat", "certstore", "chain", "choose", "clear", "colour",
	"config", "console", "cpair", "cpuid", "dhcp", "digest", "echo",
	"exit", "fcels", "fcstat", "fdt", "form", "gdbstub", "goto", "help",
	"ibstat", "ifclose", "ifconf", "iflinkwait", "ifopen", "ifstat",
	"imgargs", "imgdecrypt", "imgexec", "imgextract", "imgfetch",
	"imgfree", "imgload", "imgmem", "imgselect", "imgsingle", "imgstat",
	"imgtrust", "imgverify", "inc", "initrd", "ipstat", "iseq", "isset",
	"item", "iwlist", "iwstat", "kernel", "login", "lotest", "md5sum",
	"menu", "module", "nslookup", "nstat", "ntp", "param", "params",
	"pciscan", "ping", "poweroff", "present", "profstat", "prompt",
	"pxebs", "read", "reboot", "route", "sanboot", "sanhook",
	"sanunhook", "set", "sha1sum", "sha224sum", "sha256sum", "sha384sum",
	"sha512sum", "shell", "shim", "show", "sleep", "startpxe", "stoppxe",
	"sync", "time", "usbscan", "vcreate", "vdestroy",
};
/* clang-format on */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(struct piece t, const char *word)
{
	return t.n == strlen(word) && memcmp(t.p, word, t.n) == 0;
}

/* Is it known only when the script is made, or runs? */
static bool is_dynamic(struct piece t)
{
	if (t.n > strlen(HTTP) && memcmp(t.p, HTTP, strlen(HTTP)) == 0) {
		t.p += strlen(HTTP);
		t.n -= strlen(HTTP);
	}
	for (size_t i = 0; i + 1 < t.n; i++)
		if ((t.p[i] == '$' || t.p[i] == '{') && t.p[i + 1] == '{')
			return true;
	return false;
}

static void tell(const struct lint *l, enum pxe_lint what, struct piece name)
{
	struct pxe_lint_found found = { .what = what, .line = l->line };
	struct pxe_str s;

	pxe_str_init(&s, found.name, sizeof(found.name));
	pxe_str_putn(&s, name.p, name.n);
	l->tell(&found, l->arg);
}

/* --- lines and words ------------------------------------------------------ */

/*
 * The next line without its end; false beyond the last.  One that ends in a
 * backslash goes on: what follows is the rest of the same piece.
 */
static bool take_line(struct lint *l, struct piece *line)
{
	const char *p = l->at, *end;

	if (p >= l->end)
		return false;
	l->line = l->next_line;
	do {
		end = memchr(p, '\n', (size_t)(l->end - p));
		if (end == NULL)
			end = l->end;
		p = end + (end < l->end);
		l->next_line++;
	} while (end > l->at && end[-1] == '\\' && p < l->end);
	*line = (struct piece) { l->at, (size_t)(end - l->at) };
	l->at = p;
	return true;
}

/* Takes a word; an empty one at the end. */
static struct piece take_word(struct piece *rest)
{
	struct piece word;

	/* a backslash before a line's end is none of the word */
	while (rest->n > 0 &&
	       (is_space(rest->p[0]) ||
		(rest->p[0] == '\\' && rest->n > 1 && rest->p[1] == '\n'))) {
		rest->p++;
		rest->n--;
	}
	word = (struct piece) { rest->p, 0 };
	while (word.n < rest->n && !is_space(rest->p[word.n]))
		word.n++;
	rest->p += word.n;
	rest->n -= word.n;
	return word;
}

/* Does a command end here, or the line? */
static bool is_end(struct piece word)
{
	return word.n == 0 || word.p[0] == '#' || is_word(word, "||") ||
	       is_word(word, "&&") || is_word(word, ";");
}

/* --- labels --------------------------------------------------------------- */

static int compare_names(struct piece a, struct piece b)
{
	int r = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return r != 0 ? r : a.n < b.n ? -1 : a.n > b.n;
}

static int compare_labels(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int r = compare_names(x->name, y->name);

	return r != 0 ? r : x->line < y->line ? -1 : x->line > y->line;
}

static int compare_name(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	return compare_names(x->name, y->name);
}

static void restart(struct lint *l)
{
	l->at = l->text;
	l->line = 0;
	l->next_line = 1;
}

/* Counts the labels, or notes them where there is room for them. */
static void walk_labels(struct lint *l)
{
	struct piece line;

	restart(l);
	l->n_labels = 0;
	while (take_line(l, &line)) {
		if (line.n == 0 || line.p[0] != ':')
			continue;
		line.p++;
		line.n--;
		if (l->labels != NULL)
			l->labels[l->n_labels] = (struct label) {
				.name = take_word(&line),
				.line = l->line,
			};
		l->n_labels++;
	}
}

static void tell_doubles(struct lint *l)
{
	for (size_t i = 1; i < l->n_labels; i++)
		if (compare_name(&l->labels[i - 1], &l->labels[i]) == 0) {
			l->line = l->labels[i].line;
			tell(l, PXE_LINT_TWO_LABELS, l->labels[i].name);
		}
}

/* --- iPXE's commands ------------------------------------------------------ */

static void check_goto(struct lint *l, struct piece target)
{
	const struct label wanted = { .name = target };

	if (is_end(target))
		tell(l, PXE_LINT_NO_TARGET, (struct piece) { "goto", 4 });
	else if (!is_dynamic(target) &&
		 bsearch(&wanted, l->labels, l->n_labels, sizeof(*l->labels),
			 compare_name) == NULL)
		tell(l, PXE_LINT_NO_LABEL, target);
}

static int compare_command(const void *key, const void *row)
{
	const struct piece *word = key;
	const char *name = *(const char *const *)row;

	return compare_names(*word, (struct piece) { name, strlen(name) });
}

static void check_command(struct lint *l, struct piece word)
{
	if (!is_dynamic(word) &&
	    bsearch(&word, commands, PXE_LEN(commands), sizeof(*commands),
		    compare_command) == NULL)
		tell(l, PXE_LINT_COMMAND, word);
}

/* Commands that load a file; some also take the name of what is loaded. */
static const struct {
	const char *word;
	bool takes_image;
} loaders[] = {
	{ "boot", true },       { "chain", false },    { "imgexec", true },
	{ "imgextract", true }, { "imgfetch", false }, { "imgload", true },
	{ "initrd", false },    { "kernel", false },   { "module", false },
	{ "sanboot", true },    { "sanhook", true },
};

/* Has an option of these commands a value behind it? */
static bool has_value(struct piece option)
{
	static const char *const options[] = {
		"-n",      "--name", "-t",         "--timeout", "-d",
		"--drive", "-f",     "--filename", "-l",        "--label",
		"-u",      "--uuid", "-e",         "--extra",
	};

	for (size_t i = 0; i < PXE_LEN(options); i++)
		if (is_word(option, options[i]))
			return true;
	return false;
}

/* The file behind the options of a command; returns the last word taken. */
static struct piece check_file(struct lint *l, struct piece *rest,
			       struct piece word, bool takes_image)
{
	while (!is_end(word) && word.p[0] == '-') {
		if (has_value(word))
			(void)take_word(rest);
		word = take_word(rest);
	}
	if (is_end(word) ||
	    (takes_image && memchr(word.p, '/', word.n) == NULL))
		return word;
	if (!is_dynamic(word) && word.p[word.n - 1] != '\\')
		tell(l, PXE_LINT_FILE, word);
	return word;
}

/* One command, up to what ends it; false: the line is over. */
static bool check_one(struct lint *l, struct piece *rest)
{
	struct piece command = take_word(rest), word;

	if (command.n == 0 || command.p[0] == '#')
		return false;
	if (is_end(command)) /* nothing between two of them */
		return true;
	check_command(l, command);
	word = take_word(rest);
	if (is_word(command, "goto"))
		check_goto(l, word);
	for (size_t i = 0; i < PXE_LEN(loaders); i++)
		if (is_word(command, loaders[i].word))
			word = check_file(l, rest, word,
					  loaders[i].takes_image);
	while (!is_end(word))
		word = take_word(rest);
	return word.n > 0 && word.p[0] != '#';
}

static void check_next_server(struct lint *l, struct piece line)
{
	static const char name[] = "${next-server}";
	const size_t n = sizeof(name) - 1;

	if (line.n > 0 && line.p[0] == '#')
		return;
	for (size_t i = 0; i + n <= line.n; i++)
		if (memcmp(line.p + i, name, n) == 0) {
			tell(l, PXE_LINT_NEXT_SERVER,
			     (struct piece) { name, n });
			return;
		}
}

static void lint_ipxe(struct lint *l)
{
	struct piece line;
	bool is_told = false;

	walk_labels(l);
	l->labels = calloc(l->n_labels + 1, sizeof(*l->labels));
	if (l->labels == NULL)
		return;
	walk_labels(l);
	qsort(l->labels, l->n_labels, sizeof(*l->labels), compare_labels);
	tell_doubles(l);
	restart(l);
	while (take_line(l, &line)) {
		if (!is_told && line.n > 0 && line.p[line.n - 1] == '\r') {
			tell(l, PXE_LINT_CRLF, (struct piece) { "", 0 });
			is_told = true;
		}
		check_next_server(l, line);
		while (line.n > 0 && line.p[0] != ':' && check_one(l, &line))
			;
	}
	free(l->labels);
}

/* --- GRUB and PXELINUX ---------------------------------------------------- */

/* Commands whose first word behind them is a file. */
static const struct {
	enum pxe_script_kind kind;
	const char *word;
} loads[] = {
	{ PXE_SCRIPT_GRUB, "linux" },       { PXE_SCRIPT_GRUB, "linux16" },
	{ PXE_SCRIPT_GRUB, "linuxefi" },    { PXE_SCRIPT_GRUB, "initrd" },
	{ PXE_SCRIPT_GRUB, "initrd16" },    { PXE_SCRIPT_GRUB, "initrdefi" },
	{ PXE_SCRIPT_GRUB, "chainloader" }, { PXE_SCRIPT_GRUB, "configfile" },
	{ PXE_SCRIPT_GRUB, "source" },      { PXE_SCRIPT_PXELINUX, "kernel" },
	{ PXE_SCRIPT_PXELINUX, "linux" },   { PXE_SCRIPT_PXELINUX, "initrd" },
	{ PXE_SCRIPT_PXELINUX, "com32" },   { PXE_SCRIPT_PXELINUX, "config" },
	{ PXE_SCRIPT_PXELINUX, "include" },
};

static bool is_load(enum pxe_script_kind kind, struct piece word)
{
	for (size_t i = 0; i < PXE_LEN(loads); i++)
		if (loads[i].kind == kind && strlen(loads[i].word) == word.n &&
		    strncasecmp(loads[i].word, word.p, word.n) == 0)
			return true;
	return false;
}

static void lint_files(struct lint *l, enum pxe_script_kind kind)
{
	struct piece line, word;

	restart(l);
	while (take_line(l, &line)) {
		word = take_word(&line);
		if (!is_load(kind, word))
			continue;
		word = take_word(&line);
		/* with a variable or a device: not known here */
		if (word.n > 0 && memchr(word.p, '$', word.n) == NULL &&
		    memchr(word.p, '(', word.n) == NULL)
			tell(l, PXE_LINT_FILE, word);
	}
}

void pxe_script_lint(enum pxe_script_kind kind, const char *text, size_t len,
		     pxe_lint_tell *tell_found, void *arg)
{
	struct lint l = {
		.text = text,
		.end = text + len,
		.tell = tell_found,
		.arg = arg,
	};

	if (kind == PXE_SCRIPT_IPXE)
		lint_ipxe(&l);
	else
		lint_files(&l, kind);
}

bool pxe_script_lint_is_error(enum pxe_lint what)
{
#define X(id, is_error, text) [PXE_LINT_##id] = is_error,
	static const bool errors[] = { PXE_LINTS(X) };
#undef X

	return errors[what];
}

const char *pxe_script_lint_text(enum pxe_lint what)
{
#define X(id, is_error, text) [PXE_LINT_##id] = text,
	static const char *const texts[] = { PXE_LINTS(X) };
#undef X

	return texts[what];
}
