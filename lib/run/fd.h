/* SPDX-License-Identifier: ISC */
/* What system calls on descriptors leave to their caller. */
#ifndef PXE_RUN_FD_H
#define PXE_RUN_FD_H

#include <stdbool.h>
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

/* Has the kernel sockets of this family (AF_INET6)? */
bool pxe_fd_can(int family);

/*
 * A socket of `type` (SOCK_STREAM: it listens; SOCK_DGRAM) bound to a numeric
 * address of IPv4, or of IPv6 alone.  *is_here: does this host have the address
 * now?  If not, it hears as soon as it has it.
 * -errno: -EINVAL: no address; -EADDRINUSE: another process has the port.
 */
int pxe_fd_bind(const char *address, uint16_t port, int type,
		bool *is_here) PXE_MUST_CHECK;

/* The same for a daemon's own service ("HTTP"), with a line of log for what is
 * not as it was meant. */
int pxe_fd_serve(const char *address, uint16_t port, int type,
		 const char *service) PXE_MUST_CHECK;

#endif
