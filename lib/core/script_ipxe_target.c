/* SPDX-License-Identifier: ISC */
/*
 * iPXE: how each type of target is started.  None of these functions comes to
 * its end: what fails goes to `failed`, which whoever calls them writes.
 */
#include "core/script_ipxe.h"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

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
	pxe_script_ipxe_put_url(s, t->kernel);
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, " initrd=");
		put_initrd_name(s, i);
	}
	pxe_script_expand(s, t->args, args);
	if (pxe_script_has_words(args)) {
		puts_out(s, " ");
		pxe_script_ipxe_put_words(s, args, true);
	}
	puts_out(s, " || goto failed\n");
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, "initrd --name ");
		put_initrd_name(s, i);
		puts_out(s, " ");
		pxe_script_ipxe_put_url(s, t->initrds[i]);
		puts_out(s, " || goto failed\n");
	}
	puts_out(s, "boot ||\ngoto failed\n");
}

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, s->vars.target->url, url);
	puts_out(s, "imgfree\nchain --autofree ");
	pxe_script_ipxe_put_url(s, url);
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

void pxe_script_ipxe_put_target(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	s->vars.target = target;
	puts_out(s, "set what ");
	pxe_script_ipxe_put_title(s, target);
	puts_out(s, "\necho Starting ${what}\n");
	put_body[target->type](s);
}
