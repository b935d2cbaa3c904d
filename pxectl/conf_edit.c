/* SPDX-License-Identifier: ISC */
#include "pxectl/conf_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "run/fd.h"

enum {
	MAX_BYTES = 16 << 20, /* what run/conf_load reads at most */
	LOCK_TRIES = 100,
	LOCK_PAUSE_MS = 50,
	OPEN_TRIES = 100, /* the file was replaced while it was opened */
	XATTRS_BYTES = 4096,
};

/* Opens the directory that `path` leads to; the last name is edit->base. */
static int open_dir(const char *path, struct pxe_edit *edit)
{
	char real[PATH_MAX], *slash;
	char parent[PATH_MAX];

	if (!pxe_str_copy(parent, sizeof(parent), path))
		return -ENAMETOOLONG;
	if (realpath(path, real) == NULL) {
		/* not there: where it will be, if its directory is */
		slash = strrchr(parent, '/');
		if (errno != ENOENT)
			return -errno;
		if (!pxe_str_copy(edit->base, sizeof(edit->base),
				  slash != NULL ? slash + 1 : parent))
			return -ENAMETOOLONG;
		if (slash != NULL)
			slash[slash == parent] = '\0';
		else
			pxe_str_copy(parent, sizeof(parent), ".");
	} else {
		slash = strrchr(real, '/');
		if (!pxe_str_copy(edit->base, sizeof(edit->base), slash + 1))
			return -ENAMETOOLONG;
		*slash = '\0';
		pxe_str_copy(parent, sizeof(parent),
			     slash != real ? real : "/");
	}
	edit->dir_fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return edit->dir_fd < 0 ? -errno : 0;
}

