/* SPDX-License-Identifier: ISC */
#include "httpd/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "httpd/listing.h"
#include "httpd/send_file.h"
#include "httpd/server.h"
#include "run/log.h"
#include "run/rootdir.h"

enum {
	N_KEPT = 16,         /* listings, of each worker */
	FRESH_MS = 1000,     /* a size in it may be so old */
	MAX_ENTRIES = 10000, /* of one directory that are listed */
	MANY = 1000,         /* entries; from there on time is saved */
	SHARE = 20,          /* of the time, one part goes into such a one */
	URL_TEXT = 1500,     /* of a redirection */
};

/* A listing that was made. */
struct made {
	int fd; /* of its text; -1: none */
	enum pxe_listing_kind kind;
	uint64_t dev, ino;
	struct timespec changed; /* the directory was */
	int64_t made_ms, took_ms;
	bool is_large;
	uint64_t n_bytes, sum; /* of its text */
};

struct pxe_directories {
	struct made made[N_KEPT];
};

/* A directory while it is read. */
struct reading {
	int root_fd;
	int fd;
	const char *name; /* below the root; "." */
	struct pxe_listing_entry *entries;
	size_t n, cap;
	bool is_cut;
};

struct pxe_directories *pxe_directories_new(void)
{
	struct pxe_directories *d = calloc(1, sizeof(*d));

	for (size_t i = 0; d != NULL && i < N_KEPT; i++)
		d->made[i].fd = -1;
	return d;
}

void pxe_directories_free(struct pxe_directories *directories)
{
	for (size_t i = 0; directories != NULL && i < N_KEPT; i++)
		if (directories->made[i].fd >= 0)
			close(directories->made[i].fd);
	free(directories);
}

/* --- reading ---------------------------------------------------------------
 */

