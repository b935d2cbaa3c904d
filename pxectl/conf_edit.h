/* SPDX-License-Identifier: ISC */
/*
 * Changing a configuration file: locked, a copy beside it that is made sure of
 * and then takes its place, with its owner, mode and attributes.  Whoever reads
 * sees the old text or the new one.
 */
#ifndef PXECTL_CONF_EDIT_H
#define PXECTL_CONF_EDIT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "run/conf_load.h"

struct pxe_edit {
	int dir_fd, fd;          /* of its directory, and the file; or -1 */
	int copy_fd;             /* what it is to be; or -1 */
	char base[NAME_MAX + 1]; /* its name in the directory */
	char copy[32];           /* that of the copy; "": there is none */
	struct stat st;          /* of the file, if it is there */
	bool is_there;
	char *text; /* what is in it */
	size_t len;
};

/*
 * Opens the file `path`, through links, locks it against others who do so,
 * and reads it.  A file that is not there is empty.
 * 0 and an edit to be closed; -errno: -EWOULDBLOCK: somebody else holds it.
 */
int pxe_edit_open(const char *path, struct pxe_edit *edit) PXE_MUST_CHECK;

/*
 * Writes `text` to a copy beside the file, as durable as it will be, and says
 * in `swap` how to have it read as the file that it will be; `name` is its
 * name in the configuration directory.  0 or -errno.
 */
int pxe_edit_write(struct pxe_edit *edit, const char *text, size_t len,
		   const char *name, struct pxe_conf_swap *swap) PXE_MUST_CHECK;

/*
 * The copy takes the file's place.  0; -EAGAIN: somebody else changed the
 * file meanwhile; -errno.
 */
int pxe_edit_commit(struct pxe_edit *edit) PXE_MUST_CHECK;

/* Ends it; a copy that was not committed goes. */
void pxe_edit_close(struct pxe_edit *edit);

#endif
