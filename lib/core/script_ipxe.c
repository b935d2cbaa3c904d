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
#include <errno.h>
#include <string.h>

#include "core/reason.h"
#include "core/script_part.h"

#define NIL      "${nil}"
#define CANCEL_S 5 /* after Esc in the menu */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
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
static void put_words(struct pxe_script *s, const char *text, bool settings)
{
	const char *sep = "";
	char last = '\0';

	while (*text != '\0') {
		size_t len = 0;

		if (pxe_script_is_space(*text)) {
			text++;
			continue;
		}
		while (text[len] != '\0' && !pxe_script_is_space(text[len]))
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

static void put_text(struct pxe_script *s, const char *text)
{
	put_words(s, text, false);
}

static void put_title(struct pxe_script *s,
		      const struct pxe_conf_target *target)
{
	put_text(s, pxe_script_title(target));
}

/* The absolute URL of a path below the boot root. */
static void put_path_url(struct pxe_script *s, const char *path)
{
	int r = pxe_expand("{{http}}/", &s->vars, s->out, NULL, 0);

	if (r < 0)
		pxe_script_fail(s, r);
	pxe_script_put_url_path(s, path);
}

/*
 * A URL as it is (iPXE's settings in it too), or a path below the boot root.
 */
static void put_url(struct pxe_script *s, const char *text)
{
	if (!pxe_script_is_url(text)) {
		put_path_url(s, text);
		return;
	}
	for (; *text != '\0'; text++) {
		if (pxe_script_is_space(*text) || *text == '\\')
			pxe_script_put_percent(s, *text);
		else
			pxe_str_putc(s->out, *text);
	}
}

/* The URL of this machine's script, for another try. */
static void put_again_url(struct pxe_script *s)
{
	char text[PXE_UUID_TEXT];

	put_path_url(s, "boot.ipxe");
	if (pxe_script_has_mac(s)) {
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
static void put_local(struct pxe_script *s)
{
	puts_out(s, "iseq ${platform} efi && exit 1 ||\n"
		    "sanboot --no-describe --drive 0x80 || exit\n"
		    "exit\n");
}

/* The name of an initrd among the images; Linux's EFI stub asks for it. */
static void put_initrd_name(struct pxe_script *s, size_t i)
{
	puts_out(s, "initrd");
	if (i > 0)
		pxe_str_putf(s->out, "%zu", i + 1);
}

static void put_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "imgfree\nkernel --name kernel ");
	put_url(s, t->kernel);
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, " initrd=");
		put_initrd_name(s, i);
	}
	pxe_script_expand(s, t->args, args);
	if (pxe_script_has_words(args)) {
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

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, s->vars.target->url, url);
	puts_out(s, "imgfree\nchain --autofree ");
	put_url(s, url);
	puts_out(s, " || goto failed\nexit\n");
}

static void put_shell(struct pxe_script *s)
{
	puts_out(s, "shell || goto failed\ngoto again\n");
}

static void put_reboot(struct pxe_script *s)
{
	puts_out(s, "reboot ||\ngoto failed\n");
}

static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,   [PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_CHAIN] = put_chain,   [PXE_TARGET_SHELL] = put_shell,
	[PXE_TARGET_REBOOT] = put_reboot,
};

static void put_target(struct pxe_script *s,
		       const struct pxe_conf_target *target)
{
	s->vars.target = target;
	puts_out(s, "set what ");
	put_title(s, target);
	puts_out(s, "\necho Starting ${what}\n");
	put_body[target->type](s);
}

/* --- one function a decision ---------------------------------------------- */

/* The message and the pause after something that did not work. */
static void put_pause(struct pxe_script *s, const char *text, unsigned seconds)
{
	pxe_str_putf(s->out,
		     "echo\n"
		     "echo %s\n"
		     "echo Going on in %u seconds - Ctrl-C opens a shell\n"
		     "sleep %u || shell ||\n",
		     text, seconds, seconds);
}

static void put_ask_again(struct pxe_script *s, const char *label)
{
	puts_out(s, "chain --replace --autofree ");
	put_again_url(s);
	pxe_str_putf(s->out, " || goto %s\n", label);
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	put_target(s, target);
	puts_out(s, ":failed\n");
	put_pause(s, "${what} could not be started", PXE_SCRIPT_RETRY_S);
	puts_out(s, ":again\n");
	put_ask_again(s, "failed");
}

static void put_items(struct pxe_script *s)
{
	const struct pxe_conf *conf = s->conf;

	puts_out(s, "menu -- ");
	put_text(s, pxe_script_has_words(conf->menu.title) ? conf->menu.title
							   : "Boot");
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

static void put_menu(struct pxe_script *s)
{
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
	put_pause(s, "${what} could not be started", PXE_SCRIPT_RETRY_S);
	puts_out(s, "goto again\n");
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, ":again\n"
		    "echo\n"
		    "echo Machine ${netX/mac} ${uuid} waits and asks again\n"
		    "echo Why: ");
	put_text(s, pxe_reason_text(reason));
	pxe_str_putf(s->out,
		     "\necho Ctrl-C opens a shell\n"
		     "sleep %d || shell ||\n",
		     PXE_SCRIPT_HOLD_S);
	put_ask_again(s, "again");
}

const struct pxe_script_lang pxe_script_ipxe = {
	.name = "ipxe",
	.magic = "#!ipxe\n",
	.put_text = put_text,
	.put_one = put_one,
	.put_menu = put_menu,
	.put_hold = put_hold,
};
