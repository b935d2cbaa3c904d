/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "run/job.h"
#include "tftpd/upload.h"
#include "unit.h"

static char top[64];
static struct event_base *base;
static struct pxe_jobs *jobs;
static struct pxe_upload_dir *dir;

static struct {
	unsigned n;
	enum pxe_reason reason;
} told;

/* Runs a command line in which @ is the directory of this test. */
static int sh(const char *fmt)
{
	char line[1024];
	size_t n = 0;

	for (; *fmt != '\0' && n + sizeof(top) < sizeof(line); fmt++) {
		if (*fmt == '@')
			n += (size_t)sprintf(line + n, "%s", top);
		else
			line[n++] = *fmt;
	}
	line[n] = '\0';
	return system(line);
}

static void open_dir(uint64_t total_bytes, bool may_overwrite, bool has_tmpfile)
{
	const struct pxe_upload_limits limits = {
		.total_bytes = total_bytes,
		.may_overwrite = may_overwrite,
	};
	char path[128];

	snprintf(path, sizeof(path), "%s/up", top);
	ck_assert_int_eq(pxe_upload_dir_open(path, &limits, true, &dir), 0);
	ck_assert_uint_eq(dir->pending_bytes, 0);
	if (!has_tmpfile)
		dir->has_tmpfile = false;
}

static void setup(void)
{
	snprintf(top, sizeof(top), "/tmp/pxe-upload-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(sh("umask 022; mkdir -p @/up/sub @/out &&"
			    "echo secret >@/out/secret && cd @/up &&"
			    "ln -s ../../out sub/out && ln -s ../out out &&"
			    "ln -s sub link && ln -s ../out/secret dangling &&"
			    "mkfifo fifo"),
			 0);
	base = event_base_new();
	jobs = pxe_jobs_new(base, 2);
	ck_assert_ptr_nonnull(jobs);
	told.n = 0;
}

static void teardown(void)
{
	pxe_upload_dir_close(dir);
	pxe_jobs_free(jobs);
	event_base_free(base);
	ck_assert_int_eq(sh("rm -rf @"), 0);
}

static void on_done(enum pxe_reason reason, void *arg)
{
	(void)arg;
	told.n++;
	told.reason = reason;
	event_base_loopbreak(base);
}

static const char *open_it(const char *name, struct pxe_upload **u)
{
	return pxe_reason_name(pxe_upload_open(dir, name, false, 0, u));
}

static struct pxe_upload *must_open(const char *name)
{
	struct pxe_upload *u = NULL;

	ck_assert_str_eq(open_it(name, &u), "ok");
	return u;
}

static void put(struct pxe_upload *u, const void *data, size_t len)
{
	ck_assert_int_eq(pxe_upload_write(u, data, len), PXE_REASON_OK);
}

static const char *commit(struct pxe_upload *u)
{
	const struct timeval deadline = { .tv_sec = 20 };
	unsigned before = told.n;

	ck_assert_int_eq(pxe_upload_commit(u, jobs, on_done, NULL), 0);
	event_base_loopexit(base, &deadline);
	event_base_dispatch(base);
	ck_assert_uint_eq(told.n, before + 1);
	return pxe_reason_name(told.reason);
}

/* Sends a whole file; the reason of its commit. */
static const char *send_text(const char *name, const char *text)
{
	struct pxe_upload *u = must_open(name);
	const char *reason;

	put(u, text, strlen(text));
	reason = commit(u);
	pxe_upload_free(u);
	return reason;
}

static bool has(const char *name, const char *text)
{
	char path[256], got[4096] = "";
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/up/%s", top, name);
	f = fopen(path, "r");
	if (f == NULL)
		return text == NULL;
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	return text != NULL && n == strlen(text) && strcmp(got, text) == 0;
}

static const struct {
	bool may_overwrite, has_tmpfile;
} ways[] = {
	{ false, true }, { true, true }, { false, false }, { true, false }
};

