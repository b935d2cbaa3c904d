/* SPDX-License-Identifier: ISC */
/*
 * GRUB: how files are named, and how each type of target is started.
 */
#include "core/script_grub.h"

#include <errno.h>
#include <string.h>

#include "core/local.h"

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* --- files ---------------------------------------------------------------- */

/* "(device)/" of our own server, in quotes that stay open. */
void pxe_script_grub_put_device(struct pxe_script *s)
{
	int r;

	if (s->vars.server_address == 0 && s->vars.server_host == NULL) {
		puts_out(s, "'(tftp,'$net_default_server')/");
		return;
	}
	r = pxe_expand(s->vars.is_http ? "'(http,{{server}}"
				       : "'(tftp,{{server}}",
		       &s->vars, s->out, NULL, 0);
	if (r < 0)
		pxe_script_fail(s, r);
	if (s->vars.is_http && s->vars.http_port != 80)
		pxe_str_putf(s->out, ":%u", s->vars.http_port);
	puts_out(s, ")/");
}

/* A URL of TFTP or HTTP as GRUB writes it: "(http,host:port)/path". */
static void put_url(struct pxe_script *s, const char *url)
{
	size_t scheme = strcspn(url, ":");
	const char *host = url + scheme + 3;
	size_t len = strcspn(host, "/");

	puts_out(s, "'(");
	pxe_str_putn(s->out, url, scheme);
	puts_out(s, ",");
	for (size_t i = 0; i < len; i++)
		pxe_script_grub_put_quoted_char(s, host[i]);
	puts_out(s, ")/");
	for (host += len; *host == '/'; host++)
		;
	pxe_script_grub_put_quoted(s, host);
	puts_out(s, "'");
}

static void put_file(struct pxe_script *s, const char *file)
{
	if (pxe_script_is_url(file)) {
		put_url(s, file);
		return;
	}
	pxe_script_grub_put_device(s);
	if (s->vars.is_http) {
		pxe_script_put_session(s);
		pxe_script_put_url_path(s, file);
	} else {
		while (*file == '/')
			file++;
		pxe_script_grub_put_quoted(s, file);
	}
	puts_out(s, "'");
}

/* --- what it can do ------------------------------------------------------- */

/* How a file is started, by the end of its name. */
static const struct {
	const char *end;
	const char *command;
} starts[] = {
	{ ".efi", "chainloader" },
	{ ".cfg", "configfile" },
};

static const char *find_start(const char *file)
{
	size_t len = strlen(file);

	for (size_t i = 0; i < PXE_LEN(starts); i++) {
		size_t n = strlen(starts[i].end);

		if (len > n && strcmp(file + len - n, starts[i].end) == 0)
			return starts[i].command;
	}
	return NULL;
}

static const char *why_no_file(struct pxe_script *s, const char *file)
{
	(void)s;
	if (!pxe_script_is_url(file) || pxe_str_has_prefix(file, "tftp://") ||
	    pxe_str_has_prefix(file, "http://"))
		return NULL;
	return "GRUB knows no such URL";
}

static const char *why_no_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	const char *why = why_no_file(s, t->kernel);

	for (size_t i = 0; i < t->n_initrds && why == NULL; i++)
		why = why_no_file(s, t->initrds[i]);
	return why;
}

static const char *why_no_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, s->vars.target->url, url);
	if (find_start(url) == NULL)
		return "GRUB cannot start such a file, iPXE may";
	return why_no_file(s, url);
}

static const char *why_no_san(struct pxe_script *s)
{
	(void)s;
	return "GRUB knows no disks of the network, iPXE does";
}

static const char *why_no_wim(struct pxe_script *s)
{
	(void)s;
	return "iPXE starts wimboot, GRUB does not";
}

/* An image behind `loopback` would be gone when its system looks for it. */
static const char *why_no_iso(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	if (s->vars.family != PXE_FAMILY_NONE &&
	    s->vars.family != PXE_FAMILY_BIOS)
		return "GRUB starts images under a BIOS only, iPXE may";
	if (t->memdisk == NULL || t->memdisk[0] == '\0')
		return "GRUB starts images by memdisk only, iPXE may";
	return why_no_file(s, t->iso);
}

static const char *why_no_script(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	if (t->scripts.grub == NULL || t->scripts.grub[0] == '\0')
		return "boot.conf has no script of it for GRUB";
	return s->is_menu && !s->vars.is_http
		       ? "GRUB can choose it by HTTP only"
		       : NULL;
}

