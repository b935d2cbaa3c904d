/* SPDX-License-Identifier: ISC */
#include "tftpd/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "run/rootdir.h"
#include "wire/netascii.h"

#define BUFFER_BYTES 65536
#define FILE_MODE    0644 /* less the umask */
/* What is left free of a file system: a part of it, but not too much. */
#define SPARE_PART  20
#define SPARE_BYTES (256ull << 20)
#define TEMP_TEXT   (sizeof(PXE_UPLOAD_TEMP) + 16)
#define TEMP_TRIES  8

struct pxe_upload {
	struct pxe_upload_dir *dir;
	int dir_fd, fd;          /* the directory that it goes to; the file */
	char name[NAME_MAX + 1]; /* in it */
	char temp[TEMP_TEXT];    /* its name until then; "": it has none */
	uint64_t bytes;          /* also of what is in the buffer */
	uint64_t pending_bytes;  /* what it counts for in the directory */
	bool is_text;
	struct pxe_netascii_decoder decoder;
	size_t n_buf;
	uint8_t *buf;

	/* the commit */
	bool is_committing; /* a job has it */
	atomic_bool is_cancelled;
	bool may_overwrite;
	enum pxe_reason reason;
	uint64_t replaced_bytes; /* what the file that it replaced counted */
	pxe_upload_done *done;   /* NULL: nobody waits */
	void *arg;
};

/* The octets that may still be written to the file system. */
static uint64_t free_bytes(int fd)
{
	struct statvfs vfs;
	uint64_t all, left, spare;

	if (fstatvfs(fd, &vfs) < 0)
		return 0;
	all = (uint64_t)vfs.f_blocks * vfs.f_frsize;
	left = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	spare = all / SPARE_PART < SPARE_BYTES ? all / SPARE_PART : SPARE_BYTES;
	/* one that does not say how large it is */
	if (all == 0)
		return UINT64_MAX;
	return left > spare ? left - spare : 0;
}

/* --- beginning ------------------------------------------------------------ */

/* No part of it begins with a dot, and the last is one. */
static bool is_name_good(const char *name)
{
	const char *p = name;

	for (; p != NULL; p = strchr(p, '/')) {
		p += *p == '/';
		if (*p == '.' || *p == '\0')
			return false;
	}
	return true;
}

/* The directory that the file goes to, and its name there.  0, -errno. */
static int open_parent(struct pxe_upload *u, const char *name)
{
	char path[PXE_ROOTDIR_NAME_TEXT] = ".";
	const char *slash = strrchr(name, '/');
	const char *last = slash != NULL ? slash + 1 : name;

	if (strlen(last) >= sizeof(u->name) || strlen(name) >= sizeof(path))
		return -ENAMETOOLONG;
	if (slash != NULL) {
		memcpy(path, name, (size_t)(slash - name));
		path[slash - name] = '\0';
	}
	memcpy(u->name, last, strlen(last) + 1);
	u->dir_fd =
		pxe_rootdir_open_at(u->dir->fd, path, O_RDONLY | O_DIRECTORY);
	return u->dir_fd < 0 ? u->dir_fd : 0;
}

/* What has its name already?  0, or why it cannot have it. */
static int check_target(const struct pxe_upload *u)
{
	struct stat st;

	if (fstatat(u->dir_fd, u->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!u->may_overwrite)
		return -EEXIST;
	return S_ISREG(st.st_mode) ? 0 : -EISDIR;
}

static int make_temp(struct pxe_upload *u)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	snprintf(u->temp, sizeof(u->temp), PXE_UPLOAD_TEMP "%016llx",
		 (unsigned long long)random);
	return 0;
}

static int open_file(struct pxe_upload *u)
{
	int r = 0;

	if (u->dir->has_tmpfile) {
		u->fd = openat(u->dir_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC,
			       FILE_MODE);
		if (u->fd >= 0)
			return 0;
		/* below it another file system may be mounted */
		if (errno != EOPNOTSUPP && errno != EISDIR)
			return -errno;
	}
	for (int i = 0; i < TEMP_TRIES; i++) {
		r = make_temp(u);
		if (r < 0)
			break;
		u->fd = openat(u->dir_fd, u->temp,
			       O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY |
				       O_CLOEXEC,
			       FILE_MODE);
		if (u->fd >= 0)
			return 0;
		r = -errno;
		if (r != -EEXIST)
			break;
	}
	u->temp[0] = '\0';
	return r;
}

