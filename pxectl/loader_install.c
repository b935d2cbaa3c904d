/* SPDX-License-Identifier: ISC */
/* `pxectl loaders install`: the boot root, filled from packages of Debian. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ip4.h"
#include "base/str.h"
#include "pxectl/ctl.h"
#include "pxectl/grub_image.h"
#include "pxectl/loader_put.h"
#include "pxectl/loader_table.h"
#include "pxectl/own_address.h"
#include "run/conf_load.h"
#include "run/loader_check.h"
#include "run/rootdir.h"

#define MAX_ROWS 64

/* What became of a row of the table. */
enum result {
	NEW = PXE_PUT_NEW,
	SAME = PXE_PUT_SAME,
	REPLACED = PXE_PUT_REPLACED,
	KEPT = PXE_PUT_KEPT,
	MISSING, /* its package is not installed */
	NO_TOOL, /* grub-mkimage is not installed */
	FAILED,
	N_RESULTS
};

/* In a record, and for people: done, or with --dry-run. */
static const struct {
	const char *word, *done, *would;
} results[N_RESULTS] = {
	[NEW] = { "installed", "installed", "would be installed" },
	[SAME] = { "same", "is there", "is there" },
	[REPLACED] = { "replaced", "replaced", "would be replaced" },
	[KEPT] = { "kept", "kept: it differs", "kept: it differs" },
	[MISSING] = { "missing", "package missing", "package missing" },
	[NO_TOOL] = { "missing", "grub-common missing", "grub-common missing" },
	[FAILED] = { "failed", "failed", "failed" },
};

struct job {
	struct pxe_ctl *ctl;
	bool is_wanted[PXE_N_FAMILIES], is_named, is_dry, is_forced;
	uint32_t server; /* of GRUB images; 0: who gave the address */
	int root_fd, from_fd;
	enum result results[MAX_ROWS];
};

static bool is_there(enum result result)
{
	return result == NEW || result == SAME || result == REPLACED ||
	       result == KEPT;
}

/* --- one file ------------------------------------------------------------- */

static enum result tell_failure(const struct job *job,
				const struct pxe_loader_row *row, int error)
{
	if (error == -EXDEV)
		pxe_ctl_error(job->ctl,
			      "%s: a symbolic link leads out of %s: nothing is "
			      "written through it",
			      row->target, job->ctl->conf->boot_root);
	else
		pxe_ctl_error(job->ctl, "%s/%s: %s", job->ctl->conf->boot_root,
			      row->target, strerror(-error));
	return FAILED;
}

/* Puts the open file `fd`, which is as old as `like`, where the row says. */
static enum result put(const struct job *job, const struct pxe_loader_row *row,
		       int fd, int like)
{
	int r;

	if (row->role != PXE_LOADER_PART &&
	    pxe_loader_check(fd, row->family) != PXE_REASON_OK) {
		pxe_ctl_error(job->ctl,
			      "%s of %s is not built for %s: it is not "
			      "installed",
			      row->source, row->package,
			      pxe_family_text(row->family));
		return FAILED;
	}
	r = pxe_put_file(job->root_fd, row->target, fd, like, job->is_forced,
			 job->is_dry);
	return r < 0 ? tell_failure(job, row, r) : (enum result)r;
}

static enum result put_image(const struct job *job,
			     const struct pxe_loader_row *row, int dir_fd)
{
	int kernel = pxe_put_open_source(dir_fd, "kernel.img", false), fd;
	enum result result;
	char text[256];
	struct pxe_str why;

	if (kernel < 0)
		return MISSING;
	pxe_str_init(&why, text, sizeof(text));
	fd = pxe_grub_image_make(dir_fd, row->format, job->server, &why);
	if (fd >= 0)
		result = put(job, row, fd, kernel);
	else
		result = fd == -ENOPKG ? NO_TOOL : FAILED;
	if (result == FAILED && fd < 0)
		pxe_ctl_error(job->ctl, "%s cannot be made: %s", row->target,
			      why.len > 0 ? text : strerror(-fd));
	if (fd >= 0)
		close(fd);
	close(kernel);
	return result;
}

static enum result install(const struct job *job,
			   const struct pxe_loader_row *row)
{
	int fd = pxe_put_open_source(job->from_fd, row->source,
				     row->format != NULL);
	enum result result;

	if (fd < 0 && fd != -ENOENT && fd != -ENOTDIR)
		pxe_ctl_error(job->ctl, "%s of %s: %s", row->source,
			      row->package, strerror(-fd));
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? MISSING : FAILED;
	result = row->format != NULL ? put_image(job, row, fd)
				     : put(job, row, fd, fd);
	close(fd);
	return result;
}

/* --- the address for GRUB ------------------------------------------------- */

