/* SPDX-License-Identifier: ISC */
/* Answer files of installers, as boot.conf names them. */
#include "run/conf_boot.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/str.h"
#include "core/target.h"
#include "run/answer_file.h"
#include "run/conf_perm.h"

/* The format of a template by the end of its name; of others: text. */
static const struct {
	const char *suffix;
	enum pxe_format format;
} suffixes[] = {
	{ ".yaml", PXE_FORMAT_YAML }, { ".yml", PXE_FORMAT_YAML },
	{ ".json", PXE_FORMAT_JSON }, { ".ign", PXE_FORMAT_JSON },
	{ ".xml", PXE_FORMAT_XML },   { ".sh", PXE_FORMAT_SHELL },
	{ ".ks", PXE_FORMAT_SHELL }, /* pykickstart reads its lines as a shell
				      */
};

static enum pxe_format format_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *dot = strrchr(slash != NULL ? slash : file, '.');

	for (size_t i = 0; dot != NULL && i < PXE_LEN(suffixes); i++)
		if (strcasecmp(dot, suffixes[i].suffix) == 0)
			return suffixes[i].format;
	return PXE_FORMAT_TEXT;
}

static void check_answer(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_answer *answer)
{
	if (pxe_conf_item_find(section, "file") == NULL)
		pxe_conf_error(job, &section->src,
			       "answer \"%.100s\" has no file: add file = "
			       "\"...\"",
			       section->title);
	if (strspn(answer->as, ".") == strlen(answer->as))
		pxe_conf_error(job, &section->src,
			       "answer \"%.100s\": nobody can ask for \"%s\": "
			       "give it another as",
			       section->title, answer->as);
}

/* "{{ }}" becomes "{{" and "}}". */
static void split_delimiters(struct pxe_conf_job *job,
			     const struct pxe_conf_section *section,
			     struct pxe_conf_answer *answer)
{
	const char *text = answer->open[0] != '\0' ? answer->open : "{{ }}";
	size_t n = strcspn(text, " "), m;

	m = text[n] == ' ' ? strlen(text + n + 1) : 0;
	answer->open = pxe_conf_copy(job, job->keep, text, n);
	answer->close = text + n + (m > 0);
	if (n < 1 || m < 1 || n > 8 || m > 8 || strchr(answer->close, ' ') ||
	    strcmp(answer->open, answer->close) == 0)
		pxe_conf_error(
			job, &section->src,
			"answer \"%.100s\": delimiters = \"%s\": write "
			"what begins a variable, a blank, and what ends "
			"it, each of 1 to 8 characters, like \"<%% %%>\"",
			section->title, text);
}

void pxe_conf_make_answers(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *section =
		job->sections[PXE_CONF_ANSWER].first;
	struct pxe_conf *conf = job->conf;

	conf->answers = pxe_conf_alloc(job, job->keep,
				       job->sections[PXE_CONF_ANSWER].n + 1,
				       sizeof(*conf->answers));
	for (; section != NULL && !job->is_oom; section = section->next) {
		struct pxe_conf_answer *answer =
			&conf->answers[conf->n_answers++];

		answer->src = section->src;
		answer->name = section->title;
		pxe_conf_fill(job, section, answer);
		split_delimiters(job, section, answer);
		if (answer->as[0] == '\0')
			answer->as = answer->name;
		if (pxe_conf_item_find(section, "format") == NULL)
			answer->format = format_of(answer->file);
		if (pxe_conf_check_name(job, section))
			check_answer(job, section, answer);
	}
}

/* What passwords and keys look like in answer files. */
static bool has_secret(const char *text)
{
	static const char *const signs[] = {
		"$1$",
		"$2a$",
		"$2b$",
		"$2y$",
		"$5$",
		"$6$",
		"$y$",
		"$gy$",
		"PRIVATE KEY-----",
		"-password password ",
		"rootpw --plaintext",
		"<PlainText>",
		"<Password>",
	};

	for (size_t i = 0; i < PXE_LEN(signs); i++)
		if (strstr(text, signs[i]) != NULL)
			return true;
	return false;
}

/* May pxe-httpd read it, and others not? */
static void check_access(struct pxe_conf_job *job,
			 const struct pxe_conf_answer *answer, const char *path,
			 const char *text)
{
	const struct pxe_conf *conf = job->conf;
	struct stat file, dir;

	if (stat(path, &file) < 0 || stat(conf->answer_dir, &dir) < 0)
		return;
	if (!pxe_conf_may(conf->httpd_user, &file, S_IROTH) ||
	    !pxe_conf_may(conf->httpd_user, &dir, S_IXOTH))
		pxe_conf_warn(job, &answer->src,
			      "answer \"%s\": %s cannot be read by the user "
			      "%s of pxe-httpd: chgrp it and its directory to "
			      "that user's group, and chmod g+rX them",
			      answer->name, path, conf->httpd_user);
	if (has_secret(text) && pxe_conf_is_public(path))
		pxe_conf_warn(job, &answer->src,
			      "answer \"%s\": %s has a password or a key, and "
			      "everybody on this host can read it: chmod o-r "
			      "it",
			      answer->name, path);
}

void pxe_conf_check_answer_text(struct pxe_conf_job *job,
				struct pxe_conf_answer *answer,
				const char *path, const char *text)
{
	answer->is_read = true;
	answer->names_done = strstr(text, "done-url") != NULL;
	check_access(job, answer, path, text);
}

