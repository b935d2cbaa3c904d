/* SPDX-License-Identifier: ISC */
/*
 * Opening the SQLite store: the lock, the tables and how older ones become
 * them, the size of the log.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "run/log.h"
#include "stated/store_priv.h"

enum {
	SCHEMA = 5,        /* PRAGMA user_version */
	LOG_PAGES = 8000,  /* of the full log, 32 MB */
	SMALL_PAGES = 500, /* where the disk is small */
	/* of a log that a large transaction has made longer stay so many, which
	 * is more than its pages need with their heads */
	LOG_PAGE_BYTES = 5000,
};

#define ROOM_BYTES ((uint64_t)256 << 20) /* free, for a log of full size */

/*
 * What leads from each version of the schema to the next, each in one
 * transaction; a new store goes through all of them.  hw is the type and the
 * octets of a hardware address; rows of version 1 have none, and their client
 * is theirs.
 */
static const char *const upgrades[SCHEMA] = {
	"CREATE TABLE lease (address INTEGER PRIMARY KEY,"
	" client TEXT NOT NULL, state TEXT NOT NULL,"
	" start_s INTEGER NOT NULL, end_s INTEGER NOT NULL,"
	" host_name TEXT NOT NULL);"
	"CREATE UNIQUE INDEX lease_client ON lease (client)"
	" WHERE state <> 'declined';"
	"CREATE TABLE client (key TEXT PRIMARY KEY, record TEXT NOT NULL)"
	" WITHOUT ROWID;",
	/* a client may have a lease in each of its networks */
	"DROP INDEX lease_client;"
	"ALTER TABLE lease ADD COLUMN hw BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE lease ADD COLUMN boot INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE lease ADD COLUMN circuit INTEGER NOT NULL DEFAULT 0;",
	/* one row: core/clock.h */
	"CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 0),"
	" boot_id TEXT NOT NULL, wall_ms INTEGER NOT NULL,"
	" up_ms INTEGER NOT NULL, first_s INTEGER NOT NULL,"
	" ahead_s INTEGER NOT NULL);",
	/* how many transactions there were: store_guard.c */
	"CREATE TABLE count (id INTEGER PRIMARY KEY CHECK (id = 0),"
	" n INTEGER NOT NULL);"
	"INSERT INTO count VALUES (0, 0);",
	/* orders, boot sessions, installations: order_rows.c */
	("CREATE TABLE order_row (kind INTEGER NOT NULL, key TEXT NOT NULL,"
	 " text TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;"),
};

static int run_sql(struct pxe_sqlite *s, const char *text, const char *what)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : pxe_sqlite_fail(s, what);
}

