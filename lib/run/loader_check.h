/* SPDX-License-Identifier: ISC */
/*
 * Is a loader file built for the machines that are to start it?  The one place
 * that looks: `-t`, pxe-tftpd, pxe-httpd and pxectl all ask here.
 */
#ifndef PXE_RUN_LOADER_CHECK_H
#define PXE_RUN_LOADER_CHECK_H

#include "base/attr.h"
#include "core/arch.h"
#include "core/pe.h"
#include "core/reason.h"

/*
 * Reads what the open file `fd` is built for; its offset stays.  0, or -errno
 * of pread(2).
 */
int pxe_loader_read(int fd, struct pxe_pe *pe) PXE_MUST_CHECK;

/*
 * May the open file `fd` be given to firmware of `family`?  OK, WRONG_MACHINE,
 * or IO (errno has the cause).  The offset of `fd` stays.
 */
enum pxe_reason pxe_loader_check(int fd,
				 enum pxe_family family) PXE_MUST_CHECK;

#endif
