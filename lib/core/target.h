/* SPDX-License-Identifier: ISC */
/*
 * What a target consists of, whatever its type: its templates and its files.
 */
#ifndef PXE_CORE_TARGET_H
#define PXE_CORE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf.h"
#include "core/expand.h"

/* What is started once the first drive of a SAN target is hooked. */
enum pxe_san_start {
	PXE_SAN_DRIVE,  /* the drive itself */
	PXE_SAN_KERNEL, /* `kernel` */
	PXE_SAN_WIM,    /* `wim` */
	PXE_SAN_ISO,    /* `iso`, as one more drive */
	PXE_SAN_NOTHING /* skip-san-boot: the loader ends */
};
enum pxe_san_start pxe_target_san_start(const struct pxe_conf_target *target);

/* Does it boot by wimboot, or have a kernel, be it with a SAN drive? */
bool pxe_target_has_wim(const struct pxe_conf_target *target);
bool pxe_target_has_kernel(const struct pxe_conf_target *target);

/*
 * Its `i`th text that has variables: the value of a key as it is written (for
 * "name=template" with the name); NULL beyond the last.  None is NULL or "".
 */
const char *pxe_target_text(const struct pxe_conf_target *target, size_t i);

/*
 * The `i`th file that it loads (not those of texts), in the order in which
 * they are loaded: a path below the boot root or a URL; NULL beyond the last.
 * `key` gets what the configuration calls it.
 */
const char *pxe_target_file(const struct pxe_conf_target *target, size_t i,
			    const char **key);

/*
 * Is `path` (clean: relative, no slash twice) a file below the boot root that
 * the target loads for this machine?  Files that stand in texts count, with
 * their variables replaced: those of `files`, and the one of `url`.
 */
bool pxe_target_has_file(const struct pxe_conf_target *target,
			 const struct pxe_expand_vars *vars, const char *path);

/*
 * Do two names mean one file below the boot root?  Slashes in front do not
 * count, nor one of several, nor "." between them, nor what ".." takes back;
 * with `any_case` the case of ASCII letters does not, either.
 */
bool pxe_target_is_same_file(const char *a, const char *b, bool any_case);

/*
 * The program below the boot root that a CHAIN target always goes on with;
 * NULL: another type, a URL, or a name with variables.
 */
const char *pxe_target_chained(const struct pxe_conf_target *target);

/* As pxe_target_has_file(), for every machine: of texts, pxe_target_chained()
 * counts. */
bool pxe_target_loads(const struct pxe_conf_target *target, const char *path,
		      bool any_case);

/*
 * Splits "name=value": the length of the name, the value goes to `value`.
 * 0: there is no name, or no "=".
 */
size_t pxe_target_pair(const char *pair, const char **value);

#endif
