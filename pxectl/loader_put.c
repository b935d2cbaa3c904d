/* SPDX-License-Identifier: ISC */
#include "pxectl/loader_put.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"
#include "run/fd.h"
#include "run/rootdir.h"

#define PIECE 65536

static int open_at(int root_fd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int pxe_put_open_source(int root_fd, const char *path, bool is_dir)
{
	struct stat st;
	int fd = open_at(root_fd, path,
			 O_RDONLY | O_NONBLOCK | O_NOCTTY |
				 (is_dir ? O_DIRECTORY : 0),
			 RESOLVE_IN_ROOT);

	if (fd < 0 || is_dir)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -ENOENT;
	}
	return fd;
}

int pxe_put_is_same(int a, int b)
{
	static char piece_a[PIECE], piece_b[PIECE];

	for (off_t at = 0;; at += PIECE) {
		ssize_t n = pxe_fd_read_at(a, (uint64_t)at, piece_a, PIECE);
		ssize_t m = pxe_fd_read_at(b, (uint64_t)at, piece_b, PIECE);

		if (n < 0 || m < 0)
			return (int)(n < 0 ? n : m);
		if (n != m || memcmp(piece_a, piece_b, (size_t)n) != 0)
			return 0;
		if (n < PIECE)
			return 1;
	}
}

static int copy(int from, int to)
{
	static char piece[PIECE];
	ssize_t n;

	for (off_t at = 0;
	     (n = pxe_fd_read_at(from, (uint64_t)at, piece, PIECE)) > 0;
	     at += n)
		for (ssize_t done = 0; done < n;) {
			ssize_t m = write(to, piece + done, (size_t)(n - done));

			if (m < 0 && errno != EINTR)
				return -errno;
			done += m > 0 ? m : 0;
		}
	return (int)n;
}

/*
 * Opens the directory of `name`, which is made where it is not there.  The
 * last part of `name` is in *base.
 */
static int open_parent(int root_fd, const char *name, bool is_made,
		       const char **base)
{
	const int flags = O_RDONLY | O_DIRECTORY;
	int fd = open_at(root_fd, ".", flags, RESOLVE_BENEATH);
	char path[PATH_MAX];

	*base = name;
	for (const char *slash = strchr(name, '/'); slash != NULL && fd >= 0;
	     slash = strchr(slash + 1, '/')) {
		int r = 0;

		if ((size_t)(slash - name) >= sizeof(path)) {
			close(fd);
			return -ENAMETOOLONG;
		}
		memcpy(path, name, (size_t)(slash - name));
		path[slash - name] = '\0';
		if (is_made && mkdirat(fd, path + (*base - name), 0755) < 0 &&
		    errno != EEXIST)
			r = -errno;
		close(fd);
		fd = r < 0 ? r : open_at(root_fd, path, flags, RESOLVE_BENEATH);
		*base = slash + 1;
	}
	return fd;
}

static int write_beside(int dir_fd, const char *temp, int from, int like)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW } };
	struct stat st;
	int fd = openat(dir_fd, temp,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int r;

	if (fd < 0)
		return -errno;
	r = copy(from, fd);
	if (r == 0 && fstat(like, &st) < 0)
		r = -errno;
	if (r == 0) {
		times[1] = st.st_mtim;
		if (fchmod(fd, 0644) < 0 || futimens(fd, times) < 0 ||
		    fsync(fd) < 0)
			r = -errno;
	}
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int replace(int dir_fd, const char *base, int from, int like)
{
	char temp[64];
	uint64_t random;
	int r;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	(void)snprintf(temp, sizeof(temp), ".pxectl-%016llx",
		       (unsigned long long)random);
	r = write_beside(dir_fd, temp, from, like);
	if (r == 0 && renameat(dir_fd, temp, dir_fd, base) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir_fd, temp, 0);
	else
		(void)fsync(dir_fd);
	return r;
}

/* What is there now; a link counts as what it leads to, if that is a file
 * below the root, and else as something that differs. */
static int look(int root_fd, const char *name, int from)
{
	struct pxe_rootdir_file file;
	struct stat st;
	const char *base;
	int dir_fd, r;

	if (pxe_rootdir_open_file(root_fd, name, &file) == PXE_REASON_OK) {
		r = pxe_put_is_same(file.fd, from);
		close(file.fd);
		return r < 0 ? r : r > 0 ? PXE_PUT_SAME : PXE_PUT_KEPT;
	}
	dir_fd = open_parent(root_fd, name, false, &base);
	if (dir_fd < 0)
		return dir_fd == -ENOENT ? PXE_PUT_NEW : dir_fd;
	r = fstatat(dir_fd, base, &st, AT_SYMLINK_NOFOLLOW);
	r = r == 0 ? PXE_PUT_KEPT : errno == ENOENT ? PXE_PUT_NEW : -errno;
	close(dir_fd);
	return r == PXE_PUT_KEPT && S_ISDIR(st.st_mode) ? -EISDIR : r;
}

int pxe_put_file(int root_fd, const char *name, int from, int like, bool force,
		 bool dry_run)
{
	int dir_fd, error, r = look(root_fd, name, from);
	const char *base;

	if (r == PXE_PUT_KEPT && force)
		r = PXE_PUT_REPLACED;
	if (r < 0 || r == PXE_PUT_SAME || r == PXE_PUT_KEPT || dry_run)
		return r;
	dir_fd = open_parent(root_fd, name, true, &base);
	if (dir_fd < 0)
		return dir_fd;
	error = replace(dir_fd, base, from, like);
	close(dir_fd);
	return error < 0 ? error : r;
}
