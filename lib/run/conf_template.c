/* SPDX-License-Identifier: ISC */
/*
 * Templates, as -t sees them: those of targets and those of answer files are
 * expanded, for nobody and for each machine that boots their target by its
 * host section.
 *
 * A variable that nothing sets is a mistake here already; one that some
 * machines have may be missing for others, which are not told to boot that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "core/expand.h"
#include "run/answer_file.h"
#include "run/conf_boot.h"
#include "run/conf_script.h"

/* Octets of templates that are expanded for machines, all in all. */
#define WORK_MAX (64ull * 1024 * 1024)

/* Where vars may stand: who did not read all of them misses none. */
#define KEY_FILES                                                              \
	(PXE_CONF_FILE_DHCPD | PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS)

/* A template under examination. */
struct template
{
	struct pxe_src src; /* line 0: a file, whose lines count */
	const char *what;   /* before messages: "args: "; "" for a file */
	const struct pxe_conf_target *target; /* NULL: see answer */
	const struct pxe_conf_answer *answer; /* NULL: a text of the target */
	const char *text;
	size_t len;
};

/* All that one run needs. */
struct run {
	struct pxe_conf_job *job;
	const char **keys; /* of all variables, sorted */
	size_t n_keys;
	char *buf;               /* of PXE_ANSWER_TEXT_MAX octets */
	unsigned long long left; /* of WORK_MAX */
	const struct template *t;
	enum pxe_conf_severity severity; /* of its mistakes */
	bool has_own;   /* it takes variables of the administrator */
	bool has_wrong; /* and such as there are not, which was told */
};

/* --- the keys that there are ---------------------------------------------- */

static void add_keys(struct run *run, const struct pxe_conf_vars *vars)
{
	for (size_t i = 0; i < vars->n; i++) {
		if (run->keys != NULL)
			run->keys[run->n_keys] = vars->rows[i].key;
		run->n_keys++;
	}
}

static void add_all_keys(struct run *run)
{
	const struct pxe_conf *conf = run->job->conf;

	run->n_keys = 0;
	add_keys(run, &conf->vars);
	for (size_t i = 0; i < conf->n_targets; i++)
		add_keys(run, &conf->targets[i].vars);
	for (size_t i = 0; i < conf->n_subnets; i++)
		add_keys(run, &conf->subnets[i].vars);
	for (size_t i = 0; i < conf->n_hosts; i++)
		add_keys(run, &conf->hosts[i].vars);
}

