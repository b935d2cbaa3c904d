/* SPDX-License-Identifier: ISC */
/*
 * What transfers read from: files that are open once for all their readers,
 * and texts in memory.
 *
 * A file is mapped, and its octets go from the page cache to the network
 * without being touched here: the kernel reads them from the mapping, and if
 * the file became shorter it says EFAULT, where a read of our own would be a
 * SIGBUS.  Where there is no mapping (a file system that has none, no address
 * space), readers fill a buffer of theirs.
 *
 * A file without readers stays open for a few seconds, for the next machine of
 * a row that is switched on.  It is found again by device, inode, size and time
 * of its last change, so that a replaced or changed file is another source.
 */
#ifndef PXE_TFTPD_SOURCE_H
#define PXE_TFTPD_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "core/hash.h"
#include "run/rootdir.h"

struct pxe_source;

/* Those that are open. */
struct pxe_sources {
	struct pxe_hash table;
	size_t n_idle; /* without readers */
	struct pxe_jobs *jobs;
	void (*counted)(struct pxe_source *source, void *arg);
	void *counted_arg;
	uint64_t now_us; /* the last that was told */
};

int pxe_sources_init(struct pxe_sources *all) PXE_MUST_CHECK;

/* Closes all: there must be no reader left. */
void pxe_sources_done(struct pxe_sources *all);

/* Closes those that have had no reader for a while; `now_us` as _close has. */
void pxe_sources_tidy(struct pxe_sources *all, uint64_t now_us);

/*
 * A source for `file`, whose descriptor is taken over, also when it fails.
 * One that is open already is shared.  0, -ENOMEM.
 */
int pxe_source_open(struct pxe_sources *all,
		    const struct pxe_rootdir_file *file,
		    struct pxe_source **source) PXE_MUST_CHECK;

/* A source that holds a copy of `len` octets of text.  0, -ENOMEM. */
int pxe_source_open_text(struct pxe_sources *all, const char *text, size_t len,
			 struct pxe_source **source) PXE_MUST_CHECK;

/* One reader less.  NULL is passed over. */
void pxe_source_close(struct pxe_sources *all, struct pxe_source *source,
		      uint64_t now_us);

uint64_t pxe_source_bytes(const struct pxe_source *source);

/*
 * Where `len` octets from `offset` on lie, to be read by the kernel only; NULL:
 * they have to be read.  They must be within the size of the source.
 */
const uint8_t *pxe_source_find(const struct pxe_source *source,
			       uint64_t offset, size_t len);

/*
 * Reads up to `len` octets from `offset` on to `buf`.  How many there were,
 * fewer only at the end; -errno.
 */
ssize_t pxe_source_read(const struct pxe_source *source, uint64_t offset,
			void *buf, size_t len) PXE_MUST_CHECK;

/*
 * Is the file as it was when it was opened, in size and time of change?  Known
 * to be so if it was `since_us` or later (of the clock of _close); UINT64_MAX:
 * look in any case.
 */
bool pxe_source_is_unchanged(struct pxe_source *source, uint64_t since_us,
			     uint64_t now_us);

/*
 * How many octets the source is in netascii (RFC 1350 section 1).  True, and
 * `bytes`; false: a job counts them now, at whose end `counted` of
 * pxe_sources_count_with() is called with the source.
 */
bool pxe_source_ascii_bytes(struct pxe_sources *all, struct pxe_source *source,
			    uint64_t *bytes);

/* The octets of a source could not be read: then the count is this. */
#define PXE_SOURCE_NO_COUNT UINT64_MAX

struct pxe_jobs;

/* Who counts, and who is told. */
void pxe_sources_count_with(struct pxe_sources *all, struct pxe_jobs *jobs,
			    void (*counted)(struct pxe_source *source,
					    void *arg),
			    void *arg);

#endif
