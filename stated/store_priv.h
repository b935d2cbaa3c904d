/* SPDX-License-Identifier: ISC */
/*
 * What store_sqlite.c (records) and store_open.c (the file, its tables and
 * its log) share.
 */
#ifndef PXE_STATED_STORE_PRIV_H
#define PXE_STATED_STORE_PRIV_H

#include <sqlite3.h>
#include <stdint.h>
#include <sys/types.h>

#include "stated/store.h"

enum { PXE_SQLITE_STATEMENTS_MAX = 16 };

/* A file by what it is, not by its name; inode 0: none. */
struct pxe_sqlite_file {
	dev_t device;
	ino_t inode;
	off_t size;
};

struct pxe_sqlite {
	struct pxe_store store; /* first */
	sqlite3 *db;
	sqlite3_stmt *statements[PXE_SQLITE_STATEMENTS_MAX];
	char path[4096];
	struct pxe_sqlite_file files[2]; /* the database and its log */
	int misplaced;			 /* what the last check() said */
	int mark_fd;			 /* -1: none */
	uint64_t n_transactions;	 /* since the store was made */
};

/* What SQLite says, as -errno, and in s->store.error as a sentence that tells
 * the remedy.  `what` is what could not be done: "cannot write to". */
int pxe_sqlite_fail(struct pxe_sqlite *s, const char *what);

/* Opens s->path: takes the lock, brings the tables up to date, checks the
 * file, tunes.  0, -errno. */
int pxe_sqlite_open(struct pxe_sqlite *s) PXE_MUST_CHECK;

/* --- store_guard.c --- */

/* Before the database is opened: was there one, and is not?  0, -EBADMSG. */
int pxe_sqlite_check_before(struct pxe_sqlite *s) PXE_MUST_CHECK;
/* Before anything is written: it has counted `n` transactions.  Are these all
 * that were acknowledged?  0, -EBADMSG. */
int pxe_sqlite_check_count(struct pxe_sqlite *s, int64_t n) PXE_MUST_CHECK;
/* s->n_transactions are on disk. */
void pxe_sqlite_note_count(struct pxe_sqlite *s);

/* Remembers which files were opened; are they still there?  0; -ESTALE: no;
 * -EEXIST: there are others. */
void pxe_sqlite_note_files(struct pxe_sqlite *s);
int pxe_sqlite_check_files(struct pxe_sqlite *s) PXE_MUST_CHECK;

/* All is going to be written anew: removes what would keep it from being
 * opened. */
void pxe_sqlite_remove_rests(struct pxe_sqlite *s);

#endif
