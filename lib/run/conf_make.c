/* SPDX-License-Identifier: ISC */
/* Sections and their items to the records of core/conf.h. */
#include "run/conf_boot.h"

#include <string.h>

#include "base/str.h"
#include "core/conf_index.h"
#include "run/conf_net.h"

static const char nothing[] = "";

/* --- fields --------------------------------------------------------------- */

static bool is_pointer_to_text(enum pxe_conf_type type)
{
	return type >= PXE_CONF_TEXT && type <= PXE_CONF_LISTEN;
}

/* Reads `n` values into an array; those that are wrong are left out. */
static void fill_list(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, size_t n,
		      unsigned char *base)
{
	size_t size = pxe_conf_type_size(row->type), used = 0;
	unsigned char *array = pxe_conf_alloc(job, job->keep, n + 1, size);

	if (array == NULL)
		return;
	for (; value != NULL; value = value->next)
		used += pxe_conf_value_read(job, row, value,
					    array + used * size);
	memcpy(base + row->offset, &array, sizeof(array));
	memcpy(base + row->offset_n, &used, sizeof(used));
}

/* The default as values: a list has blanks between them. */
static void fill_default(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row, unsigned char *base)
{
	const char *text = row->dflt, *end;
	struct pxe_conf_value *first = NULL, **last = &first;
	size_t n = 0;

	if (text == NULL || *text == '\0')
		return;
	for (; *text != '\0'; text = end + (*end == ' ')) {
		end = row->is_list ? text + strcspn(text, " ")
				   : text + strlen(text);
		*last = pxe_conf_alloc(job, job->scrap, 1, sizeof(**last));
		if (*last == NULL)
			return;
		(*last)->src.file = nothing;
		(*last)->text = pxe_conf_copy(job, job->keep, text,
					      (size_t)(end - text));
		if ((*last)->text == NULL)
			return;
		last = &(*last)->next;
		n++;
	}
	if (row->is_list)
		fill_list(job, row, first, n, base);
	else
		(void)pxe_conf_value_read(job, row, first, base + row->offset);
}

static void fill_row(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		     const struct pxe_conf_item *item, unsigned char *base)
{
	const char *text = nothing;

	if (is_pointer_to_text(row->type) && !row->is_list)
		memcpy(base + row->offset, &text, sizeof(text));
	if (item == NULL) {
		fill_default(job, row, base);
	} else if (row->is_list) { /* an empty one is not the default */
		fill_list(job, row, item->first, item->n, base);
	} else {
		bool is_read = pxe_conf_value_read(job, row, item->first,
						   base + row->offset);

		if (row->offset_n != 0)
			memcpy(base + row->offset_n, &is_read, sizeof(is_read));
		else if (!is_read) /* so that nothing follows from it */
			fill_default(job, row, base);
	}
}

void pxe_conf_fill(struct pxe_conf_job *job,
		   const struct pxe_conf_section *section, void *base)
{
	const struct pxe_conf_row *rows;
	const struct pxe_conf_item *item;
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n && !job->is_oom; i++) {
		if (rows[i].section != section->kind)
			continue;
		item = section->first;
		while (item != NULL && item->row != &rows[i])
			item = item->next;
		fill_row(job, &rows[i], item, base);
	}
}

const struct pxe_conf_item *pxe_conf_item_find(
	const struct pxe_conf_section *section, const char *key)
{
	for (const struct pxe_conf_item *i = section->first; i; i = i->next)
		if (i->row != NULL && i->first != NULL &&
		    strcmp(i->row->key, key) == 0)
			return i;
	return NULL;
}

/* --- titles --------------------------------------------------------------- */

bool pxe_conf_check_name(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section)
{
	const char *what = pxe_conf_section_row(section->kind)->name, *p;
	struct pxe_hwaddr hw;
	uint32_t address;

	for (p = section->title; pxe_is_alnum(*p) || strchr("._-", *p); p++)
		if (*p == '\0')
			break;
	if (*p != '\0' || section->title[0] == '\0' ||
	    strlen(section->title) > 63)
		pxe_conf_error(
			job, &section->src,
			"%s \"%.100s\" is not a name: use 1 to 63 letters, "
			"digits, '.', '_' and '-'",
			what, section->title);
	else if (pxe_ip4_parse(section->title, &address) == 0 ||
		 pxe_hwaddr_parse(section->title, &hw) == 0)
		pxe_conf_error(job, &section->src,
			       "%s \"%s\" looks like an address: give it a "
			       "name",
			       what, section->title);
	else
		return true;
	return false;
}

/* --- sections ------------------------------------------------------------- */