START_TEST(upload_names)
{
	static const struct {
		const char *name, *reason;
	} rows[] = {
		{ "a", "ok" },
		{ "sub/a", "ok" },
		{ "link/a", "ok" },
		{ "a b\xc3\xa4", "ok" },
		{ ".a", "bad-name" },
		{ "sub/.a", "bad-name" },
		{ ".", "bad-name" },
		{ "..", "bad-name" },
		{ "../a", "bad-name" },
		{ "sub/../a", "bad-name" },
		{ "sub/./a", "bad-name" },
		{ ".pxe-upload-1", "bad-name" },
		{ "sub/", "bad-name" },
		{ "", "bad-name" },
		{ "nothing/a", "not-found" },
		{ "fifo/a", "not-found" },
		{ "out/a", "outside-root" },
		{ "sub/out/a", "outside-root" },
		{ "sub", "upload-exists" },
		{ "fifo", "upload-exists" },
		{ "dangling", "upload-exists" },
	};
	char name[300];

	setup();
	open_dir(1 << 20, false, true);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_upload *u = NULL;

		ck_assert_msg(strcmp(open_it(rows[i].name, &u),
				     rows[i].reason) == 0,
			      "%s", rows[i].name);
		pxe_upload_free(u);
	}
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_str_eq(open_it(name, NULL), "bad-name");
	dir->limits.may_overwrite = true;
	ck_assert_str_eq(open_it("sub", NULL), "not-a-file");
	ck_assert_str_eq(open_it("fifo", NULL), "not-a-file");
	ck_assert_str_eq(open_it("dangling", NULL), "not-a-file");
	ck_assert_uint_eq(dir->pending_bytes, 0);
	teardown();
}
END_TEST

START_TEST(upload_appears_when_it_is_complete)
{
	static char big[200000];
	struct stat st;
	char path[128];

	memset(big, 'b', sizeof(big));
	for (size_t w = 0; w < PXE_LEN(ways); w++) {
		struct pxe_upload *u;

		setup();
		umask(022);
		open_dir(1 << 20, ways[w].may_overwrite, ways[w].has_tmpfile);
		u = must_open("sub/a");
		put(u, "he", 2);
		put(u, "llo", 3);
		ck_assert(has("sub/a", NULL));
		ck_assert_str_eq(commit(u), "ok");
		ck_assert(has("sub/a", "hello"));
		ck_assert_uint_eq(pxe_upload_bytes(u), 5);
		pxe_upload_free(u);
		snprintf(path, sizeof(path), "%s/up/sub/a", top);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_mode, S_IFREG | 0644);
		ck_assert_uint_eq(st.st_nlink, 1);
		u = must_open("empty");
		ck_assert_str_eq(commit(u), "ok");
		pxe_upload_free(u);
		ck_assert(has("empty", ""));
		u = must_open("big");
		put(u, big, sizeof(big));
		ck_assert_str_eq(commit(u), "ok");
		pxe_upload_free(u);
		ck_assert_int_eq(sh("test $(stat -c %s @/up/big) = 200000 && "
				    "test -z \"$(tr -d b <@/up/big)\""),
				 0);
		ck_assert_int_eq(sh("ls -A @/up @/up/sub | grep -q '^\\.'"),
				 256);
		teardown();
	}
}
END_TEST

START_TEST(upload_leaves_nothing_behind)
{
	for (size_t w = 0; w < PXE_LEN(ways); w++) {
		struct pxe_upload *u;

		setup();
		open_dir(1 << 20, ways[w].may_overwrite, ways[w].has_tmpfile);
		u = must_open("a");
		put(u, "hello", 5);
		pxe_upload_free(u);
		ck_assert_int_eq(sh("ls -A @/up | grep -q '^a\\|^\\.'"), 256);
		ck_assert_uint_eq(dir->pending_bytes, 0);
		ck_assert_uint_eq(dir->used_bytes, 0);
		teardown();
	}
}
END_TEST

