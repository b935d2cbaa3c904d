/* SPDX-License-Identifier: ISC */
#include "run/fold_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES 32768
#define SECOND_NS  INT64_C(1000000000)
#define FRESH_NS   (2 * SECOND_NS)  /* times of FAT have this step */
#define OLD_NS     (30 * SECOND_NS) /* in doubt it is read again */

/* A directory that is being read. */
struct reading {
	char *text;
	size_t len, cap;
	uint32_t *at;
	size_t n, n_cap;
};

/* --- order ---------------------------------------------------------------- */

/* By lower case, then by octets; `len` octets of `a`. */
static int compare_folded(const char *a, size_t len, const char *b)
{
	for (size_t i = 0; i < len; i++) {
		int d = (unsigned char)pxe_fold_lower(a[i]) -
			(unsigned char)pxe_fold_lower(b[i]);

		if (d != 0)
			return d;
	}
	return b[len] == '\0' ? 0 : -1;
}

static int compare(const void *x, const void *y, void *text)
{
	const char *a = (const char *)text + *(const uint32_t *)x,
		   *b = (const char *)text + *(const uint32_t *)y;
	int d = compare_folded(a, strlen(a), b);

	return d != 0 ? d : strcmp(a, b);
}

const char *pxe_fold_dir_next(const struct pxe_fold_dir *dir, const char *name,
			      size_t len, const char *after)
{
	size_t low = 0, high = dir->n;
	const char *found;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *entry = dir->text + dir->at[mid];
		int d = compare_folded(name, len, entry);

		if (d > 0 || (d == 0 && strcmp(entry, after) <= 0))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == dir->n)
		return NULL;
	found = dir->text + dir->at[low];
	if (compare_folded(name, len, found) != 0)
		return NULL;
	if (memcmp(found, name, len) != 0)
		return found;
	return pxe_fold_dir_next(dir, name, len, found); /* once */
}

/* --- reading -------------------------------------------------------------- */

/* Makes room for `n` elements of `size` octets in the array at *array. */
static bool grow(void **array, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap > 0 ? *cap * 2 : 64;
	void *p;

	if (n <= *cap)
		return true;
	while (more < n)
		more *= 2;
	p = reallocarray(*array, more, size);
	if (p == NULL)
		return false;
	*array = p;
	*cap = more;
	return true;
}

static bool add(struct reading *r, const char *name)
{
	size_t size = strlen(name) + 1;
	void *text = r->text, *at = r->at;
	bool has_room = grow(&text, &r->cap, r->len + size, 1) &&
			grow(&at, &r->n_cap, r->n + 1, sizeof(*r->at));

	r->text = text;
	r->at = at;
	if (!has_room)
		return false;
	memcpy(r->text + r->len, name, size);
	r->at[r->n++] = (uint32_t)r->len;
	r->len += size;
	return true;
}

/* 0, -errno, -E2BIG. */
static int read_all(int fd, struct reading *r)
{
	alignas(struct dirent64) char buf[READ_BYTES];
	ssize_t n;

	while ((n = getdents64(fd, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);

			if (r->n == PXE_FOLD_MAX_ENTRIES)
				return -E2BIG;
			if (!add(r, entry->d_name))
				return -ENOMEM;
			at += entry->d_reclen;
		}
	return n == 0 ? 0 : -errno;
}

/* --- what is kept --------------------------------------------------------- */

static void drop(struct pxe_fold_dir *dir)
{
	free(dir->text);
	free(dir->at);
	*dir = (struct pxe_fold_dir) { .used = 0 };
}

void pxe_fold_cache_clear(struct pxe_fold_cache *cache)
{
	for (size_t i = 0; i < PXE_FOLD_KEPT_DIRS; i++)
		drop(&cache->dirs[i]);
}

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * SECOND_NS + t->tv_nsec;
}

/* The place of a directory, or that of the one not used for longest. */
static struct pxe_fold_dir *find_place(struct pxe_fold_cache *cache,
				       const struct stat *st)
{
	struct pxe_fold_dir *oldest = &cache->dirs[0];

	for (size_t i = 0; i < PXE_FOLD_KEPT_DIRS; i++) {
		struct pxe_fold_dir *dir = &cache->dirs[i];

		if (dir->used != 0 && dir->ino == st->st_ino &&
		    dir->dev == st->st_dev)
			return dir;
		if (dir->used < oldest->used)
			oldest = dir;
	}
	return oldest;
}

static bool is_valid(const struct pxe_fold_dir *dir, const struct stat *st,
		     int64_t now_ns)
{
	return dir->used != 0 && dir->ino == st->st_ino &&
	       dir->dev == st->st_dev && dir->mtime_ns == ns_of(&st->st_mtim) &&
	       dir->ctime_ns == ns_of(&st->st_ctim) &&
	       /* it was not changed around the time at which it was read */
	       dir->read_ns - dir->mtime_ns > FRESH_NS &&
	       dir->read_ns - dir->ctime_ns > FRESH_NS &&
	       now_ns >= dir->read_ns && now_ns - dir->read_ns < OLD_NS;
}

const struct pxe_fold_dir *pxe_fold_dir_get(struct pxe_fold_cache *cache,
					    int fd, int64_t now_ns)
{
	struct reading r = { .text = NULL };
	struct pxe_fold_dir *dir;
	struct stat st;
	int e;

	if (fstat(fd, &st) < 0)
		return NULL;
	dir = find_place(cache, &st);
	if (is_valid(dir, &st, now_ns)) {
		dir->used = ++cache->n_uses;
		return dir;
	}
	drop(dir);
	cache->n_reads++;
	e = read_all(fd, &r);
	if (e < 0) {
		free(r.text);
		free(r.at);
		r = (struct reading) { .text = NULL };
	}
	if (e < 0 && e != -E2BIG)
		return NULL;
	if (r.n > 0)
		qsort_r(r.at, r.n, sizeof(*r.at), compare, r.text);
	*dir = (struct pxe_fold_dir) {
		.dev = st.st_dev,
		.ino = st.st_ino,
		.mtime_ns = ns_of(&st.st_mtim),
		.ctime_ns = ns_of(&st.st_ctim),
		.read_ns = now_ns,
		.used = ++cache->n_uses,
		.text = r.text,
		.at = r.at,
		.n = r.n,
	};
	return dir;
}
