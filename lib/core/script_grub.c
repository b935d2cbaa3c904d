/* SPDX-License-Identifier: ISC */
/*
 * The renderer of GRUB configurations (version 2.06).
 *
 * Everything that comes from the configuration stands in single quotes, where
 * only a single quote means something to GRUB.  A core may lack any module
 * that it did not need so far, so beside the loaders this uses what `normal`
 * brings: a function named after the platform instead of a test, a loop over no
 * words instead of a condition.  What is not there is said and passed over.
 *
 * Files are named with the server's address: behind another DHCP server,
 * GRUB's own idea of it ($net_default_server) is that one.
 */
#include "core/script_grub.h"

#include "core/reason.h"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* Text in a comment. */
static void put_text(struct pxe_script *s, const char *text)
{
	for (; *text != '\0'; text++)
		pxe_str_putc(s->out, pxe_script_is_space(*text) || *text == '\\'
					     ? ' '
					     : *text);
}

/* One character between single quotes. */
void pxe_script_grub_put_quoted_char(struct pxe_script *s, char c)
{
	if (c == '\'')
		puts_out(s, "'\\''");
	else
		pxe_str_putc(s->out, pxe_script_is_space(c) ? ' ' : c);
}

void pxe_script_grub_put_quoted(struct pxe_script *s, const char *text)
{
	for (; *text != '\0'; text++)
		pxe_script_grub_put_quoted_char(s, *text);
}

/* A title that begins an argument does not look like an option. */
void pxe_script_grub_put_title(struct pxe_script *s,
			       const struct pxe_conf_target *target)
{
	const char *title = pxe_script_title(target);

	if (title[0] == '-')
		puts_out(s, " ");
	pxe_script_grub_put_quoted(s, title);
}

void pxe_script_grub_echo(struct pxe_script *s, const char *before,
			  const char *text)
{
	puts_out(s, "echo '");
	pxe_script_grub_put_quoted(s, before);
	pxe_script_grub_put_quoted(s, text);
	puts_out(s, "'\n");
}

void pxe_script_grub_echo_title(struct pxe_script *s,
				const struct pxe_conf_target *target,
				const char *after)
{
	puts_out(s, "echo '");
	pxe_script_grub_put_title(s, target);
	puts_out(s, after);
	puts_out(s, "'\n");
}

/* --- one function a decision ---------------------------------------------- */

/*
 * Asks again and again.  The text that answers has this at its end too; there
 * pxe_asks is set, so it comes to its end, and GRUB never gets deeper.  Esc
 * ends that and shows the entry; so does a core without sleep.
 */
static void put_wait(struct pxe_script *s, unsigned seconds)
{
	pxe_str_putf(s->out,
		     "echo 'It asks again in %u seconds; Esc stops that.'\n"
		     "set pxe_first=1\n"
		     "for i in $pxe_asks; do set pxe_first=; done\n"
		     "for i in $pxe_first; do\n"
		     "set pxe_asks=1\n"
		     "export pxe_asks\n"
		     "while sleep --interruptible %u; do ",
		     seconds, seconds);
	pxe_script_grub_put_config(s, NULL);
	pxe_str_putf(s->out,
		     "; done\n"
		     "set pxe_asks=\n"
		     "set default=0\n"
		     "set timeout=%u\n"
		     "menuentry 'Ask the boot server again' { ",
		     seconds);
	pxe_script_grub_put_config(s, NULL);
	puts_out(s, "; }\n"
		    "done\n");
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	if (target->type == PXE_TARGET_LOCAL)
		pxe_script_grub_put_functions(s);
	pxe_script_grub_put_target(s, target);
	put_wait(s, PXE_SCRIPT_RETRY_S);
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, "echo 'Machine ");
	pxe_script_put_who(s);
	puts_out(s, " waits.'\n");
	pxe_script_grub_echo(s, "Why: ", pxe_reason_text(reason));
	put_wait(s, PXE_SCRIPT_HOLD_S);
}

const struct pxe_script_lang pxe_script_grub = {
	.name = "grub",
	.magic = "",
	.put_text = put_text,
	.put_one = put_one,
	.put_menu = pxe_script_grub_put_menu,
	.put_hold = put_hold,
};
