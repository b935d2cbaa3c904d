/* SPDX-License-Identifier: ISC */
#include "tftpd/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/fd.h"
#include "run/job.h"
#include "wire/netascii.h"

#define IDLE_US  5000000 /* a file without readers stays open so long */
#define IDLE_MAX 64      /* and so many of them */

#define COUNT_HERE_BYTES (256 << 10) /* more is counted by a job */
#define PIECE_BYTES      (64 << 10)

enum { BY_FILE };

struct pxe_source {
	struct pxe_hash_node node;    /* first */
	struct pxe_rootdir_file file; /* fd -1: a text */
	uint8_t *octets;              /* mapped or, a text, allocated; NULL */
	size_t n_readers;
	uint64_t idle_us;    /* since when it has no reader */
	uint64_t checked_us; /* when it was last unchanged */
	uint64_t ascii_bytes;
	enum { NOT_COUNTED, IS_BEING_COUNTED, COUNTED } count;
	struct pxe_sources *all; /* for the job that counts */
};

int pxe_sources_init(struct pxe_sources *all)
{
	all->n_idle = 0;
	return pxe_hash_init(&all->table);
}

static void free_source(struct pxe_sources *all, struct pxe_source *source)
{
	if (source->file.fd < 0)
		free(source->octets);
	else if (source->octets != NULL)
		(void)munmap(source->octets, source->file.size_bytes);
	if (source->file.fd >= 0)
		close(source->file.fd);
	if (source->n_readers == 0)
		all->n_idle--;
	pxe_hash_remove(&all->table, &source->node);
}

/* Closes what is idle: all of it, or what is so since before `before_us`. */
static void close_idle(struct pxe_sources *all, uint64_t before_us)
{
	struct pxe_hash_node *node;
	size_t at = 0;

	while ((node = pxe_hash_walk(&all->table, &at)) != NULL) {
		struct pxe_source *source = (struct pxe_source *)node;

		if (source->n_readers > 0 || source->idle_us >= before_us)
			continue;
		free_source(all, source);
		at = 0; /* the table moved the last one to its place */
	}
}

void pxe_sources_tidy(struct pxe_sources *all, uint64_t now_us)
{
	all->now_us = now_us;
	if (all->n_idle > 0 && now_us > IDLE_US)
		close_idle(all, now_us - IDLE_US);
}

void pxe_sources_done(struct pxe_sources *all)
{
	if (all->table.all == NULL)
		return;
	close_idle(all, UINT64_MAX);
	pxe_hash_done(&all->table);
}

static uint32_t hash_of(const struct pxe_sources *all,
			const struct pxe_rootdir_file *file)
{
	return pxe_hash_number(&all->table,
			       (uint32_t)(file->ino ^ file->ino >> 32));
}

static bool is_same(const struct pxe_rootdir_file *a,
		    const struct pxe_rootdir_file *b)
{
	return a->ino == b->ino && a->dev == b->dev &&
	       a->size_bytes == b->size_bytes && a->mtime_s == b->mtime_s &&
	       a->mtime_ns == b->mtime_ns;
}

static struct pxe_source *find(const struct pxe_sources *all,
			       const struct pxe_rootdir_file *file)
{
	struct pxe_hash_node *node =
		pxe_hash_first(&all->table, BY_FILE, hash_of(all, file));

	for (; node != NULL; node = pxe_hash_next(node, BY_FILE))
		if (is_same(&((struct pxe_source *)node)->file, file))
			return (struct pxe_source *)node;
	return NULL;
}

static struct pxe_source *add(struct pxe_sources *all,
			      const struct pxe_rootdir_file *file)
{
	struct pxe_source *source = calloc(1, sizeof(*source));

	if (source == NULL || pxe_hash_add(&all->table, &source->node) < 0) {
		free(source);
		return NULL;
	}
	source->file = *file;
	source->n_readers = 1;
	return source;
}

static void map(struct pxe_source *source)
{
	void *octets;

	if (source->file.size_bytes == 0 || source->file.size_bytes > SIZE_MAX)
		return;
	octets = mmap(NULL, (size_t)source->file.size_bytes, PROT_READ,
		      MAP_SHARED, source->file.fd, 0);
	if (octets != MAP_FAILED)
		source->octets = octets;
}

int pxe_source_open(struct pxe_sources *all,
		    const struct pxe_rootdir_file *file,
		    struct pxe_source **source)
{
	struct pxe_source *found = find(all, file);

