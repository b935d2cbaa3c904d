/* SPDX-License-Identifier: ISC */
/* The administrator's scripts, as -t sees them: core/script_lint. */
#include "run/conf_script.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "core/boot_name.h"
#include "core/script_lint.h"

#define HTTP "{{http}}/"

/* A script under examination. */
struct check {
	struct pxe_conf_job *job;
	const char *path;
	enum pxe_conf_severity severity;
	enum pxe_script_kind kind;
};

/* Paths of the HTTP server that are no files. */
static bool is_made(const char *path)
{
	static const char *const starts[] = { "answer/", "done/", "failed/",
					      "s/", "callback" };

	for (size_t i = 0; i < PXE_LEN(starts); i++)
		if (pxe_str_has_prefix(path, starts[i]))
			return true;
	return false;
}

/*
 * The path below the boot root that a name in a script stands for; false: it
 * is none, or that cannot be known.  A name without a slash in front is one
 * below the directory of the configuration for PXELINUX and GRUB.
 */
static bool find_path(const struct check *check, const char *name, char *path,
		      size_t cap)
{
	const char *slash = strchr(name, '/'), *colon = strchr(name, ':');
	size_t n;

	if (pxe_str_has_prefix(name, HTTP))
		name += strlen(HTTP);
	else if (colon != NULL && (slash == NULL || colon < slash))
		return false; /* a URL, a disk */
	else if (name[0] != '/' && check->kind != PXE_SCRIPT_IPXE)
		return false;
	while (*name == '/')
		name++;
	n = strcspn(name, "?#");
	if (n == 0 || n >= cap)
		return false;
	memcpy(path, name, n);
	path[n] = '\0';
	return !is_made(path);
}

static void check_file(const struct check *check,
		       const struct pxe_lint_found *found)
{
	const struct pxe_src src = { .file = check->path, .line = found->line };
	const struct pxe_conf *conf = check->job->conf;
	char path[PXE_LINT_NAME_TEXT], whole[4096 + PXE_LINT_NAME_TEXT];
	struct pxe_boot_name means;
	struct stat st;

	if (!find_path(check, found->name, path, sizeof(path)))
		return;
	pxe_boot_name_read(conf, path, &means);
	if (means.kind != PXE_BOOT_FILE)
		return;
	snprintf(whole, sizeof(whole), "%s/%s", conf->boot_root, path);
	if (stat(whole, &st) < 0 || !S_ISREG(st.st_mode))
		pxe_conf_warn(check->job, &src,
			      "%s: there is no file %s: put one there",
			      found->name, whole);
}

static void tell_found(const struct pxe_lint_found *found, void *arg)
{
	const struct check *check = arg;
	const struct pxe_src src = { .file = check->path, .line = found->line };
	enum pxe_conf_severity severity = pxe_script_lint_is_error(found->what)
						  ? check->severity
						  : PXE_CONF_WARNING;

	if (found->what == PXE_LINT_FILE)
		check_file(check, found);
	else
		pxe_conf_say(check->job, severity, &src, "%s%s%s", found->name,
			     found->name[0] != '\0' ? ": " : "",
			     pxe_script_lint_text(found->what));
}

void pxe_conf_check_script(struct pxe_conf_job *job, enum pxe_script_kind kind,
			   const char *path, const char *text, size_t len,
			   enum pxe_conf_severity severity)
{
	struct check check = {
		.job = job,
		.path = path,
		.severity = severity,
		.kind = kind,
	};
	const struct pxe_src src = { .file = path, .line = 1 };

	if (kind == PXE_SCRIPT_IPXE && !pxe_str_has_prefix(text, "#!ipxe"))
		pxe_conf_say(
			job, severity, &src,
			"this does not begin with \"#!ipxe\", so that iPXE "
			"does not take it for a script: write that in the "
			"first line");
	pxe_script_lint(kind, text, len, tell_found, &check);
}
