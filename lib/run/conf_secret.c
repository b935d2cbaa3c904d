/* SPDX-License-Identifier: ISC */
#include "run/conf_secret.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/expand.h"
#include "run/conf_perm.h"

#define TEXT_MAX 4096

static struct pxe_conf_input *find_input(struct pxe_conf_job *job,
					 const char *name)
{
	for (size_t i = 0; i < job->n_inputs; i++)
		if (strcmp(job->inputs[i].name, name) == 0)
			return &job->inputs[i];
	return NULL;
}

/* `what` stands at `src`: "password", "vars: x, which is chap-password,". */
static void tell(struct pxe_conf_job *job, const struct pxe_src *src,
		 const char *what, bool may_be_hash)
{
	struct pxe_conf_input *input = find_input(job, src->file);

	if (input == NULL || input->is_bare)
		return;
	input->is_bare = pxe_conf_is_public(input->name);
	if (input->is_bare)
		pxe_conf_warn(job, src,
			      "%s stands here as plain text, and everybody on "
			      "this host can read the file: chgrp it to the "
			      "daemons' group (pxe) and chmod 640 it%s",
			      what,
			      may_be_hash ? ", or write a hash as `openssl "
					    "passwd -6` makes it"
					  : "");
}

/* --- variables that are put into a password ------------------------------- */

struct seen {
	struct pxe_conf_job *job;
	const char *key; /* of the password */
};

/* `n` characters at `name` are the key of a variable; its values are told. */
static void tell_vars(const struct seen *seen, const struct pxe_conf_item *item,
		      const char *name, size_t n)
{
	const struct pxe_conf_value *value = item->first;
	char what[160];

	for (; value != NULL; value = value->next) {
		if (strncmp(value->text, name, n) != 0 || value->text[n] != '=')
			continue;
		snprintf(what, sizeof(what), "vars: \"%.*s\", a %s,",
			 (int)(n < 64 ? n : 64), name, seen->key);
		tell(seen->job, &value->src, what, false);
	}
}

static void on_variable(const char *name, size_t n, unsigned line,
			bool is_optional, void *arg)
{
	const struct seen *seen = arg;
	const struct pxe_conf_section *s;
	const struct pxe_conf_item *item;

	(void)line;
	(void)is_optional;
	if (n < 5 || memcmp(name, "var.", 4) != 0)
		return;
	for (size_t k = 0; k < PXE_CONF_N_SECTIONS; k++)
		for (s = seen->job->sections[k].first; s != NULL; s = s->next)
			for (item = s->first; item != NULL; item = item->next)
				if (item->row != NULL &&
				    item->row->type == PXE_CONF_VAR)
					tell_vars(seen, item, name + 4, n - 4);
}

/* Is it no more than a variable?  What that is stands elsewhere: told there. */
static bool is_variable(struct pxe_conf_job *job, const char *key,
			const char *text)
{
	const struct pxe_expand_vars vars = { .conf = job->conf };
	struct seen seen = { .job = job, .key = key };
	const struct pxe_expand_how how = {
		.format = PXE_FORMAT_TEXT,
		.is_lenient = true,
		.seen = on_variable,
		.arg = &seen,
	};
	struct pxe_expand_mistake mistake;
	char buf[TEXT_MAX];
	struct pxe_str out;

	pxe_str_init(&out, buf, sizeof(buf));
	/* a mistake in it is told by run/conf_template.c */
	return pxe_expand_template(text, strlen(text), &vars, &how, &out,
				   &mistake) < 0 ||
	       pxe_str_has_prefix(text, "{{");
}

/* --- the walk ------------------------------------------------------------- */

static void check_item(struct pxe_conf_job *job,
		       const struct pxe_conf_item *item)
{
	const enum pxe_conf_secrecy secrecy = item->row->secrecy;
	const struct pxe_conf_value *value = item->first;

	for (; value != NULL; value = value->next) {
		if (secrecy == PXE_CONF_PASSWORD_OR_HASH &&
		    value->text[0] == '$')
			continue;
		if (secrecy == PXE_CONF_PASSWORD &&
		    is_variable(job, item->row->key, value->text))
			continue;
		tell(job, &value->src, item->row->key,
		     secrecy == PXE_CONF_PASSWORD_OR_HASH);
	}
}

void pxe_conf_check_secrets(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *s;
	const struct pxe_conf_item *item;

	if ((job->files & PXE_CONF_TEXT_ONLY) != 0)
		return;
	for (size_t k = 0; k < PXE_CONF_N_SECTIONS; k++)
		for (s = job->sections[k].first; s != NULL; s = s->next)
			for (item = s->first; item != NULL; item = item->next)
				if (item->row != NULL &&
				    item->row->secrecy != PXE_CONF_NO_SECRET)
					check_item(job, item);
}
