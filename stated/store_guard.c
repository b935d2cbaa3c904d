/* SPDX-License-Identifier: ISC */
/*
 * Is the store still the one that was written?
 *
 * Beside the database lies a small file with the number of its last
 * transaction, which the database counts, too.  It is written after each
 * sync and not synced itself: it may be behind, after a power cut, but never
 * says more than was acknowledged.  A database that has counted less has lost
 * something, whatever happened to it or to its log; SQLite alone takes a log
 * that is cut or damaged for one that ends there.
 *
 * While it is open, a file that is removed would be written on, by nobody to
 * be found: so the files are looked for every second.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stated/store_priv.h"

/* What the file says: the number, and the same again in other bits, so that
 * half of it is nothing. */
struct mark {
	uint64_t n, check;
};

static uint64_t check_of(uint64_t n)
{
	return ~n * UINT64_C(0x9e3779b97f4a7c15);
}

static void path_of(const struct pxe_sqlite *s, const char *suffix, char *path,
		    size_t size)
{
	snprintf(path, size, "%s%s", s->path, suffix);
}

/* The file `suffix` of the store as it is now; false: it is not there. */
static bool look(const struct pxe_sqlite *s, const char *suffix,
		 struct pxe_sqlite_file *file)
{
	char path[sizeof(s->path) + 8];
	struct stat st;

	path_of(s, suffix, path, sizeof(path));
	if (stat(path, &st) < 0)
		return false;
	*file = (struct pxe_sqlite_file){ st.st_dev, st.st_ino, st.st_size };
	return true;
}

static bool is_same(const struct pxe_sqlite_file *a,
		    const struct pxe_sqlite_file *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* What was noted last; 0: nothing. */
static uint64_t read_mark(int fd)
{
	struct mark mark;

	return fd >= 0 && pread(fd, &mark, sizeof(mark), 0) == sizeof(mark) &&
			       mark.check == check_of(mark.n)
		       ? mark.n
		       : 0;
}

static int open_mark(const struct pxe_sqlite *s, int flags)
{
	char path[sizeof(s->path) + 8];

	path_of(s, "-mark", path, sizeof(path));
	return open(path, flags | O_CLOEXEC, 0640);
}

int pxe_sqlite_check_before(struct pxe_sqlite *s)
{
	struct pxe_sqlite_file db = { 0 }, log = { 0 };
	int fd = open_mark(s, O_RDONLY);
	uint64_t n = read_mark(fd);

	if (fd >= 0)
		close(fd);
	(void)look(s, "", &db);
	(void)look(s, "-wal", &log);
	if (db.size > 0 || (log.size == 0 && n == 0))
		return 0;
	snprintf(s->store.error, sizeof(s->store.error),
		 "%.120s is not there or empty, but what lies beside it says "
		 "that there were leases: restore it, or remove %.120s-wal and "
		 "-mark to begin without leases",
		 s->path, s->path);
	return -EBADMSG;
}

int pxe_sqlite_check_count(struct pxe_sqlite *s, int64_t n)
{
	uint64_t marked;

	s->n_transactions = (uint64_t)n;
	s->mark_fd = open_mark(s, O_RDWR | O_CREAT);
	marked = read_mark(s->mark_fd);
	if (marked <= s->n_transactions)
		return 0;
	snprintf(s->store.error, sizeof(s->store.error),
		 "%.100s has lost %" PRIu64 " transactions: it or its log is "
		 "damaged, cut or old; restore a newer copy, or remove "
		 "%.100s-mark to go on without what is lost",
		 s->path, marked - s->n_transactions, s->path);
	return -EBADMSG;
}

void pxe_sqlite_note_count(struct pxe_sqlite *s)
{
	struct mark mark = { s->n_transactions, check_of(s->n_transactions) };

	/* best effort: what is behind warns of less */
	if (s->mark_fd >= 0 &&
	    pwrite(s->mark_fd, &mark, sizeof(mark), 0) < 0) {
		close(s->mark_fd);
		s->mark_fd = -1;
	}
}

void pxe_sqlite_note_files(struct pxe_sqlite *s)
{
	s->files[0] = s->files[1] = (struct pxe_sqlite_file){ 0 };
	(void)look(s, "", &s->files[0]);
	(void)look(s, "-wal", &s->files[1]);
}

int pxe_sqlite_check_files(struct pxe_sqlite *s)
{
	struct pxe_sqlite_file now;
	const char *what = NULL;
	int r = -ESTALE;

	if (!look(s, "", &now)) {
		what = " was removed";
	} else if (!is_same(&now, &s->files[0])) {
		what = " was replaced by another file: restart pxe-stated to "
		       "use that one, or move it away to have its leases "
		       "written anew";
		r = -EEXIST;
	} else if (s->files[1].inode != 0 &&
		   (!look(s, "-wal", &now) || !is_same(&now, &s->files[1]))) {
		what = "-wal, its log, was removed";
	}
	if (what == NULL)
		return 0;
	snprintf(s->store.error, sizeof(s->store.error), "%.80s%s", s->path,
		 what);
	return r;
}

void pxe_sqlite_remove_rests(struct pxe_sqlite *s)
{
	char path[sizeof(s->path) + 8];
	struct pxe_sqlite_file db;

	path_of(s, "-mark", path, sizeof(path));
	(void)unlink(path);
	path_of(s, "-wal", path, sizeof(path));
	if (!look(s, "", &db))
		(void)unlink(path);
}
