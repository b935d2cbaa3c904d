/* SPDX-License-Identifier: ISC */
/* Passwords in files of the configuration that everybody may read. */
#ifndef PXE_RUN_CONF_SECRET_H
#define PXE_RUN_CONF_SECRET_H

#include "run/conf_job.h"

/* Warns of each such file, once, at the first password in it. */
void pxe_conf_check_secrets(struct pxe_conf_job *job);

#endif
