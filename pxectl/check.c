/* SPDX-License-Identifier: ISC */
/* `pxectl check`: the configuration of all daemons, and what it names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "pxectl/ctl.h"
#include "pxectl/modes.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/rootdir.h"

struct check {
	const struct pxe_ctl *ctl;
	json_t *messages; /* NULL: for people */
	unsigned n_errors, n_warnings;
};

static void tell(enum pxe_conf_severity severity, const struct pxe_src *src,
		 const char *text, void *arg)
{
	struct check *check = arg;
	bool is_error = severity == PXE_CONF_ERROR;
	const char *word = is_error ? "error" : "warning";
	const char *file = src->file != NULL ? src->file : "";

	check->n_errors += is_error;
	check->n_warnings += !is_error;
	if (check->messages != NULL) {
		if (json_array_append_new(check->messages,
					  json_pack("{s:s, s:s, s:I, s:s}",
						    "severity", word, "file",
						    file, "line",
						    (json_int_t)src->line,
						    "text", text)) < 0)
			pxe_ctl_error(check->ctl, "%s", strerror(ENOMEM));
	} else if (is_error || !check->ctl->quiet) {
		if (src->line > 0)
			pxe_ctl_say(check->ctl, "%s:%u: %s: %s", file,
				    src->line, word, text);
		else
			pxe_ctl_say(check->ctl, "%s%s%s: %s", file,
				    file[0] != '\0' ? ": " : "", word, text);
	}
}

/* The boot root: there, and readable. */
static void check_root(struct check *check)
{
	const char *path = check->ctl->conf->boot_root;
	struct pxe_src src = { .file = path };
	int fd = pxe_rootdir_open(path);

	if (fd < 0)
		tell(PXE_CONF_ERROR, &src,
		     fd == -ENOENT ? "the boot root is not there: make the "
				     "directory, or set boot-root in pxe.conf"
		     : fd == -EACCES
			     ? "the boot root cannot be read: chmod o+rx it "
			       "and the directories above it"
			     : strerror(-fd),
		     check);
	else
		close(fd);
}

static int take_nothing(PXE_UNUSED const json_t *params, PXE_UNUSED void *arg)
{
	return 0;
}

/* The state socket: not an error, the suite may not have been started yet. */
static void check_socket(struct check *check)
{
	struct pxe_src src = { .file = "" };
	char text[512];
	struct pxe_str why;
	struct pxe_link *link = NULL;
	int r;

	pxe_str_init(&why, text, sizeof(text));
	r = pxe_link_open(check->ctl->conf->state_socket, &link, &why);
	if (r == 0)
		r = pxe_link_call(link, "GetStatus", NULL, false, take_nothing,
				  NULL, &why);
	if (r < 0)
		tell(PXE_CONF_WARNING, &src, why.len > 0 ? text : strerror(-r),
		     check);
	pxe_link_close(link);
}

static int finish(struct check *check)
{
	const struct pxe_ctl *ctl = check->ctl;

	if (check->messages != NULL) {
		json_t *all = json_pack("{s:i, s:i, s:O}", "errors",
					(int)check->n_errors, "warnings",
					(int)check->n_warnings, "messages",
					check->messages);

		pxe_ctl_print_json(all, false);
		json_decref(all);
	} else if (!ctl->quiet) {
		pxe_ctl_say(ctl, "%s: %u error%s, %u warning%s", ctl->conf_dir,
			    check->n_errors, check->n_errors == 1 ? "" : "s",
			    check->n_warnings,
			    check->n_warnings == 1 ? "" : "s");
	}
	json_decref(check->messages);
	return check->n_errors == 0 ? PXE_CTL_OK : PXE_CTL_FAILED;
}

int pxe_ctl_check(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		  PXE_UNUSED char **argv)
{
	struct check check = { .ctl = ctl };
	struct pxe_src src = { .file = ctl->conf_dir };
	int r;

	if (ctl->json)
		check.messages = json_array();
	if (access(ctl->conf_dir, R_OK | X_OK) < 0)
		tell(PXE_CONF_ERROR, &src, strerror(errno), &check);
	r = pxe_conf_load(ctl->conf_dir, PXE_CONF_FILE_ALL | PXE_CONF_STRICT,
			  tell, &check, &ctl->conf);
	if (r == 0) {
		pxe_ctl_check_modes(ctl->conf, tell, &check);
		check_root(&check);
		check_socket(&check);
	} else if (check.n_errors == 0) {
		tell(PXE_CONF_ERROR, &src, strerror(-r), &check);
	}
	return finish(&check);
}
