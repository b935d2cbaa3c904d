/* SPDX-License-Identifier: ISC */
/*
 * Files that clients send, and the one directory where they go.
 *
 * A file appears there under its name when all of it is on the disk, and not
 * before: until then it has no name (O_TMPFILE), so that nothing is left if
 * the daemon is killed.  Where a file system cannot do that, and for the moment
 * in which one file replaces another, it has a name that begins with
 * ".pxe-upload-", and is removed at the next start.
 *
 * The network that machines boot from is one where anybody may send: how much
 * lies in the directory is limited, and some room of its file system is kept
 * free, for it may hold the leases as well.
 */
#ifndef PXE_TFTPD_UPLOAD_H
#define PXE_TFTPD_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/reason.h"
#include "run/job.h"

#define PXE_UPLOAD_TEMP ".pxe-upload-" /* what such names begin with */

/* --- the directory (upload_dir.c) ----------------------------------------- */

struct pxe_upload_limits {
	uint64_t total_bytes; /* of all that lies there */
	bool may_overwrite;
};

/* Open; belongs to whoever opened it, and to the uploads under way. */
struct pxe_upload_dir {
	struct pxe_upload_limits limits; /* may be changed at any time */
	int fd;
	bool has_tmpfile; /* files without a name can be made there */
	unsigned n_users;
	uint64_t used_bytes;    /* of what is there, in whole blocks */
	uint64_t pending_bytes; /* of uploads under way */
	uint64_t added_bytes;   /* since counting began */
	bool is_counted;        /* just now, in a job */
};

/*
 * Opens the directory `path` and counts what is there; removes what a killed
 * daemon left, if there is no upload under way.  0, -errno of open(2).
 */
int pxe_upload_dir_open(const char *path,
			const struct pxe_upload_limits *limits,
			bool has_to_clean,
			struct pxe_upload_dir **dir) PXE_MUST_CHECK;

/* No upload begins there any more; those under way go on.  NULL is passed
 * over. */
void pxe_upload_dir_close(struct pxe_upload_dir *dir);

/* May so many octets come in addition to what is there, and to what is coming?
 */
bool pxe_upload_dir_has_room(const struct pxe_upload_dir *dir,
			     uint64_t more_bytes);

/* What a file of that size counts for: whole blocks, and at least one, for
 * empty files cost something, too. */
uint64_t pxe_upload_dir_cost(uint64_t size_bytes);

/*
 * Counts anew what is there, in a job: somebody may have made room.  Nothing,
 * if one is under way.
 */
void pxe_upload_dir_recount(struct pxe_upload_dir *dir, struct pxe_jobs *jobs);

/* --- one file (upload.c) -------------------------------------------------- */

struct pxe_upload;

/*
 * Begins a file `name` (clean, see run/rootdir.h) below the directory;
 * `is_text`: it comes in netascii.  The client says that it will have
 * `announced_bytes`; 0: it does not say.
 *
 * OK; or BAD_NAME (as are all that begin with a dot, and directories), OUTSIDE,
 * NOT_FOUND (a directory above it), FORBIDDEN, EXISTS, NOT_A_FILE (what has
 * this name and may be replaced), DISK_FULL, IO, INTERNAL.
 */
enum pxe_reason pxe_upload_open(struct pxe_upload_dir *dir, const char *name,
				bool is_text, uint64_t announced_bytes,
				struct pxe_upload **upload) PXE_MUST_CHECK;

/* Appends data.  OK, DISK_FULL, TOO_LARGE (for the file system), IO. */
enum pxe_reason pxe_upload_write(struct pxe_upload *upload, const void *data,
				 size_t len) PXE_MUST_CHECK;

/* The octets that it has so far. */
uint64_t pxe_upload_bytes(const struct pxe_upload *upload);

/* OK; ABORTED (after _cancel); or why not, as above. */
typedef void pxe_upload_done(enum pxe_reason reason, void *arg);

/*
 * Makes it durable and then visible, in a job; `done` tells on the loop.
 * Called once.  0, -ENOMEM.
 */
int pxe_upload_commit(struct pxe_upload *upload, struct pxe_jobs *jobs,
		      pxe_upload_done *done, void *arg) PXE_MUST_CHECK;

/* Nobody waits for the commit any more: it does not make the file visible,
 * unless it has done so already. */
void pxe_upload_cancel(struct pxe_upload *upload);

/* Of one that was not committed nothing is left.  While it is committed that
 * goes on as after _cancel, and `done` is not called.  NULL is passed over. */
void pxe_upload_free(struct pxe_upload *upload);

#endif
