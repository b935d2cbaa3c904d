/* SPDX-License-Identifier: ISC */
/* `pxectl loaders`: what boot.conf gives to each kind of firmware. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "pxectl/ctl.h"
#include "pxectl/loader_put.h"
#include "pxectl/loader_table.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/loader_check.h"
#include "run/rootdir.h"

/* What is known of one loader. */
struct loader {
	const struct pxe_conf_loader *conf;
	const char *state; /* "ok", "elsewhere", or the word of a reason */
	struct pxe_pe pe;
	uint64_t size_bytes;
	const struct pxe_loader_row *row; /* of the package it is from */
	const char *change; /* against the package: "", "same", "newer", ... */
	bool is_there, is_fit;
};

/* Is the file what its package has?  GRUB images have no such file. */
static const char *compare(int fd, const struct pxe_loader_row *row,
			   int from_fd)
{
	const char *answer = "not-installed";
	struct stat here, there;
	int source =
		pxe_put_open_source(from_fd, row->source, row->format != NULL);

	if (source < 0)
		return answer;
	if (row->format != NULL)
		answer = "made";
	else if (pxe_put_is_same(fd, source) == 1)
		answer = "same";
	else if (fstat(fd, &here) == 0 && fstat(source, &there) == 0)
		answer = there.st_mtim.tv_sec > here.st_mtim.tv_sec ? "newer"
								    : "differs";
	close(source);
	return answer;
}

static void look(struct loader *l, int root_fd, int from_fd)
{
	const char *file = l->conf->file;
	struct pxe_rootdir_file open_file;
	enum pxe_reason reason;

	l->change = "";
	l->is_fit = true;
	l->row = pxe_loader_find_target(file);
	if (l->row != NULL && l->row->family != l->conf->family)
		l->row = NULL;
	if (strstr(file, "://") != NULL) {
		l->state = "elsewhere";
		return;
	}
	reason = root_fd >= 0 ? pxe_rootdir_open_file(root_fd, file, &open_file)
			      : PXE_REASON_NOT_FOUND;
	l->is_there = reason == PXE_REASON_OK;
	if (l->is_there) {
		l->size_bytes = open_file.size_bytes;
		reason = pxe_loader_check(open_file.fd, l->conf->family);
		if (pxe_loader_read(open_file.fd, &l->pe) < 0)
			reason = PXE_REASON_IO;
		if (l->row != NULL)
			l->change = compare(open_file.fd, l->row, from_fd);
		close(open_file.fd);
	}
	l->is_fit = reason == PXE_REASON_OK;
	l->state = pxe_reason_name(reason);
}

/* --- output --------------------------------------------------------------- */

static const struct pxe_table_column columns[] = {
	{ "LOADER", false, 0 },  { "FILE", false, 10 },
	{ "STATE", false, 0 },   { "MACHINE", false, 0 },
	{ "SIZE", true, 0 },     { "SIGNED", false, 0 },
	{ "PACKAGE", false, 0 }, { "PACKAGED", false, 0 },
	{ "WHERE", false, 10 },
};

static void put_where(const struct loader *l, struct pxe_str *out)
{
	pxe_str_putf(out, "%s:%u", l->conf->src.file, l->conf->src.line);
}

static int add_row(struct pxe_table *table, const struct loader *l)
{
	char size[32] = "", where[512];
	struct pxe_str s;

	if (l->is_there)
		pxe_text_bytes(l->size_bytes, size, sizeof(size));
	pxe_str_init(&s, where, sizeof(where));
	put_where(l, &s);
	return pxe_table_add(table,
			     (const char *[]) {
				     pxe_family_name(l->conf->family),
				     l->conf->file, l->state,
				     l->is_there ? pxe_pe_name(&l->pe) : NULL,
				     l->is_there ? size : NULL,
				     !l->is_there      ? NULL
				     : l->pe.is_signed ? "yes"
						       : "no",
				     l->row != NULL ? l->row->package : NULL,
				     l->change[0] != '\0' ? l->change : NULL,
				     where });
}

