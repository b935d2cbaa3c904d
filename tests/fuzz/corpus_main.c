/* SPDX-License-Identifier: ISC */
/*
 * The main of a fuzz target without a fuzzer: gives every file named, and
 * every file in a directory named, to LLVMFuzzerTestOneInput() and prints
 * TAP.  A file "*.hex" holds its octets as text (tests/hex.h).  A target
 * that finds a fault aborts; the "#" line before it names the file.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/hex.h"

#define INPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_files, n_failed;

static bool has_suffix(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && strcmp(text + n - m, suffix) == 0;
}

/* The content of the file in memory of its own size, so that ASan guards it. */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *buf = malloc(INPUT_MAX), *exact = NULL;
	int n = -EIO;

	if (file != NULL && buf != NULL) {
		if (has_suffix(path, ".hex"))
			n = hex_read(file, buf, INPUT_MAX);
		else
			n = (int)fread(buf, 1, INPUT_MAX, file);
		if (ferror(file))
			n = -EIO;
	}
	if (n >= 0) {
		*size = (size_t)n;
		exact = malloc(*size > 0 ? *size : 1);
		if (exact != NULL)
			memcpy(exact, buf, *size);
	}
	if (file != NULL)
		fclose(file);
	free(buf);
	return exact;
}

static void replay_file(const char *path)
{
	size_t size;
	uint8_t *data = read_file(path, &size);

	n_files++;
	if (data == NULL) {
		n_failed++;
		printf("not ok - %s cannot be read\n", path);
		return;
	}
	printf("# %s\n", path);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, size);
	printf("ok - %s\n", path);
	free(data);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_path(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_visible, alphasort);

	if (n < 0) {
		replay_file(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		char *inner = NULL;

		if (asprintf(&inner, "%s/%s", path, entries[i]->d_name) < 0)
			abort();
		replay_path(inner);
		free(inner);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay_path(argv[i]);
	if (n_files == 0)
		printf("not ok - %s was given no file\n", argv[0]);
	return n_files > 0 && n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
