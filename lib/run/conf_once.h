/* SPDX-License-Identifier: ISC */
/* Can it be held that what has `once` is booted by an order only? */
#ifndef PXE_RUN_CONF_ONCE_H
#define PXE_RUN_CONF_ONCE_H

#include "run/conf_job.h"

/* Checks `once`, `next` and `install` of job->conf. */
void pxe_conf_check_once(struct pxe_conf_job *job);

#endif