START_TEST(upload_overwrites_only_if_it_may)
{
	for (size_t w = 0; w < PXE_LEN(ways); w++) {
		struct pxe_upload *u, *other;

		setup();
		open_dir(1 << 20, ways[w].may_overwrite, ways[w].has_tmpfile);
		/* two at once: both may begin */
		u = must_open("a");
		other = must_open("a");
		put(u, "old", 3);
		put(other, "new", 3);
		ck_assert_str_eq(commit(u), "ok");
		ck_assert(has("a", "old"));
		if (ways[w].may_overwrite) {
			ck_assert_str_eq(commit(other), "ok");
			ck_assert(has("a", "new"));
			ck_assert_str_eq(send_text("a", "newest"), "ok");
			ck_assert(has("a", "newest"));
		} else {
			ck_assert_str_eq(commit(other), "upload-exists");
			ck_assert_str_eq(open_it("a", NULL), "upload-exists");
			ck_assert(has("a", "old"));
		}
		pxe_upload_free(u);
		pxe_upload_free(other);
		ck_assert_uint_eq(dir->used_bytes, 4096);
		ck_assert_uint_eq(dir->pending_bytes, 0);
		ck_assert_int_eq(sh("ls -A @/up | grep -q '^\\.'"), 256);
		teardown();
	}
}
END_TEST

/* What came to be a link or a directory meanwhile is not written through. */
START_TEST(upload_target_that_changes)
{
	static const char *const makes[] = { "ln -s ../out/secret @/up/a",
					     "mkdir @/up/a", "mkfifo @/up/a" };

	for (size_t w = 0; w < PXE_LEN(ways); w++)
		for (size_t i = 0; i < PXE_LEN(makes); i++) {
			struct pxe_upload *u;

			setup();
			open_dir(1 << 20, ways[w].may_overwrite,
				 ways[w].has_tmpfile);
			u = must_open("a");
			put(u, "bad", 3);
			ck_assert_int_eq(sh(makes[i]), 0);
			ck_assert_str_eq(commit(u), ways[w].may_overwrite
							    ? "not-a-file"
							    : "upload-exists");
			pxe_upload_free(u);
			ck_assert_int_eq(sh("test \"$(cat @/out/secret)\" = "
					    "secret && test ! -f @/up/a -o -h "
					    "@/up/a"),
					 0);
			ck_assert_int_eq(sh("ls -A @/up | grep -q '^\\.'"),
					 256);
			teardown();
		}
}
END_TEST

START_TEST(upload_text)
{
	struct pxe_upload *u = NULL;

	setup();
	open_dir(1 << 20, false, true);
	ck_assert_int_eq(pxe_upload_open(dir, "a", true, 0, &u), PXE_REASON_OK);
	put(u, "one\r", 4);
	put(u, "\ntwo\r", 5);
	put(u, "\0\r\n\r", 4);
	ck_assert_str_eq(commit(u), "ok");
	pxe_upload_free(u);
	ck_assert(has("a", "one\ntwo\r\n\r"));
	teardown();
}
END_TEST

START_TEST(upload_total)
{
	static char data[8192];
	struct pxe_upload *u, *none = NULL;

	setup();
	ck_assert_int_eq(sh("head -c 5000 /dev/zero >@/up/sub/old"), 0);
	open_dir(5 * 4096, true, true);
	ck_assert_uint_eq(dir->used_bytes, 2 * 4096);
	/* what is announced must fit */
	ck_assert_int_eq(pxe_upload_open(dir, "a", false, 3 * 4096 + 1, &none),
			 PXE_REASON_DISK_FULL);
	ck_assert_int_eq(pxe_upload_open(dir, "a", false, 3 * 4096, &u),
			 PXE_REASON_OK);
	put(u, data, 8192);
	put(u, data, 4096);
	ck_assert_int_eq(pxe_upload_write(u, data, 1), PXE_REASON_DISK_FULL);
	/* those under way count, empty files too */
	ck_assert_str_eq(open_it("b", &none), "disk-full");
	pxe_upload_free(u);
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof(name), "e%d", i);
		ck_assert_str_eq(send_text(name, ""), "ok");
	}
	ck_assert_str_eq(open_it("e3", &none), "disk-full");
	ck_assert_uint_eq(dir->used_bytes, 5 * 4096);
	teardown();
}
END_TEST

