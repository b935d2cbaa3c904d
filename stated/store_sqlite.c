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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "run/state_codec.h"
#include "stated/store_priv.h"

enum statement {
	BEGIN,
	COMMIT,
	PUT_LEASE,
	REMOVE_LEASE,
	PUT_CLIENT,
	REMOVE_CLIENT,
	MOVE_LEASES,
	PUT_CLOCK,
	GET_CLOCK,
	PUT_COUNT,
	PUT_ROW,
	REMOVE_ROW,
	N_STATEMENTS
};

/* clang-format off */
static const char *const sql[N_STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[PUT_LEASE] = (
		"INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT (address) DO UPDATE SET client = ?2, state = ?3,"
		" start_s = ?4, end_s = ?5, host_name = ?6, hw = ?7,"
		" boot = ?8, circuit = ?9"),
	[REMOVE_LEASE] = "DELETE FROM lease WHERE address = ?1",
	[PUT_CLIENT] = (
		"INSERT INTO client VALUES (?1, ?2)"
		" ON CONFLICT (key) DO UPDATE SET record = ?2"),
	[REMOVE_CLIENT] = "DELETE FROM client WHERE key = ?1",
	[MOVE_LEASES] = (
		"UPDATE lease SET"
		" start_s = max(0, min(start_s + ?1, ?3 - 1)),"
		" end_s = max(0, min(end_s + ?1, ?3 - 1))"
		" WHERE end_s < ?3 AND start_s >= ?2"),
	[PUT_CLOCK] = "REPLACE INTO clock VALUES (0, ?1, ?2, ?3, ?4, ?5)",
	[PUT_COUNT] = "UPDATE count SET n = ?1",
	[PUT_ROW] = "REPLACE INTO order_row VALUES (?1, ?2, ?3)",
	[REMOVE_ROW] = "DELETE FROM order_row WHERE kind = ?1 AND key = ?2",
	[GET_CLOCK] = (
		"SELECT boot_id, wall_ms, up_ms, first_s, ahead_s FROM clock"),
};
/* clang-format on */

static struct pxe_sqlite *self_of(struct pxe_store *store)
{
	return (struct pxe_sqlite *)store;
}

/* --- errors -------------------------------------------------------------- */

/* What SQLite says, as errno and as a sentence that tells the remedy. */
int pxe_sqlite_fail(struct pxe_sqlite *s, const char *what)
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

/* --- records ------------------------------------------------------------- */

static int step(struct pxe_sqlite *s, enum statement which)
{
	sqlite3_stmt *stmt = s->statements[which];
	int code = sqlite3_step(stmt);
	int r = code == SQLITE_DONE || code == SQLITE_ROW
			? 0
			: pxe_sqlite_fail(s, "cannot write to");

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
	struct pxe_sqlite *s = self_of(store);

	return s->misplaced < 0 ? s->misplaced : step(s, BEGIN);
}

static int put_lease(struct pxe_store *store, const struct pxe_lease *lease)
{
	struct pxe_sqlite *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[PUT_LEASE];
	const int hlen = lease->hw.hlen;
	uint8_t hw[1 + PXE_HWADDR_MAX];

	(void)sqlite3_bind_int64(stmt, 1, lease->address);
	bind_text(stmt, 2, lease->client);
	bind_text(stmt, 3, pxe_lease_state_name(lease->state));
	(void)sqlite3_bind_int64(stmt, 4, lease->start_s);
	(void)sqlite3_bind_int64(stmt, 5, lease->end_s);
	bind_text(stmt, 6, lease->host_name);
	hw[0] = lease->hw.htype;
	memcpy(hw + 1, lease->hw.addr, lease->hw.hlen);
	(void)sqlite3_bind_blob(stmt, 7, hw, hlen > 0 ? hlen + 1 : 0,
				SQLITE_STATIC);
	(void)sqlite3_bind_int(stmt, 8, lease->is_boot);
	(void)sqlite3_bind_int64(stmt, 9, (int64_t)lease->circuit);
	return step(s, PUT_LEASE);
}

static int remove_lease(struct pxe_store *store, uint32_t address)
{
	struct pxe_sqlite *s = self_of(store);

	(void)sqlite3_bind_int64(s->statements[REMOVE_LEASE], 1, address);
	return step(s, REMOVE_LEASE);
}

static int put_client(struct pxe_store *store, const struct pxe_client *client)
{
	struct pxe_sqlite *s = self_of(store);
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
	struct pxe_sqlite *s = self_of(store);

	bind_text(s->statements[REMOVE_CLIENT], 1, key);
	return step(s, REMOVE_CLIENT);
}

