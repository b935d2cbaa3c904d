/* SPDX-License-Identifier: ISC */
/*
 * For tests of the configuration: a directory of its own with files in it,
 * and a list of what the loader told about them.
 */
#ifndef PXE_TESTS_CONF_TRY_H
#define PXE_TESTS_CONF_TRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "run/conf_load.h"

#define CONF_TRY_ALL 0x7f /* every file */

struct conf_try {
	char dir[32];
	struct pxe_conf *conf; /* NULL: refused */
	int result;
	size_t n_errors, n_warnings, n;
	char told[64][1200]; /* "dhcpd.conf:3: error: text" */
};

static inline void conf_try_tell(enum pxe_conf_severity severity,
				 const struct pxe_src *src, const char *text,
				 void *arg)
{
	struct conf_try *try = arg;
	const char *slash = strrchr(src->file, '/');

	if (severity == PXE_CONF_ERROR)
		try->n_errors++;
	else
		try->n_warnings++;
	if (try->n < PXE_LEN(try->told))
		snprintf(try->told[try->n++], sizeof(try->told[0]),
			 "%s:%u: %s: %s", slash ? slash + 1 : src->file,
			 src->line,
			 severity == PXE_CONF_ERROR ? "error" : "warning",
			 text);
}

/* Makes the directory. */
static inline void conf_try_init(struct conf_try *try)
{
	memset(try, 0, sizeof(*try));
	strcpy(try->dir, "/tmp/pxe-conf-XXXXXX");
	if (mkdtemp(try->dir) == NULL)
		abort();
}

/* Writes a file of `len` octets, or of the text if len is 0. */
static inline void conf_try_write(struct conf_try *try, const char *name,
				  const char *text, size_t len)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", try->dir, name);
	file = fopen(path, "wb");
	if (file == NULL)
		abort();
	if (len == 0)
		len = strlen(text);
	if (fwrite(text, 1, len, file) != len || fclose(file) != 0)
		abort();
}

/* Loads the files of the set. */
static inline void conf_try_load(struct conf_try *try, unsigned files)
{
	pxe_conf_free(try->conf);
	try->conf = NULL;
	try->n = try->n_errors = try->n_warnings = 0;
	try->result =
		pxe_conf_load(try->dir, files, conf_try_tell, try, &try->conf);
}

/* Was something told that begins with `where` and holds `words`? */
static inline bool conf_try_has(const struct conf_try *try, const char *where,
				const char *words)
{
	for (size_t i = 0; i < try->n; i++)
		if (strncmp(try->told[i], where, strlen(where)) == 0 &&
		    strstr(try->told[i], words) != NULL)
			return true;
	return false;
}

static inline void conf_try_print(const struct conf_try *try)
{
	for (size_t i = 0; i < try->n; i++)
		printf("#   %s\n", try->told[i]);
	fflush(stdout);
}

/* Removes the directory and all that is in it. */
static inline void conf_try_done(struct conf_try *try)
{
	char command[64];

	pxe_conf_free(try->conf);
	snprintf(command, sizeof(command), "rm -rf %s", try->dir);
	if (system(command) != 0)
		abort();
}

#endif
