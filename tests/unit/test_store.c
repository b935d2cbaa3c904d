/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "stated/store.h"
#include "unit.h"

static char dir[64];
static char error[PXE_STORE_ERROR_TEXT];

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-test-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
	static const char *const names[] = { "state.db", "state.db-wal",
					     "state.db-shm",
					     "state.db-journal" };
	char path[128];

	for (size_t i = 0; i < PXE_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

static struct pxe_store *must_open(void)
{
	struct pxe_store *store = NULL;
	int r = pxe_store_open_sqlite(dir, &store, error);

	ck_assert_msg(r == 0, "%d %s", r, error);
	return store;
}

static struct pxe_lease lease(uint32_t address, const char *client)
{
	return (struct pxe_lease) { .address = address,
				    .state = PXE_LEASE_ACTIVE,
				    .start_s = 10,
				    .end_s = 20,
				    .host_name = "h",
				    .client = client };
}

static int put(struct pxe_store *s, uint32_t address, const char *client)
{
	struct pxe_lease l = lease(address, client);

	return s->ops->put_lease(s, &l);
}

/* What was loaded, as text. */
struct seen {
	char text[4096];
	struct pxe_str s;
	int stop_at, n;
};

static int see_lease(const struct pxe_lease *l, void *arg)
{
	struct seen *seen = arg;

	pxe_str_putf(&seen->s, "%x %s %s %lld-%lld %s;", l->address, l->client,
		     pxe_lease_state_name(l->state), (long long)l->start_s,
		     (long long)l->end_s, l->host_name);
	return ++seen->n == seen->stop_at ? -EEXIST : 0;
}

static int see_client(const struct pxe_client *c, void *arg)
{
	struct seen *seen = arg;

	pxe_str_putf(&seen->s, "%s %s %s;", c->key, c->name,
		     pxe_step_name(c->step));
	return 0;
}

static void see_unreadable(const char *key, void *arg)
{
	struct seen *seen = arg;

	pxe_str_putf(&seen->s, "unreadable %s;", key);
}

static const struct pxe_store_sink sink = { see_lease, see_client,
					    see_unreadable };

static void check_store(struct pxe_store *s, const char *expected)
{
	struct seen seen = { .n = 0 };

	pxe_str_init(&seen.s, seen.text, sizeof(seen.text));
	ck_assert_int_eq(s->ops->load(s, &sink, &seen), 0);
	ck_assert_str_eq(seen.text, expected);
}

static void run_sql(const char *text)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/state.db", dir);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(what_was_committed_is_there)
{
	struct pxe_client c = { .key = "id:01",
				.name = "web1",
				.step = PXE_STEP_UP };
	struct pxe_store *s;

	make_dir();
	s = must_open();
	check_store(s, "");
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 0xc0a80001, "id:01"), 0);
	ck_assert_int_eq(put(s, 0xfffffffe, "id:02"), 0);
	ck_assert_int_eq(s->ops->put_client(s, &c), 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);

	s = must_open();
	check_store(s, "c0a80001 id:01 active 10-20 h;"
		       "fffffffe id:02 active 10-20 h;id:01 web1 up;");
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(s->ops->remove_lease(s, 0xc0a80001), 0);
	ck_assert_int_eq(s->ops->remove_client(s, "id:01"), 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	check_store(s, "fffffffe id:02 active 10-20 h;");
	s->ops->close(s);
	remove_dir();
}
END_TEST

START_TEST(what_was_rolled_back_is_not)
{
	struct pxe_store *s;

	make_dir();
	s = must_open();
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 1, "id:01"), 0);
	s->ops->rollback(s);
	s->ops->rollback(s); /* nothing is open */
	check_store(s, "");
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 2, "id:01"), 0);
	s->ops->close(s); /* without commit */
	s = must_open();
	check_store(s, "");
	s->ops->close(s);
	remove_dir();
}
END_TEST

/* The store itself holds the uniqueness that the registry keeps. */
START_TEST(a_client_has_one_row_that_is_not_declined)
{
	struct pxe_lease declined = lease(3, "id:01");
	struct pxe_store *s;

	make_dir();
	s = must_open();
	declined.state = PXE_LEASE_DECLINED;
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 1, "id:01"), 0);
	ck_assert_int_eq(s->ops->put_lease(s, &declined), 0);
	ck_assert_int_eq(put(s, 1, "id:02"), 0); /* replaces */
	ck_assert_int_eq(put(s, 2, "id:01"), 0);
	ck_assert_int_lt(put(s, 4, "id:01"), 0);
	ck_assert_str_ne(s->error, "");
	s->ops->rollback(s);
	check_store(s, "");
	s->ops->close(s);
	remove_dir();
}
END_TEST

START_TEST(a_second_program_is_kept_out)
{
	struct pxe_store *s;
	int status = 0;
	pid_t pid;

	make_dir();
	s = must_open();
	pid = fork();
	if (pid == 0) { /* locks are between processes */
		struct pxe_store *other = NULL;
		int r = pxe_store_open_sqlite(dir, &other, error);

		_exit(r == -EBUSY && strstr(error, "another pxe-stated") ? 0
									 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	s->ops->close(s);
	s = must_open();
	s->ops->close(s);
	remove_dir();
}
END_TEST

static void check_refusal(int expected, const char *words)
{
	struct pxe_store *s = NULL;

	ck_assert_int_eq(pxe_store_open_sqlite(dir, &s, error), expected);
	ck_assert_msg(strstr(error, words) != NULL, "%s", error);
	ck_assert_ptr_null(s);
}

START_TEST(a_newer_schema_is_refused_and_left_alone)
{
	struct pxe_store *s;

	make_dir();
	s = must_open();
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 1, "id:01"), 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);
	run_sql("PRAGMA user_version = 2");
	check_refusal(-EPROTO, "newer pxe-stated (schema 2");
	run_sql("PRAGMA user_version = 1");
	s = must_open();
	check_store(s, "1 id:01 active 10-20 h;");
	s->ops->close(s);
	run_sql("PRAGMA user_version = 0"); /* with tables: not ours */
	check_refusal(-EPROTO, "is not a store");
	remove_dir();
}
END_TEST

