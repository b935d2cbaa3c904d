/* SPDX-License-Identifier: ISC */
#include "httpd/scratch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CAP = 64 * 1024,
	KEPT_CAP = 256 * 1024, /* more is given back */
};

static struct pxe_piece *last(struct pxe_scratch *scratch)
{
	return &scratch->pieces[scratch->n_pieces - 1];
}

static int push(struct pxe_scratch *scratch)
{
	size_t cap = scratch->cap_pieces;
	struct pxe_piece *pieces;

	if (scratch->n_pieces == cap) {
		cap = cap > 0 ? cap * 2 : 8;
		pieces = realloc(scratch->pieces, cap * sizeof(*pieces));
		if (pieces == NULL)
			return -ENOMEM;
		scratch->pieces = pieces;
		scratch->cap_pieces = cap;
	}
	scratch->n_pieces++;
	*last(scratch) = (struct pxe_piece) { 0 };
	return 0;
}

int pxe_scratch_reset(struct pxe_scratch *scratch)
{
	if (scratch->cap > KEPT_CAP) {
		free(scratch->text);
		scratch->text = NULL;
		scratch->cap = 0;
	}
	scratch->len = PXE_SCRATCH_HEAD;
	scratch->n_pieces = 0;
	if (push(scratch) < 0)
		return -ENOMEM;
	return pxe_scratch_reserve(scratch, 1) != NULL ? 0 : -ENOMEM;
}

char *pxe_scratch_reserve(struct pxe_scratch *scratch, size_t n)
{
	size_t cap = scratch->cap > 0 ? scratch->cap : FIRST_CAP;
	char *text;

	if (scratch->cap > 0 && scratch->cap - scratch->len >= n)
		return scratch->text + scratch->len;
	if (n > SIZE_MAX / 4)
		return NULL;
	while (cap - scratch->len < n)
		cap *= 2;
	text = realloc(scratch->text, cap);
	if (text == NULL)
		return NULL;
	scratch->text = text;
	scratch->cap = cap;
	return text + scratch->len;
}

int pxe_scratch_commit(struct pxe_scratch *scratch, size_t n)
{
	if (last(scratch)->n_file > 0 && push(scratch) < 0)
		return -ENOMEM;
	scratch->len += n;
	last(scratch)->n_text += n;
	return 0;
}

int pxe_scratch_add_file(struct pxe_scratch *scratch, uint64_t first,
			 uint64_t n)
{
	if (last(scratch)->n_file > 0 && push(scratch) < 0)
		return -ENOMEM;
	last(scratch)->first = first;
	last(scratch)->n_file = n;
	return 0;
}

void pxe_scratch_done(struct pxe_scratch *scratch)
{
	free(scratch->text);
	free(scratch->pieces);
	memset(scratch, 0, sizeof(*scratch));
}
