/* SPDX-License-Identifier: ISC */
/*
 * Names in another case: the file that a name leads to when upper and lower
 * case of ASCII letters count as the same.  Trees made by Windows are asked
 * for so: BCD as \Boot\BCD, Boot and boot as it comes.
 *
 * Each component is looked for as it was asked for and then, in the order of
 * their octets, under the names of its directory that differ in case only,
 * until one way leads to a file.  Whatever is found is opened from the boot
 * root by its whole name, as any other (run/rootdir.h): what somebody renames
 * or links meanwhile can make it be missed, but lead nowhere else.
 *
 * The names of directories are kept as long as they hold (run/fold_dir.h).  How
 * much is looked at for one request has a limit, and what lies beyond it is not
 * found; nor is what lies in a directory of more than PXE_FOLD_MAX_ENTRIES.
 */
#ifndef PXE_RUN_FOLD_H
#define PXE_RUN_FOLD_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/reason.h"
#include "run/fold_dir.h"
#include "run/rootdir.h"

/* What a request may cost: 1 for what is opened, and for 16 names read. */
#define PXE_FOLD_MAX_COST 2000

/* The work for one request. */
struct pxe_fold {
	struct pxe_fold_cache *cache; /* the caller's */
	unsigned n_left;	      /* of PXE_FOLD_MAX_COST */
};

/*
 * Opens the file that `name` (clean) below `root_fd` leads to in any case, and
 * makes `name` that file's, which is as long.
 *
 * OK, or the reason that a file of that name cannot be served for, and `file`
 * is as it was; NOT_FOUND: there is none, and `name` is as it was.  A name with
 * "." or ".." for a component, or with more than 32 of them, is not looked for.
 */
enum pxe_reason pxe_fold_open_file(struct pxe_fold *fold, int root_fd,
				   char *name, struct pxe_rootdir_file *file)
	PXE_MUST_CHECK;

/* Are two names the same but for the case of ASCII letters? */
bool pxe_fold_is_same(const char *a, const char *b);

#endif
