/* SPDX-License-Identifier: ISC */
#include "run/conf_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "core/boot_name.h"
#include "core/target.h"
#include "run/conf_net.h"
#include "run/loader_check.h"
#include "run/rootdir.h"

static void put_path(const struct pxe_conf_job *job, const char *file,
		     struct pxe_str *path)
{
	pxe_str_putf(path, "%s/%s", job->conf->boot_root, file);
}

static bool is_local(const char *file)
{
	return file[0] != '\0' && strstr(file, "://") == NULL;
}

/* True: it is a file. */
static bool check_boot_file(struct pxe_conf_job *job, const struct pxe_src *src,
			    const char *what, const char *file)
{
	char path[2 * 4096];
	struct pxe_str s;
	struct stat st;

	if (!is_local(file))
		return false;
	pxe_str_init(&s, path, sizeof(path));
	put_path(job, file, &s);
	if (stat(path, &st) < 0) {
		pxe_conf_warn(job, src, "%s %s: %s: put the file there", what,
			      path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode))
		pxe_conf_warn(job, src, "%s %s is not a file: put one there",
			      what, path);
	return S_ISREG(st.st_mode);
}

/*
 * Reads what the file is built for, as pxe-tftpd would open it.  False: it
 * would not be sent (told).
 */
static bool read_loader(struct pxe_conf_job *job, const struct pxe_src *src,
			int root_fd, const char *file, struct pxe_pe *pe)
{
	struct pxe_rootdir_file open_file;
	enum pxe_reason reason =
		pxe_rootdir_open_file(root_fd, file, &open_file);
	int r;

	if (reason != PXE_REASON_OK) {
		pxe_conf_warn(job, src,
			      "loader %s/%s would not be sent (%s): %s",
			      job->conf->boot_root, file,
			      pxe_reason_name(reason),
			      reason == PXE_REASON_FORBIDDEN
				      ? "chmod o+r it, and o+x on the "
					"directories above it"
				      : "put the file itself there, not a "
					"link to it");
		return false;
	}
	r = pxe_loader_read(open_file.fd, pe);
	close(open_file.fd);
	return r == 0;
}

/* A loader that its machines cannot start would hang them. */
static void check_loader(struct pxe_conf_job *job, int root_fd,
			 const struct pxe_conf_loader *loader)
{
	const char *family = pxe_family_name(loader->family);
	struct pxe_pe pe;

	if (!check_boot_file(job, &loader->src, "loader", loader->file) ||
	    root_fd < 0 ||
	    !read_loader(job, &loader->src, root_fd, loader->file, &pe) ||
	    pxe_pe_fits(&pe, loader->family))
		return;
	if (!pe.is_pe)
		pxe_conf_error(job, &loader->src,
			       "loader \"%s\": %s/%s is no EFI program, and %s "
			       "starts nothing else: name another file "
			       "(`pxectl loaders install %s` puts one there)",
			       family, job->conf->boot_root, loader->file,
			       pxe_family_text(loader->family), family);
	else
		pxe_conf_error(job, &loader->src,
			       "loader \"%s\": %s/%s is an EFI program for %s, "
			       "which %s cannot start: name another file "
			       "(`pxectl loaders install %s` puts one there)",
			       family, job->conf->boot_root, loader->file,
			       pxe_pe_name(&pe),
			       pxe_family_text(loader->family), family);
}

/*
 * A file that machines are told to load: from this server, unless
 * `next_server` says otherwise.  Which machines these are only a virtual name
 * with a family tells.
 */
static void check_told_file(struct pxe_conf_job *job, const struct pxe_src *src,
			    const char *file, uint32_t next_server)
{
	struct pxe_boot_name name;

	if (next_server != 0)
		return;
	pxe_boot_name_read(job->conf, file, &name);
	if (name.kind != PXE_BOOT_LOADER)
		(void)check_boot_file(job, src, "file",
				      file + (file[0] == '/'));
	else if (name.family != PXE_FAMILY_NONE &&
		 pxe_conf_find_loader(job->conf, name.family) == NULL)
		pxe_conf_warn(job, src,
			      "file \"%s\": boot.conf has no loader \"%s\": "
			      "add one",
			      file, pxe_family_name(name.family));
}

/* The files of subnets and hosts. */
static void check_told_files(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	uint32_t any = 0;

	for (size_t i = 0; i < conf->n_subnets; i++) {
		const struct pxe_conf_subnet *s = &conf->subnets[i];

		check_told_file(job, &s->src, s->file, s->next_server);
		any |= s->next_server;
	}
	for (size_t i = 0; i < conf->n_hosts; i++) {
		const struct pxe_conf_host *h = &conf->hosts[i];
		const struct pxe_conf_subnet *s =
			h->address != 0 ? pxe_conf_find_subnet(conf, h->address)
					: NULL;

		check_told_file(job, &h->src, h->file,
				h->next_server != 0 ? h->next_server
				: s != NULL         ? s->next_server
						    : any);
	}
}

static void check_loaders(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;
	int root_fd = pxe_rootdir_open(conf->boot_root);

	for (size_t i = 0; i < conf->n_loaders; i++)
		check_loader(job, root_fd, &conf->loaders[i]);
	if (root_fd >= 0)
		close(root_fd);
}

/* Where a chain goes on, unless that is made when it is asked for, or of
 * variables. */
static void check_chain(struct pxe_conf_job *job,
			const struct pxe_conf_target *t)
{
	struct pxe_boot_name name;
	const char *file = t->url;

	if (t->type != PXE_TARGET_CHAIN || file == NULL ||
	    strstr(file, "{{") != NULL || strstr(file, "${") != NULL)
		return;
	file += file[0] == '/';
	pxe_boot_name_read(job->conf, file, &name);
	if (name.kind == PXE_BOOT_FILE)
		(void)check_boot_file(job, &t->src, "url", file);
}

static void check_target_files(struct pxe_conf_job *job,
			       const struct pxe_conf_target *t)
{
	const char *file, *key;

	for (size_t k = 0; (file = pxe_target_file(t, k, &key)) != NULL; k++)
		(void)check_boot_file(job, &t->src, key, file);
	check_chain(job, t);
}

void pxe_conf_check_files(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;
	struct stat st;

	if (conf->boot_root[0] == '\0' ||
	    (job->files & PXE_CONF_FILE_BOOT) == 0 ||
	    (job->files & PXE_CONF_TEXT_ONLY) != 0)
		return;
	if (stat(conf->boot_root, &st) < 0 || !S_ISDIR(st.st_mode)) {
		pxe_conf_warn(job, src,
			      "boot-root %s is not a directory: make it, and "
			      "put the loaders there",
			      conf->boot_root);
		return;
	}
	check_loaders(job);
	for (size_t i = 0; i < conf->n_targets; i++)
		check_target_files(job, &conf->targets[i]);
	if ((job->files & PXE_CONF_FILE_DHCPD) != 0 &&
	    (job->files & PXE_CONF_NET_ONLY) == 0)
		check_told_files(job);
}
