/* SPDX-License-Identifier: ISC */
/* The service's socket and directory in the file system. */
#ifndef PXE_STATED_SOCKET_H
#define PXE_STATED_SOCKET_H

#include "base/attr.h"

/*
 * Binds and listens on the Unix socket `path`: mode 0660, owned by `user` if
 * we are root and `user` is not "", and of the group "pxe" where there is one
 * and we may.  A socket file that nobody answers on
 * is replaced.  The descriptor (non-blocking, close-on-exec), or -errno after
 * logging why: -EADDRINUSE, another service answers.
 */
int pxe_socket_bind(const char *path, const char *user) PXE_MUST_CHECK;

/*
 * Makes the directory `path` (0750; its parent must be there) if it is not
 * there, and gives it to `user` if we are root and `user` is not "".
 * 0, or -errno after logging why.
 */
int pxe_socket_make_dir(const char *path, const char *user) PXE_MUST_CHECK;

#endif
