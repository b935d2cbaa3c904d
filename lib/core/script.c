/* SPDX-License-Identifier: ISC */
/*
 * The renderer of iPXE scripts.
 *
 * What iPXE does with a line (all versions since 2012): it joins a line that
 * ends in a backslash with the next, cuts it into words at white space, ends
 * it at a word that begins with '#', ends a command at the words "||", "&&"
 * and ";", and only then replaces ${setting} in each word.  There is no
 * quoting.  So a word that would be taken for one of these gets "${nil}" in
 * front, a setting that nobody has, which becomes nothing afterwards.
 *
 * A failed command without "||" ends the script.  Every step here names what
 * follows its failure: a message, a pause, and another try.
 */
#include "core/script.h"

#include <errno.h>
#include <string.h>

#include "core/reason.h"

#define NIL      "${nil}"
#define RETRY_S  15   /* after a step that failed */
#define CANCEL_S 5    /* after Esc in the menu */
#define HOLD_S   30   /* between two questions of a held machine */
#define TEXT_MAX 4096 /* octets of expanded arguments or URL */

struct script {
	const struct pxe_conf *conf;
	struct pxe_expand_vars vars;
	struct pxe_str *out;
	int error; /* the first; 0 */
};

static void puts_out(struct script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static bool is_space(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static bool is_word(const char *word, size_t len, const char *what)
{
	return len == strlen(what) && memcmp(word, what, len) == 0;
}

/* Would iPXE take this word of `len` characters for syntax? */
static bool is_syntax(const char *word, size_t len)
{
	return word[0] == '#' || is_word(word, len, "||") ||
	       is_word(word, len, "&&") || is_word(word, len, ";");
}

/*
 * Text of the configuration, word by word, one space between them.  Settings
 * in it are left to iPXE if `settings`, else shown as they are.
 */
static void put_words(struct script *s, const char *text, bool settings)
{
	const char *sep = "";
	char last = '\0';

	while (*text != '\0') {
		size_t len = 0;

		if (is_space(*text)) {
			text++;
			continue;
		}
		while (text[len] != '\0' && !is_space(text[len]))
			len++;
		puts_out(s, sep);
		if (is_syntax(text, len))
			puts_out(s, NIL);
		for (size_t i = 0; i < len; i++) {
			pxe_str_putc(s->out, text[i]);
			if (!settings && text[i] == '$' && text[i + 1] == '{')
				pxe_str_putc(s->out, ' ');
		}
		last = text[len - 1];
		text += len;
		sep = " ";
	}
	if (last == '\\')
		puts_out(s, NIL);
}

static void put_text(struct script *s, const char *text)
{
	put_words(s, text, false);
}

static bool has_words(const char *text)
{
	while (is_space(*text) && *text != '\0')
		text++;
	return *text != '\0';
}

static void put_title(struct script *s, const struct pxe_conf_target *target)
{
	put_text(s, has_words(target->title) ? target->title : target->name);
}

static void put_percent(struct script *s, char c)
{
	pxe_str_putf(s->out, "%%%02X", (unsigned)(unsigned char)c);
}

/* Does a path carry `c` as it is?  RFC 3986 section 3.3, the safe part. */
static bool is_path_char(char c)
{
	return pxe_is_alnum(c) || (c != '\0' && strchr("/-._~:@,=+!", c));
}

/* The absolute URL of a path below the boot root. */
static void put_path_url(struct script *s, const char *path)
{
	int r = pxe_expand("{{http}}/", &s->vars, s->out, NULL, 0);

	if (r < 0 && s->error == 0)
		s->error = r;
	while (*path == '/')
		path++;
	for (; *path != '\0'; path++) {
		if (is_path_char(*path))
			pxe_str_putc(s->out, *path);
		else
			put_percent(s, *path);
	}
}

/* Does `text` begin with a scheme and a colon?  RFC 3986 section 3.1. */
static bool is_url(const char *text)
{
	size_t n = 0;

	while (pxe_is_alnum(text[n]) ||
	       (n > 0 && text[n] != '\0' && strchr("+-.", text[n]) != NULL))
		n++;
	return n > 1 && text[n] == ':' && text[n + 1] == '/';
}

/*
 * A URL as it is (iPXE's settings in it too), or a path below the boot root.
 */
static void put_url(struct script *s, const char *text)
{
	if (!is_url(text)) {
		put_path_url(s, text);
		return;
	}
	for (; *text != '\0'; text++) {
		if (is_space(*text) || *text == '\\')
			put_percent(s, *text);
		else
			pxe_str_putc(s->out, *text);
	}
}

/* Expands a template into `text` of TEXT_MAX octets; "" after an error. */
static void expand(struct script *s, const char *template, char *text)
{
	struct pxe_str str;
	int r;

	pxe_str_init(&str, text, TEXT_MAX);
	r = pxe_expand(template, &s->vars, &str, NULL, 0);
	if (r == 0 && str.cut)
		r = -ENOSPC;
	if (r < 0) {
		if (s->error == 0)
			s->error = r;
		text[0] = '\0';
	}
}

/* The URL of this machine's script, for another try. */
static void put_again_url(struct script *s)
{
	char text[PXE_UUID_TEXT];

	put_path_url(s, "boot.ipxe");
	if (s->vars.hw != NULL && s->vars.hw->hlen > 0 &&
	    s->vars.hw->htype == PXE_HTYPE_ETHERNET) {
		puts_out(s, "?mac=");
		pxe_str_put_hex(s->out, s->vars.hw->addr, s->vars.hw->hlen,
				'-');
	} else if (s->vars.uuid != NULL) {
		pxe_uuid_format(s->vars.uuid, text, sizeof(text));
		pxe_str_putf(s->out, "?uuid=%s", text);
	} else {
		puts_out(s, "?mac=${netX/mac:hexhyp}&uuid=${uuid}");
	}
}

/* --- one function a target type; none falls through its end -------------- */

/*
 * UEFI: exit with an error makes firmware go on to its next boot entry, where
 * exit without one opens the setup of some.  BIOS: the first disk; where that
 * fails the BIOS goes on.
 */
static void put_local(struct script *s)
{
	puts_out(s, "iseq ${platform} efi && exit 1 ||\n"
		    "sanboot --no-describe --drive 0x80 || exit\n"
		    "exit\n");
}

/* The name of an initrd among the images; Linux's EFI stub asks for it. */
static void put_initrd_name(struct script *s, size_t i)
{
	puts_out(s, "initrd");
	if (i > 0)
		pxe_str_putf(s->out, "%zu", i + 1);
}

static void put_linux(struct script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[TEXT_MAX];

	puts_out(s, "imgfree\nkernel --name kernel ");
	put_url(s, t->kernel);
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, " initrd=");
		put_initrd_name(s, i);
	}
	expand(s, t->args, args);
	if (has_words(args)) {
		puts_out(s, " ");
		put_words(s, args, true);
	}
	puts_out(s, " || goto failed\n");
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, "initrd --name ");
		put_initrd_name(s, i);
		puts_out(s, " ");
		put_url(s, t->initrds[i]);
		puts_out(s, " || goto failed\n");
	}
	puts_out(s, "boot ||\ngoto failed\n");
}