static json_t *record(const struct loader *l)
{
	char where[512];
	struct pxe_str s;
	json_t *json;

	pxe_str_init(&s, where, sizeof(where));
	put_where(l, &s);
	json = json_pack("{s:s, s:s, s:s, s:s}", "loader",
			 pxe_family_name(l->conf->family), "file",
			 l->conf->file, "state", l->state, "where", where);
	if (json == NULL || !l->is_there)
		return json;
	if (json_object_set_new(json, "machine",
				json_string(pxe_pe_name(&l->pe))) < 0 ||
	    json_object_set_new(json, "bytes",
				json_integer((json_int_t)l->size_bytes)) < 0 ||
	    json_object_set_new(json, "signed", json_boolean(l->pe.is_signed)) <
		    0 ||
	    (l->row != NULL &&
	     (json_object_set_new(json, "package",
				  json_string(l->row->package)) < 0 ||
	      json_object_set_new(json, "packaged", json_string(l->change)) <
		      0))) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/* What to do about a loader that cannot be used, or has a newer one. */
static void advise(const struct pxe_ctl *ctl, const struct loader *l)
{
	const char *family = pxe_family_name(l->conf->family);
	const char *how = pxe_loader_find(l->conf->family) != NULL
				  ? "pxectl loaders install "
				  : "";

	if (strcmp(l->state, pxe_reason_name(PXE_REASON_WRONG_MACHINE)) == 0)
		pxe_ctl_note(ctl,
			     "%s: %s cannot start %s: name another file%s%s%s",
			     family, pxe_family_text(l->conf->family),
			     l->conf->file, how[0] != '\0' ? ", see " : "", how,
			     how[0] != '\0' ? family : "");
	else if (!l->is_fit && how[0] != '\0')
		pxe_ctl_note(ctl, "%s: %s: put it there, or see %s%s", family,
			     l->state, how, family);
	else if (strcmp(l->change, "newer") == 0)
		pxe_ctl_note(ctl,
			     "%s: %s has a newer %s: pxectl loaders install %s "
			     "--force",
			     family, l->row->package, l->conf->file, family);
}

static int show(struct pxe_ctl *ctl, int root_fd, int from_fd)
{
	const struct pxe_conf *conf = ctl->conf;
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	json_t *all = json_array();
	bool is_fit = true;
	int r = table != NULL && all != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < conf->n_loaders; i++) {
		struct loader l = { .conf = &conf->loaders[i] };

		look(&l, root_fd, from_fd);
		is_fit = is_fit && l.is_fit;
		r = ctl->json ? json_array_append_new(all, record(&l))
			      : add_row(table, &l);
		if (r == 0 && !ctl->json)
			advise(ctl, &l);
	}
	if (r == 0 && ctl->json)
		pxe_ctl_print_json(all, false);
	else if (r == 0 && pxe_table_count(table) > 0)
		pxe_table_print(table, &ctl->style, stdout);
	else if (r == 0)
		pxe_ctl_note(ctl, "boot.conf has no loader: see pxectl loaders "
				  "install");
	else
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	json_decref(all);
	pxe_table_free(table);
	return r == 0 && is_fit ? PXE_CTL_OK : PXE_CTL_FAILED;
}

int pxe_ctl_loaders(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		    PXE_UNUSED char **argv)
{
	const char *from = ctl->opt[PXE_CTL_OPT_FROM];
	int root_fd, from_fd, status;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_BOOT |
				       PXE_CONF_TEXT_ONLY))
		return PXE_CTL_FAILED;
	root_fd = pxe_rootdir_open(ctl->conf->boot_root);
	if (root_fd < 0)
		pxe_ctl_error(ctl, "boot-root %s: %s", ctl->conf->boot_root,
			      strerror(-root_fd));
	from_fd = pxe_rootdir_open(from != NULL ? from : "/");
	status = show(ctl, root_fd, from_fd);
	if (root_fd >= 0)
		close(root_fd);
	if (from_fd >= 0)
		close(from_fd);
	return status;
}
