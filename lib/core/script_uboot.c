/* SPDX-License-Identifier: ISC */
/*
 * What U-Boot gets for a configuration of PXELINUX (its `pxe` command, since
 * 2013).
 *
 * It reads a part of that language, and differs: files are named from the
 * directory of the boot file that DHCP named, or else from the root, and never
 * by a URL; there is one initrd, with a keyword of its own; ONTIMEOUT is
 * another DEFAULT; there is no line for people but the title of the menu.
 * Nothing asks again: LOCALBOOT -1 goes on to what U-Boot tries next.
 */
#include "core/reason.h"
#include "core/script_part.h"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

static void put_title(struct pxe_script *s,
		      const struct pxe_conf_target *target)
{
	pxe_script_put_line(s, pxe_script_title(target));
}

static void put_file(struct pxe_script *s, const char *keyword,
		     const char *file)
{
	while (*file == '/')
		file++;
	puts_out(s, keyword);
	pxe_script_put_words(s, file);
	puts_out(s, "\n");
}

/* Why U-Boot cannot start a target, or NULL. */
static const char *find_why_not(const struct pxe_script *s,
				const struct pxe_conf_target *t)
{
	if (pxe_script_lacks_http(s, t))
		return "it needs HTTP";
	switch (t->type) {
	case PXE_TARGET_LOCAL:
	case PXE_TARGET_EXIT:
		return NULL;
	case PXE_TARGET_LINUX:
		if (pxe_script_is_url(t->kernel) ||
		    (t->n_initrds > 0 && pxe_script_is_url(t->initrds[0])))
			return "U-Boot knows no URLs";
		return t->n_initrds > 1 ? "U-Boot loads one initrd only" : NULL;
	case PXE_TARGET_SAN:
	case PXE_TARGET_WIMBOOT:
	case PXE_TARGET_ISO:
	case PXE_TARGET_CHAIN:
	case PXE_TARGET_SCRIPT:
	case PXE_TARGET_POWEROFF:
	case PXE_TARGET_SHELL:
	case PXE_TARGET_REBOOT:
	case PXE_N_TARGET_TYPES:
		break;
	}
	return "U-Boot cannot do that";
}

static void put_label(struct pxe_script *s,
		      const struct pxe_conf_target *target)
{
	char args[PXE_SCRIPT_TEXT_MAX];

	s->vars.target = target;
	pxe_str_putf(s->out, "LABEL %s\nMENU LABEL ", target->name);
	put_title(s, target);
	puts_out(s, "\n");
	if (target->type != PXE_TARGET_LINUX) {
		puts_out(s, "LOCALBOOT -1\n");
		return;
	}
	put_file(s, "LINUX ", target->kernel);
	if (target->n_initrds > 0)
		put_file(s, "INITRD ", target->initrds[0]);
	pxe_script_expand(s, target->args, args);
	if (!pxe_script_has_words(args))
		return;
	puts_out(s, "APPEND ");
	pxe_script_put_words(s, args);
	puts_out(s, "\n");
}

/* A menu that stays until a person goes on from it. */
static void put_stop(struct pxe_script *s)
{
	puts_out(s, "\nPROMPT 1\n"
		    "LABEL next\n"
		    "MENU LABEL What U-Boot tries next\n"
		    "LOCALBOOT -1\n");
}

static void put_one(struct pxe_script *s, const struct pxe_conf_target *target)
{
	const char *why = find_why_not(s, target);

	puts_out(s, "MENU TITLE ");
	put_title(s, target);
	if (why != NULL) {
		pxe_str_putf(s->out, " cannot be started: %s", why);
		put_stop(s);
		return;
	}
	pxe_str_putf(s->out, "\nPROMPT 0\nDEFAULT %s\n", target->name);
	put_label(s, target);
}

/* U-Boot has one page of numbered labels, and asks for no password. */
static bool is_shown(const struct pxe_script *s, const struct pxe_menu *menu,
		     const struct pxe_conf_target *target)
{
	return pxe_menu_has(menu, target) && !target->is_hidden &&
	       pxe_menu_password(target) == NULL &&
	       find_why_not(s, target) == NULL;
}

static void put_menu(struct pxe_script *s)
{
	const struct pxe_menu menu = pxe_script_menu(s);
	const struct pxe_conf_target *dflt = pxe_menu_default(&menu);

	puts_out(s, "MENU TITLE ");
	pxe_script_put_line(s, pxe_menu_title(&menu));
	puts_out(s, "\nPROMPT 1\n");
	if (dflt != NULL && is_shown(s, &menu, dflt))
		pxe_str_putf(s->out, "TIMEOUT %llu\nDEFAULT %s\n",
			     pxe_menu_timeout_s(&menu) * 10ull, dflt->name);
	for (size_t i = 0; i < s->conf->n_targets; i++)
		if (is_shown(s, &menu, &s->conf->targets[i]))
			put_label(s, &s->conf->targets[i]);
}

static void put_hold(struct pxe_script *s, enum pxe_reason reason)
{
	puts_out(s, "MENU TITLE Machine ");
	pxe_script_put_who(s);
	puts_out(s, " waits: ");
	pxe_script_put_line(s, pxe_reason_text(reason));
	put_stop(s);
}

const struct pxe_script_lang pxe_script_uboot = {
	.name = "uboot",
	.magic = "",
	.put_text = pxe_script_put_line,
	.put_one = put_one,
	.put_menu = put_menu,
	.put_hold = put_hold,
};