static int put_row(struct pxe_store *store, int kind, const char *key,
		   const char *text)
{
	sqlite3_stmt *stmt = self_of(store)->statements[PUT_ROW];

	(void)sqlite3_bind_int(stmt, 1, kind);
	bind_text(stmt, 2, key);
	bind_text(stmt, 3, text);
	return step(self_of(store), PUT_ROW);
}

static int remove_row(struct pxe_store *store, int kind, const char *key)
{
	sqlite3_stmt *stmt = self_of(store)->statements[REMOVE_ROW];

	(void)sqlite3_bind_int(stmt, 1, kind);
	bind_text(stmt, 2, key);
	return step(self_of(store), REMOVE_ROW);
}

static int move_leases(struct pxe_store *store, struct pxe_clock_shift shift)
{
	struct pxe_sqlite *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[MOVE_LEASES];

	(void)sqlite3_bind_int64(stmt, 1, shift.by_s);
	(void)sqlite3_bind_int64(stmt, 2, shift.since_s);
	(void)sqlite3_bind_int64(stmt, 3, PXE_LEASE_FOREVER_S);
	return step(s, MOVE_LEASES);
}

static int put_clock(struct pxe_store *store, const struct pxe_clock_mark *mark)
{
	struct pxe_sqlite *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[PUT_CLOCK];

	bind_text(stmt, 1, mark->boot_id);
	(void)sqlite3_bind_int64(stmt, 2, mark->time.wall_ms);
	(void)sqlite3_bind_int64(stmt, 3, mark->time.up_ms);
	(void)sqlite3_bind_int64(stmt, 4, mark->first_s);
	(void)sqlite3_bind_int64(stmt, 5, mark->ahead_s);
	return step(s, PUT_CLOCK);
}

static int get_clock(struct pxe_store *store, struct pxe_clock_mark *mark)
{
	struct pxe_sqlite *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[GET_CLOCK];
	int code = sqlite3_step(stmt), r = 0;

	if (code == SQLITE_ROW) {
		const char *boot = (const char *)sqlite3_column_text(stmt, 0);

		pxe_str_copy(mark->boot_id, sizeof(mark->boot_id),
			     boot != NULL ? boot : "");
		mark->time.wall_ms = sqlite3_column_int64(stmt, 1);
		mark->time.up_ms = sqlite3_column_int64(stmt, 2);
		mark->first_s = sqlite3_column_int64(stmt, 3);
		mark->ahead_s = sqlite3_column_int64(stmt, 4);
	} else {
		r = code == SQLITE_DONE ? -ENOENT
					: pxe_sqlite_fail(s, "cannot read");
	}
	sqlite3_reset(stmt);
	return r;
}

static int commit(struct pxe_store *store)
{
	struct pxe_sqlite *s = self_of(store);
	sqlite3_stmt *stmt = s->statements[PUT_COUNT];
	int r;

	(void)sqlite3_bind_int64(stmt, 1, (int64_t)s->n_transactions + 1);
	r = step(s, PUT_COUNT);
	if (r == 0)
		r = step(s, COMMIT);
	if (r < 0)
		return r;
	s->n_transactions++;
	pxe_sqlite_note_count(s);
	return 0;
}