static const char *(*const why_not[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LINUX] = why_no_linux, [PXE_TARGET_SAN] = why_no_san,
	[PXE_TARGET_WIMBOOT] = why_no_wim, [PXE_TARGET_ISO] = why_no_iso,
	[PXE_TARGET_CHAIN] = why_no_chain, [PXE_TARGET_SCRIPT] = why_no_script,
};

/* Why GRUB cannot start a target, or NULL; sets vars.target. */
const char *pxe_script_grub_find_why_not(struct pxe_script *s,
					 const struct pxe_conf_target *target)
{
	s->vars.target = target;
	if (pxe_script_lacks_http(s, target))
		return "it needs HTTP, give GRUB a prefix of HTTP";
	return why_not[target->type] != NULL ? why_not[target->type](s) : NULL;
}

/*
 * The words of the kernel's arguments.  A double quote keeps blanks together
 * for Linux, and GRUB adds such quotes itself to a word that has blanks.
 */
static void put_args(struct pxe_script *s, const char *args)
{
	bool is_inside = false, is_quoted = false;

	for (; *args != '\0'; args++) {
		if (pxe_script_is_space(*args) && !is_quoted) {
			if (is_inside)
				puts_out(s, "'");
			is_inside = false;
			continue;
		}
		if (!is_inside)
			puts_out(s, " '");
		is_inside = true;
		if (*args == '"')
			is_quoted = !is_quoted;
		else
			pxe_script_grub_put_quoted_char(s, *args);
	}
	if (is_inside)
		puts_out(s, "'");
}

static void put_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "if linux ");
	put_file(s, t->kernel);
	pxe_script_expand(s, t->args, args);
	put_args(s, args);
	puts_out(s, "; then\n");
	if (t->n_initrds > 0) {
		puts_out(s, "if initrd");
		for (size_t i = 0; i < t->n_initrds; i++) {
			puts_out(s, " ");
			put_file(s, t->initrds[i]);
		}
		puts_out(s, "; then\n");
	}
	puts_out(s, "boot\n");
	if (t->n_initrds > 0)
		puts_out(s, "fi\n");
	puts_out(s, "fi\n");
}

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];
	const char *command;

	pxe_script_expand(s, s->vars.target->url, url);
	command = find_start(url);
	if (command == NULL)
		return;
	pxe_str_putf(s->out, "if %s ", command);
	put_file(s, url);
	puts_out(s, "; then\nboot\nfi\n");
}

/* --- the local disk ------------------------------------------------------- */

/* Targets that say nothing of their own share their functions. */
static void put_local_name(struct pxe_script *s, const char *before,
			   const struct pxe_conf_target *t,
			   const char *platform)
{
	puts_out(s, before);
	puts_out(s, "pxe_local");
	if (t->local.method != PXE_LOCAL_NONE || t->local.drive != 0 ||
	    (t->local.file != NULL && t->local.file[0] != '\0'))
		pxe_str_putf(s->out, "%zu", (size_t)(t - s->conf->targets));
	puts_out(s, platform);
}

