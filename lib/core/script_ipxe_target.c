/* SPDX-License-Identifier: ISC */
/*
 * iPXE: how each type of target is started.  None of these functions comes to
 * its end: what fails goes to `failed`, which whoever calls them writes.
 */
#include "core/script_ipxe.h"

#include <string.h>

#include "core/local.h"
#include "core/target.h"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* --- the local disk ------------------------------------------------------- */

static void put_drive(struct pxe_script *s, const struct pxe_conf_local *local)
{
	pxe_str_putf(s->out, "0x%02x", 0x80u + local->drive - 1);
}

/* A file on a disk, as EFI writes it.  iPXE takes the first disk that has it
 * if no number is given. */
static void put_disk_file(struct pxe_script *s,
			  const struct pxe_conf_local *local)
{
	if (local->file[0] == '\0')
		return;
	puts_out(s, " --filename ");
	/* it may look like syntax; a setting that nobody has is nothing */
	if (!pxe_is_alnum(local->file[0]) &&
	    strchr("/\\", local->file[0]) == NULL)
		puts_out(s, "${nil}");
	for (const char *p = local->file; *p != '\0'; p++)
		if (!pxe_script_is_space(*p))
			pxe_str_putc(s->out, *p == '/' ? '\\' : *p);
}

/*
 * Exit with an error makes most firmware go on to its next boot entry, where
 * exit without one opens the setup of some.
 */
static void put_local_efi(struct pxe_script *s)
{
	struct pxe_conf_local local;

	pxe_local_find(s->conf, s->vars.host, s->vars.target, true, &local);
	if (local.method == PXE_LOCAL_EXIT) {
		puts_out(s, "iseq ${platform} efi && exit 0 ||\n");
		return;
	}
	if (local.method == PXE_LOCAL_SANBOOT ||
	    local.method == PXE_LOCAL_CHAIN) {
		/* disks count from 0 there, since 2024; before, it fails */
		pxe_str_putf(s->out,
			     "iseq ${platform} efi && sanboot --no-describe "
			     "--drive %u",
			     local.drive - 1u);
		if (local.method == PXE_LOCAL_CHAIN)
			put_disk_file(s, &local);
		puts_out(s, " ||\n");
	}
	puts_out(s, "iseq ${platform} efi && exit 1 ||\n");
}

/* The disk by its number; where that fails the BIOS goes on. */
static void put_local_bios(struct pxe_script *s)
{
	struct pxe_conf_local local;

	pxe_local_find(s->conf, s->vars.host, s->vars.target, false, &local);
	if (local.method == PXE_LOCAL_EXIT_1) {
		puts_out(s, "exit 1\n");
		return;
	}
	if (local.method != PXE_LOCAL_EXIT) {
		puts_out(s, "sanboot --no-describe --drive ");
		put_drive(s, &local);
		puts_out(s, " || exit\n");
	}
	puts_out(s, "exit\n");
}

static void put_local(struct pxe_script *s)
{
	put_local_efi(s);
	put_local_bios(s);
}

/* --- images --------------------------------------------------------------- */

/* The name of an initrd among the images; Linux's EFI stub asks for it. */
static void put_initrd_name(struct pxe_script *s, size_t i)
{
	puts_out(s, "initrd");
	if (i > 0)
		pxe_str_putf(s->out, "%zu", i + 1);
}

static void put_args(struct pxe_script *s, const char *template)
{
	char args[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, template != NULL ? template : "", args);
	if (!pxe_script_has_words(args))
		return;
	puts_out(s, " ");
	pxe_script_ipxe_put_words(s, args, true);
}

static void put_image(struct pxe_script *s, const char *command,
		      const char *file)
{
	puts_out(s, command);
	puts_out(s, " ");
	pxe_script_ipxe_put_url(s, file);
}

static void put_kernel(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	put_image(s, "imgfree\nkernel --name kernel", t->kernel);
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, " initrd=");
		put_initrd_name(s, i);
	}
	put_args(s, t->args);
	puts_out(s, " || goto failed\n");
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, "initrd --name ");
		put_initrd_name(s, i);
		put_image(s, "", t->initrds[i]);
		puts_out(s, " || goto failed\n");
	}
	puts_out(s, "boot ||\ngoto failed\n");
}

/* A file that wimboot finds under that name: a BIOS has it from the image's
 * arguments, EFI from its name. */
static void put_wim_file(struct pxe_script *s, const char *name, size_t len,
			 const char *file)
{
	puts_out(s, "initrd --name ");
	pxe_str_putn(s->out, name, len);
	put_image(s, "", file);
	puts_out(s, " ");
	pxe_str_putn(s->out, name, len);
	puts_out(s, " || goto failed\n");
}

static void put_wim_extra(struct pxe_script *s, const char *pair)
{
	char file[PXE_SCRIPT_TEXT_MAX];
	const char *value = "";
	size_t len = pxe_target_pair(pair, &value);

	if (!pxe_script_is_name(pair, len, "._-"))
		return;
	pxe_script_expand(s, value, file);
	put_wim_file(s, pair, len, file);
}

