/* SPDX-License-Identifier: ISC */
/*
 * The store as one SQLite database, DIR/state.db.
 *
 * WAL with synchronous=FULL: a commit is one append and one sync.  The
 * exclusive locking mode keeps a second program out and saves the shared
 * memory file.  The log is brought to its full size at the start and kept so:
 * a sync that does not grow the file is cheaper.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/str.h"
#include "run/state_codec.h"
#include "stated/store.h"

enum {
	SCHEMA = 1,        /* PRAGMA user_version */
	LOG_PAGES = 8000,  /* of the full log, 32 MB */
	SMALL_PAGES = 500, /* where the disk is small */
};

#define ROOM_BYTES ((uint64_t)256 << 20) /* free, for a log of full size */

enum statement {
	BEGIN,
	COMMIT,
	PUT_LEASE,
	REMOVE_LEASE,
	PUT_CLIENT,
	REMOVE_CLIENT,
	N_STATEMENTS
};

/* clang-format off */
static const char *const sql[N_STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[PUT_LEASE] = (
		"INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT (address) DO UPDATE SET client = ?2, state = ?3,"
		" start_s = ?4, end_s = ?5, host_name = ?6"),
	[REMOVE_LEASE] = "DELETE FROM lease WHERE address = ?1",
	[PUT_CLIENT] = (
		"INSERT INTO client VALUES (?1, ?2)"
		" ON CONFLICT (key) DO UPDATE SET record = ?2"),
	[REMOVE_CLIENT] = "DELETE FROM client WHERE key = ?1",
};
/* clang-format on */

/* A declined lease is nobody's: its client may have another one. */
static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE lease (address INTEGER PRIMARY KEY,"
	" client TEXT NOT NULL, state TEXT NOT NULL,"
	" start_s INTEGER NOT NULL, end_s INTEGER NOT NULL,"
	" host_name TEXT NOT NULL);"
	"CREATE UNIQUE INDEX lease_client ON lease (client)"
	" WHERE state <> 'declined';"
	"CREATE TABLE client (key TEXT PRIMARY KEY, record TEXT NOT NULL)"
	" WITHOUT ROWID;"
	"PRAGMA user_version = 1;"
	"COMMIT;";

struct sqlite_store {
	struct pxe_store store; /* first */
	sqlite3 *db;
	sqlite3_stmt *statements[N_STATEMENTS];
	char path[4096];
};

static struct sqlite_store *self_of(struct pxe_store *store)
{
	return (struct sqlite_store *)store;
}

/* --- errors -------------------------------------------------------------- */

/* What SQLite says, as errno and as a sentence that tells the remedy. */
static int fail(struct sqlite_store *s, const char *what)
{
	static const struct {
		int code, error;
		const char *remedy;
	} rows[] = {
		{ SQLITE_FULL, ENOSPC, "; make room on that file system" },
		{ SQLITE_BUSY, EBUSY,
		  "; is another pxe-stated running on "
		  "this directory?" },
		{ SQLITE_READONLY, EROFS,
		  "; the file or its file system "
		  "cannot be written" },
		{ SQLITE_PERM, EACCES, "; it belongs to another user" },
		{ SQLITE_CANTOPEN, EACCES,
		  "; is the directory there, and "
		  "may this user write to it?" },
		{ SQLITE_NOTADB, EBADMSG, "; move it away or restore a copy" },
		{ SQLITE_CORRUPT, EBADMSG,
		  "; move it away or restore a "
		  "copy" },
		{ SQLITE_NOMEM, ENOMEM, "" },
	};
	int code = s->db != NULL ? sqlite3_errcode(s->db) : SQLITE_NOMEM;
	int cause = s->db != NULL ? sqlite3_system_errno(s->db) : 0;
	const char *remedy = "";
	int error = EIO;

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].code == (code & 0xff)) {
			error = rows[i].error;
			remedy = rows[i].remedy;
		}
	snprintf(s->store.error, sizeof(s->store.error), "%s %.120s: %s%s%s%s",
		 what, s->path,
		 s->db != NULL ? sqlite3_errmsg(s->db) : "no memory",
		 cause != 0 ? ", " : "", cause != 0 ? strerror(cause) : "",
		 remedy);
	return -error;
}