/* An array for the sections of a kind, with room for one more. */
#define ARRAY_OF(job, kind, type)                                              \
	pxe_conf_alloc(job, (job)->keep, (job)->sections[kind].n + 1,          \
		       sizeof(type))
#define FOR_EACH(job, kind, section)                                           \
	for (const struct pxe_conf_section *section =                          \
		     (job)->sections[kind].first;                              \
	     section != NULL && !(job)->is_oom; section = section->next)

/* Beside the state directory, so that who restores that one leaves it. */
static void make_witness_dir(struct pxe_conf_job *job)
{
	static const char suffix[] = "-witness";
	size_t n = strlen(job->conf->state_dir);
	char *dir;

	if (job->conf->witness_dir[0] != '\0')
		return;
	while (n > 1 && job->conf->state_dir[n - 1] == '/')
		n--;
	dir = pxe_conf_alloc(job, job->keep, n + sizeof(suffix), 1);
	if (dir == NULL)
		return;
	memcpy(dir, job->conf->state_dir, n);
	memcpy(dir + n, suffix, sizeof(suffix));
	job->conf->witness_dir = dir;
}

static void make_root(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *root =
		job->sections[PXE_CONF_ROOT].first;
	struct pxe_conf *conf = job->conf;

	pxe_conf_fill(job, root, conf);
	if (!job->is_oom)
		make_witness_dir(job);
	pxe_conf_make_options(job, root, &conf->opts, &conf->n_opts);
	pxe_conf_check_access(job, root, &conf->access);
	pxe_conf_make_vars(job, &conf->vars);
}

static void make_subnets(struct pxe_conf_job *job)
{
	struct pxe_conf *conf = job->conf;

	conf->subnets = ARRAY_OF(job, PXE_CONF_SUBNET, struct pxe_conf_subnet);
	FOR_EACH(job, PXE_CONF_SUBNET, section)
	conf->n_subnets +=
		pxe_conf_make_subnet(job, section,
				     &conf->subnets[conf->n_subnets]);
}

static void make_loaders(struct pxe_conf_job *job)
{
	struct pxe_conf *conf = job->conf;

	conf->loaders = ARRAY_OF(job, PXE_CONF_LOADER, struct pxe_conf_loader);
	FOR_EACH(job, PXE_CONF_LOADER, section)
	{
		struct pxe_conf_loader *loader =
			&conf->loaders[conf->n_loaders];

		loader->src = section->src;
		pxe_conf_fill(job, section, loader);
		if (pxe_conf_item_find(section, "file") == NULL)
			pxe_conf_error(job, &section->src,
				       "loader \"%s\" has no file: add file = "
				       "\"...\"",
				       section->title);
		conf->n_loaders +=
			pxe_conf_find_family(job, &section->src,
					     "loader family", section->title,
					     &loader->family);
	}
}

/* The target that is there without a section, with the defaults of all. */
static void add_local(struct pxe_conf_job *job)
{
	const struct pxe_conf_section none = { .kind = PXE_CONF_TARGET };
	struct pxe_conf *conf = job->conf;
	struct pxe_conf_target *target = &conf->targets[conf->n_targets++];

	pxe_conf_fill(job, &none, target);
	target->src.file = nothing;
	target->name = "local";
	target->title = "Boot from local disk";
	target->type = PXE_TARGET_LOCAL;
}

static void make_targets(struct pxe_conf_job *job)
{
	struct pxe_conf *conf = job->conf;
	bool has_local = false;

	conf->targets = ARRAY_OF(job, PXE_CONF_TARGET, struct pxe_conf_target);
	if (job->is_oom)
		return;
	FOR_EACH(job, PXE_CONF_TARGET, section)
	has_local |= strcmp(section->title, "local") == 0;
	if (!has_local)
		add_local(job);
	FOR_EACH(job, PXE_CONF_TARGET, section)
	{
		struct pxe_conf_target *target =
			&conf->targets[conf->n_targets];

		target->src = section->src;
		target->name = section->title;
		pxe_conf_fill(job, section, target);
		pxe_conf_make_vars(job, &target->vars);
		if (target->title[0] == '\0')
			target->title = target->name;
		if (pxe_conf_check_name(job, section))
			pxe_conf_check_target(job, section, target);
		conf->n_targets++;
	}
}

static void check_host(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_host *host)
{
	const struct pxe_conf_item *time =
		pxe_conf_item_find(section, "lease-time");

	if (pxe_conf_item_find(section, "mac") == NULL &&
	    pxe_conf_item_find(section, "uuid") == NULL &&
	    pxe_conf_item_find(section, "client-id") == NULL)
		pxe_conf_error(job, &section->src,
			       "host \"%s\" has neither mac nor uuid nor "
			       "client-id: add one, or it is nobody",
			       section->title);
	if (time != NULL && host->max_lease_s != 0 &&
	    host->lease_s > host->max_lease_s)
		pxe_conf_error(job, &time->first->src,
			       "lease-time (%u) is above max-lease-time (%u) "
			       "of this host: change one of them",
			       host->lease_s, host->max_lease_s);
}

