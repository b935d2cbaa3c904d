/* SPDX-License-Identifier: ISC */
/* What system calls on descriptors leave to their caller. */
#ifndef PXE_RUN_FD_H
#define PXE_RUN_FD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

/*
 * Reads `len` octets from `offset` of a file on, however often it has to be
 * asked.  How many there were, fewer only at the end of the file; -errno.
 */
ssize_t pxe_fd_read_at(int fd, uint64_t offset, void *buf,
		       size_t len) PXE_MUST_CHECK;

/* The port that a socket is bound to; 0: none, or no socket of IP. */
uint16_t pxe_fd_port(int fd);

#endif