static int run_sql(struct sqlite_store *s, const char *text, const char *what)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : fail(s, what);
}

/* --- opening ------------------------------------------------------------- */

/* The number that `query` gives; -1: none. */
static int64_t query_number(struct sqlite_store *s, const char *query)
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
static int check_whole(struct sqlite_store *s)
{
	sqlite3_stmt *stmt = NULL;
	const char *text = NULL;
	int r = 0;

	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &stmt,
			       NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		r = fail(s, "cannot check");
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

static int check_schema(struct sqlite_store *s)
{
	int64_t version = query_number(s, "PRAGMA user_version");
	int64_t tables = query_number(s, "SELECT count(*) FROM sqlite_master");

	if (version < 0 || tables < 0)
		return fail(s, "cannot read");
	if (version == 0 && tables == 0)
		return run_sql(s, schema, "cannot make the tables of");
	if (version == SCHEMA)
		return check_whole(s);
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
static void grow_log(struct sqlite_store *s, int64_t pages)
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
static int tune(struct sqlite_store *s)
{
	struct statvfs fs;
	bool is_roomy = statvfs(s->path, &fs) == 0 &&
			(uint64_t)fs.f_bavail * fs.f_frsize >= ROOM_BYTES;
	int pages = is_roomy ? LOG_PAGES : SMALL_PAGES;
	char text[160];
	int on = 1;

	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	if (is_roomy)
		grow_log(s, pages);
	snprintf(text, sizeof(text),
		 "PRAGMA synchronous = FULL;"
		 "PRAGMA wal_autocheckpoint = %d;"
		 "PRAGMA cache_size = -65536;",
		 pages);
	return run_sql(s, text, "cannot set up");
}

static int open_db(struct sqlite_store *s)
{
	int r;

	if (sqlite3_open_v2(s->path, &s->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return fail(s, "cannot open");
	sqlite3_extended_result_codes(s->db, 1);
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
	for (int i = 0; r == 0 && i < N_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &s->statements[i], NULL) != SQLITE_OK)
			r = fail(s, "cannot use");
	return r;
}

/* --- records ------------------------------------------------------------- */

static int step(struct sqlite_store *s, enum statement which)
{
	sqlite3_stmt *stmt = s->statements[which];
	int code = sqlite3_step(stmt);
	int r = code == SQLITE_DONE || code == SQLITE_ROW
			? 0
			: fail(s, "cannot write to");

	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return r;
}

static void bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	/* what was not bound is NULL, and NOT NULL then refuses the row */
	(void)sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

static int begin(struct pxe_store *store)
{
	return step(self_of(store), BEGIN);
}

static int put_lease(struct pxe_store *store, const struct pxe_lease *lease)
{
	struct sqlite_store *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[PUT_LEASE];

	(void)sqlite3_bind_int64(stmt, 1, lease->address);
	bind_text(stmt, 2, lease->client);
	bind_text(stmt, 3, pxe_lease_state_name(lease->state));
	(void)sqlite3_bind_int64(stmt, 4, lease->start_s);
	(void)sqlite3_bind_int64(stmt, 5, lease->end_s);
	bind_text(stmt, 6, lease->host_name);
	return step(s, PUT_LEASE);
}

static int remove_lease(struct pxe_store *store, uint32_t address)
{
	struct sqlite_store *s = self_of(store);

	(void)sqlite3_bind_int64(s->statements[REMOVE_LEASE], 1, address);
	return step(s, REMOVE_LEASE);
}

static int put_client(struct pxe_store *store, const struct pxe_client *client)
{
	struct sqlite_store *s = self_of(store);
	json_t *json = pxe_state_client_to_json(client);
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	int r = -ENOMEM;

	json_decref(json);
	if (text == NULL) {
		pxe_str_copy(store->error, sizeof(store->error), "no memory");
		return r;
	}
	bind_text(s->statements[PUT_CLIENT], 1, client->key);
	bind_text(s->statements[PUT_CLIENT], 2, text);
	r = step(s, PUT_CLIENT);
	free(text);
	return r;
}

static int remove_client(struct pxe_store *store, const char *key)
{
	struct sqlite_store *s = self_of(store);

	bind_text(s->statements[REMOVE_CLIENT], 1, key);
	return step(s, REMOVE_CLIENT);
}

static int commit(struct pxe_store *store)
{
	return step(self_of(store), COMMIT);
}

static void rollback(struct pxe_store *store)
{
	struct sqlite_store *s = self_of(store);

	/* some failures have rolled back already */
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- loading ------------------------------------------------------------- */

static int load_lease(struct sqlite_store *s, sqlite3_stmt *row,
		      const struct pxe_store_sink *sink, void *arg)
{
	const char *client = (const char *)sqlite3_column_text(row, 1);
	const char *word = (const char *)sqlite3_column_text(row, 2);
	const char *host = (const char *)sqlite3_column_text(row, 5);
	int64_t address = sqlite3_column_int64(row, 0);
	struct pxe_lease lease = { .client = client };
	int state = word != NULL ? pxe_lease_state_from_name(word) : -1;

	if (client == NULL || client[0] == '\0' || host == NULL || state < 0 ||
	    address <= 0 || address > UINT32_MAX) {
		snprintf(s->store.error, sizeof(s->store.error),
			 "%.100s: the lease of address number %" PRId64
			 " makes no sense; restore a copy",
			 s->path, address);
		return -EBADMSG;
	}
	lease.address = (uint32_t)address;
	lease.state = (enum pxe_lease_state)state;
	lease.start_s = sqlite3_column_int64(row, 3);
	lease.end_s = sqlite3_column_int64(row, 4);
	pxe_str_copy(lease.host_name, sizeof(lease.host_name), host);
	return sink->lease(&lease, arg);
}

static int load_client(struct sqlite_store *s, sqlite3_stmt *row,
		       const struct pxe_store_sink *sink, void *arg)
{
	const char *key = (const char *)sqlite3_column_text(row, 0);
	const char *text = (const char *)sqlite3_column_text(row, 1);
	json_t *json = text != NULL ? json_loads(text, 0, NULL) : NULL;
	struct pxe_client client;
	int r = 0;

	(void)s;
	if (pxe_state_client_from_json(json, &client) == 0)
		r = sink->client(&client, arg);
	else
		sink->unreadable(key != NULL ? key : "", arg);
	json_decref(json);
	return r;
}

static int load_rows(struct sqlite_store *s, const char *query,
		     int (*take)(struct sqlite_store *s, sqlite3_stmt *row,
				 const struct pxe_store_sink *sink, void *arg),
		     const struct pxe_store_sink *sink, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int code, r = 0;

	if (sqlite3_prepare_v2(s->db, query, -1, &stmt, NULL) != SQLITE_OK)
		return fail(s, "cannot read");
	while (r == 0 && (code = sqlite3_step(stmt)) != SQLITE_DONE)
		r = code == SQLITE_ROW ? take(s, stmt, sink, arg)
				       : fail(s, "cannot read");
	sqlite3_finalize(stmt);
	return r;
}

static int load(struct pxe_store *store, const struct pxe_store_sink *sink,
		void *arg)
{
	struct sqlite_store *s = self_of(store);
	int r = load_rows(s,
			  "SELECT address, client, state, start_s, end_s,"
			  " host_name FROM lease",
			  load_lease, sink, arg);

	return r < 0 ? r
		     : load_rows(s, "SELECT key, record FROM client",
				 load_client, sink, arg);
}

static void close_store(struct pxe_store *store)
{
	struct sqlite_store *s = self_of(store);

	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

static const struct pxe_store_ops ops = {
	.load = load,
	.begin = begin,
	.put_lease = put_lease,
	.remove_lease = remove_lease,
	.put_client = put_client,
	.remove_client = remove_client,
	.commit = commit,
	.rollback = rollback,
	.close = close_store,
};

int pxe_store_open_sqlite(const char *dir, struct pxe_store **store,
			  char *error)
{
	struct sqlite_store *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT, "no memory");
		return -ENOMEM;
	}
	s->store.ops = &ops;
	r = snprintf(s->path, sizeof(s->path), "%s/state.db", dir);
	if (r < 0 || (size_t)r >= sizeof(s->path)) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT,
			     "the name of the directory is too long");
		free(s);
		return -ENAMETOOLONG;
	}
	r = open_db(s);
	if (r < 0) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT, s->store.error);
		close_store(&s->store);
		return r;
	}
	*store = &s->store;
	return 0;
}
