/* SPDX-License-Identifier: ISC */
#include "run/conf_upload.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/conf_perm.h"

static void check_place(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;

	if (pxe_conf_is_within(conf->boot_root, conf->upload_dir))
		pxe_conf_error(job, src,
			       "upload-dir %s holds the boot root: whoever is "
			       "on the network could replace what all machines "
			       "boot: name a directory beside it",
			       conf->upload_dir);
	else if (pxe_conf_is_within(conf->upload_dir, conf->boot_root))
		pxe_conf_warn(job, src,
			      "upload-dir %s lies in the boot root: what "
			      "anybody sends is handed out to machines that "
			      "ask for it: name a directory beside it unless "
			      "you want that",
			      conf->upload_dir);
}

/* Where it can be known: as the user who becomes another one, or stays. */
static bool is_writable(const struct pxe_conf *conf, const struct stat *st)
{
	if (geteuid() != 0)
		return access(conf->upload_dir, R_OK | W_OK | X_OK) == 0;
	return pxe_conf_may(conf->tftpd_user, st, S_IRWXO);
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