/* A link counts as what it leads to, if that is below the boot root. */
static bool stat_link(const struct reading *r, const char *name,
		      struct stat *st)
{
	char path[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_str s;
	int fd;

	pxe_str_init(&s, path, sizeof(path));
	pxe_str_putf(&s, "%s/%s", r->name, name);
	fd = s.cut ? -ENAMETOOLONG
		   : pxe_rootdir_open_at(r->root_fd, path, O_PATH);
	if (fd < 0)
		return false;
	if (fstat(fd, st) < 0)
		st->st_mode = 0;
	close(fd);
	return st->st_mode != 0;
}

/* May we read it, and if it is a directory, go into it? */
static bool may_read(const struct reading *r, const char *name,
		     const struct stat *st)
{
	mode_t all = S_ISDIR(st->st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
	int want = S_ISDIR(st->st_mode) ? R_OK | X_OK : R_OK;

	return (st->st_mode & all) == all ||
	       faccessat(r->fd, name, want, 0) == 0;
}

/* Is it hidden, or a name that no URL can have (httpd/route.c)? */
static bool is_hidden(const char *name)
{
	if (name[0] == '.')
		return true;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return true;
	return false;
}

static bool is_listed(const struct reading *r, const char *name,
		      struct stat *st)
{
	if (is_hidden(name) ||
	    fstatat(r->fd, name, st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    (S_ISLNK(st->st_mode) && !stat_link(r, name, st)))
		return false;
	return (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)) &&
	       may_read(r, name, st);
}

static int add_entry(struct reading *r, const char *name, const struct stat *st)
{
	struct pxe_listing_entry *e = r->entries;

	if (r->n == r->cap) {
		size_t cap = r->cap > 0 ? r->cap * 2 : 64;

		e = realloc(e, cap * sizeof(*e));
		if (e == NULL)
			return -ENOMEM;
		r->entries = e;
		r->cap = cap;
	}
	e += r->n;
	e->name = strdup(name);
	if (e->name == NULL)
		return -ENOMEM;
	e->is_dir = S_ISDIR(st->st_mode);
	e->size_bytes = (uint64_t)st->st_size;
	e->mtime_s = st->st_mtim.tv_sec;
	r->n++;
	return 0;
}

static int read_entries(struct reading *r)
{
	int copy = fcntl(r->fd, F_DUPFD_CLOEXEC, 0), result = 0;
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *d;

	if (dir == NULL) {
		result = -errno;
		if (copy >= 0)
			close(copy);
		return result;
	}
	while (result == 0 && (d = readdir(dir)) != NULL) {
		struct stat st;

		if (!is_listed(r, d->d_name, &st))
			continue;
		r->is_cut = r->n == MAX_ENTRIES;
		if (r->is_cut)
			break;
		result = add_entry(r, d->d_name, &st);
	}
	closedir(dir);
	if (r->n > 1)
		qsort(r->entries, r->n, sizeof(*r->entries),
		      pxe_listing_compare);
	return result;
}

static void free_entries(struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		free((char *)(uintptr_t)r->entries[i].name);
	free(r->entries);
}

/* --- writing ---------------------------------------------------------------
 */

/* Text on its way into memory, with its FNV-1a sum. */
struct writer {
	int fd;
	uint64_t n_bytes, sum;
	struct pxe_str s;
	char text[4 * PXE_LISTING_TEXT];
};

static int flush_text(struct writer *w)
{
	size_t at = 0;

	for (size_t i = 0; i < w->s.len; i++)
		w->sum = (w->sum ^ (unsigned char)w->text[i]) * 0x100000001b3u;
	while (at < w->s.len) {
		ssize_t n = write(w->fd, w->text + at, w->s.len - at);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	w->n_bytes += w->s.len;
	pxe_str_init(&w->s, w->text, sizeof(w->text));
	return 0;
}

/* Room for one more call of httpd/listing.h. */
static int make_room(struct writer *w)
{
	return w->s.cap - w->s.len < PXE_LISTING_TEXT ? flush_text(w) : 0;
}

static int write_all(struct writer *w, const struct reading *r,
		     enum pxe_listing_kind kind)
{
	int result = 0;

	pxe_listing_put_head(&w->s, kind,
			     strcmp(r->name, ".") == 0 ? "" : r->name);
	for (size_t i = 0; i < r->n && result == 0; i++) {
		result = make_room(w);
		if (result == 0)
			pxe_listing_put_row(&w->s, kind, &r->entries[i],
					    i == 0);
	}
	if (result == 0)
		result = make_room(w);
	if (result < 0)
		return result;
	pxe_listing_put_tail(&w->s, kind, r->is_cut);
	return flush_text(w);
}

/*
 * The listing into `m`.  If it has the same text as before that one stays, so
 * that who reads slowly holds no more than one.
 */
static int make_listing(struct reading *r, struct made *m)
{
	struct writer *w = malloc(sizeof(*w));
	int result = w != NULL ? read_entries(r) : -ENOMEM;

	if (result < 0)
		goto out;
	w->n_bytes = 0;
	w->sum = 0xcbf29ce484222325u;
	pxe_str_init(&w->s, w->text, sizeof(w->text));
	w->fd = memfd_create("listing", MFD_CLOEXEC);
	result = w->fd >= 0 ? write_all(w, r, m->kind) : -errno;
	if (result == 0 && m->fd >= 0 && m->n_bytes == w->n_bytes &&
	    m->sum == w->sum) {
		close(w->fd);
	} else if (result == 0) {
		if (m->fd >= 0)
			close(m->fd);
		m->fd = w->fd;
		m->n_bytes = w->n_bytes;
		m->sum = w->sum;
	} else if (w->fd >= 0) {
		close(w->fd);
	}
out:
	free(w);
	return result;
}

/* --- what was made ---------------------------------------------------------
 */

/* The place of a directory: its own, or that of the oldest. */
static struct made *find_place(struct pxe_directories *d, const struct stat *st,
			       enum pxe_listing_kind kind)
{
	struct made *oldest = &d->made[0];

	for (size_t i = 0; i < N_KEPT; i++) {
		struct made *m = &d->made[i];

		if (m->fd >= 0 && m->dev == st->st_dev &&
		    m->ino == st->st_ino && m->kind == kind)
			return m;
		if (m->made_ms < oldest->made_ms)
			oldest = m;
	}
	if (oldest->fd >= 0)
		close(oldest->fd);
	*oldest = (struct made) {
		.fd = -1,
		.kind = kind,
		.dev = st->st_dev,
		.ino = st->st_ino,
	};
	return oldest;
}

/* Large ones are not made again and again, even if they change all the time:
 * others wait meanwhile. */
static bool is_fresh(const struct made *m, const struct stat *st)
{
	int64_t age_ms = pxe_server_now_ms() - m->made_ms;

	if (m->fd < 0)
		return false;
	if (m->is_large && age_ms < m->took_ms * SHARE)
		return true;
	return age_ms < FRESH_MS && m->changed.tv_sec == st->st_ctim.tv_sec &&
	       m->changed.tv_nsec == st->st_ctim.tv_nsec;
}

/* Makes a listing anew. */
static int renew(struct reading *r, struct made *m, const struct stat *st)
{
	int64_t begin_ms = pxe_server_now_ms();
	int result = make_listing(r, m);

	m->is_large = r->n > MANY;
	m->changed = st->st_ctim;
	m->made_ms = pxe_server_now_ms();
	m->took_ms = m->made_ms - begin_ms;
	free_entries(r);
	return result;
}

/* A listing of the directory that is open: a file of its own; -errno. */
static int get_listing(struct pxe_http_job *job, struct reading *r,
		       enum pxe_listing_kind kind,
		       struct pxe_rootdir_file *file)
{
	struct made *m;
	struct stat st;
	int result = 0;

	if (fstat(r->fd, &st) < 0)
		return -errno;
	m = find_place(job->worker->directories, &st, kind);
	if (!is_fresh(m, &st))
		result = renew(r, m, &st);
	if (result < 0)
		return result;
	file->fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 0);
	file->size_bytes = m->n_bytes;
	return file->fd < 0 ? -errno : 0;
}

/* --- answers ---------------------------------------------------------------
 */

static void send_listing(struct pxe_http_job *job, struct reading *r)
{
	enum pxe_listing_kind kind =
		pxe_listing_kind_of(pxe_job_field(job, "Accept"));
	struct pxe_rootdir_file file = { .fd = -1 };
	int result = get_listing(job, r, kind, &file);

	if (result < 0) {
		pxe_log(PXE_LOG_WARNING, "%s: no listing: %s", r->name,
			strerror(-result));
		pxe_job_fail(job, result == -ENOMEM || result == -EMFILE
					  ? PXE_REASON_INTERNAL
					  : PXE_REASON_IO);
		return;
	}
	pxe_job_put(job, "Vary", "Accept");
	pxe_job_put(job, "Cache-Control", "no-cache");
	pxe_job_put(job, "X-Content-Type-Options", "nosniff");
	pxe_job_put(job, "Content-Security-Policy",
		    "default-src 'none'; style-src 'unsafe-inline'");
	pxe_send_made(job, &file, pxe_listing_type(kind));
}

/* To the same name with its slash, without which relative links lead astray.
 * The path has no slash at its beginning, so it is no other host either. */
static void send_to_slash(struct pxe_http_job *job)
{
	const char *query = strchr(pxe_job_target(job), '?');
	char url[URL_TEXT];
	struct pxe_str s;

	pxe_str_init(&s, url, sizeof(url));
	pxe_str_putc(&s, '/');
	pxe_listing_put_url(&s, job->route.path);
	pxe_str_putc(&s, '/');
	if (query != NULL)
		pxe_str_puts(&s, query);
	if (s.cut) {
		pxe_job_fail(job, PXE_REASON_BAD_NAME);
		return;
	}
	pxe_job_put(job, "Location", url);
	pxe_job_send_text(job, 301, NULL, "301 moved\n", strlen("301 moved\n"));
}

/* The first file of `index` that is there. */
static bool send_index(struct pxe_http_job *job, const struct pxe_conf *conf)
{
	struct pxe_boot_found *found = &job->found;
	int root_fd = job->worker->server->root_fd;
	char name[PXE_ROOTDIR_NAME_TEXT];

	for (size_t i = 0; i < conf->n_index_files; i++) {
		struct pxe_str s;

		pxe_str_init(&s, name, sizeof(name));
		pxe_str_putf(&s, "%s/%s", found->name, conf->index_files[i]);
		if (s.cut ||
		    pxe_rootdir_open_file(root_fd, name, &found->file) !=
			    PXE_REASON_OK)
			continue;
		pxe_str_copy(found->name, sizeof(found->name), name);
		pxe_send_file(job, &found->file);
		return true;
	}
	return false;
}

/* "a/b/" becomes "a/b": where the name of a directory is the beginning of
 * others. */
static void cut_slashes(char *name)
{
	size_t n = strlen(name);

	while (n > 1 && name[n - 1] == '/')
		name[--n] = '\0';
}

static bool ends_with_slash(const char *path)
{
	return strcmp(path, ".") == 0 || path[strlen(path) - 1] == '/';
}

bool pxe_directory_answer(struct pxe_http_job *job)
{
	const struct pxe_server *server = job->worker->server;
	struct pxe_boot_found *found = &job->found;
	struct reading r = {
		.root_fd = server->root_fd,
		.fd = -1,
		.name = found->name,
	};

	if (!server->conf->has_listings && server->conf->n_index_files == 0)
		return false;
	r.fd = pxe_rootdir_open_at(r.root_fd, found->name,
				   O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	if (r.fd < 0)
		return false;
	cut_slashes(found->name);
	if (!ends_with_slash(job->route.path))
		send_to_slash(job);
	else if (send_index(job, server->conf))
		;
	else if (server->conf->has_listings)
		send_listing(job, &r);
	else
		pxe_job_fail(job, PXE_REASON_NOT_A_FILE);
	close(r.fd);
	return true;
}
