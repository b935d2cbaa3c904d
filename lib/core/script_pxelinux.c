/* SPDX-License-Identifier: ISC */
/*
 * The renderer of PXELINUX configurations (version 6; ldlinux.c32 is the only
 * module that must be there).
 *
 * What PXELINUX does with a line: it reads at most 4095 characters at a time
 * and takes what is left for another line, so no line may be as long.  A
 * keyword's value is the rest of its line: nothing is quoted, and nothing but
 * the end of the line ends it.  A file is named by a word; blanks in it, and
 * commas where several are named, must be escaped, which works in URLs only.
 *
 * "tftp://" is understood by every PXELINUX, and means the same file whatever
 * directory and server PXELINUX came from; "http://" by lpxelinux.0 only.
 *
 * After a label that could not be started there is the prompt, and after
 * TIMEOUT without a key there, ONTIMEOUT.
 */
#include "core/script_pxelinux.h"

#include <string.h>

#include "core/reason.h"

#define AGAIN "(again)" /* no target can have that name */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

void pxe_script_pxelinux_say(struct pxe_script *s, const char *before,
			     const char *text, const char *after)
{
	puts_out(s, "SAY ");
	puts_out(s, before);
	pxe_script_put_line(s, text);
	puts_out(s, after);
	puts_out(s, "\n");
}

/* The file that this PXELINUX came from, if the configuration tells; or NULL.
 */
static const char *find_self(const struct pxe_script *s)
{
	const struct pxe_conf_loader *loader =
		pxe_conf_find_loader(s->conf, PXE_FAMILY_BIOS);
	const char *files[2] = { s->vars.host != NULL ? s->vars.host->file : "",
				 loader != NULL ? loader->file : "" };

	for (size_t i = 0; i < PXE_LEN(files); i++) {
		const char *slash;

		if (files[i] == NULL || files[i][0] == '\0')
			continue;
		slash = strrchr(files[i], '/');
		if (strcmp(slash != NULL ? slash + 1 : files[i],
			   "pxelinux.0") == 0)
			return files[i];
	}
	return NULL;
}

/*
 * Another try: PXELINUX anew, or this machine's configuration.  CONFIG never
 * closes a file: after some 120 of them, nothing can be opened any more.
 */
static void put_again(struct pxe_script *s)
{
	const char *self = find_self(s);

	puts_out(s, "LABEL " AGAIN "\n");
	/* which would forget the boot session */
	if (self != NULL && s->vars.token == NULL) {
		puts_out(s, "PXE ");
		pxe_script_pxelinux_put_file(s, self);
		puts_out(s, "\n");
		return;
	}
	pxe_script_pxelinux_put_config(s, NULL);
}

/* --- one function a decision ---------------------------------------------- */

static void put_wait(struct pxe_script *s, unsigned seconds)
{
	pxe_str_putf(s->out,
		     "SAY It asks again in %u seconds, or when Enter is "
		     "pressed.\n"
		     "PROMPT 1\n"
		     "TIMEOUT %u\n"
		     "DEFAULT " AGAIN "\n",
		     seconds, seconds * 10);
	put_again(s);
}

static void put_shell(struct pxe_script *s)
{
	puts_out(s, "SAY Type the name of a file to start it.\n"
		    "PROMPT 1\n");
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	const char *why = pxe_script_pxelinux_find_why_not(s, target);

	if (target->type == PXE_TARGET_SHELL) {
		put_shell(s);
		return;
	}
	if (why != NULL) {
		pxe_script_pxelinux_say(s, "", pxe_script_title(target),
					" cannot be started:");
		pxe_script_pxelinux_say(s, "", why, ".");
		put_wait(s, PXE_SCRIPT_HOLD_S);
		return;
	}
	pxe_script_pxelinux_say(s, "Starting ", pxe_script_title(target), "");
	pxe_str_putf(s->out,
		     "PROMPT 0\n"
		     "TIMEOUT %d\n"
		     "DEFAULT %s\n"
		     "ONTIMEOUT " AGAIN "\n",
		     PXE_SCRIPT_RETRY_S * 10, target->name);
	pxe_script_pxelinux_put_label(s, target);
	put_again(s);
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, "SAY  \nSAY Machine ");
	pxe_script_put_who(s);
	puts_out(s, " waits.\n");
	pxe_script_pxelinux_say(s, "Why: ", pxe_reason_text(reason), "");
	put_wait(s, PXE_SCRIPT_HOLD_S);
}

const struct pxe_script_lang pxe_script_pxelinux = {
	.name = "pxelinux",
	.magic = "",
	.put_text = pxe_script_put_line,
	.put_one = put_one,
	.put_menu = pxe_script_pxelinux_put_menu,
	.put_hold = put_hold,
};
