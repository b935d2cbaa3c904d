/* SPDX-License-Identifier: ISC */
/*
 * libconfuse's part: from a cleaned text to sections, items and values.
 *
 * Every option is a pointer option whose callback notes the text and where it
 * stands; a hidden option with a parsed default tells where a section starts.
 * A section is let go as soon as it ends, so libconfuse, which compares a new
 * title with all earlier ones, never has more than one.  Nothing is checked
 * here but what would be lost: options that are given twice.
 */
#include "run/conf_job.h"
#include "run/conf_net.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START       "\001start" /* cannot be written: control characters */
#define MAX_OPTIONS 320

/* libconfuse hands nothing of ours to its callbacks. */
static struct {
	struct pxe_conf_job *job;
	struct pxe_conf_input *input;
	struct pxe_conf_section *section; /* that values go to now */
	bool is_parsing;
	const struct pxe_conf_value *freed; /* of an option given again */
} now;

bool pxe_conf_is_key(unsigned file, enum pxe_conf_section_kind kind,
		     const char *key)
{
	const struct pxe_dhcp_opt *opt;

	if (pxe_conf_row_find(file, kind, key) != NULL)
		return true;
	opt = pxe_conf_has_options(file, kind) ? pxe_dhcp_opt_find_name(key)
					       : NULL;
	return opt != NULL && pxe_conf_option_refusal(opt->code) == NULL;
}

static struct pxe_src here(const cfg_t *cfg)
{
	unsigned line = cfg->line > 0 ? (unsigned)cfg->line : 1;

	/* at the end, libconfuse is one line beyond it */
	if (line > now.input->n_lines)
		line = now.input->n_lines;
	return (struct pxe_src) { .file = now.input->name, .line = line };
}

/* --- sections and values -------------------------------------------------- */

static int start_section(cfg_t *cfg, cfg_opt_t *opt PXE_UNUSED,
			 const char *value PXE_UNUSED, void *result)
{
	struct pxe_conf_section *section;
	int k = 1;

	while (k < PXE_CONF_N_SECTIONS - 1 &&
	       strcmp(pxe_conf_section_row((enum pxe_conf_section_kind)k)->name,
		      cfg->name) != 0)
		k++;
	section = pxe_conf_alloc(now.job, now.job->scrap, 1, sizeof(*section));
	if (section == NULL)
		return -1;
	section->kind = (enum pxe_conf_section_kind)k;
	section->src = here(cfg);
	section->title =
		cfg->title == NULL
			? ""
			: pxe_conf_copy(now.job, now.job->keep, cfg->title,
					strlen(cfg->title));
	if (section->title == NULL)
		return -1;
	if (now.job->sections[k].last == NULL)
		now.job->sections[k].first = section;
	else
		now.job->sections[k].last->next = section;
	now.job->sections[k].last = section;
	now.job->sections[k].n++;
	now.section = section;
	*(void **)result = section;
	return 0;
}

/* Lets a section go that has ended. */
static int end_section(cfg_t *cfg PXE_UNUSED, cfg_opt_t *opt)
{
	now.is_parsing = false;
	cfg_free_value(opt);
	now.is_parsing = true;
	now.section = now.job->sections[PXE_CONF_ROOT].first;
	return 0;
}

static struct pxe_conf_item *get_item(struct pxe_conf_section *section,
				      const char *key,
				      const struct pxe_src *src, bool *is_new)
{
	const struct pxe_conf_row *row =
		pxe_conf_row_find(now.input->kind, section->kind, key);
	const struct pxe_dhcp_opt *opt =
		row == NULL ? pxe_dhcp_opt_find_name(key) : NULL;
	struct pxe_conf_item *item;

	for (item = section->first; item != NULL; item = item->next)
		if (item->row == row && item->opt == opt)
			return item;
	item = pxe_conf_alloc(now.job, now.job->scrap, 1, sizeof(*item));
	if (item == NULL)
		return NULL;
	item->row = row;
	item->opt = opt;
	item->src = *src;
	if (section->last == NULL)
		section->first = item;
	else
		section->last->next = item;
	section->last = item;
	*is_new = true;
	return item;
}

