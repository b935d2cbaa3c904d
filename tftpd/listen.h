/* SPDX-License-Identifier: ISC */
/*
 * The sockets that pxe-tftpd listens on: those of systemd, else those of the
 * configuration.
 */
#ifndef PXE_TFTPD_LISTEN_H
#define PXE_TFTPD_LISTEN_H

#include "base/attr.h"

struct pxe_tftpd;

/* Gives them to the plane.  0; -errno after logging why. */
int pxe_tftpd_listen(struct pxe_tftpd *server) PXE_MUST_CHECK;

#endif
