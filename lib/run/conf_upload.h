/* SPDX-License-Identifier: ISC */
/*
 * The directory of uploads: is it there, may the daemon write, and does it lie
 * where what strangers send would be booted?
 *
 * The network of boot ROMs knows no passwords.  A file below the boot root goes
 * before everything that the suite makes, so who may put one at its top may
 * boot every machine: an error.  In a directory of its own below the boot root
 * it is only handed to those who ask for it by that name, as people want it
 * who save and restore the configuration of switches: a warning.
 */
#ifndef PXE_RUN_CONF_UPLOAD_H
#define PXE_RUN_CONF_UPLOAD_H

#include "run/conf_job.h"

/* Looks at it; `src` is where upload-dir was set. */
void pxe_conf_check_upload(struct pxe_conf_job *job, const struct pxe_src *src);

#endif
