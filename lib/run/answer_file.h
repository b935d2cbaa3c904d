/* SPDX-License-Identifier: ISC */
/*
 * Answer files of installers: templates below `answer-dir`, rendered for one
 * machine.
 *
 * A template is read anew each time, so that a change of it needs no reload.
 * It is opened with openat2(2) from its directory, which lies outside of the
 * boot root: nobody gets one but through here.  What is rendered holds
 * secrets: it is never logged, and `why` has names of variables, no values.
 * No state: any thread may call this.
 */
#ifndef PXE_RUN_ANSWER_FILE_H
#define PXE_RUN_ANSWER_FILE_H

#include <stddef.h>

#include "base/attr.h"
#include "core/conf.h"
#include "core/expand.h"
#include "core/reason.h"

#define PXE_ANSWER_FILE_MAX (1024u * 1024)     /* octets of a template */
#define PXE_ANSWER_TEXT_MAX (4u * 1024 * 1024) /* and of what it becomes */
#define PXE_ANSWER_WHY_TEXT 512

struct pxe_answer_text {
	char *bytes; /* malloc'd; NULL: none */
	size_t len;
	const char *type;              /* media type */
	char why[PXE_ANSWER_WHY_TEXT]; /* what is wrong, for the log; or "" */
};

/*
 * Renders `answer` for the machine of `vars`.  OK and `text`, which the caller
 * frees with pxe_answer_text_free(); TEMPLATE (it is not there, cannot be
 * read, has a mistake, or lacks a value for this machine), INTERNAL (no
 * memory, no descriptors): text->why says what.
 */
enum pxe_reason pxe_answer_file_render(
	const struct pxe_conf *conf, const struct pxe_conf_answer *answer,
	const struct pxe_expand_vars *vars,
	struct pxe_answer_text *text) PXE_MUST_CHECK;

/* Overwrites and frees what was rendered. */
void pxe_answer_text_free(struct pxe_answer_text *text);

/* The answer file that a target serves under that name, or NULL. */
const struct pxe_conf_answer *pxe_conf_find_answer_as(
	const struct pxe_conf_target *target, const char *as);

/* The media type of a format. */
const char *pxe_answer_media_type(enum pxe_format format);

/*
 * Reads a text file below the directory `dir`: 0 and *bytes, malloc'd and
 * ended with NUL; -errno; -EFBIG (more than PXE_ANSWER_FILE_MAX), -EINVAL (not
 * a regular file), -EILSEQ (it has a NUL: it is no text), -EXDEV (it leads
 * out of the directory).
 */
int pxe_answer_file_read(const char *dir, const char *file, char **bytes,
			 size_t *len) PXE_MUST_CHECK;

/* What pxe_answer_file_read() could not do, for people. */
const char *pxe_answer_read_text(int error);

/* And what to do about it. */
const char *pxe_answer_read_remedy(int error);

#endif