static void put_chain(struct script *s)
{
	char url[TEXT_MAX];

	expand(s, s->vars.target->url, url);
	puts_out(s, "imgfree\nchain --autofree ");
	put_url(s, url);
	puts_out(s, " || goto failed\nexit\n");
}

static void put_shell(struct script *s)
{
	puts_out(s, "shell || goto failed\ngoto again\n");
}

static void put_reboot(struct script *s)
{
	puts_out(s, "reboot ||\ngoto failed\n");
}

static void (*const put_body[PXE_N_TARGET_TYPES])(struct script *) = {
	[PXE_TARGET_LOCAL] = put_local,   [PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_CHAIN] = put_chain,   [PXE_TARGET_SHELL] = put_shell,
	[PXE_TARGET_REBOOT] = put_reboot,
};

static void put_target(struct script *s, const struct pxe_conf_target *target)
{
	if ((unsigned)target->type >= PXE_N_TARGET_TYPES ||
	    put_body[target->type] == NULL) {
		s->error = -EINVAL;
		return;
	}
	s->vars.target = target;
	puts_out(s, "set what ");
	put_title(s, target);
	puts_out(s, "\necho Starting ${what}\n");
	put_body[target->type](s);
}

/* --- one function a decision ---------------------------------------------- */

/* The message and the pause after something that did not work. */
static void put_pause(struct script *s, const char *text, unsigned seconds)
{
	pxe_str_putf(s->out,
		     "echo\n"
		     "echo %s\n"
		     "echo Going on in %u seconds - Ctrl-C opens a shell\n"
		     "sleep %u || shell ||\n",
		     text, seconds, seconds);
}

