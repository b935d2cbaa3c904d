/* SPDX-License-Identifier: ISC */
/*
 * Reads the configuration directory into a struct pxe_conf.
 *
 * libconfuse parses, this module checks: every error of every file in one run
 * (all but what follows a syntax error in its file), each with file, line and
 * what to do about it.
 */
#ifndef PXE_RUN_CONF_LOAD_H
#define PXE_RUN_CONF_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "core/conf.h"

/* The files of the directory; a set of them says what a program reads. */
enum pxe_conf_file {
	PXE_CONF_FILE_PXE = 1 << 0,    /* pxe.conf */
	PXE_CONF_FILE_DHCPD = 1 << 1,  /* dhcpd.conf */
	PXE_CONF_FILE_TFTPD = 1 << 2,  /* tftpd.conf */
	PXE_CONF_FILE_HTTPD = 1 << 3,  /* httpd.conf */
	PXE_CONF_FILE_STATED = 1 << 4, /* stated.conf */
	PXE_CONF_FILE_BOOT = 1 << 5,   /* boot.conf */
	PXE_CONF_FILE_HOSTS = 1 << 6,  /* hosts.conf */
	PXE_CONF_FILE_ALL = (1 << 7) - 1,
	/* not a file: those that the configuration names are not looked at */
	PXE_CONF_TEXT_ONLY = 1 << 16,
	/* not a file: dhcpd.conf is read for what it says of networks, and what
	 * it lacks is no matter */
	PXE_CONF_NET_ONLY = 1 << 17,
	/* not a file: mistakes in templates of answer files are errors */
	PXE_CONF_STRICT = 1 << 18,
};

enum pxe_conf_severity { PXE_CONF_ERROR, PXE_CONF_WARNING };

/*
 * Told of each error and warning.  `text` is one sentence that says what is
 * wrong and the remedy; `src` where.  Both are valid during the call only.
 */
typedef void pxe_conf_tell(enum pxe_conf_severity severity,
			   const struct pxe_src *src, const char *text,
			   void *arg);

/*
 * Reads the files of the set `files` from directory `dir`.  A file that is
 * not there leaves its defaults.
 * 0 and a configuration to be freed with pxe_conf_free(); -EINVAL if there
 * was at least one error (all were told); -ENOMEM.
 */
int pxe_conf_load(const char *dir, unsigned files, pxe_conf_tell *tell,
		  void *arg, struct pxe_conf **conf) PXE_MUST_CHECK;

/* What one of the files would be: its octets are read from another. */
struct pxe_conf_swap {
	const char *name; /* where it is not there yet: its name in `dir` */
	bool is_there;
	dev_t dev; /* where it is: which file */
	ino_t ino;
	int fd; /* what to read instead, from its beginning; stays open */
};

/* The same with a file that is not in its place; `swap` may be NULL. */
int pxe_conf_load_swapped(const char *dir, unsigned files,
			  const struct pxe_conf_swap *swap, pxe_conf_tell *tell,
			  void *arg, struct pxe_conf **conf) PXE_MUST_CHECK;

/* Frees a configuration; NULL is allowed. */
void pxe_conf_free(struct pxe_conf *conf);

#endif
