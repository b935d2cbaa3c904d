/* SPDX-License-Identifier: ISC */
#include "run/fold.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_DEPTH   32
#define READ_AS_ONE 16 /* names */

struct walk {
	struct pxe_fold *fold;
	int root_fd;
	char *name;        /* changed in place */
	const char *asked; /* as it was */
	struct pxe_rootdir_file *file;
};

bool pxe_fold_is_same(const char *a, const char *b)
{
	while (*a != '\0' && pxe_fold_lower(*a) == pxe_fold_lower(*b))
		a++, b++;
	return pxe_fold_lower(*a) == pxe_fold_lower(*b);
}

/* Takes `n` off what it may cost; false: so much is not left. */
static bool take(struct walk *w, size_t n)
{
	bool is_enough = w->fold->n_left >= n;

	w->fold->n_left = is_enough ? w->fold->n_left - (unsigned)n : 0;
	return is_enough;
}

/* Opens the directory of the component at `at`. */
static int open_dir(struct walk *w, size_t at)
{
	int fd;

	if (at == 0)
		return pxe_rootdir_open_at(w->root_fd, ".",
					   O_RDONLY | O_DIRECTORY);
	w->name[at - 1] = '\0';
	fd = pxe_rootdir_open_at(w->root_fd, w->name, O_RDONLY | O_DIRECTORY);
	w->name[at - 1] = '/';
	return fd;
}

/* Its names; NULL: they cannot be read, or cost too much. */
static const struct pxe_fold_dir *get_dir(struct walk *w, size_t at)
{
	struct pxe_fold_cache *cache = w->fold->cache;
	uint64_t n_reads = cache->n_reads;
	const struct pxe_fold_dir *dir;
	struct timespec now;
	int fd = take(w, 1) ? open_dir(w, at) : -1;

	if (fd < 0)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	dir = pxe_fold_dir_get(cache, fd,
			       (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
	close(fd);
	if (dir != NULL && cache->n_reads != n_reads)
		(void)take(w, dir->n / READ_AS_ONE);
	return dir;
}

/*
 * The first name after `after` that differs in case only from the component of
 * `len` octets at `at`: puts it there and into `after`.
 */
static bool find_next(struct walk *w, size_t at, size_t len, char *after)
{
	const struct pxe_fold_dir *dir = get_dir(w, at);
	const char *next =
		dir != NULL ? pxe_fold_dir_next(dir, w->asked + at, len, after)
			    : NULL;

	if (next == NULL)
		return false;
	memcpy(after, next, len + 1);
	memcpy(w->name + at, next, len);
	return true;
}

/* Is there a directory as far as `end`? */
static enum pxe_reason check_dir(struct walk *w, size_t end)
{
	int fd;

	w->name[end] = '\0';
	fd = pxe_rootdir_open_at(w->root_fd, w->name, O_PATH | O_DIRECTORY);
	w->name[end] = '/';
	if (fd >= 0)
		close(fd);
	return fd >= 0         ? PXE_REASON_OK
	       : fd == -EXDEV  ? PXE_REASON_OUTSIDE
	       : fd == -EACCES ? PXE_REASON_FORBIDDEN
			       : PXE_REASON_NOT_FOUND;
}

static enum pxe_reason look(struct walk *w, size_t at);

/* The way through the component that ends at `end`, as it stands in name. */
static enum pxe_reason try_component(struct walk *w, size_t end)
{
	enum pxe_reason reason;

	if (!take(w, 1))
		return PXE_REASON_NOT_FOUND;
	if (w->asked[end] == '\0')
		return pxe_rootdir_open_file(w->root_fd, w->name, w->file);
	reason = check_dir(w, end);
	return reason == PXE_REASON_OK ? look(w, end + 1) : reason;
}

/* All ways through the component at `at`; calls itself once a component. */
static enum pxe_reason look(struct walk *w, size_t at)
{
	size_t len = strcspn(w->asked + at, "/");
	char after[NAME_MAX + 1] = "";
	enum pxe_reason reason = try_component(w, at + len);

	while (reason == PXE_REASON_NOT_FOUND && find_next(w, at, len, after))
		reason = try_component(w, at + len);
	if (reason == PXE_REASON_NOT_FOUND)
		memcpy(w->name + at, w->asked + at, len);
	return reason;
}

/* Does the name consist of components that can be looked for? */
static bool can_look(const char *name)
{
	unsigned n = 0;

	for (;; name++) {
		size_t len = strcspn(name, "/");

		if (len == 0 || len > NAME_MAX || ++n > MAX_DEPTH ||
		    (name[0] == '.' &&
		     (len == 1 || (len == 2 && name[1] == '.'))))
			return false;
		name += len;
		if (*name == '\0')
			return true;
	}
}

enum pxe_reason pxe_fold_open_file(struct pxe_fold *fold, int root_fd,
				   char *name, struct pxe_rootdir_file *file)
{
	char asked[PXE_ROOTDIR_NAME_TEXT];
	struct walk w = { .fold = fold,
			  .root_fd = root_fd,
			  .name = name,
			  .asked = asked,
			  .file = file };
	size_t len = strlen(name);

	if (len >= sizeof(asked) || !can_look(name))
		return PXE_REASON_NOT_FOUND;
	memcpy(asked, name, len + 1);
	return look(&w, 0);
}
