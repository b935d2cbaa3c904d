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
#include "core/script_ipxe.h"

#include <string.h>

#include "core/reason.h"

#define NIL "${nil}"

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
void pxe_script_ipxe_put_words(struct pxe_script *s, const char *text,
			       bool settings)
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

void pxe_script_ipxe_put_text(struct pxe_script *s, const char *text)
{
	pxe_script_ipxe_put_words(s, text, false);
}

void pxe_script_ipxe_put_word(struct pxe_script *s, const char *text)
{
	size_t len = strlen(text);

	if (len > 0 && is_syntax(text, len))
		puts_out(s, NIL);
	for (; *text != '\0'; text++) {
		if (pxe_script_is_space(*text) || *text == '\\')
			pxe_script_put_percent(s, *text);
		else
			pxe_str_putc(s->out, *text);
	}
}

void pxe_script_ipxe_put_title(struct pxe_script *s,
			       const struct pxe_conf_target *target)
{
	pxe_script_ipxe_put_text(s, pxe_script_title(target));
}

static void put_http(struct pxe_script *s)
{
	int r = pxe_expand("{{http}}", &s->vars, s->out, NULL, 0);

	if (r < 0)
		pxe_script_fail(s, r);
}

void pxe_script_ipxe_put_path_url(struct pxe_script *s, const char *path)
{
	put_http(s);
	puts_out(s, "/");
	pxe_script_put_session(s);
	pxe_script_put_url_path(s, path);
}

void pxe_script_ipxe_put_url(struct pxe_script *s, const char *text)
{
	if (!pxe_script_is_url(text)) {
		pxe_script_ipxe_put_path_url(s, text);
		return;
	}
	pxe_script_ipxe_put_word(s, text);
}

void pxe_script_ipxe_put_again_url(struct pxe_script *s)
{
	char text[PXE_UUID_TEXT];

	put_http(s);
	puts_out(s, "/boot.ipxe");
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
	if (s->vars.token != NULL)
		pxe_str_putf(s->out, "&session=%s", s->vars.token);
}

/* --- one function a decision ---------------------------------------------- */

/* The message and the pause after something that did not work. */
void pxe_script_ipxe_put_pause(struct pxe_script *s, const char *text,
			       unsigned seconds)
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
	pxe_script_ipxe_put_again_url(s);
	pxe_str_putf(s->out, " || goto %s\n", label);
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	pxe_script_ipxe_put_target(s, target);
	puts_out(s, ":failed\n");
	pxe_script_ipxe_put_pause(s, "${what} could not be started",
				  PXE_SCRIPT_RETRY_S);
	puts_out(s, ":again\n");
	put_ask_again(s, "failed");
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, ":again\n"
		    "echo\n"
		    "echo Machine ${netX/mac} ${uuid} waits and asks again\n"
		    "echo Why: ");
	pxe_script_ipxe_put_text(s, pxe_reason_text(reason));
	pxe_str_putf(s->out,
		     "\necho Ctrl-C opens a shell\n"
		     "sleep %d || shell ||\n",
		     PXE_SCRIPT_HOLD_S);
	put_ask_again(s, "again");
}

const struct pxe_script_lang pxe_script_ipxe = {
	.name = "ipxe",
	.magic = "#!ipxe\n",
	.put_text = pxe_script_ipxe_put_text,
	.put_one = put_one,
	.put_menu = pxe_script_ipxe_put_menu,
	.put_hold = put_hold,
};