static void make_hosts(struct pxe_conf_job *job)
{
	struct pxe_conf *conf = job->conf;

	conf->hosts = ARRAY_OF(job, PXE_CONF_HOST, struct pxe_conf_host);
	FOR_EACH(job, PXE_CONF_HOST, section)
	{
		struct pxe_conf_host *host = &conf->hosts[conf->n_hosts++];

		host->src = section->src;
		host->name = section->title;
		(void)pxe_conf_check_name(job, section);
		pxe_conf_fill(job, section, host);
		pxe_conf_make_options(job, section, &host->opts, &host->n_opts);
		pxe_conf_make_vars(job, &host->vars);
		pxe_conf_check_room(job, section, host->opts, host->n_opts);
		check_host(job, section, host);
	}
}

/* --- references ----------------------------------------------------------- */

static const void *find_target(const struct pxe_conf *conf, const char *name)
{
	return pxe_conf_find_target(conf, name);
}

static const char *target_name(const struct pxe_conf *conf, size_t i)
{
	return i < conf->n_targets ? conf->targets[i].name : NULL;
}

static const void *find_answer(const struct pxe_conf *conf, const char *name)
{
	return pxe_conf_find_answer(conf, name);
}

static const char *answer_name(const struct pxe_conf *conf, size_t i)
{
	return i < conf->n_answers ? conf->answers[i].name : NULL;
}

static const void *find_submenu(const struct pxe_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_submenus; i++)
		if (strcmp(conf->submenus[i].name, name) == 0)
			return &conf->submenus[i];
	return NULL;
}

static const char *submenu_name(const struct pxe_conf *conf, size_t i)
{
	return i < conf->n_submenus ? conf->submenus[i].name : NULL;
}

/* What a reference leads to; `name`: of the `i`th, NULL beyond the last. */
static const struct {
	enum pxe_conf_type type;
	const char *what;
	const void *(*find)(const struct pxe_conf *conf, const char *name);
	const char *(*name)(const struct pxe_conf *conf, size_t i);
} ref_types[] = {
	{ PXE_CONF_REF, "target", find_target, target_name },
	{ PXE_CONF_REF_ANSWER, "answer", find_answer, answer_name },
	{ PXE_CONF_REF_SUBMENU, "submenu", find_submenu, submenu_name },
};

static void tell_nothing_there(struct pxe_conf_job *job,
			       const struct pxe_conf_ref *ref, size_t type)
{
	struct pxe_conf_guess guess = { .written = ref->value.text };
	const char *what = ref_types[type].what, *name;

	for (size_t i = 0; (name = ref_types[type].name(job->conf, i)); i++)
		pxe_conf_guess_try(&guess, name);
	if (guess.nearest != NULL)
		pxe_conf_error(job, &ref->value.src,
			       "%s = \"%s\": there is no such %s: did you "
			       "mean \"%s\"?",
			       ref->key, ref->value.text, what, guess.nearest);
	else
		pxe_conf_error(job, &ref->value.src,
			       "%s = \"%s\": there is no such %s: add "
			       "%s \"%s\" { ... } to boot.conf",
			       ref->key, ref->value.text, what, what,
			       ref->value.text);
}

static void resolve_ref(struct pxe_conf_job *job,
			const struct pxe_conf_ref *ref)
{
	const void *found;
	size_t type = 0;

	while (ref_types[type].type != ref->type)
		type++;
	found = ref_types[type].find(job->conf, ref->value.text);
	memcpy(ref->at, &found, sizeof(found));
	/* it may stand behind a syntax error */
	if (found == NULL && !job->is_broken)
		tell_nothing_there(job, ref, type);
}

void pxe_conf_make(struct pxe_conf_job *job)
{
	make_root(job);
	make_subnets(job);
	pxe_conf_make_elsewhere(job);
	pxe_conf_make_pxe(job);
	pxe_conf_make_tftp(job);
	make_loaders(job);
	make_targets(job);
	pxe_conf_make_answers(job);
	pxe_conf_make_menus(job);
	make_hosts(job);
	if (!job->is_oom && pxe_conf_index_build(job->conf) < 0)
		job->is_oom = true;
	if (!job->is_oom)
		for (struct pxe_conf_ref *ref = job->refs; ref; ref = ref->next)
			resolve_ref(job, ref);
}