/* Is this value of an option that was given before?  Told once. */
static bool is_again(struct pxe_conf_item *item, const char *key,
		     const struct pxe_src *src)
{
	bool again = now.freed != NULL || item->src.file != src->file;

	now.freed = NULL;
	if (again)
		pxe_conf_error(now.job, src,
			       "option '%s' was given before, %s line %u: take "
			       "one of them out",
			       key, item->src.file, item->src.line);
	return again;
}

static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *text,
		      void *result)
{
	struct pxe_conf_value *value;
	struct pxe_conf_item *item;
	struct pxe_src src = here(cfg);
	bool is_new = false;

	value = pxe_conf_alloc(now.job, now.job->scrap, 1, sizeof(*value));
	item = get_item(now.section, opt->name, &src, &is_new);
	if (value == NULL || item == NULL)
		return -1;
	value->src = src;
	value->text = pxe_conf_copy(now.job, now.job->keep, text, strlen(text));
	if (value->text == NULL)
		return -1;
	*(void **)result = value;
	if (!is_new && !item->is_closed)
		item->is_closed = is_again(item, opt->name, &src);
	if (item->is_closed || text[0] == PXE_CONF_EMPTY)
		return 0;
	if (item->last == NULL)
		item->first = value;
	else
		item->last->next = value;
	item->last = value;
	item->n++;
	return 0;
}

/* libconfuse replaces a value that was there before. */
static void free_value(void *value)
{
	if (now.is_parsing)
		now.freed = value;
}

/* --- errors --------------------------------------------------------------- */

/* How libconfuse begins what it says, and what to do about it. */
static const struct {
	const char *says, *remedy;
} remedies[] = {
	{ "unexpected closing brace", "there is one '}' too many" },
	{ "unexpected token", "an option is written NAME = VALUE or NAME = "
			      "{ VALUE, VALUE }" },
	{ "missing equal sign", "write NAME = VALUE" },
	{ "missing opening brace", "write '{' before its options" },
	{ "missing title", "write its name in quotes before the '{'" },
	{ "attempt to append", "write '='" },
	{ "no such option", "take it out" },
};

__attribute__((format(printf, 2, 0))) static void tell_syntax(cfg_t *cfg,
							      const char *fmt,
							      va_list args)
{
	struct pxe_src src = here(cfg);
	const char *remedy = "correct it";
	char text[256];

	if (now.input->is_told)
		return;
	now.input->is_told = true;
	vsnprintf(text, sizeof(text), fmt, args);
	for (size_t i = 0; i < PXE_LEN(remedies); i++)
		if (strncmp(text, remedies[i].says, strlen(remedies[i].says)) ==
		    0)
			remedy = remedies[i].remedy;
	if (strncmp(text, "premature end", 13) != 0)
		pxe_conf_error(now.job, &src, "%s: %s", text, remedy);
	else if (now.section->kind == PXE_CONF_ROOT)
		pxe_conf_error(now.job, &src,
			       "the file ends in the middle of an option: an "
			       "option is written NAME = VALUE or NAME = "
			       "{ VALUE, VALUE }");
	else
		pxe_conf_error(now.job, &now.section->src,
			       "section '%s' does not end: close it with '}'",
			       pxe_conf_section_row(now.section->kind)->name);
}

/* --- options -------------------------------------------------------------- */

static void add_option(cfg_opt_t *opts, size_t *n, const char *name,
		       bool is_list)
{
	opts[(*n)++] = (cfg_opt_t) {
		.name = name,
		.type = CFGT_PTR,
		.flags = CFGF_NODEFAULT | (is_list ? CFGF_LIST : 0),
		.parsecb = take_value,
		.freecb = free_value,
	};
}

/*
 * The options of a section; `opts` has room for MAX_OPTIONS, zeroed.
 * Of DHCP options those that the file has: libconfuse copies all of them for
 * each section and compares each with each.
 */