static int begin(struct pxe_upload *u, const char *name, uint64_t announced)
{
	int r = open_parent(u, name);

	if (r == 0)
		r = check_target(u);
	if (r == 0 &&
	    (!pxe_upload_dir_has_room(u->dir, pxe_upload_dir_cost(announced)) ||
	     free_bytes(u->dir_fd) < announced + 1))
		r = -ENOSPC;
	if (r == 0)
		r = open_file(u);
	if (r < 0)
		return r;
	u->buf = malloc(BUFFER_BYTES + 1); /* a CR may be owed at the end */
	return u->buf != NULL ? 0 : -ENOMEM;
}

enum pxe_reason pxe_upload_open(struct pxe_upload_dir *dir, const char *name,
				bool is_text, uint64_t announced_bytes,
				struct pxe_upload **upload)
{
	struct pxe_upload *u;
	int r;

	if (!is_name_good(name))
		return PXE_REASON_BAD_NAME;
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		return PXE_REASON_INTERNAL;
	u->dir = dir;
	dir->n_users++;
	u->dir_fd = u->fd = -1;
	u->is_text = is_text;
	u->may_overwrite = dir->limits.may_overwrite;
	r = begin(u, name, announced_bytes);
	if (r < 0) {
		pxe_upload_free(u);
		return pxe_reason_of_file(-r);
	}
	u->pending_bytes = pxe_upload_dir_cost(0);
	dir->pending_bytes += u->pending_bytes;
	*upload = u;
	return PXE_REASON_OK;
}

/* --- data ----------------------------------------------------------------- */

/* Counts what has come so far; is there room for it? */
static bool count_bytes(struct pxe_upload *u, uint64_t bytes)
{
	uint64_t cost = pxe_upload_dir_cost(bytes);
	uint64_t more = cost - u->pending_bytes;

	if (more > 0 && !pxe_upload_dir_has_room(u->dir, more))
		return false;
	u->dir->pending_bytes += more;
	u->pending_bytes = cost;
	u->bytes = bytes;
	return true;
}

/* 0, -errno. */
static int flush(struct pxe_upload *u)
{
	size_t at = 0;

	while (at < u->n_buf) {
		ssize_t n = write(u->fd, u->buf + at, u->n_buf - at);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n > 0 ? (size_t)n : 0;
	}
	u->n_buf = 0;
	return 0;
}

static int flush_if_full(struct pxe_upload *u, size_t len)
{
	if (BUFFER_BYTES - u->n_buf >= len)
		return 0;
	return free_bytes(u->fd) < u->n_buf ? -ENOSPC : flush(u);
}

enum pxe_reason pxe_upload_write(struct pxe_upload *u, const void *data,
				 size_t len)
{
	const uint8_t *p = data;

	while (len > 0) {
		/* decoded, there may be one octet more */
		size_t n = len < BUFFER_BYTES - 1 ? len : BUFFER_BYTES - 1;
		size_t got = n;
		int r = flush_if_full(u, n + 1);

		if (r < 0)
			return pxe_reason_of_file(-r);
		if (u->is_text)
			got = pxe_netascii_decode(&u->decoder, p, n,
						  u->buf + u->n_buf);
		else
			memcpy(u->buf + u->n_buf, p, n);
		if (!count_bytes(u, u->bytes + got))
			return PXE_REASON_DISK_FULL;
		u->n_buf += got;
		p += n;
		len -= n;
	}
	return PXE_REASON_OK;
}

uint64_t pxe_upload_bytes(const struct pxe_upload *u)
{
	return u->bytes;
}

/* --- the commit, in a job ------------------------------------------------- */

/* Gives the file without a name a first one.  0, -errno. */
static int link_as(const struct pxe_upload *u, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", u->fd);
	return linkat(AT_FDCWD, path, u->dir_fd, name, AT_SYMLINK_FOLLOW) < 0
		       ? -errno
		       : 0;
}

