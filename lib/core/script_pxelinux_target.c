/* SPDX-License-Identifier: ISC */
/*
 * PXELINUX: how files are named, and how each type of target is started.
 */
#include "core/script_pxelinux.h"

#include <errno.h>
#include <string.h>

#include "core/local.h"

#define FILE_MAX 255  /* characters of a file's name; FILENAME_MAX */
#define BODY_MAX 2000 /* octets of a kernel and its arguments */

static void puts_out(struct pxe_script *s, const char *text)
{
	pxe_str_puts(s->out, text);
}

/* Our server's part of a URL; whence PXELINUX came, where that is not known. */
void pxe_script_pxelinux_put_server(struct pxe_script *s)
{
	int r;

	if (s->vars.server_address == 0) {
		puts_out(s, "::");
		return;
	}
	r = pxe_expand(s->vars.is_http ? "{{http}}" : "tftp://{{server}}",
		       &s->vars, s->out, NULL, 0);
	if (r < 0)
		pxe_script_fail(s, r);
	if (!s->vars.is_http && s->conf->tftp_port != 0 &&
	    s->conf->tftp_port != 69)
		pxe_str_putf(s->out, ":%u", s->conf->tftp_port);
	puts_out(s, "/");
}

void pxe_script_pxelinux_put_file(struct pxe_script *s, const char *file)
{
	if (!pxe_script_is_url(file)) {
		pxe_script_pxelinux_put_server(s);
		pxe_script_put_session(s);
		pxe_script_put_url_path(s, file);
		return;
	}
	for (; *file != '\0'; file++) {
		if (pxe_script_is_space(*file) || *file == ',')
			pxe_script_put_percent(s, *file);
		else
			pxe_str_putc(s->out, *file);
	}
}

/* --- what it can do ------------------------------------------------------- */

/* How a file is started, by the end of its name. */
static const struct {
	const char *end;
	const char *keyword;
} starts[] = {
	{ ".0", "PXE" },      { ".pxe", "PXE" },    { ".kpxe", "PXE" },
	{ ".kkpxe", "PXE" },  { ".lkrn", "LINUX" }, { ".c32", "COM32" },
	{ ".cfg", "CONFIG" },
};

static const char *find_start(const char *file)
{
	size_t len = strlen(file);

	for (size_t i = 0; i < PXE_LEN(starts); i++) {
		size_t n = strlen(starts[i].end);

		if (len > n && strcmp(file + len - n, starts[i].end) == 0)
			return starts[i].keyword;
	}
	return NULL;
}

static void put_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "LINUX ");
	pxe_script_pxelinux_put_file(s, t->kernel);
	puts_out(s, "\nAPPEND ");
	/* INITRD would come after the arguments, and the first one counts */
	for (size_t i = 0; i < t->n_initrds; i++) {
		puts_out(s, i == 0 ? "initrd=" : ",");
		pxe_script_pxelinux_put_file(s, t->initrds[i]);
	}
	pxe_script_expand(s, t->args, args);
	if (t->n_initrds > 0 && pxe_script_has_words(args))
		puts_out(s, " ");
	pxe_script_put_words(s, args);
	puts_out(s, "\n");
}

static void put_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];
	const char *keyword;

	pxe_script_expand(s, s->vars.target->url, url);
	keyword = find_start(url);
	if (keyword == NULL)
		return;
	puts_out(s, keyword);
	puts_out(s, " ");
	pxe_script_pxelinux_put_file(s, url);
	puts_out(s, "\n");
}

/* The next device of the BIOS: its disk, most often; or a disk by number. */
static void put_local(struct pxe_script *s)
{
	struct pxe_conf_local local;

	pxe_local_find(s->conf, s->vars.host, s->vars.target, false, &local);
	if (local.method == PXE_LOCAL_SANBOOT ||
	    local.method == PXE_LOCAL_CHAIN ||
	    (local.method == PXE_LOCAL_AUTO && local.drive > 1))
		pxe_str_putf(s->out, "LOCALBOOT 0x%02x\n",
			     0x80u + local.drive - 1);
	else
		puts_out(s, "LOCALBOOT -1\n");
}

static void put_iso(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	char args[PXE_SCRIPT_TEXT_MAX];

	puts_out(s, "LINUX ");
	pxe_script_pxelinux_put_file(s, t->memdisk);
	puts_out(s, "\nAPPEND initrd=");
	pxe_script_pxelinux_put_file(s, t->iso);
	pxe_script_expand(s, t->args != NULL ? t->args : "", args);
	puts_out(s, " ");
	pxe_script_put_words(s, pxe_script_has_words(args) ? args : "iso raw");
	puts_out(s, "\n");
}

static void put_reboot(struct pxe_script *s)
{
	puts_out(s, "COM32 reboot.c32\n");
}

static void put_poweroff(struct pxe_script *s)
{
	puts_out(s, "COM32 poweroff.c32\n");
}

static void put_exit(struct pxe_script *s)
{
	puts_out(s, "LOCALBOOT -1\n");
}