static bool calls_back(const struct pxe_conf_target *target)
{
	const struct pxe_conf_answer *answer;

	for (size_t i = 0; i < target->n_answers; i++) {
		answer = target->answers[i];
		if (answer == NULL || !answer->is_read || answer->names_done)
			return true;
	}
	return pxe_conf_target_names(target, "done-url") ||
	       pxe_conf_target_names(target, "token");
}

/* Who installs and says nothing has failed in the end, and is held. */
void pxe_conf_check_callbacks(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; i < conf->n_targets && !job->is_broken; i++) {
		const struct pxe_conf_target *target = &conf->targets[i];

		if (target->is_once && target->n_answers > 0 &&
		    target->type != PXE_TARGET_SCRIPT && !calls_back(target))
			pxe_conf_warn(job, &target->src,
				      "target \"%.100s\" is booted once, and "
				      "none of its answer files names "
				      "{{done-url}}: fetch that at the end of "
				      "the installation, or each counts as "
				      "failed after session-timeout",
				      target->name);
	}
}

/* Two files of one target under one name: only the first would be seen. */
static void check_target(struct pxe_conf_job *job,
			 const struct pxe_conf_target *target)
{
	const struct pxe_conf_answer *a, *b;

	for (size_t i = 1; i < target->n_answers; i++)
		for (size_t k = 0; k < i; k++) {
			a = target->answers[k];
			b = target->answers[i];
			if (a == NULL || b == NULL || strcmp(a->as, b->as) != 0)
				continue;
			pxe_conf_error(job, &target->src,
				       "target \"%.100s\": the answers \"%s\" "
				       "and \"%s\" are both served as \"%s\": "
				       "take one out, or change its as",
				       target->name, a->name, b->name, a->as);
		}
}

/* A name behind {{answer-url}} is that of one of its answers. */
static void check_url(struct pxe_conf_job *job,
		      const struct pxe_conf_target *target, const char *text)
{
	static const char url[] = "{{answer-url}}/";
	char name[64];

	while ((text = strstr(text, url)) != NULL) {
		size_t n = strcspn(text += strlen(url), " \t&?#;,\"'");

		/* a prefix, which has its names from the installer */
		if (n == 0 || n >= sizeof(name) || memchr(text, '{', n) != NULL)
			continue;
		memcpy(name, text, n);
		name[n] = '\0';
		if (target->n_answers > 0 &&
		    pxe_conf_find_answer_as(target, name) == NULL)
			pxe_conf_warn(job, &target->src,
				      "target \"%.100s\" names the answer file "
				      "%s, and has %.100s: correct the name, "
				      "or as of the answer",
				      target->name, name,
				      target->answers[0]->as);
	}
}

/* Will its installer come for them, and by which names? */
static void check_urls(struct pxe_conf_job *job,
		       const struct pxe_conf_target *target)
{
	const char *text;

	/* of a script its own check tells */
	if (job->is_broken || target->type == PXE_TARGET_SCRIPT)
		return;
	for (size_t i = 0; i < target->n_answers; i++)
		if (target->answers[i] == NULL)
			return;
	for (size_t i = 0; (text = pxe_target_text(target, i)) != NULL; i++)
		check_url(job, target, text);
	if (target->n_answers > 0 &&
	    !pxe_conf_target_names(target, "answer-url") &&
	    !pxe_conf_target_names(target, "token"))
		/* where they are the gate the order would never be consumed,
		 * and the machine be installed at every boot */
		pxe_conf_say(job,
			     target->is_once ? PXE_CONF_ERROR
					     : PXE_CONF_WARNING,
			     &target->src,
			     "target \"%.100s\" has answers, and nothing "
			     "tells its installer where they are: name "
			     "{{answer-url}}/%.100s in its arguments",
			     target->name, target->answers[0]->as);
}

static bool is_named(const struct pxe_conf *conf,
		     const struct pxe_conf_answer *answer)
{
	for (size_t i = 0; i < conf->n_targets; i++)
		for (size_t k = 0; k < conf->targets[i].n_answers; k++)
			if (conf->targets[i].answers[k] == answer)
				return true;
	return false;
}

/* What anybody on the network can write must not become a template. */
static void check_uploads(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;
	const char *up = conf->upload_dir, *dir = conf->answer_dir;

	if (up[0] != '\0' &&
	    (pxe_conf_is_within(up, dir) || pxe_conf_is_within(dir, up)))
		pxe_conf_error(job, src,
			       "answer-dir %s and upload-dir %s lie one in the "
			       "other: whoever is on the network could write "
			       "what installers get: name another directory",
			       dir, up);
}

void pxe_conf_check_answers(struct pxe_conf_job *job, const struct pxe_src *src)
{
	const struct pxe_conf *conf = job->conf;

	if (conf->n_answers > 0 &&
	    pxe_conf_is_within(conf->answer_dir, conf->boot_root))
		pxe_conf_error(job, src,
			       "answer-dir %s lies in the boot root: whoever "
			       "asks would get the templates, with their "
			       "passwords: name a directory beside it",
			       conf->answer_dir);
	if (conf->n_answers > 0)
		check_uploads(job, src);
	for (size_t i = 0; i < conf->n_answers; i++)
		if (!is_named(conf, &conf->answers[i]) && !job->is_broken)
			pxe_conf_warn(job, &conf->answers[i].src,
				      "answer \"%s\" is in answers of no "
				      "target, so nobody gets it: add it to "
				      "one",
				      conf->answers[i].name);
	for (size_t i = 0; i < conf->n_targets; i++) {
		check_target(job, &conf->targets[i]);
		check_urls(job, &conf->targets[i]);
	}
}