/* The number that `query` gives; -1: none. */
static int64_t query_number(struct pxe_sqlite *s, const char *query)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(s->db, query, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* Is the file whole?  Reads all of it, once. */
static int check_whole(struct pxe_sqlite *s)
{
	sqlite3_stmt *stmt = NULL;
	const char *text = NULL;
	int r = 0;

	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &stmt,
			       NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		r = pxe_sqlite_fail(s, "cannot check");
	else
		text = (const char *)sqlite3_column_text(stmt, 0);
	if (r == 0 && (text == NULL || strcmp(text, "ok") != 0)) {
		snprintf(s->store.error, sizeof(s->store.error),
			 "%.100s is damaged (%.60s); move it away or restore "
			 "a copy",
			 s->path, text != NULL ? text : "?");
		r = -EBADMSG;
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Brings the tables from `version` to SCHEMA, all or nothing. */
static int upgrade(struct pxe_sqlite *s, int64_t version)
{
	char text[64];
	int r = run_sql(s, "BEGIN IMMEDIATE", "cannot make the tables of");

	for (; r == 0 && version < SCHEMA; version++)
		r = run_sql(s, upgrades[version], "cannot make the tables of");
	snprintf(text, sizeof(text), "PRAGMA user_version = %d; COMMIT;",
		 SCHEMA);
	if (r == 0)
		r = run_sql(s, text, "cannot make the tables of");
	return r;
}

static int check_count(struct pxe_sqlite *s)
{
	int64_t n = query_number(s, "SELECT n FROM count");

	return n < 0 ? pxe_sqlite_fail(s, "cannot read")
		     : pxe_sqlite_check_count(s, n);
}

static int check_schema(struct pxe_sqlite *s)
{
	int64_t version = query_number(s, "PRAGMA user_version");
	int64_t tables = query_number(s, "SELECT count(*) FROM sqlite_master");
	int r = 0;

	if (version < 0 || tables < 0)
		return pxe_sqlite_fail(s, "cannot read");
	if (version <= SCHEMA && (version == 0) == (tables == 0)) {
		if (version == 0)
			pxe_log(PXE_LOG_NOTICE,
				"%s: a new store, without leases", s->path);
		else
			r = check_whole(s);
		if (r == 0 && version < SCHEMA)
			r = upgrade(s, version);
		return r < 0 ? r : check_count(s);
	}
	snprintf(s->store.error, sizeof(s->store.error),
		 version > SCHEMA
			 ? "%.100s was written by a newer pxe-stated (schema "
			   "%" PRId64 ", this one knows %d): run that version, "
			   "or move the file away"
			 : "%.100s is not a store of pxe-stated (schema "
			   "%" PRId64 ", not %d): move it away",
		 s->path, version, SCHEMA);
	return -EPROTO;
}

/*
 * Fills the log to its full size by writing one row again and again, without
 * syncs, then starts it from its beginning.  Best effort: what fails here is
 * only slower.
 */
static void grow_log(struct pxe_sqlite *s, int64_t pages)
{
	char wal[sizeof(s->path) + 8];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s-wal", s->path);
	if (stat(wal, &st) == 0 && st.st_size >= pages * 4096)
		return;
	sqlite3_exec(s->db,
		     "PRAGMA synchronous = OFF;"
		     "PRAGMA wal_autocheckpoint = 0;"
		     "CREATE TABLE filler (n INTEGER);"
		     "INSERT INTO filler VALUES (0);",
		     NULL, NULL, NULL);
	for (int64_t i = 0; i < pages; i++)
		if (sqlite3_exec(s->db, "UPDATE filler SET n = n + 1", NULL,
				 NULL, NULL) != SQLITE_OK)
			break;
	sqlite3_exec(s->db,
		     "DROP TABLE IF EXISTS filler;"
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA wal_checkpoint(RESTART);",
		     NULL, NULL, NULL);
}

/* Sizes of the log and the cache, by the room that there is. */
static int tune(struct pxe_sqlite *s)
{
	struct statvfs fs;
	bool is_roomy = statvfs(s->path, &fs) == 0 &&
			(uint64_t)fs.f_bavail * fs.f_frsize >= ROOM_BYTES;
	int pages = is_roomy ? LOG_PAGES : SMALL_PAGES;
	char text[200];

	if (is_roomy)
		grow_log(s, pages);
	snprintf(text, sizeof(text),
		 "PRAGMA synchronous = FULL;"
		 "PRAGMA wal_autocheckpoint = %d;"
		 "PRAGMA journal_size_limit = %d;"
		 "PRAGMA cache_size = -65536;",
		 pages, pages * LOG_PAGE_BYTES);
	return run_sql(s, text, "cannot set up");
}

int pxe_sqlite_open(struct pxe_sqlite *s)
{
	int r = pxe_sqlite_check_before(s), on = 1;

	if (r < 0)
		return r;
	if (sqlite3_open_v2(s->path, &s->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return pxe_sqlite_fail(s, "cannot open");
	sqlite3_extended_result_codes(s->db, 1);
	/* what is refused stays as it is */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	/* what may not be written is opened to be read */
	if (sqlite3_db_readonly(s->db, "main") == 1) {
		snprintf(s->store.error, sizeof(s->store.error),
			 "cannot write to %.160s: the file or its file system "
			 "is read-only for this user",
			 s->path);
		return -EROFS;
	}
	r = run_sql(s,
		    "PRAGMA page_size = 4096;"
		    "PRAGMA locking_mode = EXCLUSIVE;"
		    "PRAGMA journal_mode = WAL;"
		    "PRAGMA synchronous = FULL;"
		    "BEGIN IMMEDIATE; COMMIT;", /* takes the lock */
		    "cannot open");
	if (r == 0)
		r = check_schema(s);
	if (r == 0)
		r = tune(s);
	if (r < 0)
		return r;
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	pxe_sqlite_note_files(s);
	return 0;
}

