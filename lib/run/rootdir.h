/* SPDX-License-Identifier: ISC */
/*
 * Files below the boot root.
 *
 * The kernel keeps clients inside it: a file is opened with openat2(2),
 * RESOLVE_BENEATH, from the directory's descriptor, so that neither "..", nor
 * an absolute name, nor a symbolic link leads out.  An absolute symbolic link
 * is refused even where it points below the boot root.  Needs Linux 5.6.
 */
#ifndef PXE_RUN_ROOTDIR_H
#define PXE_RUN_ROOTDIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/reason.h"

#define PXE_ROOTDIR_NAME_TEXT 1024 /* longest clean name, with its NUL */

/* A regular file, open for reading.  The caller closes fd. */
struct pxe_rootdir_file {
	int fd; /* O_RDONLY, O_NONBLOCK, close-on-exec */
	uint64_t size_bytes;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
	uint64_t dev, ino; /* say whether two names are one file */
};

/*
 * Makes a name as clients send it one to be opened: backslashes become
 * slashes, repeated slashes one, leading slashes go, and so do octets 0xFF
 * and control characters at the end (old ROMs read past option 67).
 * `len` octets at `name`, not terminated; `clean` holds `cap` octets and may
 * not overlap.  OK, or BAD_NAME: nothing is left, it does not fit, or a
 * control character stands inside.  Pure.
 */
enum pxe_reason pxe_rootdir_clean_name(const void *name, size_t len,
				       char *clean, size_t cap) PXE_MUST_CHECK;

/*
 * Opens the directory `path` as a boot root.  A descriptor that the caller
 * closes; -errno of open(2), -ENOSYS if the kernel has no openat2().
 */
int pxe_rootdir_open(const char *path) PXE_MUST_CHECK;

/*
 * openat2() of `name` below the directory `root_fd`, with `flags` of open(2)
 * that make nothing, close-on-exec.  A descriptor that the caller closes;
 * -errno, which is -EXDEV for what leads out.
 */
int pxe_rootdir_open_at(int root_fd, const char *name,
			int flags) PXE_MUST_CHECK;

/*
 * Opens the regular file `name` (clean) below the directory `root_fd`.
 * OK and `file`; or NOT_FOUND, FORBIDDEN, OUTSIDE, NOT_A_FILE, BAD_NAME, IO,
 * or INTERNAL (no descriptors, no memory: errno has the cause).
 * Never blocks on a FIFO or a device.
 */
enum pxe_reason pxe_rootdir_open_file(int root_fd, const char *name,
				      struct pxe_rootdir_file *file)
	PXE_MUST_CHECK;

#endif
