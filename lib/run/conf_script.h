/* SPDX-License-Identifier: ISC */
#ifndef PXE_RUN_CONF_SCRIPT_H
#define PXE_RUN_CONF_SCRIPT_H

#include <stddef.h>

#include "core/script.h"
#include "run/conf_job.h"

/*
 * Looks through the administrator's script of `len` octets at `text`, ended
 * with NUL, that is the file `path` (valid as long as the run), and tells its
 * mistakes: those that are certain with that severity.
 */
void pxe_conf_check_script(struct pxe_conf_job *job, enum pxe_script_kind kind,
			   const char *path, const char *text, size_t len,
			   enum pxe_conf_severity severity);

#endif
