/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store_env.h"

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
START_TEST(an_address_has_one_row)
{
	struct pxe_lease l = lease(3, "id:01");
	struct pxe_store *s;

	make_dir();
	s = must_open();
	l.state = PXE_LEASE_DECLINED;
	l.hw.hlen = 0;
	l.is_boot = false;
	l.circuit = 0;
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 1, "id:01"), 0);
	ck_assert_int_eq(s->ops->put_lease(s, &l), 0);
	ck_assert_int_eq(put(s, 2, "id:01"), 0);
	ck_assert_int_eq(put(s, 1, "id:02"), 0); /* replaces */
	ck_assert_int_eq(s->ops->commit(s), 0);
	check_store(s, "1 id:02 active 10-20 h;2 id:01 active 10-20 h;"
		       "3 id:01 declined 10-20 h;");
	check_more(s, "02:00:00:00:00:01 1 7fffffffffffffff;"
		      "02:00:00:00:00:01 1 7fffffffffffffff; 0 0;");
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
	struct seen seen;

	make_dir();
	s = must_open();
	s->ops->close(s);
	run_sql("INSERT INTO client VALUES ('id:09', '{]')");
	s = must_open();
	check_store(s, "unreadable id:09;");
	s->ops->close(s);
	run_sql("INSERT INTO lease VALUES (5, 'id:01', 'lent', 1, 2, '',"
		" x'', 0, 0)");
	s = must_open();
	init_seen(&seen);
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

static int put_times(struct pxe_store *s, uint32_t address, int64_t start_s,
		     int64_t end_s)
{
	struct pxe_lease l = lease(address, "id:01");

	l.start_s = start_s;
	l.end_s = end_s;
	return s->ops->put_lease(s, &l);
}

START_TEST(leases_move_with_the_clock)
{
	const struct pxe_clock_mark mark = { "a boot", { 1, 2 }, 3, 4 };
	struct pxe_clock_mark got = { .boot_id = "" };
	struct pxe_store *s;

	make_dir();
	s = must_open();
	ck_assert_int_eq(s->ops->get_clock(s, &got), -ENOENT);
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put_times(s, 1, 10, 200), 0);
	ck_assert_int_eq(put_times(s, 2, 100, 300), 0);
	ck_assert_int_eq(put_times(s, 3, 100, PXE_LEASE_FOREVER_S), 0);
	ck_assert_int_eq(s->ops->put_clock(s, &mark), 0);
	ck_assert_int_eq(s->ops->move_leases(s, (struct pxe_clock_shift){
							-50, INT64_MIN }),
			 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);
	s = must_open();
	check_store(s, "1 id:01 active 0-150 h;2 id:01 active 50-250 h;"
		       "3 id:01 active 100-253402300799 h;");
	ck_assert_int_eq(s->ops->move_leases(
				 s, (struct pxe_clock_shift){ 1000, 50 }),
			 0);
	check_store(s, "1 id:01 active 0-150 h;2 id:01 active 1050-1250 h;"
		       "3 id:01 active 100-253402300799 h;");
	ck_assert_int_eq(s->ops->get_clock(s, &got), 0);
	ck_assert_str_eq(got.boot_id, mark.boot_id);
	ck_assert_int_eq(got.time.wall_ms, mark.time.wall_ms);
	ck_assert_int_eq(got.time.up_ms, mark.time.up_ms);
	ck_assert_int_eq(got.first_s, mark.first_s);
	ck_assert_int_eq(got.ahead_s, mark.ahead_s);
	s->ops->close(s);
	remove_dir();
}
END_TEST

UNIT_MAIN("store", what_was_committed_is_there, what_was_rolled_back_is_not,
	  an_address_has_one_row, a_second_program_is_kept_out,
	  a_damaged_file_is_refused, records_that_make_no_sense,
	  no_directory_no_permission,
	  a_failed_commit_leaves_nothing_and_the_next_works,
	  the_log_is_made_once_and_kept, leases_move_with_the_clock)
