/* SPDX-License-Identifier: ISC */
/* The part of run/why.h that asks who may read what. */
#ifndef PXE_RUN_WHY_DENIED_H
#define PXE_RUN_WHY_DENIED_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Appends why the kernel lets this process not read the file, or not search
 * the directory, that is open as `fd` (O_PATH will do) below the boot root
 * called `root`: to `hint` a few words, to `text`, which ends in the name,
 * the rest of the sentence.
 */
void pxe_why_denied(int fd, bool is_dir, const char *root,
		    struct pxe_str *hint, struct pxe_str *text);

#endif