static void write_file(const char *octets, size_t n, long at)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/state.db", dir);
	f = fopen(path, at < 0 ? "wb" : "rb+");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, at < 0 ? 0 : at, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(octets, 1, n, f), n);
	fclose(f);
}

START_TEST(a_damaged_file_is_refused)
{
	char junk[8192];
	struct pxe_store *s;

	make_dir();
	memset(junk, 'x', sizeof(junk));
	write_file(junk, sizeof(junk), -1);
	check_refusal(-EBADMSG, "move it away");
	remove_dir();

	make_dir();
	s = must_open();
	ck_assert_int_eq(s->ops->begin(s), 0);
	for (uint32_t i = 1; i < 500; i++) {
		char client[32];

		snprintf(client, sizeof(client), "id:%08x", i);
		ck_assert_int_eq(put(s, i, client), 0);
	}
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);
	run_sql("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE");
	write_file(junk, 64, 3 * 4096);
	write_file(junk, 64, 5 * 4096);
	check_refusal(-EBADMSG, "");
	remove_dir();
}
END_TEST

START_TEST(records_that_make_no_sense)
{
	struct pxe_store *s;
	struct seen seen = { .n = 0 };

	make_dir();
	s = must_open();
	s->ops->close(s);
	run_sql("INSERT INTO client VALUES ('id:09', '{]')");
	s = must_open();
	check_store(s, "unreadable id:09;");
	s->ops->close(s);
	run_sql("INSERT INTO lease VALUES (5, 'id:01', 'lent', 1, 2, '')");
	s = must_open();
	pxe_str_init(&seen.s, seen.text, sizeof(seen.text));
	ck_assert_int_eq(s->ops->load(s, &sink, &seen), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(s->error, "makes no sense"));
	s->ops->close(s);
	run_sql("UPDATE lease SET state = 'active'");
	s = must_open();
	seen.stop_at = 1; /* the taker does not want it */
	ck_assert_int_eq(s->ops->load(s, &sink, &seen), -EEXIST);
	s->ops->close(s);
	remove_dir();
}
END_TEST

START_TEST(no_directory_no_permission)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-test-store-none/none");
	check_refusal(-EACCES, "is the directory there");
}
END_TEST

/*
 * Every write fails with EFBIG: what a full or broken disk does.  Nothing is
 * asserted meanwhile, since the test writes files, too.
 */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
		abort();
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		abort();
}

static int commit_one(struct pxe_store *s, uint32_t address, const char *client)
{
	int r = s->ops->begin(s);

	if (r == 0)
		r = put(s, address, client);
	if (r == 0)
		r = s->ops->commit(s);
	if (r < 0)
		s->ops->rollback(s);
	return r;
}

START_TEST(a_failed_commit_leaves_nothing_and_the_next_works)
{
	struct pxe_store *s;
	int r;

	make_dir();
	s = must_open();
	ck_assert_int_eq(commit_one(s, 1, "id:01"), 0);
	for (int i = 0; i < 3; i++) {
		limit_files(512);
		r = commit_one(s, 2, "id:02");
		limit_files(RLIM_INFINITY);
		ck_assert_int_lt(r, 0);
		/* the cause, not that of the rollback */
		ck_assert_ptr_nonnull(strstr(s->error, "cannot write to"));
		check_store(s, "1 id:01 active 10-20 h;");
	}
	ck_assert_int_eq(commit_one(s, 3, "id:03"), 0);
	s->ops->close(s);
	s = must_open();
	check_store(s, "1 id:01 active 10-20 h;3 id:03 active 10-20 h;");
	s->ops->close(s);
	remove_dir();
}
END_TEST

START_TEST(the_log_is_made_once_and_kept)
{
	struct pxe_store *s;
	struct stat first, then;
	char wal[128];

	make_dir();
	snprintf(wal, sizeof(wal), "%s/state.db-wal", dir);
	s = must_open();
	ck_assert_int_eq(stat(wal, &first), 0);
	for (uint32_t i = 1; i < 100; i++) {
		ck_assert_int_eq(s->ops->begin(s), 0);
		ck_assert_int_eq(s->ops->remove_lease(s, i - 1), 0);
		ck_assert_int_eq(put(s, i, "id:01"), 0);
		ck_assert_int_eq(s->ops->commit(s), 0);
	}
	s->ops->close(s);
	ck_assert_int_eq(stat(wal, &then), 0);
	ck_assert_int_eq(first.st_size, then.st_size);
	remove_dir();
}
END_TEST

UNIT_MAIN("store", what_was_committed_is_there, what_was_rolled_back_is_not,
	  a_client_has_one_row_that_is_not_declined,
	  a_second_program_is_kept_out,
	  a_newer_schema_is_refused_and_left_alone, a_damaged_file_is_refused,
	  records_that_make_no_sense, no_directory_no_permission,
	  a_failed_commit_leaves_nothing_and_the_next_works,
	  the_log_is_made_once_and_kept)