/* Only who may write the file can lock it, so nobody else can hold us up. */
static int lock(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	for (int i = 0; fcntl(fd, F_OFD_SETLK, &whole) < 0; i++) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -errno;
		if (i == LOCK_TRIES)
			return -EWOULDBLOCK;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Is the open file still the one of that name? */
static bool is_current(const struct pxe_edit *edit)
{
	struct stat st;

	return fstatat(edit->dir_fd, edit->base, &st, 0) == 0 &&
	       st.st_dev == edit->st.st_dev && st.st_ino == edit->st.st_ino &&
	       st.st_size == edit->st.st_size &&
	       st.st_mtim.tv_sec == edit->st.st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == edit->st.st_mtim.tv_nsec;
}

/* 0; -EAGAIN: it was replaced, open it again; -errno. */
static int open_file(struct pxe_edit *edit)
{
	int r;

	edit->fd = openat(edit->dir_fd, edit->base,
			  O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (edit->fd < 0)
		return errno == ENOENT ? 0 : -errno;
	r = lock(edit->fd);
	if (r == 0 && fstat(edit->fd, &edit->st) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(edit->st.st_mode))
		r = -EINVAL;
	if (r == 0 && !is_current(edit))
		r = -EAGAIN;
	if (r == 0) {
		edit->is_there = true;
		return 0;
	}
	close(edit->fd);
	edit->fd = -1;
	return r;
}

static int read_text(struct pxe_edit *edit)
{
	ssize_t n = 0;

	if (edit->is_there && edit->st.st_size > MAX_BYTES)
		return -EFBIG;
	edit->len = edit->is_there ? (size_t)edit->st.st_size : 0;
	edit->text = calloc(1, edit->len + 1);
	if (edit->text == NULL)
		return -ENOMEM;
	if (edit->is_there)
		n = pxe_fd_read_at(edit->fd, 0, edit->text, edit->len);
	if (n < 0)
		return (int)n;
	return (size_t)n == edit->len ? 0 : -EAGAIN;
}

int pxe_edit_open(const char *path, struct pxe_edit *edit)
{
	int r;

	*edit = (struct pxe_edit) { .dir_fd = -1, .fd = -1, .copy_fd = -1 };
	r = open_dir(path, edit);
	for (int i = 0; r == 0; i++) {
		r = open_file(edit);
		if (r != -EAGAIN || i == OPEN_TRIES)
			break;
		r = 0;
	}
	if (r == 0)
		r = read_text(edit);
	if (r < 0)
		pxe_edit_close(edit);
	return r;
}

/* --- the copy --------------------------------------------------------------
 */

static int write_all(int fd, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, text + done, len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Access lists and labels; where the file system has none, there are none. */
static int copy_xattrs(int from, int to)
{
	char names[XATTRS_BYTES], value[XATTRS_BYTES];
	ssize_t n = flistxattr(from, names, sizeof(names));

	for (const char *name = names; n > 0 && name < names + n;
	     name += strlen(name) + 1) {
		ssize_t size = fgetxattr(from, name, value, sizeof(value));

		if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0)
			return -errno;
	}
	return n < 0 && errno != ENOTSUP ? -errno : 0;
}

/* The mode last: a change of owner takes bits of it away. */
static int copy_rights(const struct pxe_edit *edit)
{
	mode_t mode = edit->is_there ? edit->st.st_mode & 07777 : 0644;
	struct stat st;
	int r = 0;

	if (edit->is_there) {
		if (fstat(edit->copy_fd, &st) < 0)
			return -errno;
		if ((st.st_uid != edit->st.st_uid ||
		     st.st_gid != edit->st.st_gid) &&
		    fchown(edit->copy_fd, edit->st.st_uid, edit->st.st_gid) < 0)
			return -errno;
		r = copy_xattrs(edit->fd, edit->copy_fd);
	}
	if (r == 0 && fchmod(edit->copy_fd, mode) < 0)
		r = -errno;
	return r;
}

int pxe_edit_write(struct pxe_edit *edit, const char *text, size_t len,
		   const char *name, struct pxe_conf_swap *swap)
{
	uint64_t random;
	int r;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	snprintf(edit->copy, sizeof(edit->copy), ".pxectl-%016llx",
		 (unsigned long long)random);
	edit->copy_fd = openat(edit->dir_fd, edit->copy,
			       O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (edit->copy_fd < 0) {
		edit->copy[0] = '\0';
		return -errno;
	}
	r = write_all(edit->copy_fd, text, len);
	if (r == 0)
		r = copy_rights(edit);
	if (r == 0 && fsync(edit->copy_fd) < 0)
		r = -errno;
	*swap = (struct pxe_conf_swap) {
		.name = name,
		.is_there = edit->is_there,
		.dev = edit->st.st_dev,
		.ino = edit->st.st_ino,
		.fd = edit->copy_fd,
	};
	return r;
}

int pxe_edit_commit(struct pxe_edit *edit)
{
	int r;

	if (edit->is_there && !is_current(edit))
		return -EAGAIN;
	if (edit->is_there)
		r = renameat(edit->dir_fd, edit->copy, edit->dir_fd,
			     edit->base);
	else /* link() never replaces what somebody else made meanwhile */
		r = linkat(edit->dir_fd, edit->copy, edit->dir_fd, edit->base,
			   0);
	if (r < 0)
		return errno == EEXIST ? -EAGAIN : -errno;
	if (edit->is_there)
		edit->copy[0] = '\0';
	return fsync(edit->dir_fd) < 0 ? -errno : 0;
}

void pxe_edit_close(struct pxe_edit *edit)
{
	if (edit->copy[0] != '\0')
		(void)unlinkat(edit->dir_fd, edit->copy, 0);
	if (edit->copy_fd >= 0)
		close(edit->copy_fd);
	if (edit->fd >= 0)
		close(edit->fd);
	if (edit->dir_fd >= 0)
		close(edit->dir_fd);
	free(edit->text);
	*edit = (struct pxe_edit) { .dir_fd = -1, .fd = -1, .copy_fd = -1 };
}
