/* SPDX-License-Identifier: ISC */
/*
 * What store_sqlite.c (records) and store_open.c (the file, its tables and
 * its log) share.
 */
#ifndef PXE_STATED_STORE_PRIV_H
#define PXE_STATED_STORE_PRIV_H

#include <sqlite3.h>

#include "stated/store.h"

enum { PXE_SQLITE_STATEMENTS_MAX = 16 };

struct pxe_sqlite {
	struct pxe_store store; /* first */
	sqlite3 *db;
	sqlite3_stmt *statements[PXE_SQLITE_STATEMENTS_MAX];
	char path[4096];
};

/* What SQLite says, as -errno, and in s->store.error as a sentence that tells
 * the remedy.  `what` is what could not be done: "cannot write to". */
int pxe_sqlite_fail(struct pxe_sqlite *s, const char *what);

/* Opens s->path: takes the lock, brings the tables up to date, checks the
 * file, tunes.  0, -errno. */
int pxe_sqlite_open(struct pxe_sqlite *s) PXE_MUST_CHECK;

#endif
