/* SPDX-License-Identifier: ISC */
/* Names in another case, in real directories. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "run/fold.h"
#include "unit.h"

static char dir[64];
static int root = -1;
static struct pxe_fold_cache cache;

/* Runs a command line in the directory of this test. */
static void sh(const char *line)
{
	char all[1024];

	snprintf(all, sizeof(all), "cd %s && %s", dir, line);
	ck_assert_int_eq(system(all), 0);
}

static void set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pxe-fold-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	sh("mkdir -p root/Boot/x86 root/BOOT root/both/A root/both/a other");
	sh("cd root && echo 1 >Boot/BCD && echo 2 >Boot/x86/wdsnbp.com &&"
	   "echo 3 >BOOT/only && echo 4 >both/a/one && echo 5 >both/A/two &&"
	   "echo 6 >README && echo 7 >ReadMe && mkfifo Boot/Fifo &&"
	   "mkdir Sub 'Gr\xc3\xbc\xc3\x9f' && echo 8 >'Gr\xc3\xbc\xc3\x9f/x'");
	sh("echo secret >other/Secret && cd root && ln -s ../other Out &&"
	   "ln -s ../other/Secret Leads && ln -s Boot Link &&"
	   "ln -s nothing Dangling && ln -s Loop Loop");
	strcat(dir, "/root");
	root = pxe_rootdir_open(dir);
	dir[strlen(dir) - strlen("/root")] = '\0';
	ck_assert_int_ge(root, 0);
}

static void tear_down(void)
{
	char line[128];

	close(root);
	pxe_fold_cache_clear(&cache);
	snprintf(line, sizeof(line), "rm -rf %s", dir);
	ck_assert_int_eq(system(line), 0);
}

static enum pxe_reason look_for(char *name, unsigned n_left)
{
	struct pxe_fold fold = { &cache, n_left };
	struct pxe_rootdir_file file = { .fd = -1 };
	enum pxe_reason reason = pxe_fold_open_file(&fold, root, name, &file);

	ck_assert_msg((file.fd >= 0) == (reason == PXE_REASON_OK), "%s", name);
	if (file.fd >= 0)
		close(file.fd);
	return reason;
}

static enum pxe_reason look(char *name)
{
	return look_for(name, PXE_FOLD_MAX_COST);
}

START_TEST(fold_finds_names)
{
	static const struct {
		const char *asked;
		enum pxe_reason reason;
		const char *found; /* NULL: as it was asked for */
	} rows[] = {
		{ "boot/bcd", PXE_REASON_OK, "Boot/BCD" },
		{ "BOOT/BCD", PXE_REASON_OK, "Boot/BCD" },
		{ "BOOT/X86/WDSNBP.COM", PXE_REASON_OK, "Boot/x86/wdsnbp.com" },
		{ "boot/ONLY", PXE_REASON_OK, "BOOT/only" },
		{ "boot/none", PXE_REASON_NOT_FOUND, NULL },
		{ "none", PXE_REASON_NOT_FOUND, NULL },
		{ "boot", PXE_REASON_NOT_A_FILE, "BOOT" },
		/* as it was asked for, then in the order of octets */
		{ "readme", PXE_REASON_OK, "README" },
		{ "ReadMe", PXE_REASON_OK, "ReadMe" },
		{ "Both/A/One", PXE_REASON_OK, "both/a/one" },
		{ "Both/a/Two", PXE_REASON_OK, "both/A/two" },
		/* ASCII only */
		{ "gr\xc3\xbc\xc3\x9f/X", PXE_REASON_OK,
		  "Gr\xc3\xbc\xc3\x9f/x" },
		{ "gr\xc3\x9c\xc3\x9f/x", PXE_REASON_NOT_FOUND, NULL },
		{ "README[", PXE_REASON_NOT_FOUND, NULL },
		/* no way out, and nothing but files */
		{ "out/secret", PXE_REASON_OUTSIDE, "Out/secret" },
		{ "leads", PXE_REASON_OUTSIDE, "Leads" },
		{ "link/bcd", PXE_REASON_OK, "Link/BCD" },
		{ "dangling", PXE_REASON_NOT_FOUND, NULL },
		{ "loop", PXE_REASON_NOT_FOUND, NULL },
		{ "boot/fifo", PXE_REASON_NOT_A_FILE, "Boot/Fifo" },
		/* not looked for */
		{ "boot/../readme", PXE_REASON_NOT_FOUND, NULL },
		{ "../other/secret", PXE_REASON_NOT_FOUND, NULL },
		{ "./readme", PXE_REASON_NOT_FOUND, NULL },
		{ "boot//bcd", PXE_REASON_NOT_FOUND, NULL },
		{ "/boot/bcd", PXE_REASON_NOT_FOUND, NULL },
		{ "boot/bcd/", PXE_REASON_NOT_FOUND, NULL },
		{ "", PXE_REASON_NOT_FOUND, NULL },
		{ "readme/x", PXE_REASON_NOT_FOUND, NULL },
	};
	char name[PXE_ROOTDIR_NAME_TEXT];

	set_up();
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		enum pxe_reason reason;

		strcpy(name, rows[i].asked);
		reason = look(name);
		ck_assert_msg(reason == rows[i].reason, "%s: %s", rows[i].asked,
			      pxe_reason_name(reason));
		ck_assert_str_eq(name, rows[i].found != NULL ? rows[i].found
							     : rows[i].asked);
	}
	tear_down();
}
END_TEST