static void put_ask_again(struct script *s, const char *label)
{
	puts_out(s, "chain --replace --autofree ");
	put_again_url(s);
	pxe_str_putf(s->out, " || goto %s\n", label);
}

static void put_one(struct script *s, const struct pxe_decision *decision)
{
	if (decision->target == NULL) {
		s->error = -EINVAL;
		return;
	}
	put_target(s, decision->target);
	puts_out(s, ":failed\n");
	put_pause(s, "${what} could not be started", RETRY_S);
	puts_out(s, ":again\n");
	put_ask_again(s, "failed");
}

static void put_items(struct script *s)
{
	const struct pxe_conf *conf = s->conf;

	puts_out(s, "menu -- ");
	put_text(s, has_words(conf->menu.title) ? conf->menu.title : "Boot");
	puts_out(s, "\n");
	for (size_t i = 0; i < conf->n_targets; i++) {
		pxe_str_putf(s->out, "item t%zu ", i);
		put_title(s, &conf->targets[i]);
		puts_out(s, "\n");
	}
	puts_out(s, "choose");
	for (size_t i = 0; i < conf->n_targets; i++)
		if (conf->menu.dflt == &conf->targets[i])
			pxe_str_putf(s->out, " --default t%zu", i);
	if (conf->menu.timeout_s > 0)
		pxe_str_putf(s->out, " --timeout %llu",
			     conf->menu.timeout_s * 1000ull);
	puts_out(s, " chosen || goto cancelled\n"
		    "goto ${chosen}\n");
}

static void put_menu(struct script *s,
		     const struct pxe_decision *decision PXE_UNUSED)
{
	if (s->conf->n_targets == 0) {
		s->error = -EINVAL;
		return;
	}
	puts_out(s, ":again\n");
	put_items(s);
	puts_out(s, ":cancelled\n");
	put_pause(s, "Nothing was chosen", CANCEL_S);
	puts_out(s, "goto again\n");
	for (size_t i = 0; i < s->conf->n_targets; i++) {
		pxe_str_putf(s->out, ":t%zu\n", i);
		put_target(s, &s->conf->targets[i]);
	}
	puts_out(s, ":failed\n");
	put_pause(s, "${what} could not be started", RETRY_S);
	puts_out(s, "goto again\n");
}

static void put_hold(struct script *s, const struct pxe_decision *decision)
{
	puts_out(s, ":again\n"
		    "echo\n"
		    "echo Machine ${netX/mac} ${uuid} waits and asks again\n"
		    "echo Why: ");
	put_text(s, pxe_reason_text(decision->reason));
	pxe_str_putf(s->out,
		     "\necho Ctrl-C opens a shell\n"
		     "sleep %d || shell ||\n",
		     HOLD_S);
	put_ask_again(s, "again");
}

static const struct {
	enum pxe_give give;
	void (*put)(struct script *, const struct pxe_decision *);
} gives[] = {
	{ PXE_GIVE_TARGET, put_one },
	{ PXE_GIVE_MENU, put_menu },
	{ PXE_GIVE_HOLD, put_hold },
};

/* Who, by which rule, and where the configuration says so. */
static void put_head(struct script *s, const struct pxe_decision *decision)
{
	const char *file = decision->src.file != NULL ? decision->src.file : "";
	const char *slash = strrchr(file, '/');

	puts_out(s, "#!ipxe\n# ");
	put_text(s, s->vars.host != NULL ? s->vars.host->name : "no host");
	puts_out(s, ": rule ");
	put_text(s, decision->rule != NULL ? decision->rule : "-");
	if (file[0] != '\0') {
		puts_out(s, ", ");
		put_text(s, slash != NULL ? slash + 1 : file);
		pxe_str_putf(s->out, ":%u", decision->src.line);
	}
	puts_out(s, "\n");
}

int pxe_script_ipxe(const struct pxe_conf *conf,
		    const struct pxe_decision *decision,
		    const struct pxe_expand_vars *vars, struct pxe_str *out)
{
	struct script s = { .conf = conf, .vars = *vars, .out = out };

	for (size_t i = 0; i < PXE_LEN(gives); i++) {
		if (gives[i].give != decision->give)
			continue;
		put_head(&s, decision);
		gives[i].put(&s, decision);
		return s.error != 0 ? s.error : out->cut ? -ENOSPC : 0;
	}
	return -EINVAL;
}
