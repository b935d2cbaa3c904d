/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/rootdir.h"
#include "tftpd/upload.h"

#define BLOCK_BYTES 4096
#define DEPTH_MAX   32 /* of directories that are counted */

/* A walk through the directory, in a job or at the start. */
struct count {
	struct pxe_upload_dir *dir;
	bool has_to_clean; /* and removes what was left there */
	int fd;            /* the walk's own */
	uint64_t bytes;
};

uint64_t pxe_upload_dir_cost(uint64_t size_bytes)
{
	uint64_t n = size_bytes / BLOCK_BYTES + (size_bytes % BLOCK_BYTES > 0);

	return (n > 0 ? n : 1) * BLOCK_BYTES;
}

bool pxe_upload_dir_has_room(const struct pxe_upload_dir *dir,
			     uint64_t more_bytes)
{
	uint64_t bytes = dir->used_bytes + dir->pending_bytes;

	return bytes <= dir->limits.total_bytes &&
	       more_bytes <= dir->limits.total_bytes - bytes;
}

static void count_dir(struct count *c, int fd, unsigned depth);

static void count_entry(struct count *c, int dir_fd, const char *name,
			unsigned depth)
{
	struct stat st;
	int fd;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISREG(st.st_mode)) {
		if (c->has_to_clean &&
		    strncmp(name, PXE_UPLOAD_TEMP, strlen(PXE_UPLOAD_TEMP)) ==
			    0 &&
		    unlinkat(dir_fd, name, 0) == 0)
			return;
		c->bytes += pxe_upload_dir_cost((uint64_t)st.st_size);
	} else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
		fd = openat(dir_fd, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			count_dir(c, fd, depth + 1);
	}
}

/* Takes `fd` over. */
static void count_dir(struct count *c, int fd, unsigned depth)
{
	DIR *d = fdopendir(fd);
	const struct dirent *entry;

	if (d == NULL) {
		close(fd);
		return;
	}
	while ((entry = readdir(d)) != NULL)
		count_entry(c, dirfd(d), entry->d_name, depth);
	closedir(d);
}

static void do_count(void *arg)
{
	struct count *c = arg;

	count_dir(c, c->fd, 0);
}

/* Can files without a name be made there?  NFS and FAT have none. */
static bool probe_tmpfile(int fd)
{
	int file = openat(fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (file >= 0)
		close(file);
	return file >= 0;
}

static int open_to_read(int fd)
{
	return openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int pxe_upload_dir_open(const char *path,
			const struct pxe_upload_limits *limits,
			bool has_to_clean, struct pxe_upload_dir **dir)
{
	struct pxe_upload_dir *out = calloc(1, sizeof(*out));
	struct count c = { .has_to_clean = has_to_clean };
	int r;

	if (out == NULL)
		return -ENOMEM;
	out->fd = pxe_rootdir_open(path);
	c.fd = out->fd < 0 ? -1 : open_to_read(out->fd);
	if (c.fd < 0) {
		r = out->fd < 0 ? out->fd : -errno;
		if (out->fd >= 0)
			close(out->fd);
		free(out);
		return r;
	}
	do_count(&c);
	out->n_users = 1;
	out->limits = *limits;
	out->used_bytes = c.bytes;
	out->has_tmpfile = probe_tmpfile(out->fd);
	*dir = out;
	return 0;
}

void pxe_upload_dir_close(struct pxe_upload_dir *dir)
{
	if (dir == NULL || --dir->n_users > 0)
		return;
	close(dir->fd);
	free(dir);
}

static void on_counted(void *arg, bool was_run)
{
	struct count *c = arg;

	/* what came meanwhile may be in it twice: no harm */
	if (was_run)
		c->dir->used_bytes = c->bytes + c->dir->added_bytes;
	else
		close(c->fd);
	c->dir->is_counted = false;
	pxe_upload_dir_close(c->dir);
	free(c);
}

void pxe_upload_dir_recount(struct pxe_upload_dir *dir, struct pxe_jobs *jobs)
{
	struct count *c;

	if (dir->is_counted)
		return;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return;
	c->dir = dir;
	c->fd = open_to_read(dir->fd);
	if (c->fd < 0 || pxe_job_submit(jobs, do_count, on_counted, c) < 0) {
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return;
	}
	dir->n_users++;
	dir->is_counted = true;
	dir->added_bytes = 0;
}