	if (found != NULL) {
		close(file->fd);
		if (found->n_readers++ == 0)
			all->n_idle--;
	} else {
		found = add(all, file);
		if (found == NULL) {
			close(file->fd);
			return -ENOMEM;
		}
		map(found);
		pxe_hash_link(&all->table, &found->node, BY_FILE,
			      hash_of(all, file));
	}
	*source = found;
	return 0;
}

int pxe_source_open_text(struct pxe_sources *all, const char *text, size_t len,
			 struct pxe_source **source)
{
	const struct pxe_rootdir_file file = { .fd = -1, .size_bytes = len };
	uint8_t *octets = malloc(len > 0 ? len : 1);
	struct pxe_source *made;

	if (octets == NULL)
		return -ENOMEM;
	made = add(all, &file);
	if (made == NULL) {
		free(octets);
		return -ENOMEM;
	}
	memcpy(octets, text, len);
	made->octets = octets;
	*source = made;
	return 0;
}

void pxe_source_close(struct pxe_sources *all, struct pxe_source *source,
		      uint64_t now_us)
{
	if (source == NULL || --source->n_readers > 0)
		return;
	all->n_idle++;
	source->idle_us = now_us;
	/* nobody will ask for that text again */
	if (source->file.fd < 0 || all->n_idle > IDLE_MAX)
		free_source(all, source);
}

uint64_t pxe_source_bytes(const struct pxe_source *source)
{
	return source->file.size_bytes;
}

const uint8_t *pxe_source_find(const struct pxe_source *source, uint64_t offset,
			       size_t len)
{
	if (source->octets == NULL || offset > source->file.size_bytes ||
	    len > source->file.size_bytes - offset)
		return NULL;
	return source->octets + offset;
}

ssize_t pxe_source_read(const struct pxe_source *source, uint64_t offset,
			void *buf, size_t len)
{
	uint64_t left = offset < source->file.size_bytes
				? source->file.size_bytes - offset
				: 0;

	if (source->file.fd < 0) {
		if (len > left)
			len = (size_t)left;
		if (len > 0)
			memcpy(buf, source->octets + offset, len);
		return (ssize_t)len;
	}
	return pxe_fd_read_at(source->file.fd, offset, buf, len);
}

bool pxe_source_is_unchanged(struct pxe_source *source, uint64_t since_us,
			     uint64_t now_us)
{
	const struct pxe_rootdir_file *file = &source->file;
	struct stat st;

	if (file->fd < 0 || source->checked_us >= since_us)
		return true;
	if (fstat(file->fd, &st) < 0 ||
	    (uint64_t)st.st_size != file->size_bytes ||
	    st.st_mtim.tv_sec != file->mtime_s ||
	    (uint32_t)st.st_mtim.tv_nsec != file->mtime_ns)
		return false;
	source->checked_us = now_us;
	return true;
}

/* --- how long it is in netascii */

void pxe_sources_count_with(struct pxe_sources *all, struct pxe_jobs *jobs,
			    void (*counted)(struct pxe_source *source,
					    void *arg),
			    void *arg)
{
	all->jobs = jobs;
	all->counted = counted;
	all->counted_arg = arg;
}

/* In whatever thread: it only reads what does not change. */
static void count(void *arg)
{
	struct pxe_source *source = arg;
	uint8_t *piece = malloc(PIECE_BYTES);
	uint64_t offset = 0, bytes = 0;
	ssize_t got = piece != NULL ? 1 : -ENOMEM;

	while (got > 0) {
		got = pxe_source_read(source, offset, piece, PIECE_BYTES);
		if (got > 0) {
			bytes += pxe_netascii_count(piece, (size_t)got);
			offset += (uint64_t)got;
		}
	}
	free(piece);
	source->ascii_bytes = got == 0 && offset == source->file.size_bytes
				      ? bytes
				      : PXE_SOURCE_NO_COUNT;
}

static void end_count(void *arg, bool was_run)
{
	struct pxe_source *source = arg;
	struct pxe_sources *all = source->all;

	if (!was_run)
		source->ascii_bytes = PXE_SOURCE_NO_COUNT;
	source->count = COUNTED;
	all->counted(source, all->counted_arg);
	pxe_source_close(all, source, all->now_us);
}

bool pxe_source_ascii_bytes(struct pxe_sources *all, struct pxe_source *source,
			    uint64_t *bytes)
{
	if (source->count == NOT_COUNTED) {
		source->all = all;
		source->count = IS_BEING_COUNTED;
		source->n_readers++;
		if (source->file.size_bytes <= COUNT_HERE_BYTES ||
		    pxe_job_submit(all->jobs, count, end_count, source) < 0) {
			count(source);
			source->count = COUNTED;
			source->n_readers--;
		}
	}
	*bytes = source->ascii_bytes;
	return source->count == COUNTED;
}