/* From its temporary name to its own, where nothing has that: FAT and NFS
 * differ in what they can do. */
static int move_new(struct pxe_upload *u)
{
	if (renameat2(u->dir_fd, u->temp, u->dir_fd, u->name,
		      RENAME_NOREPLACE) == 0) {
		u->temp[0] = '\0';
		return 0;
	}
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* the temporary name goes when the upload is freed */
	return linkat(u->dir_fd, u->temp, u->dir_fd, u->name, 0) < 0 ? -errno
								     : 0;
}

static int move_over(struct pxe_upload *u)
{
	struct stat st;
	int r = check_target(u);

	if (r < 0)
		return r;
	if (fstatat(u->dir_fd, u->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		u->replaced_bytes = pxe_upload_dir_cost((uint64_t)st.st_size);
	if (renameat(u->dir_fd, u->temp, u->dir_fd, u->name) < 0)
		return -errno;
	u->temp[0] = '\0';
	return 0;
}

static int make_visible(struct pxe_upload *u)
{
	int r = 0;

	if (u->temp[0] == '\0' && !u->may_overwrite)
		return link_as(u, u->name);
	if (u->temp[0] == '\0') {
		r = make_temp(u);
		if (r == 0)
			r = link_as(u, u->temp);
		if (r < 0)
			u->temp[0] = '\0';
	}
	if (r < 0)
		return r;
	return u->may_overwrite ? move_over(u) : move_new(u);
}

static int commit(struct pxe_upload *u)
{
	int r;

	u->n_buf += pxe_netascii_decode_end(&u->decoder, u->buf + u->n_buf);
	r = flush(u);
	if (r == 0 && fsync(u->fd) < 0)
		r = -errno;
	if (r == 0 && atomic_load(&u->is_cancelled))
		r = -ECANCELED;
	if (r == 0)
		r = make_visible(u);
	/* the name, too, must be on the disk */
	if (r == 0 && fsync(u->dir_fd) < 0 && errno != EINVAL)
		r = -errno;
	return r;
}

static void do_commit(void *arg)
{
	struct pxe_upload *u = arg;
	int r = commit(u);

	u->reason = r < 0 ? pxe_reason_of_file(-r) : PXE_REASON_OK;
}

static void on_committed(void *arg, bool was_run)
{
	struct pxe_upload *u = arg;
	pxe_upload_done *done = u->done;

	u->is_committing = false;
	if (!was_run)
		u->reason = PXE_REASON_ABORTED;
	if (u->reason == PXE_REASON_OK) {
		u->dir->used_bytes += u->pending_bytes;
		u->dir->added_bytes += u->pending_bytes;
		u->dir->used_bytes -= u->replaced_bytes < u->dir->used_bytes
					      ? u->replaced_bytes
					      : u->dir->used_bytes;
		u->dir->pending_bytes -= u->pending_bytes;
		u->pending_bytes = 0;
	}
	if (done != NULL)
		done(u->reason, u->arg);
	else
		pxe_upload_free(u);
}

int pxe_upload_commit(struct pxe_upload *u, struct pxe_jobs *jobs,
		      pxe_upload_done *done, void *arg)
{
	int r = pxe_job_submit(jobs, do_commit, on_committed, u);

	if (r < 0)
		return r;
	u->is_committing = true;
	u->done = done;
	u->arg = arg;
	return 0;
}

void pxe_upload_cancel(struct pxe_upload *u)
{
	atomic_store(&u->is_cancelled, true);
}

void pxe_upload_free(struct pxe_upload *u)
{
	if (u == NULL)
		return;
	if (u->is_committing) {
		u->done = NULL;
		pxe_upload_cancel(u);
		return;
	}
	if (u->temp[0] != '\0')
		(void)unlinkat(u->dir_fd, u->temp, 0);
	if (u->fd >= 0)
		close(u->fd);
	if (u->dir_fd >= 0)
		close(u->dir_fd);
	u->dir->pending_bytes -= u->pending_bytes;
	pxe_upload_dir_close(u->dir);
	free(u->buf);
	free(u);
}