/* NULL: PXELINUX cannot start it, or it is not made here. */
static void (*const put_body[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LOCAL] = put_local,   [PXE_TARGET_LINUX] = put_linux,
	[PXE_TARGET_ISO] = put_iso,       [PXE_TARGET_CHAIN] = put_chain,
	[PXE_TARGET_REBOOT] = put_reboot, [PXE_TARGET_POWEROFF] = put_poweroff,
	[PXE_TARGET_EXIT] = put_exit,
};

void pxe_script_pxelinux_put_config(struct pxe_script *s, const char *target)
{
	size_t len;

	puts_out(s, "CONFIG ");
	pxe_script_pxelinux_put_server(s);
	puts_out(s, "pxelinux.cfg/");
	len = s->out->len;
	pxe_script_put_machine(s);
	if (s->out->len == len)
		puts_out(s, "default");
	if (s->vars.is_http)
		pxe_script_put_query(s, target);
	puts_out(s, "\n");
}

/* Would PXELINUX find too long what put(s) writes? */
static bool is_long(struct pxe_script *s, void (*put)(struct pxe_script *))
{
	char text[BODY_MAX];
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, text, sizeof(text));
	s->out = &str;
	put(s);
	s->out = out;
	return str.cut;
}

/* Why PXELINUX cannot fetch a file, or NULL. */
static const char *why_no_file(struct pxe_script *s, const char *file)
{
	char text[FILE_MAX + 1];
	struct pxe_str str, *out = s->out;

	pxe_str_init(&str, text, sizeof(text));
	s->out = &str;
	pxe_script_pxelinux_put_file(s, file);
	s->out = out;
	if (str.cut)
		return "its file has too long a name for PXELINUX";
	if (!pxe_script_is_url(file) || pxe_str_has_prefix(file, "tftp://") ||
	    pxe_str_has_prefix(file, "http://") ||
	    pxe_str_has_prefix(file, "ftp://"))
		return NULL;
	return "PXELINUX knows no such URL";
}

static const char *why_no_linux(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	const char *why = why_no_file(s, t->kernel);

	for (size_t i = 0; i < t->n_initrds && why == NULL; i++)
		why = why_no_file(s, t->initrds[i]);
	if (why == NULL && is_long(s, put_linux))
		why = "its command line is too long for PXELINUX";
	return why;
}

static const char *why_no_chain(struct pxe_script *s)
{
	char url[PXE_SCRIPT_TEXT_MAX];

	pxe_script_expand(s, s->vars.target->url, url);
	if (find_start(url) == NULL)
		return "PXELINUX cannot start such a file, iPXE may";
	return why_no_file(s, url);
}

static const char *why_no_san(struct pxe_script *s)
{
	(void)s;
	return "PXELINUX knows no disks of the network, iPXE does";
}

static const char *why_no_wim(struct pxe_script *s)
{
	(void)s;
	return "iPXE starts wimboot, PXELINUX does not";
}

static const char *why_no_iso(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;
	const char *why;

	if (t->memdisk == NULL || t->memdisk[0] == '\0')
		return "PXELINUX starts images by memdisk only, iPXE may";
	why = why_no_file(s, t->memdisk);
	if (why == NULL)
		why = why_no_file(s, t->iso);
	if (why == NULL && is_long(s, put_iso))
		why = "its command line is too long for PXELINUX";
	return why;
}

static const char *why_no_script(struct pxe_script *s)
{
	const struct pxe_conf_target *t = s->vars.target;

	if (t->scripts.pxelinux == NULL || t->scripts.pxelinux[0] == '\0')
		return "boot.conf has no script of it for PXELINUX";
	return s->is_menu && !s->vars.is_http
		       ? "PXELINUX can choose it by HTTP only"
		       : NULL;
}

static const char *why_no_shell(struct pxe_script *s)
{
	(void)s;
	return "type the name of a file to start it";
}

static const char *(*const why_not[PXE_N_TARGET_TYPES])(struct pxe_script *) = {
	[PXE_TARGET_LINUX] = why_no_linux, [PXE_TARGET_SAN] = why_no_san,
	[PXE_TARGET_WIMBOOT] = why_no_wim, [PXE_TARGET_ISO] = why_no_iso,
	[PXE_TARGET_CHAIN] = why_no_chain, [PXE_TARGET_SCRIPT] = why_no_script,
	[PXE_TARGET_SHELL] = why_no_shell,
};

/* Why PXELINUX cannot start a target, or NULL; sets vars.target. */
const char *pxe_script_pxelinux_find_why_not(
	struct pxe_script *s, const struct pxe_conf_target *target)
{
	s->vars.target = target;
	if (pxe_script_lacks_http(s, target))
		return "it needs HTTP, which lpxelinux.0 can do";
	return why_not[target->type] != NULL ? why_not[target->type](s) : NULL;
}

void pxe_script_pxelinux_put_label(struct pxe_script *s,
				   const struct pxe_conf_target *target)
{
	s->vars.target = target;
	pxe_str_putf(s->out, "LABEL %s\n", target->name);
	if (s->is_menu && pxe_script_is_asked_anew(target))
		pxe_script_pxelinux_put_config(s, target->name);
	else if (put_body[target->type] == NULL)
		pxe_script_fail(s, -EINVAL);
	else
		put_body[target->type](s);
}