/* Does another server give addresses to some machines? */
static const char *foreign_mode(const struct pxe_conf *conf)
{
	enum pxe_mode mode = conf->mode;

	for (size_t i = 0; i < conf->n_subnets; i++)
		if (mode == PXE_MODE_INTERNAL)
			mode = conf->subnets[i].mode;
	return mode != PXE_MODE_INTERNAL ? pxe_conf_mode_name(mode) : NULL;
}

/* The server that GRUB images name, if they must. */
static int find_server(struct job *job)
{
	const char *mode = foreign_mode(job->ctl->conf);
	int status;
	char address[PXE_IP4_TEXT];

	if (mode == NULL && job->ctl->opt[PXE_CTL_OPT_SERVER] == NULL)
		return PXE_CTL_OK;
	status = pxe_ctl_own_address(job->ctl, &job->server);
	if (status != PXE_CTL_OK)
		return status;
	pxe_ip4_format(job->server, address, sizeof(address));
	if (mode != NULL)
		pxe_ctl_note(job->ctl,
			     "mode is \"%s\": GRUB fetches its files from %s, "
			     "whoever gives addresses",
			     mode, address);
	return PXE_CTL_OK;
}

/* --- what is told afterwards ---------------------------------------------- */

/* Has a row before this one the same package and the same lack? */
static bool is_told(const struct job *job, size_t at)
{
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);

	for (size_t i = 0; i < at; i++)
		if (job->is_wanted[rows[i].family] &&
		    job->results[i] == MISSING &&
		    strcmp(rows[i].package, rows[at].package) == 0 &&
		    pxe_loader_is_foreign(&rows[i]) ==
			    pxe_loader_is_foreign(&rows[at]))
			return true;
	return false;
}

/* The names of missing packages, a blank before each. */
static void put_missing(const struct job *job, bool is_foreign,
			struct pxe_str *out)
{
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);
	bool needs_tool = false;

	for (size_t i = 0; i < n; i++) {
		if (!job->is_wanted[rows[i].family])
			continue;
		needs_tool = needs_tool || job->results[i] == NO_TOOL;
		if (job->results[i] != MISSING || is_told(job, i) ||
		    pxe_loader_is_foreign(&rows[i]) != is_foreign)
			continue;
		pxe_str_putc(out, ' ');
		pxe_loader_put_package(out, &rows[i]);
	}
	if (needs_tool && !is_foreign)
		pxe_str_puts(out, " grub-common");
}

/* What to add to boot.conf, a line each. */
static void put_sections(const struct job *job, struct pxe_str *out)
{
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);
	const char *off = "";

	for (size_t i = 0; i < n; i++) {
		const struct pxe_loader_row *row = &rows[i];

		if (row->role == PXE_LOADER_MAIN)
			off = "";
		if (row->role == PXE_LOADER_PART ||
		    !is_there(job->results[i]) ||
		    !job->is_wanted[row->family] ||
		    pxe_conf_find_loader(job->ctl->conf, row->family) != NULL)
			continue;
		pxe_str_putf(out, "%sloader \"%s\" { file = \"%s\" } # %s\n",
			     off, pxe_family_name(row->family), row->target,
			     row->what);
		off = "#"; /* the others are for him who knows why */
	}
}

static void print_advice(const struct job *job)
{
	const struct pxe_ctl *ctl = job->ctl;
	char text[4096];
	struct pxe_str s;

	if (ctl->quiet)
		return;
	pxe_str_init(&s, text, sizeof(text));
	put_missing(job, false, &s);
	if (s.len > 0)
		printf("\nPackages that are missing:\n    apt-get install%s\n",
		       text);
	pxe_str_init(&s, text, sizeof(text));
	put_missing(job, true, &s);
	if (s.len > 0)
		printf("\nPackages of another architecture; unpacked is "
		       "enough:\n    dpkg --add-architecture arm64 && "
		       "apt-get update\n    apt-get download%s\n"
		       "    for f in *_arm64.deb; do dpkg-deb -x $f DIR; done\n"
		       "    pxectl loaders install --from DIR aa64\n",
		       text);
	pxe_str_init(&s, text, sizeof(text));
	put_sections(job, &s);
	if (s.len > 0)
		printf("\nTo be added to %s/boot.conf:\n\n%s", ctl->conf_dir,
		       text);
}

static const struct pxe_table_column columns[] = {
	{ "FILE", false, 10 },
	{ "FOR", false, 0 },
	{ "PACKAGE", false, 0 },
	{ "RESULT", false, 10 },
};

