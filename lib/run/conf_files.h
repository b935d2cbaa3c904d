/* SPDX-License-Identifier: ISC */
/*
 * The files below the boot root that the configuration names.  What is not
 * there may come later: a warning.  A loader that cannot run on the machines
 * of its section is an error.
 */
#ifndef PXE_RUN_CONF_FILES_H
#define PXE_RUN_CONF_FILES_H

#include "run/conf_job.h"

/* Looks at them all; `src` is where boot-root was set. */
void pxe_conf_check_files(struct pxe_conf_job *job, const struct pxe_src *src);

#endif
