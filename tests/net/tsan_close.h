/* SPDX-License-Identifier: ISC */
/*
 * For builds with ThreadSanitizer (-include): it follows descriptors, but does
 * not know openat2(), so that files look as if two threads had closed them.
 */
#ifndef TESTS_NET_TSAN_CLOSE_H
#define TESTS_NET_TSAN_CLOSE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int fstat_unseen(int fd, struct stat *st)
{
	return (int)syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

static inline int close_unseen(int fd)
{
	struct stat st;

	if (fstat_unseen(fd, &st) == 0 && S_ISSOCK(st.st_mode))
		return close(fd);
	return (int)syscall(SYS_close, fd);
}

#define close close_unseen
#define fstat fstat_unseen

#endif