START_TEST(fold_is_of_ascii_letters)
{
	ck_assert(pxe_fold_is_same("aZ09-_", "Az09-_"));
	ck_assert(pxe_fold_is_same("", ""));
	ck_assert(!pxe_fold_is_same("a", "ab"));
	ck_assert(!pxe_fold_is_same("ab", "a"));
	ck_assert(!pxe_fold_is_same("@", "`"));
	ck_assert(!pxe_fold_is_same("[", "{"));
	ck_assert(!pxe_fold_is_same("\xc3\xa4", "\xc3\x84"));
}
END_TEST

START_TEST(fold_long_names)
{
	char name[PXE_ROOTDIR_NAME_TEXT];

	set_up();
	memset(name, 'a', 256);
	strcpy(name + 256, "/b");
	ck_assert_int_eq(look(name), PXE_REASON_NOT_FOUND);
	for (size_t i = 0; i < 33; i++)
		strcpy(name + 2 * i, "a/");
	strcpy(name + 66, "b");
	ck_assert_int_eq(look(name), PXE_REASON_NOT_FOUND);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(look(name), PXE_REASON_NOT_FOUND);
	tear_down();
}
END_TEST

/* What a name that is not there costs has a limit, whatever is in the way:
 * here 16 ways to go at each of 8 levels. */
START_TEST(fold_work_has_a_limit)
{
	char name[] = "aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/none";
	char again[sizeof(name)];
	struct pxe_fold fold = { &cache, PXE_FOLD_MAX_COST };
	struct pxe_rootdir_file file;
	struct timespec from, to;

	set_up();
	sh("mkdir root/t && d=root/t; for i in 1 2 3 4 5 6 7 8; do "
	   "(cd $d && mkdir Aaaa aAaa aaAa AAAA && ln -s AAAA AAaa &&"
	   " ln -s AAAA aAAa && ln -s AAAA aaAA && ln -s AAAA AaaA);"
	   "d=$d/AAAA; done; mv root/t/* root/");
	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(pxe_fold_open_file(&fold, root, name, &file),
			 PXE_REASON_NOT_FOUND);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_uint_eq(fold.n_left, 0);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 2);
	ck_assert_str_eq(name, "aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/aaaa/none");
	/* nothing is left for another name of the same request */
	strcpy(again, "boot/bcd");
	ck_assert_int_eq(pxe_fold_open_file(&fold, root, again, &file),
			 PXE_REASON_NOT_FOUND);
	tear_down();
}
END_TEST

START_TEST(fold_of_long_directories)
{
	char name[] = "MANY/LAST";

	set_up();
	sh("mkdir root/many && cd root/many && echo x >last &&"
	   "seq 9990 | sed 's/^/a-name-of-some-length-/' | xargs touch");
	ck_assert_int_eq(look(name), PXE_REASON_OK);
	ck_assert_str_eq(name, "many/last");
	strcpy(name, "MANY/LAST");
	ck_assert_int_eq(look_for(name, 100), PXE_REASON_NOT_FOUND);
	ck_assert_str_eq(name, "MANY/LAST");
	sh("cd root/many && seq 20 | xargs touch");
	ck_assert_int_eq(look(name), PXE_REASON_NOT_FOUND);
	strcpy(name, "MANY/last");
	ck_assert_int_eq(look(name), PXE_REASON_OK);
	tear_down();
}
END_TEST

/* Opens the directory for one look at its names. */
static const struct pxe_fold_dir *names_of(const char *name, int64_t now_ns)
{
	int fd = pxe_rootdir_open_at(root, name, O_RDONLY | O_DIRECTORY);
	const struct pxe_fold_dir *names = pxe_fold_dir_get(&cache, fd, now_ns);

	ck_assert_ptr_nonnull(names);
	close(fd);
	return names;
}

static const char *next_of(int64_t now_ns)
{
	return pxe_fold_dir_next(names_of("Boot", now_ns), "bcd", 3, "");
}

