/* SPDX-License-Identifier: ISC */
/*
 * GRUB: how files are named, and how each type of target is started.
 */
#include "core/script_grub.h"

#include <string.h>

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

static const char *why_no_file(const char *file)
{
	if (!pxe_script_is_url(file) || pxe_str_has_prefix(file, "tftp://") ||
	    pxe_str_has_prefix(file, "http://"))
		return NULL;
	return "GRUB knows no such URL";
}

static const char *why_no_linux(const struct pxe_conf_target *t)
{
	const char *why = why_no_file(t->kernel);

	for (size_t i = 0; i < t->n_initrds && why == NULL; i++)
		why = why_no_file(t->initrds[i]);
	return why;
}

/* Why GRUB cannot start a target, or NULL; sets vars.target. */
const char *pxe_script_grub_find_why_not(struct pxe_script *s,
					 const struct pxe_conf_target *target)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	s->vars.target = target;
	if (target->type == PXE_TARGET_LINUX)
		return why_no_linux(target);
	if (target->type != PXE_TARGET_CHAIN)
		return NULL;
	pxe_script_expand(s, target->url, url);
	if (find_start(url) == NULL)
		return "GRUB cannot start such a file, iPXE may";
	return why_no_file(url);
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

/*
 * UEFI: the next boot entry.  A BIOS: its first disk, else what it does after
 * a boot that failed.  Functions stand outside of menu entries.
 */
void pxe_script_grub_put_functions(struct pxe_script *s)
{
	puts_out(s, "function pxe_local_efi { exit 1; }\n"
		    "function pxe_local_pc {\n"
		    "if chainloader (hd0)+1; then boot; fi\n"
		    "}\n");
}

static void put_local(struct pxe_script *s)
{
	puts_out(s, "pxe_local_$grub_platform\n"
		    "exit 1\n");
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

static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,   [PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_CHAIN] = put_chain,   [PXE_TARGET_SHELL] = put_shell,
	[PXE_TARGET_REBOOT] = put_reboot,
};

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
	put_body[target->type](s);
	pxe_script_grub_echo_title(s, target, " could not be started.");
}