static int compare_keys(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void collect_keys(struct run *run)
{
	size_t kept = 0;

	add_all_keys(run);
	run->keys = pxe_conf_alloc(run->job, run->job->scrap, run->n_keys + 1,
				   sizeof(*run->keys));
	if (run->keys == NULL)
		return;
	add_all_keys(run);
	qsort(run->keys, run->n_keys, sizeof(*run->keys), compare_keys);
	for (size_t i = 0; i < run->n_keys; i++)
		if (kept == 0 || strcmp(run->keys[kept - 1], run->keys[i]) != 0)
			run->keys[kept++] = run->keys[i];
	run->n_keys = kept;
}

/* --- messages ------------------------------------------------------------- */

/* Where a mistake in that line of the template stands. */
static struct pxe_src src_at(const struct template *t, unsigned line)
{
	struct pxe_src src = t->src;

	if (src.line == 0)
		src.line = line;
	return src;
}

/* The name that was meant: a variable, or one of vars; or "". */
static void guess_name(const struct run *run, const char *written, char *name,
		       size_t cap)
{
	bool is_own = pxe_str_has_prefix(written, "var.");
	struct pxe_conf_guess own = { .written = written + (is_own ? 4 : 0) };
	struct pxe_conf_guess any = { .written = written };

	for (size_t i = 0; i < run->n_keys; i++)
		pxe_conf_guess_try(&own, run->keys[i]);
	for (size_t i = 0; !is_own && pxe_expand_name(i) != NULL; i++)
		pxe_conf_guess_try(&any, pxe_expand_name(i));
	if (own.nearest != NULL &&
	    (any.nearest == NULL || own.distance < any.distance))
		snprintf(name, cap, "var.%s", own.nearest);
	else
		snprintf(name, cap, "%s", any.nearest ? any.nearest : "");
}

/* One that may be missing is told only if it looks like a mistake. */
static void tell_unknown(const struct run *run, unsigned line, bool is_optional,
			 const char *name)
{
	const enum pxe_conf_severity severity =
		is_optional ? PXE_CONF_WARNING : run->severity;
	const struct pxe_src src = src_at(run->t, line);
	char nearest[PXE_EXPAND_NAME_TEXT + 8];

	guess_name(run, name, nearest, sizeof(nearest));
	if (nearest[0] != '\0')
		pxe_conf_say(run->job, severity, &src,
			     "%sthere is no variable {{%s}}: did you mean "
			     "{{%s}}?",
			     run->t->what, name, nearest);
	else if (is_optional)
		return;
	else if (pxe_str_has_prefix(name, "var."))
		pxe_conf_say(run->job, severity, &src,
			     "%sthere is no variable {{%s}}: give it a value "
			     "in vars of a host, a subnet, the target or "
			     "boot.conf",
			     run->t->what, name);
	else
		pxe_conf_say(run->job, severity, &src,
			     "%sthere is no variable {{%s}}: "
			     "pxe-templates(7) lists what there is",
			     run->t->what, name);
}

static void tell_filter(const struct run *run, const struct pxe_src *src,
			const char *name)
{
	struct pxe_conf_guess guess = { .written = name };

	for (size_t i = 0; pxe_expand_filter_name(i) != NULL; i++)
		pxe_conf_guess_try(&guess, pxe_expand_filter_name(i));
	pxe_conf_say(run->job, run->severity, src,
		     "%sthere is no filter \"%s\"%s%s%s", run->t->what, name,
		     guess.nearest ? ": did you mean \"" : "",
		     guess.nearest ? guess.nearest : "",
		     guess.nearest ? "\"?" : ": pxe-templates(7) lists them");
}

static void tell_mistake(const struct run *run,
			 const struct pxe_expand_mistake *m)
{
	const struct pxe_src src = src_at(run->t, m->line);
	const struct pxe_conf_answer *answer = run->t->answer;

	if (m->what == PXE_EXPAND_UNKNOWN)
		tell_unknown(run, m->line, false, m->name);
	else if (m->what == PXE_EXPAND_FILTER)
		tell_filter(run, &src, m->name);
	else if (m->what == PXE_EXPAND_OPEN)
		pxe_conf_say(run->job, run->severity, &src,
			     "%sa '%s' is not closed: add '%s'%s", run->t->what,
			     m->name, answer != NULL ? answer->close : "}}",
			     run->t->src.line == 0
				     ? " on the same line, or double it if "
				       "it is no variable"
				     : "");
	else
		pxe_conf_say(run->job, run->severity, &src, "%s%s: %s",
			     run->t->what, m->name,
			     pxe_expand_wrong_text(m->what));
}

/* --- one template --------------------------------------------------------- */

/* A script has no boot session, unless its target takes one for another
 * reason: what a file says is not known to those who open one. */
static void check_session(const struct run *run, unsigned line,
			  const char *name)
{
	static const char *const names[] = { "answer-url", "done-url",
					     "failed-url", "token" };
	const struct pxe_src src = src_at(run->t, line);

	if (run->t->src.line != 0 || run->t->target == NULL ||
	    pxe_conf_target_needs_session(run->t->target))
		return;
	for (size_t i = 0; i < PXE_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			pxe_conf_warn(run->job, &src,
				      "{{%s}} is nothing here, as target "
				      "\"%s\" has no boot session: give it "
				      "once = yes, or answers",
				      name, run->t->target->name);
}

/* A variable of the administrator that nothing sets is told here. */
static void note_name(const char *name, size_t n, unsigned line,
		      bool is_optional, void *arg)
{
	struct run *run = arg;
	char text[PXE_EXPAND_NAME_TEXT];
	const char *key = text + 4;
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_putn(&s, name, n);
	if (!pxe_str_has_prefix(text, "var.")) {
		check_session(run, line, text);
		return;
	}
	run->has_own = true;
	if ((run->job->files & KEY_FILES) == KEY_FILES &&
	    bsearch(&key, run->keys, run->n_keys, sizeof(*run->keys),
		    compare_keys) == NULL)
		tell_unknown(run, line, is_optional, text);
}

static void note_wrong(const struct pxe_expand_mistake *mistake, void *arg)
{
	struct run *run = arg;

	run->has_wrong = true;
	tell_mistake(run, mistake);
}

static struct pxe_expand_how how_of(const struct template *t)
{
	struct pxe_expand_how how = { .format = PXE_FORMAT_TEXT };

	if (t->answer != NULL) {
		how.format = t->answer->format;
		how.open = t->answer->open;
		how.close = t->answer->close;
	}
	return how;
}

static int expand(struct run *run, const struct pxe_expand_vars *vars,
		  const struct pxe_expand_how *how,
		  struct pxe_expand_mistake *mistake)
{
	struct pxe_str out;

	run->left -= run->t->len < run->left ? run->t->len : run->left;
	pxe_str_init(&out, run->buf, PXE_ANSWER_TEXT_MAX);
	return pxe_expand_template(run->t->text, run->t->len, vars, how, &out,
				   mistake);
}

/*
 * Has a machine all that its template takes?  One without an address of its
 * own has it if it has it in any subnet.
 */
static bool is_complete(struct run *run, const struct pxe_conf_host *host,
			const struct pxe_conf_target *target,
			struct pxe_expand_mistake *mistake)
{
	const struct pxe_conf *conf = run->job->conf;
	const struct pxe_expand_how how = how_of(run->t);
	struct pxe_expand_vars vars = {
		.conf = conf,
		.host = host,
		.target = target,
		.http_port = 1,
		.subnet = pxe_conf_find_subnet(conf, host->address),
	};
	int r = expand(run, &vars, &how, mistake);

	for (size_t i = 0; r < 0 && host->address == 0 && i < conf->n_subnets;
	     i++) {
		vars.subnet = &conf->subnets[i];
		r = expand(run, &vars, &how, mistake);
	}
	return r == 0;
}

/* The hosts that boot the target of this template, or one of its targets. */
static const struct pxe_conf_target *boots_it(const struct template *t,
					      const struct pxe_conf_host *host)
{
	if (host->boot == NULL || t->target != NULL)
		return host->boot == t->target ? host->boot : NULL;
	for (size_t i = 0; i < host->boot->n_answers; i++)
		if (host->boot->answers[i] == t->answer)
			return host->boot;
	return NULL;
}

static void check_hosts(struct run *run)
{
	const struct pxe_conf *conf = run->job->conf;

	for (size_t i = 0; i < conf->n_hosts; i++) {
		const struct pxe_conf_host *host = &conf->hosts[i];
		const struct pxe_conf_target *target = boots_it(run->t, host);
		struct pxe_expand_mistake m = { 0 };
		struct pxe_src src;

		if (target == NULL)
			continue;
		if (run->left == 0)
			return;
		if (is_complete(run, host, target, &m))
			continue;
		src = src_at(run->t, m.line);
		if (m.what != PXE_EXPAND_UNSET) {
			tell_mistake(run, &m);
			return;
		}
		pxe_conf_say(run->job, run->severity, &host->src,
			     "host \"%s\" boots \"%s\" and has no {{%s}}, "
			     "which %s line %u takes: add it to vars of the "
			     "host, or give it a default there",
			     host->name, target->name, m.name, src.file,
			     src.line);
	}
}

static void check_template(struct run *run, const struct template *t)
{
	const struct pxe_conf *conf = run->job->conf;
	const struct pxe_expand_vars nobody = {
		.conf = conf,
		.target = t->target,
		.http_port = 1,
	};
	struct pxe_expand_how how = how_of(t);
	struct pxe_expand_mistake mistake;

	how.is_lenient = true;
	how.seen = note_name;
	how.wrong = note_wrong;
	how.arg = run;
	run->t = t;
	run->has_own = run->has_wrong = false;
	/* a template may be changed at any time: what is wrong with it does
	 * not keep a daemon from starting */
	run->severity =
		t->src.line != 0 || (run->job->files & PXE_CONF_STRICT) != 0
			? PXE_CONF_ERROR
			: PXE_CONF_WARNING;
	if (expand(run, &nobody, &how, &mistake) < 0)
		tell_mistake(run, &mistake);
	else if (run->has_own && !run->has_wrong)
		check_hosts(run);
}

/* --- files ---------------------------------------------------------------- */

/*
 * The text of a file below a directory, malloc'd, and its path, as long as the
 * run; NULL: told why not.
 */
static char *read_file(struct pxe_conf_job *job, const struct pxe_src *src,
		       const char *what, const char *dir, const char *file,
		       const char **path, size_t *len)
{
	size_t cap = strlen(dir) + strlen(file) + 2;
	char *whole = pxe_conf_alloc(job, job->scrap, cap, 1), *text;
	int r;

	if (whole == NULL || file[0] == '\0')
		return NULL;
	snprintf(whole, cap, "%s/%s", dir, file);
	r = pxe_answer_file_read(dir, file, &text, len);
	if (r < 0)
		pxe_conf_warn(job, src, "%s %s: %s: %s", what, whole,
			      pxe_answer_read_text(r),
			      pxe_answer_read_remedy(r));
	*path = whole;
	return r < 0 ? NULL : text;
}

static void check_answer(struct run *run, struct pxe_conf_answer *answer)
{
	struct template t = { .what = "", .answer = answer };
	const char *path;
	char *text = read_file(run->job, &answer->src, "template",
			       run->job->conf->answer_dir, answer->file, &path,
			       &t.len);

	if (text == NULL)
		return;
	pxe_conf_check_answer_text(run->job, answer, path, text);
	t.src.file = path;
	t.text = text;
	check_template(run, &t);
	explicit_bzero(text, t.len);
	free(text);
}

static void check_script(struct run *run, const struct pxe_conf_target *target,
			 enum pxe_script_kind kind, const char *what,
			 const char *file)
{
	struct template t = { .what = "", .target = target };
	const char *path;
	char *text = read_file(run->job, &target->src, what,
			       run->job->conf->script_dir, file, &path, &t.len);

	if (text == NULL)
		return;
	t.src.file = path;
	t.text = text;
	check_template(run, &t);
	pxe_conf_check_script(run->job, kind, path, text, t.len, run->severity);
	free(text);
}

static void check_scripts(struct run *run, const struct pxe_conf_target *t)
{
	if (t->type != PXE_TARGET_SCRIPT)
		return;
	check_script(run, t, PXE_SCRIPT_IPXE, "script", t->scripts.ipxe);
	check_script(run, t, PXE_SCRIPT_PXELINUX, "pxelinux-script",
		     t->scripts.pxelinux);
	check_script(run, t, PXE_SCRIPT_GRUB, "grub-script", t->scripts.grub);
}

/* Those of the programs that hand them out: nobody else has to be able to
 * read them. */
static void check_files(struct run *run)
{
	const struct pxe_conf *conf = run->job->conf;
	unsigned files = run->job->files;

	if ((files & PXE_CONF_TEXT_ONLY) != 0)
		return;
	if ((files & PXE_CONF_FILE_HTTPD) != 0) {
		for (size_t i = 0; i < conf->n_answers; i++)
			check_answer(run, &conf->answers[i]);
		pxe_conf_check_callbacks(run->job);
	}
	if ((files & (PXE_CONF_FILE_HTTPD | PXE_CONF_FILE_TFTPD)) != 0)
		for (size_t i = 0; i < conf->n_targets; i++)
			check_scripts(run, &conf->targets[i]);
}

/* --- all of them ---------------------------------------------------------- */

static void check_noted(struct run *run)
{
	char what[64];

	for (const struct pxe_conf_template *n = run->job->templates; n;
	     n = n->next) {
		const struct template t = {
			.src = n->src,
			.what = what,
			.target = n->target,
			.text = n->text,
			.len = strlen(n->text),
		};

		snprintf(what, sizeof(what), "%s: ", n->key);
		check_template(run, &t);
	}
}

void pxe_conf_check_templates(struct pxe_conf_job *job)
{
	struct run run = { .job = job, .left = WORK_MAX };

	collect_keys(&run);
	run.buf = malloc(PXE_ANSWER_TEXT_MAX);
	if (run.buf == NULL || run.keys == NULL) {
		job->is_oom = true;
		free(run.buf);
		return;
	}
	check_noted(&run);
	check_files(&run);
	free(run.buf);
}
