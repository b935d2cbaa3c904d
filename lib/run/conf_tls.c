/* SPDX-License-Identifier: ISC */
/* The keys of TLS in httpd.conf: are all there, and who may read the files? */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/conf_net.h"
#include "run/conf_perm.h"

/* Where it can be known: as the user who becomes another one, or stays. */
static bool is_readable(const struct pxe_conf *conf, const char *path,
			const struct stat *st)
{
	if (geteuid() != 0)
		return access(path, R_OK) == 0;
	return pxe_conf_may(conf->httpd_user, st, S_IROTH);
}

/* One of the two files; the daemon itself looks at what is in it. */
static void check_file(struct pxe_conf_job *job, const struct pxe_src *src,
		       const char *key, const char *path, bool is_secret)
{
	const struct pxe_conf *conf = job->conf;
	struct stat st;

	if (path[0] == '\0') {
		pxe_conf_error(job, src,
			       "tls-port needs %s in httpd.conf: name a file "
			       "of PEM",
			       key);
		return;
	}
	if (pxe_conf_is_within(path, conf->boot_root) && is_secret)
		pxe_conf_error(job, src,
			       "%s %s is below the boot root, where every "
			       "client could read it: put it elsewhere",
			       key, path);
	if (stat(path, &st) < 0) {
		pxe_conf_error(job, src, "%s %s: %s", key, path,
			       strerror(errno));
		return;
	}
	if (!S_ISREG(st.st_mode)) { /* a FIFO would be waited for */
		pxe_conf_error(job, src, "%s %s is not a file: name one", key,
			       path);
		return;
	}
	if (!is_readable(conf, path, &st))
		pxe_conf_warn(job, src,
			      "%s %s cannot be read by %s: chgrp it to the "
			      "group of the user of pxe-httpd, and chmod g+r "
			      "it",
			      key, path,
			      geteuid() == 0 ? conf->httpd_user
					     : "the user who starts this");
	if (is_secret && (st.st_mode & S_IROTH) != 0)
		pxe_conf_warn(job, src,
			      "%s %s can be read by everybody on this host: "
			      "chmod o-r it",
			      key, path);
}

void pxe_conf_check_tls(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf_http *http = &job->conf->http;

	if ((job->files & PXE_CONF_FILE_HTTPD) == 0 ||
	    (job->files & PXE_CONF_TEXT_ONLY) != 0)
		return;
	if (http->tls_port == 0) {
		if (http->tls_certificate[0] != '\0' ||
		    http->tls_key[0] != '\0')
			pxe_conf_warn(job, src,
				      "tls-certificate and tls-key are not "
				      "used without tls-port: name a port");
		return;
	}
	check_file(job, src, "tls-certificate", http->tls_certificate, false);
	check_file(job, src, "tls-key", http->tls_key, true);
}
