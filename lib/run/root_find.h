/* SPDX-License-Identifier: ISC */
/*
 * Where a name is looked for below the boot root: in the directories of the
 * machine that asks (client-directories), in their order, then in the boot
 * root itself; in each as it stands and then, with fold-case, in any case
 * (run/fold.h).
 *
 * The directory of a machine bears the hardware address or the address that
 * run/asker knows of it, never what its request says.  This chooses a file; it
 * hides none: the name with the directory gets it, whoever asks.
 */
#ifndef PXE_RUN_ROOT_FIND_H
#define PXE_RUN_ROOT_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/reason.h"
#include "run/asker.h"
#include "run/fold.h"
#include "run/rootdir.h"

#define PXE_ROOT_DIR_TEXT 64 /* a hardware address or an address */

/* Lives for one request. */
struct pxe_root_find {
	int root_fd;
	bool folds_case;
	size_t n_dirs;
	char dirs[PXE_N_CLIENT_DIRS][PXE_ROOT_DIR_TEXT];
	struct pxe_fold fold;
};

/* Where the names that `asker` asks for are looked for; `cache` is the
 * caller's, and kept from request to request. */
void pxe_root_find_init(struct pxe_root_find *where,
			const struct pxe_conf *conf,
			const struct pxe_asker *asker, int root_fd,
			struct pxe_fold_cache *cache);

/*
 * Opens the file that `name` (clean, in PXE_ROOTDIR_NAME_TEXT octets) leads
 * to, and makes `name` the file's own below the boot root.
 * OK, or the first reason other than NOT_FOUND, with the name that it is for;
 * NOT_FOUND: `name` is as it was.
 */
enum pxe_reason pxe_root_find_open(struct pxe_root_find *where, char *name,
				   struct pxe_rootdir_file *file)
	PXE_MUST_CHECK;

#endif
