/* SPDX-License-Identifier: ISC */
/* Which directories lie in which, and who may what: for run/conf_*. */
#ifndef PXE_RUN_CONF_PERM_H
#define PXE_RUN_CONF_PERM_H

#include <stdbool.h>
#include <sys/stat.h>

/* Is `path` the directory `dir`, or below it?  Links are followed. */
bool pxe_conf_is_within(const char *path, const char *dir);

/*
 * May a user do what `bits` say, those of S_IRWXO, with a file?  By its mode;
 * access lists may allow more.  True where it is not known: no such user, or
 * "", who is the one who starts the daemon.
 */
bool pxe_conf_may(const char *user, const struct stat *st, mode_t bits);

/* May everybody on this host read the file, by its mode and those of the
 * directories above it? */
bool pxe_conf_is_public(const char *path);

#endif
