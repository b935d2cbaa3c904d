/* SPDX-License-Identifier: ISC */
/*
 * The loader's parts that are about targets and the templates of boot.conf.
 * Internal to run/conf_*.
 */
#ifndef PXE_RUN_CONF_BOOT_H
#define PXE_RUN_CONF_BOOT_H

#include "run/conf_job.h"

/* A text with variables that is looked at when everything is known. */
struct pxe_conf_template {
	struct pxe_src src;
	const char *key; /* "args" */
	const struct pxe_conf_target *target;
	const char *text;
	struct pxe_conf_template *next;
};

/* Fills conf->answers; checks the answers that targets name. */
void pxe_conf_make_answers(struct pxe_conf_job *job);
void pxe_conf_check_answers(struct pxe_conf_job *job,
			    const struct pxe_src *src);

/* Who may read a template, at `path`, with that text, which is noted. */
void pxe_conf_check_answer_text(struct pxe_conf_job *job,
				struct pxe_conf_answer *answer,
				const char *path, const char *text);
/* What is booted once and never says that it is done; after all of those. */
void pxe_conf_check_callbacks(struct pxe_conf_job *job);

/* Checks job->templates, those of answer files, and scripts. */
void pxe_conf_check_templates(struct pxe_conf_job *job);

/* Checks what one target says against its type. */
void pxe_conf_check_target(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   const struct pxe_conf_target *target);

#endif
