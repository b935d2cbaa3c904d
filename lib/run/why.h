/* SPDX-License-Identifier: ISC */
/*
 * Why a name leads to no file that can be served: what the person has to mend
 * who sees a firmware's screen, or reads the log.  It is looked for when the
 * answer is no already, and costs some system calls and the reading of some
 * directories: struct pxe_why_limit bounds how often.
 */
#ifndef PXE_RUN_WHY_H
#define PXE_RUN_WHY_H

#include <stdbool.h>

#include "base/attr.h"
#include "core/reason.h"
#include "run/fold.h"

#define PXE_WHY_A_SECOND 20

struct pxe_why {
	char hint[64];  /* a few words behind the file's name; "": none */
	char text[512]; /* a sentence for the log; "": none */
};

/* What was explained in this second; first all 0. */
struct pxe_why_limit {
	long long second;
	unsigned n;
};

/* May one more be explained at `now_s` of a monotonic clock? */
bool pxe_why_is_due(struct pxe_why_limit *limit, long long now_s);

/*
 * Finds out why `name` (clean), that `reason` was found for, is not served
 * from the boot root, which is open as `root_fd` and called `root`.
 *
 * NOT_FOUND	the file that differs in case only, or stands higher up; else
 *		the nearest directory that is there
 * FORBIDDEN	the file or directory, its mode and owner, who we are; SELinux,
 *		AppArmor or a list where the mode would let us
 * OUTSIDE	the link, and where it leads
 * NOT_A_FILE	what it is
 * IO		the system's words
 *
 * Nothing for other reasons.  Octets of names are escaped.
 */
void pxe_why_find(struct pxe_fold_cache *cache, int root_fd, const char *root,
		  const char *name, enum pxe_reason reason,
		  struct pxe_why *why);

#endif