/* What is kept is looked at again as soon as it may not hold. */
START_TEST(fold_keeps_names_while_they_hold)
{
	const int64_t second = 1000000000;
	struct timespec real;
	int64_t now;

	set_up();
	clock_gettime(CLOCK_REALTIME, &real);
	now = real.tv_sec * second + real.tv_nsec;
	/* the directory is new: nothing is trusted yet */
	ck_assert_str_eq(next_of(now), "BCD");
	ck_assert_str_eq(next_of(now), "BCD");
	ck_assert_uint_eq(cache.n_reads, 2);
	/* as if that had been some time ago */
	now += 10 * second;
	ck_assert_str_eq(next_of(now), "BCD");
	ck_assert_uint_eq(cache.n_reads, 3);
	ck_assert_str_eq(next_of(now + second), "BCD");
	ck_assert_str_eq(next_of(now + 29 * second), "BCD");
	ck_assert_uint_eq(cache.n_reads, 3);
	sh("mv root/Boot/BCD root/Boot/bCd && touch -d @1 root/Boot");
	ck_assert_str_eq(next_of(now + 29 * second), "bCd");
	ck_assert_uint_eq(cache.n_reads, 4);
	/* the time of the last change of the file itself cannot be set */
	ck_assert_str_eq(next_of(now + 29 * second), "bCd");
	ck_assert_uint_eq(cache.n_reads, 4);
	ck_assert_str_eq(next_of(now + 60 * second), "bCd");
	ck_assert_uint_eq(cache.n_reads, 5);
	/* a clock that was set back */
	ck_assert_str_eq(next_of(now), "bCd");
	ck_assert_uint_eq(cache.n_reads, 6);
	/* another directory of that name */
	now += 10 * second;
	ck_assert_str_eq(next_of(now), "bCd");
	sh("mv root/Boot root/old && mkdir root/Boot");
	ck_assert_ptr_null(next_of(now));
	tear_down();
}
END_TEST

START_TEST(fold_keeps_few_directories)
{
	const int64_t later = (int64_t)time(NULL) * 1000000000 + 10000000000;
	char name[16];

	set_up();
	sh("cd root && seq 200 | sed 's/^/many/' | xargs mkdir");
	for (int round = 0; round < 2; round++)
		for (int i = 1; i <= 200; i++) {
			snprintf(name, sizeof(name), "many%d", i);
			ck_assert_uint_eq(names_of(name, later)->n, 2);
		}
	ck_assert_uint_eq(cache.n_reads, 400);
	for (int i = 201 - PXE_FOLD_KEPT_DIRS; i <= 200; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		ck_assert_uint_eq(names_of(name, later)->n, 2);
	}
	ck_assert_uint_eq(cache.n_reads, 400);
	tear_down();
}
END_TEST

START_TEST(fold_without_rights)
{
	char name[] = "BOOT/bcd";

	set_up();
	/* what cannot be listed can be opened by its own name only */
	sh("chmod 755 . root && chmod 711 root/Boot &&"
	   "chmod -R o+r root/Boot/BCD");
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(look(name), PXE_REASON_NOT_FOUND);
	strcpy(name, "boot/BCD");
	ck_assert_int_eq(look(name), PXE_REASON_OK);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	tear_down();
}
END_TEST

static atomic_bool is_over;

/* A name that is now a directory, now a link that leads out. */
static void *swap(void *arg PXE_UNUSED)
{
	char now[128], other[128];

	snprintf(now, sizeof(now), "%s/root/Sub", dir);
	snprintf(other, sizeof(other), "%s/root/Swap", dir);
	while (!is_over)
		(void)renameat2(AT_FDCWD, now, AT_FDCWD, other,
				RENAME_EXCHANGE);
	return NULL;
}

START_TEST(fold_while_names_are_swapped)
{
	char name[] = "sub/secret";
	unsigned n_found = 0, n_missed = 0;
	pthread_t thread;

	set_up();
	sh("echo mine >root/Sub/SECRET && ln -s ../other root/Swap");
	ck_assert_int_eq(pthread_create(&thread, NULL, swap, NULL), 0);
	for (int i = 0; i < 20000; i++) {
		struct pxe_fold fold = { &cache, PXE_FOLD_MAX_COST };
		struct pxe_rootdir_file file;
		enum pxe_reason reason =
			pxe_fold_open_file(&fold, root, name, &file);
		char octets[8] = "";

		if (reason != PXE_REASON_OK) {
			n_missed++;
			ck_assert(reason == PXE_REASON_NOT_FOUND ||
				  reason == PXE_REASON_OUTSIDE);
			strcpy(name, "sub/secret");
			continue;
		}
		n_found++;
		ck_assert_int_eq(read(file.fd, octets, sizeof(octets)), 5);
		ck_assert_int_eq(memcmp(octets, "mine\n", 5), 0);
		close(file.fd);
		strcpy(name, "sub/secret");
	}
	is_over = true;
	pthread_join(thread, NULL);
	ck_assert_uint_gt(n_found, 0);
	ck_assert_uint_gt(n_missed, 0);
	tear_down();
}
END_TEST

UNIT_MAIN("fold", fold_finds_names, fold_is_of_ascii_letters, fold_long_names,
	  fold_work_has_a_limit, fold_of_long_directories,
	  fold_keeps_names_while_they_hold, fold_keeps_few_directories,
	  fold_without_rights, fold_while_names_are_swapped)