static void count_anew(void)
{
	pxe_upload_dir_recount(dir, jobs);
	ck_assert(dir->is_counted);
	for (int i = 0; i < 1000 && dir->is_counted; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(1000);
	}
	ck_assert(!dir->is_counted);
}

START_TEST(upload_counts_anew)
{
	setup();
	open_dir(1 << 20, false, true);
	ck_assert_str_eq(send_text("a", "hello"), "ok");
	ck_assert_str_eq(send_text("sub/a", "hello"), "ok");
	ck_assert_uint_eq(dir->used_bytes, 2 * 4096);
	ck_assert_int_eq(sh("rm @/up/a"), 0);
	count_anew();
	ck_assert_uint_eq(dir->used_bytes, 4096);
	/* the directory may be closed meanwhile */
	pxe_upload_dir_recount(dir, jobs);
	teardown();
}
END_TEST

START_TEST(upload_leftovers_are_removed)
{
	setup();
	ck_assert_int_eq(sh("touch @/up/.pxe-upload-0123456789abcdef "
			    "@/up/sub/.pxe-upload-1 @/up/.other"),
			 0);
	open_dir(1 << 20, false, true);
	ck_assert_int_eq(sh("test ! -e @/up/.pxe-upload-0123456789abcdef && "
			    "test ! -e @/up/sub/.pxe-upload-1 && "
			    "test -e @/up/.other"),
			 0);
	ck_assert_uint_eq(dir->used_bytes, 4096);
	teardown();
}
END_TEST

START_TEST(upload_cancelled)
{
	for (size_t w = 0; w < PXE_LEN(ways); w++) {
		struct pxe_upload *u;

		setup();
		open_dir(1 << 20, ways[w].may_overwrite, ways[w].has_tmpfile);
		u = must_open("a");
		put(u, "hello", 5);
		pxe_upload_cancel(u);
		ck_assert_str_eq(commit(u), "aborted");
		pxe_upload_free(u);
		ck_assert(has("a", NULL));
		ck_assert_uint_eq(dir->used_bytes, 0);
		teardown();
	}
}
END_TEST

/* Freed while it is committed: it is there as a whole, or not at all. */
START_TEST(upload_freed_during_the_commit)
{
	for (size_t w = 0; w < PXE_LEN(ways); w++) {
		struct pxe_upload *u;

		setup();
		open_dir(1 << 20, ways[w].may_overwrite, ways[w].has_tmpfile);
		u = must_open("a");
		put(u, "hello", 5);
		ck_assert_int_eq(pxe_upload_commit(u, jobs, on_done, NULL), 0);
		pxe_upload_free(u);
		pxe_jobs_free(jobs);
		jobs = NULL;
		ck_assert_uint_eq(told.n, 0);
		ck_assert(has("a", NULL) || has("a", "hello"));
		ck_assert_uint_eq(dir->used_bytes, has("a", NULL) ? 0 : 4096);
		ck_assert_uint_eq(dir->pending_bytes, 0);
		ck_assert_uint_eq(dir->n_users, 1);
		ck_assert_int_eq(sh("ls -A @/up | grep -q '^\\.'"), 256);
		teardown();
	}
}
END_TEST

START_TEST(upload_dir_that_is_none)
{
	const struct pxe_upload_limits limits = { .total_bytes = 1 };
	struct pxe_upload_dir *none = NULL;

	ck_assert_int_eq(pxe_upload_dir_open("/nonexistent", &limits, true,
					     &none),
			 -ENOENT);
	ck_assert_int_eq(pxe_upload_dir_open("/dev/null", &limits, true, &none),
			 -ENOTDIR);
	pxe_upload_dir_close(NULL);
	pxe_upload_free(NULL);
}
END_TEST

UNIT_MAIN("upload", upload_names, upload_appears_when_it_is_complete,
	  upload_leaves_nothing_behind, upload_overwrites_only_if_it_may,
	  upload_target_that_changes, upload_text, upload_total,
	  upload_counts_anew, upload_leftovers_are_removed, upload_cancelled,
	  upload_freed_during_the_commit, upload_dir_that_is_none)