static void list_options(const struct pxe_conf_input *input,
			 enum pxe_conf_section_kind kind, cfg_opt_t *opts)
{
	const unsigned file = input->kind;
	static char start_value[] = "1";
	const struct pxe_dhcp_opt *codes;
	const struct pxe_conf_row *rows;
	size_t n = 0, n_rows;

	rows = pxe_conf_rows(&n_rows);
	for (size_t i = 0; i < n_rows; i++)
		if (rows[i].section == kind && (rows[i].files & file) != 0)
			add_option(opts, &n, rows[i].key, rows[i].is_list);
	codes = pxe_dhcp_opt_rows(&n_rows);
	for (size_t i = 0; i < n_rows && pxe_conf_has_options(file, kind); i++)
		if (input->has_opt[codes[i].code] &&
		    pxe_conf_option_refusal(codes[i].code) == NULL &&
		    pxe_conf_row_find(file, kind, codes[i].name) == NULL)
			add_option(opts, &n, codes[i].name,
				   pxe_dhcp_opt_is_list(codes[i].kind));
	if (kind != PXE_CONF_ROOT)
		opts[n++] = (cfg_opt_t) {
			.name = START,
			.type = CFGT_PTR,
			.def.parsed = start_value,
			.parsecb = start_section,
		};
}

/* Adds the sections that may stand in the file to the options of the root. */
static int list_sections(const struct pxe_conf_input *input, cfg_opt_t *root,
			 cfg_opt_t *subs[PXE_CONF_N_SECTIONS])
{
	size_t n = 0;

	while (root[n].name != NULL)
		n++;
	for (int k = 1; k < PXE_CONF_N_SECTIONS; k++) {
		enum pxe_conf_section_kind kind = (enum pxe_conf_section_kind)k;
		const struct pxe_conf_section_row *row =
			pxe_conf_section_row(kind);

		if ((row->files & input->kind) == 0)
			continue;
		subs[k] = calloc(MAX_OPTIONS, sizeof(cfg_opt_t));
		if (subs[k] == NULL)
			return -ENOMEM;
		list_options(input, kind, subs[k]);
		root[n++] = (cfg_opt_t) {
			.name = row->name,
			.type = CFGT_SEC,
			.flags = CFGF_MULTI | (row->title ? CFGF_TITLE : 0),
			.subopts = subs[k],
			.validcb = end_section,
		};
	}
	return 0;
}

static void parse_with(cfg_t *cfg, FILE *fp)
{
	cfg_set_error_function(cfg, tell_syntax);
	now.is_parsing = true;
	if (cfg_parse_fp(cfg, fp) != CFG_SUCCESS)
		now.input->is_broken = true;
	if (now.input->is_broken && !now.input->is_told && !now.job->is_oom) {
		struct pxe_src src = here(cfg);

		pxe_conf_error(now.job, &src,
			       "the file cannot be understood from here on: "
			       "correct it");
	}
	now.is_parsing = false;
}

void pxe_conf_parse(struct pxe_conf_job *job, struct pxe_conf_input *input)
{
	cfg_opt_t *root = calloc(MAX_OPTIONS, sizeof(*root));
	cfg_opt_t *subs[PXE_CONF_N_SECTIONS] = { NULL };
	FILE *fp = fmemopen(input->text, input->len, "r");
	cfg_t *cfg = NULL;

	now.job = job;
	now.input = input;
	now.section = job->sections[PXE_CONF_ROOT].first;
	now.freed = NULL;
	if (root != NULL && fp != NULL) {
		list_options(input, PXE_CONF_ROOT, root);
		if (list_sections(input, root, subs) == 0)
			cfg = cfg_init(root, CFGF_NONE);
	}
	if (cfg != NULL) {
		parse_with(cfg, fp);
		cfg_free(cfg);
	} else {
		job->is_oom = true;
	}
	if (fp != NULL)
		fclose(fp);
	for (int k = 0; k < PXE_CONF_N_SECTIONS; k++)
		free(subs[k]);
	free(root);
}