static int print_table(const struct job *job)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), job->ctl->style.utf8);
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);
	int r = table != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (job->is_wanted[rows[i].family])
			r = pxe_table_add(
				table,
				(const char *[]) {
					rows[i].target,
					pxe_family_name(rows[i].family),
					rows[i].package,
					job->is_dry
						? results[job->results[i]].would
						: results[job->results[i]]
							  .done });
	if (r == 0)
		pxe_table_print(table, &job->ctl->style, stdout);
	pxe_table_free(table);
	return r;
}

static int print_json(const struct job *job)
{
	json_t *files = json_array(), *all;
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);
	int r = files != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (job->is_wanted[rows[i].family])
			r = json_array_append_new(
				files,
				json_pack("{s:s, s:s, s:s, s:s}", "file",
					  rows[i].target, "loader",
					  pxe_family_name(rows[i].family),
					  "package", rows[i].package, "result",
					  results[job->results[i]].word));
	all = r == 0 ? json_pack("{s:b, s:O}", "dry-run", job->is_dry, "files",
				 files)
		     : NULL;
	if (all != NULL)
		pxe_ctl_print_json(all, false);
	json_decref(files);
	json_decref(all);
	return all != NULL ? 0 : -ENOMEM;
}

static void tell_kept(const struct job *job)
{
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (job->is_wanted[rows[i].family] && job->results[i] == KEPT)
			pxe_ctl_error(job->ctl,
				      "%s/%s is not what would be installed, "
				      "and was left alone: --force replaces it",
				      job->ctl->conf->boot_root,
				      rows[i].target);
}

/* --- the run -------------------------------------------------------------- */

static int finish(const struct job *job)
{
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);
	int status = PXE_CTL_OK;
	int r = job->ctl->json ? print_json(job) : print_table(job);

	fflush(stdout);
	tell_kept(job);
	if (r == 0 && !job->ctl->json)
		print_advice(job);
	if (r < 0)
		pxe_ctl_error(job->ctl, "%s", strerror(-r));
	for (size_t i = 0; i < n; i++) {
		enum result result = job->results[i];

		if (!job->is_wanted[rows[i].family])
			continue;
		if (result == KEPT || result == FAILED ||
		    (job->is_named && rows[i].role == PXE_LOADER_MAIN &&
		     !is_there(result)))
			status = PXE_CTL_FAILED;
	}
	return r < 0 ? PXE_CTL_FAILED : status;
}

/* Which families are meant.  False: told that there is none of that name. */
static bool read_families(struct job *job, int argc, char **argv)
{
	job->is_named = argc > 0;
	for (int i = 0; i < PXE_N_FAMILIES; i++)
		job->is_wanted[i] = argc == 0;
	for (int i = 0; i < argc; i++) {
		int family = pxe_family_from_name(argv[i]);

		if (family < 0 ||
		    pxe_loader_find((enum pxe_family)family) == NULL) {
			pxe_ctl_error(job->ctl,
				      family < 0
					      ? "there is no loader family '%s'"
					      : "Debian has no loader for '%s'",
				      argv[i]);
			return false;
		}
		job->is_wanted[family] = true;
	}
	return true;
}

/* Opens the boot root and the directory of packages.  False: told why not. */
static bool open_roots(struct job *job)
{
	const char *from = job->ctl->opt[PXE_CTL_OPT_FROM];
	const char *root = job->ctl->conf->boot_root;

	job->root_fd = pxe_rootdir_open(root);
	if (job->root_fd < 0) {
		pxe_ctl_error(job->ctl, "boot-root %s: %s: make the directory",
			      root, strerror(-job->root_fd));
		return false;
	}
	job->from_fd = pxe_rootdir_open(from != NULL ? from : "/");
	if (job->from_fd >= 0)
		return true;
	pxe_ctl_error(job->ctl, "%s: %s", from, strerror(-job->from_fd));
	close(job->root_fd);
	return false;
}

int pxe_ctl_loaders_install(struct pxe_ctl *ctl, int argc, char **argv)
{
	struct job job = {
		.ctl = ctl,
		.is_dry = ctl->opt[PXE_CTL_OPT_DRY_RUN] != NULL,
		.is_forced = ctl->opt[PXE_CTL_OPT_FORCE] != NULL,
	};
	int status;
	size_t n;
	const struct pxe_loader_row *rows = pxe_loader_rows(&n);

	if (!read_families(&job, argc, argv))
		return PXE_CTL_USAGE;
	/* files that do not fit are what this is to mend */
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT | PXE_CONF_TEXT_ONLY))
		return PXE_CTL_FAILED;
	status = find_server(&job);
	if (status != PXE_CTL_OK)
		return status;
	if (!open_roots(&job))
		return PXE_CTL_FAILED;
	for (size_t i = 0; i < n && i < MAX_ROWS; i++)
		if (job.is_wanted[rows[i].family])
			job.results[i] = install(&job, &rows[i]);
	close(job.root_fd);
	close(job.from_fd);
	return finish(&job);
}
