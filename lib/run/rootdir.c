/* SPDX-License-Identifier: ISC */
#include "run/rootdir.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_TRIES 16 /* while somebody renames directories under us */

static bool is_control(uint8_t c)
{
	return c < ' ' || c == 0x7f;
}

enum pxe_reason pxe_rootdir_clean_name(const void *name, size_t len,
				       char *clean, size_t cap)
{
	const uint8_t *p = name;
	size_t n = 0;

	while (len > 0 && (is_control(p[len - 1]) || p[len - 1] == 0xff))
		len--;
	for (size_t i = 0; i < len; i++) {
		char c = p[i] == '\\' ? '/' : (char)p[i];

		if (is_control(p[i]))
			return PXE_REASON_BAD_NAME;
		if (c == '/' && (n == 0 || clean[n - 1] == '/'))
			continue;
		if (n + 1 >= cap)
			return PXE_REASON_BAD_NAME;
		clean[n++] = c;
	}
	if (n == 0)
		return PXE_REASON_BAD_NAME;
	clean[n] = '\0';
	return PXE_REASON_OK;
}

int pxe_rootdir_open_at(int root_fd, const char *name, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: a ".." raced with a rename and the kernel is not sure */
	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = syscall(SYS_openat2, root_fd, name, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd >= 0 ? (int)fd : -errno;
}

int pxe_rootdir_open(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int probe;

	if (fd < 0)
		return -errno;
	probe = pxe_rootdir_open_at(fd, ".", O_PATH);
	if (probe < 0) {
		close(fd);
		return probe;
	}
	close(probe);
	return fd;
}

enum pxe_reason pxe_rootdir_open_file(int root_fd, const char *name,
				      struct pxe_rootdir_file *file)
{
	int fd = pxe_rootdir_open_at(root_fd, name,
				     O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0) {
		errno = -fd;
		return pxe_reason_of_file(-fd);
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return PXE_REASON_NOT_A_FILE;
	}
	*file = (struct pxe_rootdir_file) {
		.fd = fd,
		.size_bytes = (uint64_t)st.st_size,
		.mtime_s = st.st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st.st_mtim.tv_nsec,
		.ctime_s = st.st_ctim.tv_sec,
		.ctime_ns = (uint32_t)st.st_ctim.tv_nsec,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
	return PXE_REASON_OK;
}
