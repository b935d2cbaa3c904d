/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a boot script: the first says of which language.  What is told
 * is of one of its lines, in their order, and has a name that ends.
 */
#include <stdlib.h>
#include <string.h>

#include "core/script_lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
	unsigned n_lines, last;
	size_t n;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void tell(const struct pxe_lint_found *found, void *arg)
{
	struct told *told = arg;

	check(found->line >= 1 && found->line <= told->n_lines);
	check(found->what < PXE_N_LINTS);
	check(memchr(found->name, '\0', sizeof(found->name)) != NULL);
	(void)pxe_script_lint_is_error(found->what);
	check(pxe_script_lint_text(found->what) != NULL);
	told->last = found->line;
	told->n++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told told = { .n_lines = 1 };
	char *text;

	if (size == 0)
		return 0;
	for (size_t i = 1; i < size; i++)
		told.n_lines += data[i] == '\n';
	text = malloc(size); /* one octet more, as a file that is read has */
	check(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	pxe_script_lint((enum pxe_script_kind)(data[0] % PXE_N_SCRIPTS), text,
			size - 1, tell, &told);
	free(text);
	return 0;
}