/* The image comes last, which is far larger than the others. */
static void put_wim(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	put_image(s, "imgfree\nkernel --name wimboot", t->wim.loader);
	put_args(s, t->args);
	puts_out(s, " || goto failed\n");
	put_wim_file(s, "BCD", 3, t->wim.bcd);
	put_wim_file(s, "boot.sdi", 8, t->wim.sdi);
	for (size_t i = 0; i < t->wim.n_files; i++)
		put_wim_extra(s, t->wim.files[i]);
	put_wim_file(s, "boot.wim", 8, t->wim.image);
	puts_out(s, "boot ||\ngoto failed\n");
}

/*
 * EFI reads the image through iPXE until the system's own drivers take over,
 * and so does a BIOS without memdisk, which copies it to memory.
 */
static void put_iso(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	if (t->memdisk == NULL || t->memdisk[0] == '\0') {
		put_image(s, "sanboot --no-describe", t->iso);
		puts_out(s, " ||\ngoto failed\n");
		return;
	}
	put_image(s, "iseq ${platform} efi && sanboot --no-describe", t->iso);
	puts_out(s, " ||\niseq ${platform} efi && goto failed ||\n");
	put_image(s, "imgfree\nkernel --name memdisk", t->memdisk);
	if (t->args != NULL && pxe_script_has_words(t->args))
		put_args(s, t->args);
	else
		puts_out(s, " iso raw");
	put_image(s, " || goto failed\ninitrd --name iso", t->iso);
	puts_out(s, " || goto failed\nboot ||\ngoto failed\n");
}

static void put_san(struct pxe_script *s)
{
	switch (pxe_script_ipxe_put_hook(s)) {
	case PXE_SAN_KERNEL:
		put_kernel(s);
		break;
	case PXE_SAN_WIM:
		put_wim(s);
		break;
	case PXE_SAN_ISO:
		pxe_str_putf(s->out, "sanboot --no-describe --drive 0x%02zx ",
			     0x81 + s->vars.target->san.n_drives);
		pxe_script_ipxe_put_url(s, s->vars.target->iso);
		puts_out(s, " ||\ngoto failed\n");
		break;
	case PXE_SAN_DRIVE:
	case PXE_SAN_NOTHING:
		break;
	}
}

/* --- the other types ------------------------------------------------------ */

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, s->vars.target->url, url);
	put_image(s, "imgfree\nchain --autofree", url);
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

static void put_poweroff(struct pxe_script *s)
{
	puts_out(s, "poweroff ||\ngoto failed\n");
}

static void put_exit(struct pxe_script *s)
{
	puts_out(s, "exit\n");
}

/* The script itself is in run/boot_script.c; here boot.conf has none. */
static void put_no_script(struct pxe_script *s)
{
	puts_out(s, "echo boot.conf has no script of it for iPXE\n"
		    "goto failed\n");
}

static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,
	[PXE_TARGET_LINUX] = put_kernel,
	[PXE_TARGET_SAN] = put_san,
	[PXE_TARGET_WIMBOOT] = put_wim,
	[PXE_TARGET_ISO] = put_iso,
	[PXE_TARGET_CHAIN] = put_chain,
	[PXE_TARGET_SHELL] = put_shell,
	[PXE_TARGET_REBOOT] = put_reboot,
	[PXE_TARGET_POWEROFF] = put_poweroff,
	[PXE_TARGET_SCRIPT] = put_no_script,
	[PXE_TARGET_EXIT] = put_exit,
};

/*
 * The processor itself is asked: firmware of 32 bits, and option 93, say
 * nothing of it.  iPXE for other machines has no such command.
 */
static void put_cpu(struct pxe_script *s)
{
	if (s->vars.target->cpu != PXE_CPU_X86_64)
		return;
	puts_out(s, "set fits 0\n"
		    "iseq ${buildarch} x86_64 && set fits 1 ||\n"
		    "iseq ${buildarch} i386 && cpuid --ext 29 && set fits 1 "
		    "||\n"
		    "iseq ${fits} 1 || echo ${what} needs a 64-bit x86 "
		    "processor\n"
		    "iseq ${fits} 1 || goto failed\n");
}

static void put_settings(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	for (size_t i = 0; i < t->n_settings; i++) {
		const char *value = "";
		size_t len = pxe_target_pair(t->settings[i], &value);

		if (!pxe_script_is_name(t->settings[i], len, "._-/:"))
			continue;
		puts_out(s, "set ");
		pxe_str_putn(s->out, t->settings[i], len);
		put_args(s, value);
		puts_out(s, " ||\n");
	}
}

/* What is made for a single machine and boot only: it is asked for by name. */
static void put_asked_anew(struct pxe_script *s)
{
	puts_out(s, "chain --replace --autofree ");
	pxe_script_ipxe_put_again_url(s);
	pxe_str_putf(s->out, "&target=%s || goto failed\n",
		     s->vars.target->name);
}

void pxe_script_ipxe_put_target(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	s->vars.target = target;
	puts_out(s, "set what ");
	pxe_script_ipxe_put_title(s, target);
	puts_out(s, "\necho Starting ${what}\n");
	if (s->is_menu && pxe_script_is_asked_anew(target)) {
		put_asked_anew(s);
		return;
	}
	put_cpu(s);
	put_settings(s);
	put_body[target->type](s);
}
