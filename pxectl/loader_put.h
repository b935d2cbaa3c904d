/* SPDX-License-Identifier: ISC */
/*
 * Puts files below the boot root, whole or not at all, and never through a
 * symbolic link that leads out of it.
 */
#ifndef PXECTL_LOADER_PUT_H
#define PXECTL_LOADER_PUT_H

#include <stdbool.h>

#include "base/attr.h"

enum pxe_put {
	PXE_PUT_NEW,      /* it was not there */
	PXE_PUT_SAME,     /* it is there already */
	PXE_PUT_REPLACED, /* another was there */
	PXE_PUT_KEPT,     /* another is there, and stays */
};

/*
 * Opens a file or a directory of a package: `path` as seen from the directory
 * `root_fd`, in which even absolute links stay.  -errno.
 */
int pxe_put_open_source(int root_fd, const char *path,
			bool is_dir) PXE_MUST_CHECK;

/* Have two open files the same octets?  1, 0, -errno. */
int pxe_put_is_same(int a, int b) PXE_MUST_CHECK;

/*
 * Copies the open file `from` to `name` (clean, at most PATH_MAX) below the
 * directory `root_fd`: beside it, then renamed; mode 0644, and its time that
 * of `like`.  What is there and differs is kept unless `force`.  With
 * `dry_run` nothing is changed.  What was done, or -errno (-EXDEV: a link in
 * `name` leads out of the root).
 */
int pxe_put_file(int root_fd, const char *name, int from, int like, bool force,
		 bool dry_run) PXE_MUST_CHECK;

#endif