/* The loader's file is looked for on all disks. */
static void put_local_file(struct pxe_script *s,
			   const struct pxe_conf_local *local)
{
	const char *name = pxe_local_efi_name(s->vars.family);
	char file[256];
	struct pxe_str str;

	pxe_str_init(&str, file, sizeof(file));
	pxe_str_puts(&str, local->file);
	if (local->file[0] == '\0')
		pxe_str_putf(&str, "/EFI/BOOT/%s",
			     name != NULL ? name : "BOOTX64.EFI");
	for (char *p = file; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
	puts_out(s, "if search --no-floppy --set=root --file '");
	pxe_script_grub_put_quoted(s, file);
	puts_out(s, "'; then if chainloader '");
	pxe_script_grub_put_quoted(s, file);
	puts_out(s, "'; then boot; fi; fi\n");
}

/* UEFI: the next boot entry, for which most firmware wants an error. */
static void put_local_efi(struct pxe_script *s, const struct pxe_conf_target *t)
{
	struct pxe_conf_local local;

	pxe_local_find(s->conf, s->vars.host, t, true, &local);
	put_local_name(s, "function ", t, "_efi {");
	if (local.method == PXE_LOCAL_SANBOOT ||
	    local.method == PXE_LOCAL_CHAIN) {
		puts_out(s, "\n");
		put_local_file(s, &local);
		puts_out(s, "exit 1\n}\n");
		return;
	}
	puts_out(s, local.method == PXE_LOCAL_EXIT ? " exit; }\n"
						   : " exit 1; }\n");
}

/* A BIOS: its disk, else what it does after a boot that failed. */
static void put_local_pc(struct pxe_script *s, const struct pxe_conf_target *t)
{
	struct pxe_conf_local local;

	pxe_local_find(s->conf, s->vars.host, t, false, &local);
	put_local_name(s, "function ", t, "_pc {");
	if (local.method == PXE_LOCAL_EXIT || local.method == PXE_LOCAL_EXIT_1)
		puts_out(s, " exit 1; }\n");
	else
		pxe_str_putf(s->out,
			     "\nif chainloader (hd%u)+1; then boot; fi\n}\n",
			     local.drive - 1u);
}

/* Functions stand outside of menu entries. */
void pxe_script_grub_put_functions(struct pxe_script *s)
{
	bool has_shared = false;

	for (size_t i = 0; i < s->conf->n_targets; i++) {
		const struct pxe_conf_target *t = &s->conf->targets[i];
		bool is_shared =
			t->local.method == PXE_LOCAL_NONE &&
			t->local.drive == 0 &&
			(t->local.file == NULL || t->local.file[0] == '\0');

		if (t->type != PXE_TARGET_LOCAL || (is_shared && has_shared))
			continue;
		has_shared |= is_shared;
		put_local_efi(s, t);
		put_local_pc(s, t);
	}
}

static void put_local(struct pxe_script *s)
{
	put_local_name(s, "", s->vars.target, "_$grub_platform\nexit 1\n");
}

/* --- the other types ------------------------------------------------------ */

static void put_iso(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "if linux16 ");
	put_file(s, t->memdisk);
	pxe_script_expand(s, t->args != NULL ? t->args : "", args);
	put_args(s, pxe_script_has_words(args) ? args : "iso raw");
	puts_out(s, "; then\nif initrd16 ");
	put_file(s, t->iso);
	puts_out(s, "; then\nboot\nfi\nfi\n");
}

/* Normal mode without a configuration is the command line. */
static void put_shell(struct pxe_script *s)
{
	puts_out(s, "normal ''\n");
}

static void put_reboot(struct pxe_script *s)
{
	puts_out(s, "reboot\n");
}

static void put_poweroff(struct pxe_script *s)
{
	puts_out(s, "halt\n");
}

static void put_exit(struct pxe_script *s)
{
	puts_out(s, "exit\n");
}

/* NULL: GRUB cannot start it, or it is not made here. */
static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,       [PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_ISO] = put_iso,           [PXE_TARGET_CHAIN] = put_chain,
	[PXE_TARGET_SHELL] = put_shell,       [PXE_TARGET_REBOOT] = put_reboot,
	[PXE_TARGET_POWEROFF] = put_poweroff, [PXE_TARGET_EXIT] = put_exit,
};

void pxe_script_grub_put_config(struct pxe_script *s, const char *target)
{
	puts_out(s, "configfile ");
	pxe_script_grub_put_device(s);
	puts_out(s, "grub.cfg");
	if (pxe_script_has_mac(s) || s->vars.uuid != NULL) {
		puts_out(s, "-");
		pxe_script_put_machine(s);
	}
	if (s->vars.is_http)
		pxe_script_put_query(s, target);
	puts_out(s, "'");
}

static void put_start(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	if (s->is_menu && pxe_script_is_asked_anew(t)) {
		pxe_script_grub_put_config(s, t->name);
		puts_out(s, "\n");
	} else if (put_body[t->type] == NULL) {
		pxe_script_fail(s, -EINVAL);
	} else {
		put_body[t->type](s);
	}
}

/* The commands that start a target, or say why that cannot be. */
void pxe_script_grub_put_target(struct pxe_script *s,
				const struct pxe_conf_target *target)
{
	const char *why = pxe_script_grub_find_why_not(s, target);

	if (why != NULL) {
		pxe_script_grub_echo_title(s, target, " cannot be started:");
		pxe_script_grub_echo(s, why, ".");
		return;
	}
	pxe_script_grub_echo(s, "Starting ", pxe_script_title(target));
	put_start(s);
	pxe_script_grub_echo_title(s, target, " could not be started.");
}