static void rollback(struct pxe_store *store)
{
	struct pxe_sqlite *s = self_of(store);

	/* some failures have rolled back already */
	if (s->db != NULL && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- loading ------------------------------------------------------------- */

static void load_hwaddr(sqlite3_stmt *row, int column, const char *client,
			struct pxe_hwaddr *hw)
{
	const uint8_t *octets = sqlite3_column_blob(row, column);
	int n = sqlite3_column_bytes(row, column);

	if (n < 2 || n > 1 + PXE_HWADDR_MAX) {
		if (pxe_hwaddr_parse(client, hw) < 0)
			hw->hlen = 0;
		return;
	}
	hw->htype = octets[0];
	hw->hlen = (uint8_t)(n - 1);
	memcpy(hw->addr, octets + 1, hw->hlen);
}

static int load_lease(struct pxe_sqlite *s, sqlite3_stmt *row,
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
	load_hwaddr(row, 6, client, &lease.hw);
	lease.is_boot = sqlite3_column_int(row, 7) != 0;
	lease.circuit = (uint64_t)sqlite3_column_int64(row, 8);
	return sink->lease(&lease, arg);
}

static int load_client(struct pxe_sqlite *s, sqlite3_stmt *row,
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

/* What an order forbids must not be forgotten: nothing is left out. */
static int load_row(struct pxe_sqlite *s, sqlite3_stmt *row,
		    const struct pxe_store_sink *sink, void *arg)
{
	const char *key = (const char *)sqlite3_column_text(row, 1);
	const char *text = (const char *)sqlite3_column_text(row, 2);
	int r = -EBADMSG;

	if (sink->row == NULL)
		return 0;
	if (key != NULL && text != NULL)
		r = sink->row(sqlite3_column_int(row, 0), key, text, arg);
	if (r == -EBADMSG)
		snprintf(s->store.error, sizeof(s->store.error),
			 "%.100s: a record of orders (%.60s) makes no sense; "
			 "restore a copy",
			 s->path, key != NULL ? key : "?");
	return r;
}

static int load_rows(struct pxe_sqlite *s, const char *query,
		     int (*take)(struct pxe_sqlite *s, sqlite3_stmt *row,
				 const struct pxe_store_sink *sink, void *arg),
		     const struct pxe_store_sink *sink, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int code, r = 0;

	if (sqlite3_prepare_v2(s->db, query, -1, &stmt, NULL) != SQLITE_OK)
		return pxe_sqlite_fail(s, "cannot read");
	while (r == 0 && (code = sqlite3_step(stmt)) != SQLITE_DONE)
		r = code == SQLITE_ROW ? take(s, stmt, sink, arg)
				       : pxe_sqlite_fail(s, "cannot read");
	sqlite3_finalize(stmt);
	return r;
}

static int load(struct pxe_store *store, const struct pxe_store_sink *sink,
		void *arg)
{
	struct pxe_sqlite *s = self_of(store);
	int r = load_rows(s,
			  "SELECT address, client, state, start_s, end_s,"
			  " host_name, hw, boot, circuit FROM lease",
			  load_lease, sink, arg);

	if (r == 0)
		r = load_rows(s, "SELECT key, record FROM client", load_client,
			      sink, arg);
	return r < 0 ? r
		     : load_rows(s, "SELECT kind, key, text FROM order_row",
				 load_row, sink, arg);
}

static void close_db(struct pxe_sqlite *s)
{
	for (int i = 0; i < N_STATEMENTS; i++) {
		sqlite3_finalize(s->statements[i]);
		s->statements[i] = NULL;
	}
	/* with a limit, closing would make the log small */
	if (s->db != NULL)
		sqlite3_exec(s->db, "PRAGMA journal_size_limit = -1", NULL,
			     NULL, NULL);
	sqlite3_close(s->db);
	s->db = NULL;
	if (s->mark_fd >= 0)
		close(s->mark_fd);
	s->mark_fd = -1;
}

static void close_store(struct pxe_store *store)
{
	close_db(self_of(store));
	free(store);
}

static int prepare(struct pxe_sqlite *s)
{
	int r = 0;

	for (int i = 0; r == 0 && i < N_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &s->statements[i], NULL) != SQLITE_OK)
			r = pxe_sqlite_fail(s, "cannot use");
	return r;
}

static int check(struct pxe_store *store)
{
	struct pxe_sqlite *s = self_of(store);

	s->misplaced = s->db != NULL ? pxe_sqlite_check_files(s) : -ESTALE;
	return s->misplaced;
}

/* Closing brings what only the removed log has into the database, if that is
 * still there. */
static int remake(struct pxe_store *store)
{
	struct pxe_sqlite *s = self_of(store);
	int r;

	close_db(s);
	pxe_sqlite_remove_rests(s);
	r = pxe_sqlite_open(s);
	if (r == 0)
		r = prepare(s);
	if (r < 0)
		close_db(s);
	else
		s->misplaced = 0;
	return r;
}

static const struct pxe_store_ops ops = {
	.load = load,
	.begin = begin,
	.put_lease = put_lease,
	.remove_lease = remove_lease,
	.put_client = put_client,
	.remove_client = remove_client,
	.put_row = put_row,
	.remove_row = remove_row,
	.move_leases = move_leases,
	.put_clock = put_clock,
	.get_clock = get_clock,
	.commit = commit,
	.check = check,
	.remake = remake,
	.rollback = rollback,
	.close = close_store,
};

int pxe_store_open_sqlite(const char *dir, struct pxe_store **store,
			  char *error)
{
	struct pxe_sqlite *s;
	int r;

	/* nobody asks how much memory it has: no lock for each allocation */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT, "no memory");
		return -ENOMEM;
	}
	s->store.ops = &ops;
	s->mark_fd = -1;
	r = snprintf(s->path, sizeof(s->path), "%s/state.db", dir);
	if (r < 0 || (size_t)r >= sizeof(s->path)) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT,
			     "the name of the directory is too long");
		free(s);
		return -ENAMETOOLONG;
	}
	r = pxe_sqlite_open(s);
	if (r == 0)
		r = prepare(s);
	if (r < 0) {
		pxe_str_copy(error, PXE_STORE_ERROR_TEXT, s->store.error);
		close_store(&s->store);
		return r;
	}
	*store = &s->store;
	return 0;
}
