/* SPDX-License-Identifier: ISC */
/*
 * Preloaded into pxe-stated, it is a disk that fails and a power that can be
 * cut.
 *
 * BAD_DISK names a file of 4 octets (mapped): an errno that every write, sync
 * and change of size of a file below STATE answers with; 0: the disk is well.
 *
 * SHADOW names a directory with copies of those files.  What is written to
 * one comes into its copy when it was synced, and not before: the copies are
 * what a power cut leaves at least.  Written for what SQLite does (pwrite,
 * fdatasync, one thread, few files); a file is named by its last part.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES = 64, RANGES = 1 << 18 };

static volatile int *fault;
static const char *state, *shadow;

struct range {
	off_t at;
	size_t len;
};

/* What was written to a descriptor's file and not synced. */
static struct file {
	struct range *ranges;
	size_t n;
	int copy; /* descriptor of the copy; 0: not opened */
} files[FILES];

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("BAD_DISK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *p = fd >= 0 ? mmap(NULL, sizeof(*fault), PROT_READ, MAP_SHARED,
				 fd, 0)
			  : MAP_FAILED;

	state = getenv("STATE");
	shadow = getenv("SHADOW");
	if (state == NULL || (path != NULL && p == MAP_FAILED))
		abort(); /* a test would show nothing */
	if (path != NULL)
		fault = p;
}

/* The file of `fd` if it lies in the state directory: its last part. */
static const char *name_of(int fd, char *path, size_t size)
{
	char link[64];
	size_t len = strlen(state);
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	if (n < 0)
		return NULL;
	path[n] = '\0';
	return strncmp(path, state, len) == 0 && path[len] == '/'
		       ? path + len + 1
		       : NULL;
}

static int is_bad(int fd)
{
	char path[4096];

	if (fault == NULL || *fault == 0 ||
	    name_of(fd, path, sizeof(path)) == NULL)
		return 0;
	errno = *fault;
	return 1;
}

static struct file *file_of(int fd)
{
	char path[4096], copy[8192];
	const char *name;
	struct file *f;

	if (shadow == NULL || fd < 0 || fd >= FILES)
		return NULL;
	name = name_of(fd, path, sizeof(path));
	if (name == NULL)
		return NULL;
	f = &files[fd];
	if (f->copy == 0) {
		snprintf(copy, sizeof(copy), "%s/%s", shadow, name);
		f->copy = open(copy, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
		f->ranges = calloc(RANGES, sizeof(*f->ranges));
		if (f->copy < 0 || f->ranges == NULL)
			abort();
	}
	return f;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	struct file *f;
	ssize_t n;

	if (is_bad(fd))
		return -1;
	n = syscall(SYS_pwrite64, fd, data, len, at);
	f = n > 0 ? file_of(fd) : NULL;
	if (f != NULL) {
		if (f->n == RANGES)
			abort();
		f->ranges[f->n++] = (struct range){ at, (size_t)n };
	}
	return n;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return pwrite(fd, data, len, at);
}

/* What is on the disk now is in the copy. */
static void copy_synced(struct file *f, int fd)
{
	static char data[1 << 16];
	off_t size = lseek(fd, 0, SEEK_END);

	for (size_t i = 0; i < f->n; i++) {
		struct range r = f->ranges[i];
		ssize_t n = pread(fd, data,
				  r.len < sizeof(data) ? r.len : sizeof(data),
				  r.at);

		if (r.len > sizeof(data))
			abort();
		if (n > 0 && syscall(SYS_pwrite64, f->copy, data, (size_t)n,
				     r.at) != n)
			abort();
	}
	f->n = 0;
	if (syscall(SYS_ftruncate, f->copy, size) < 0)
		abort();
}

int fdatasync(int fd)
{
	struct file *f;
	int r;

	if (is_bad(fd))
		return -1;
	r = (int)syscall(SYS_fdatasync, fd);
	f = r == 0 ? file_of(fd) : NULL;
	if (f != NULL)
		copy_synced(f, fd);
	return r;
}

int fsync(int fd)
{
	return fdatasync(fd);
}

int close(int fd)
{
	if (fd >= 0 && fd < FILES && files[fd].copy > 0) {
		syscall(SYS_close, files[fd].copy);
		free(files[fd].ranges);
		files[fd] = (struct file){ .copy = 0 };
	}
	return (int)syscall(SYS_close, fd);
}

int ftruncate(int fd, off_t size)
{
	if (is_bad(fd))
		return -1;
	return (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}
