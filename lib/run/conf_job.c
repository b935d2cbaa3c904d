/* SPDX-License-Identifier: ISC */
/* Memory, messages and guesses of one run of the configuration loader. */
#include "run/conf_job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/distance.h"

#define CHUNK_BYTES 65536
#define ALIGN       16

struct chunk {
	struct chunk *next;
	size_t used, cap;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct pxe_conf_arena {
	struct chunk *chunks; /* the newest first */
};

struct pxe_conf_message {
	enum pxe_conf_severity severity;
	struct pxe_src src;
	const char *text;
	size_t file, order; /* to sort by, with src.line between them */
	struct pxe_conf_message *next;
};

/* --- memory --------------------------------------------------------------- */

struct pxe_conf_arena *pxe_conf_arena_new(void)
{
	return calloc(1, sizeof(struct pxe_conf_arena));
}

void pxe_conf_arena_free(struct pxe_conf_arena *arena)
{
	struct chunk *chunk;

	if (arena == NULL)
		return;
	while ((chunk = arena->chunks) != NULL) {
		arena->chunks = chunk->next;
		free(chunk);
	}
	free(arena);
}

static struct chunk *add_chunk(struct pxe_conf_arena *arena, size_t bytes)
{
	size_t cap = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct chunk *chunk = calloc(1, sizeof(*chunk) + cap);

	if (chunk == NULL)
		return NULL;
	chunk->cap = cap;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *pxe_conf_alloc(struct pxe_conf_job *job, struct pxe_conf_arena *arena,
		     size_t n, size_t size)
{
	struct chunk *chunk = arena->chunks;
	size_t bytes;
	void *p;

	/* far below overflow: files are bounded */
	bytes = (n * size + ALIGN - 1) / ALIGN * ALIGN;
	if (chunk == NULL || chunk->cap - chunk->used < bytes)
		chunk = add_chunk(arena, bytes);
	if (chunk == NULL) {
		job->is_oom = true;
		return NULL;
	}
	p = chunk->bytes + chunk->used;
	chunk->used += bytes;
	return p;
}

char *pxe_conf_copy(struct pxe_conf_job *job, struct pxe_conf_arena *arena,
		    const char *text, size_t len)
{
	char *copy = pxe_conf_alloc(job, arena, len + 1, 1);

	if (copy != NULL)
		memcpy(copy, text, len);
	return copy;
}

/* --- messages ------------------------------------------------------------- */

/* The place of a file among the inputs: messages come in that order. */
static size_t place_of(const struct pxe_conf_job *job, const char *file)
{
	for (size_t i = 0; i < job->n_inputs; i++)
		if (strcmp(job->inputs[i].name, file) == 0)
			return i;
	return job->n_inputs;
}

void pxe_conf_say(struct pxe_conf_job *job, enum pxe_conf_severity severity,
		  const struct pxe_src *src, const char *fmt, ...)
{
	struct pxe_conf_message *message;
	char text[1024];
	va_list args;

	if (severity == PXE_CONF_ERROR)
		job->n_errors++;
	if (job->n_messages >= PXE_CONF_MAX_MESSAGES) {
		job->n_messages++;
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (char *p = text; *p != '\0'; p++)
		if ((*p > 0 && *p < ' ') || *p == 0x7f)
			*p = '?';
	message = pxe_conf_alloc(job, job->scrap, 1, sizeof(*message));
	if (message == NULL)
		return;
	*message = (struct pxe_conf_message) {
		.severity = severity,
		.src = *src,
		.text = pxe_conf_copy(job, job->scrap, text, strlen(text)),
		.file = place_of(job, src->file),
		.order = job->n_messages++,
		.next = job->messages,
	};
	if (message->text != NULL)
		job->messages = message;
}

static int compare_messages(const void *a, const void *b)
{
	const struct pxe_conf_message *x = *(struct pxe_conf_message *const *)a;
	const struct pxe_conf_message *y = *(struct pxe_conf_message *const *)b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->src.line != y->src.line)
		return x->src.line < y->src.line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void pxe_conf_tell_all(struct pxe_conf_job *job, pxe_conf_tell *tell, void *arg)
{
	const struct pxe_src src = { .file = job->dir };
	struct pxe_conf_message **sorted, *message;
	char text[64];
	size_t n = 0;

	sorted = pxe_conf_alloc(job, job->scrap, PXE_CONF_MAX_MESSAGES,
				sizeof(struct pxe_conf_message *));
	if (sorted == NULL || tell == NULL)
		return;
	for (message = job->messages; message; message = message->next)
		sorted[n++] = message;
	qsort(sorted, n, sizeof(*sorted), compare_messages);
	for (size_t i = 0; i < n; i++)
		tell(sorted[i]->severity, &sorted[i]->src, sorted[i]->text,
		     arg);
	if (job->n_messages > PXE_CONF_MAX_MESSAGES) {
		snprintf(text, sizeof(text), "there are %zu more like these",
			 job->n_messages - PXE_CONF_MAX_MESSAGES);
		tell(PXE_CONF_ERROR, &src, text, arg);
	}
}

/* --- guesses -------------------------------------------------------------- */

void pxe_conf_guess_try(struct pxe_conf_guess *guess, const char *name)
{
	size_t n = strlen(guess->written), m = strlen(name), distance, bound;

	bound = n < 4 ? 1 : n < 8 ? 2 : 3;
	if (n > m + bound || m > n + bound)
		return;
	distance = pxe_distance(guess->written, name);
	if (distance <= bound &&
	    (guess->nearest == NULL || distance < guess->distance)) {
		guess->nearest = name;
		guess->distance = distance;
	}
}
