/* SPDX-License-Identifier: ISC */
/*
 * The names of directories, kept for run/fold.h: sorted so that those which
 * differ in case only stand side by side.
 *
 * What is kept holds as long as the directory is the same and was not changed
 * since: its times are looked at each time.  A directory that was changed
 * within the last seconds is read again, as its times would not tell if it
 * were changed once more; so is any after a while, for file systems that do
 * not keep those times.
 */
#ifndef PXE_RUN_FOLD_DIR_H
#define PXE_RUN_FOLD_DIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define PXE_FOLD_KEPT_DIRS   32
#define PXE_FOLD_MAX_ENTRIES 10000 /* of a directory; none of a longer one */

struct pxe_fold_dir {
	uint64_t dev, ino;
	int64_t mtime_ns, ctime_ns;
	int64_t read_ns;	/* when it was read */
	uint64_t used;		/* the higher, the later */
	char *text;		/* the names, each with its NUL */
	uint32_t *at;		/* where they begin, sorted */
	size_t n;
};

/* The owner's to keep, first all 0. */
struct pxe_fold_cache {
	struct pxe_fold_dir dirs[PXE_FOLD_KEPT_DIRS];
	uint64_t n_uses, n_reads;
};

/*
 * The names in the directory that is open as `fd`, for reading; valid until
 * the next call.  `now_ns` is the wall clock.  NULL: it cannot be read, or
 * there is no memory.
 */
const struct pxe_fold_dir *pxe_fold_dir_get(struct pxe_fold_cache *cache,
					    int fd,
					    int64_t now_ns) PXE_MUST_CHECK;

/*
 * The first name, in the order of octets, that differs from the `len` octets
 * at `name` in case only and comes after `after` ("": any does).  NULL.
 */
const char *pxe_fold_dir_next(const struct pxe_fold_dir *dir, const char *name,
			      size_t len, const char *after);

/* Frees what is kept; the cache is empty then. */
void pxe_fold_cache_clear(struct pxe_fold_cache *cache);

/* An ASCII letter in lower case, all else as it is. */
static inline char pxe_fold_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
