/* SPDX-License-Identifier: ISC */
#include "run/conf_upload.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

#define GROUPS_MAX 64

/* Is `path` the directory `dir`, or below it?  Both as realpath(3) has them. */
static bool is_within(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

/* The path without links; as it is where there is nothing. */
static void resolve(const char *path, char out[PATH_MAX])
{
	if (realpath(path, out) == NULL)
		(void)pxe_str_copy(out, PATH_MAX, path);
}

static void check_place(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;
	char root[PATH_MAX], dir[PATH_MAX];

	resolve(conf->boot_root, root);
	resolve(conf->upload_dir, dir);
	if (is_within(root, dir))
		pxe_conf_error(job, src,
			       "upload-dir %s holds the boot root: whoever is "
			       "on the network could replace what all machines "
			       "boot: name a directory beside it",
			       conf->upload_dir);
	else if (is_within(dir, root))
		pxe_conf_warn(job, src,
			      "upload-dir %s lies in the boot root: what "
			      "anybody sends is handed out to machines that "
			      "ask for it: name a directory beside it unless "
			      "you want that",
			      conf->upload_dir);
}

/* May a user write there, by the mode of the directory?  Access lists may
 * allow more. */
static bool may_write(const struct passwd *pw, const struct stat *st)
{
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (pw->pw_uid == 0)
		return true;
	if (pw->pw_uid == st->st_uid)
		return (st->st_mode & S_IRWXU) == S_IRWXU;
	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		n = 0;
	for (int i = 0; i < n; i++)
		if (groups[i] == st->st_gid)
			return (st->st_mode & S_IRWXG) == S_IRWXG;
	return (st->st_mode & S_IRWXO) == S_IRWXO;
}

/* Where it can be known: as the user who becomes another one, or stays. */
static bool is_writable(const struct pxe_conf *conf, const struct stat *st)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return access(conf->upload_dir, R_OK | W_OK | X_OK) == 0;
	if (conf->tftpd_user[0] == '\0')
		return true;
	pw = getpwnam(conf->tftpd_user);
	return pw == NULL || may_write(pw, st);
}

void pxe_conf_check_upload(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;
	struct stat st;

	if ((job->files & PXE_CONF_FILE_TFTPD) == 0 ||
	    (job->files & PXE_CONF_TEXT_ONLY) != 0 ||
	    conf->upload_dir[0] == '\0')
		return;
	check_place(job, src);
	if (stat(conf->upload_dir, &st) < 0) {
		pxe_conf_warn(job, src,
			      "upload-dir %s: %s: make it, and give "
			      "it to the user of pxe-tftpd",
			      conf->upload_dir, strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode))
		pxe_conf_warn(job, src,
			      "upload-dir %s is not a directory: name one",
			      conf->upload_dir);
	else if (!is_writable(conf, &st))
		pxe_conf_warn(job, src,
			      "upload-dir %s cannot be read and written by "
			      "%s: chown it to that user",
			      conf->upload_dir,
			      geteuid() == 0 ? conf->tftpd_user
					     : "the user who starts this");
}
