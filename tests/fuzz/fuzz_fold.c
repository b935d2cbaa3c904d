/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a name in a tree of directories, looked for in any case: what
 * is found is what a plain search of all its paths finds, and never outside.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Directories end in a slash and stand before what is in them. */
static const char *const tree[] = {
	"a/",	 "a/B/",   "a/B/c", "a/b/",  "a/b/C",  "A/",	"A/b/",
	"A/b/c", "A/b/cC", "x",	    "X/",    "X/y",    "Y/",	"Y/x",
	"y",	 "Z[/",	   "Z[/{",  "aB/",   "aB/cD/", "aB/cD/eF",
	"ab/",	 "ab/CD/", "ab/CD/ef", "..a", ".b",
};
static char dir[] = "/tmp/pxe-fuzz-fold-XXXXXX";
static struct pxe_fold_cache cache;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void remove_tree(void)
{
	char command[64];

	pxe_fold_cache_clear(&cache);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	check(system(command) == 0);
}

static int make_tree(void)
{
	char path[128];
	int root;

	check(mkdtemp(dir) != NULL);
	atexit(remove_tree);
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, tree[i]);
		if (path[strlen(path) - 1] == '/')
			check(mkdir(path, 0755) == 0);
		else
			close(open(path, O_CREAT | O_WRONLY | O_EXCL, 0644));
	}
	root = pxe_rootdir_open(dir);
	check(root >= 0);
	return root;
}

/* Does the path `a` go before `b` where `asked` is asked for?  Component by
 * component: the one that is the same as asked for, then by octets. */
static bool is_before(const char *a, const char *b, const char *asked)
{
	size_t at = 0;

	while (asked[at] != '\0') {
		size_t len = strcspn(asked + at, "/");
		bool is_a = memcmp(a + at, asked + at, len) == 0,
		     is_b = memcmp(b + at, asked + at, len) == 0;
		int d = memcmp(a + at, b + at, len);

		if (is_a != is_b)
			return is_a;
		if (d != 0)
			return d < 0;
		at += len + (asked[at + len] == '/');
	}
	return false;
}

/* The path without the slash of a directory, or NULL. */
static const char *find_plainly(const char *asked, bool *is_dir)
{
	static char best[64];
	char path[64];
	bool is_found = false;

	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		size_t len = strlen(tree[i]);
		bool is_this_dir = tree[i][len - 1] == '/';

		snprintf(path, sizeof(path), "%.*s", (int)(len - is_this_dir),
			 tree[i]);
		if (!pxe_fold_is_same(path, asked) ||
		    (is_found && !is_before(path, best, asked)))
			continue;
		strcpy(best, path);
		*is_dir = is_this_dir;
		is_found = true;
	}
	return is_found ? best : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int root = -1;
	struct pxe_fold fold = { &cache, PXE_FOLD_MAX_COST };
	char asked[PXE_ROOTDIR_NAME_TEXT], name[PXE_ROOTDIR_NAME_TEXT];
	struct pxe_rootdir_file file = { .fd = -1 };
	enum pxe_reason reason;
	const char *plain;
	bool is_dir = false;

	if (root < 0)
		root = make_tree();
	if (pxe_rootdir_clean_name(data, size, asked, sizeof(asked)) !=
	    PXE_REASON_OK)
		return 0;
	strcpy(name, asked);
	reason = pxe_fold_open_file(&fold, root, name, &file);
	check((file.fd >= 0) == (reason == PXE_REASON_OK));
	if (file.fd >= 0)
		close(file.fd);
	plain = find_plainly(asked, &is_dir);
	check(pxe_fold_is_same(name, asked));
	check(fold.n_left > PXE_FOLD_MAX_COST / 2);
	if (plain == NULL) {
		check(reason == PXE_REASON_NOT_FOUND);
		check(strcmp(name, asked) == 0);
	} else {
		check(reason ==
		      (is_dir ? PXE_REASON_NOT_A_FILE : PXE_REASON_OK));
		check(strcmp(name, plain) == 0);
	}
	return 0;
}
