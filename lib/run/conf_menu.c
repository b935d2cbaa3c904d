/* SPDX-License-Identifier: ISC */
/* The menu, its pages, and what targets and hosts say of it. */
#include "run/conf_job.h"

#include <string.h>

#include "base/str.h"

static const char nothing[] = "";

static void make_menu(struct pxe_conf_job *job)
{
	const struct pxe_conf_section none = { .kind = PXE_CONF_MENU };
	const struct pxe_conf_section *section =
		job->sections[PXE_CONF_MENU].first;

	job->conf->menu.src.file = nothing;
	pxe_conf_fill(job, section ? section : &none, &job->conf->menu);
	if (section == NULL)
		return;
	job->conf->menu.src = section->src;
	for (section = section->next; section; section = section->next)
		pxe_conf_error(job, &section->src,
			       "there is a menu already, %s line %u: make one "
			       "of them",
			       job->conf->menu.src.file,
			       job->conf->menu.src.line);
}

static void make_submenus(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *section =
		job->sections[PXE_CONF_SUBMENU].first;
	struct pxe_conf *conf = job->conf;

	conf->submenus = pxe_conf_alloc(job, job->keep,
					job->sections[PXE_CONF_SUBMENU].n + 1,
					sizeof(*conf->submenus));
	for (; section != NULL && !job->is_oom; section = section->next) {
		struct pxe_conf_submenu *submenu =
			&conf->submenus[conf->n_submenus++];

		submenu->src = section->src;
		submenu->name = section->title;
		pxe_conf_fill(job, section, submenu);
		if (submenu->title[0] == '\0')
			submenu->title = submenu->name;
		(void)pxe_conf_check_name(job, section);
	}
}

void pxe_conf_make_menus(struct pxe_conf_job *job)
{
	make_menu(job);
	make_submenus(job);
}

/* --- checks --------------------------------------------------------------- */

static bool is_listed(const struct pxe_conf_target *target)
{
	return !target->is_hidden || target->key[0] != '\0';
}

static void check_default(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *menu =
		job->sections[PXE_CONF_MENU].first;
	const struct pxe_conf_item *item =
		menu != NULL ? pxe_conf_item_find(menu, "default") : NULL;
	const struct pxe_conf_target *dflt = job->conf->menu.dflt;

	if (item != NULL && dflt != NULL && dflt->type != PXE_TARGET_LOCAL &&
	    dflt->type != PXE_TARGET_SHELL && dflt->type != PXE_TARGET_EXIT)
		pxe_conf_error(job, &item->first->src,
			       "default = \"%s\" would boot machines that "
			       "nobody chose it for: name a target of type "
			       "\"local\", \"exit\" or \"shell\", and use "
			       "boot in hosts.conf",
			       dflt->name);
}

static void check_host(struct pxe_conf_job *job,
		       const struct pxe_conf_host *host)
{
	const struct pxe_conf_target *t = host->menu_default;

	if (t != NULL && !t->is_once && !is_listed(t))
		pxe_conf_error(job, &host->src,
			       "host \"%.100s\": menu-default = \"%s\" is in "
			       "no menu, since it is hidden and has no key: "
			       "name another target, or write boot",
			       host->name, t->name);
}

/* A key, and where it was given. */
struct key {
	const struct pxe_src *src;
	const char *key, *name;
	const struct pxe_conf_submenu *page;  /* NULL: the first */
	const struct pxe_conf_target *target; /* NULL: of a submenu */
};

static struct key key_of(const struct pxe_conf *conf, size_t i)
{
	const struct pxe_conf_target *t;
	const struct pxe_conf_submenu *s;

	if (i >= conf->n_targets) {
		s = &conf->submenus[i - conf->n_targets];
		return (struct key) { &s->src, s->key, s->name, NULL, NULL };
	}
	t = &conf->targets[i];
	return (struct key) { &t->src, t->key, t->name, t->submenu, t };
}

/* Is there a machine in whose menu both are? */
static bool do_meet(const struct key *a, const struct key *b)
{
	const struct pxe_conf_target *x = a->target, *y = b->target;

	if (a->page != b->page || strcmp(a->key, b->key) != 0)
		return false;
	if (x == NULL || y == NULL || x->n_families == 0 || y->n_families == 0)
		return true;
	for (size_t i = 0; i < x->n_families; i++)
		for (size_t j = 0; j < y->n_families; j++)
			if (x->families[i] == y->families[j])
				return true;
	return false;
}

static void check_key(struct pxe_conf_job *job, size_t i)
{
	struct key key = key_of(job->conf, i), other;

	if (key.key[0] == '\0')
		return;
	if (!pxe_is_alnum(key.key[0])) {
		pxe_conf_error(job, key.src,
			       "\"%.100s\": key = \"%s\" is neither a letter "
			       "nor a digit: give another",
			       key.name, key.key);
		return;
	}
	for (size_t j = 0; j < i; j++) {
		other = key_of(job->conf, j);
		if (!do_meet(&key, &other))
			continue;
		pxe_conf_error(job, key.src,
			       "key = \"%s\" of \"%.100s\" is that of "
			       "\"%.100s\", %s line %u, on the same page of "
			       "the menu: give another",
			       key.key, key.name, other.name, other.src->file,
			       other.src->line);
		return;
	}
}

static void check_submenu(struct pxe_conf_job *job,
			  const struct pxe_conf_submenu *submenu)
{
	const struct pxe_conf *conf = job->conf;

	for (const struct pxe_conf_submenu *s = conf->submenus; s != submenu;
	     s++)
		if (strcmp(s->name, submenu->name) == 0)
			pxe_conf_error(job, &submenu->src,
				       "submenu \"%.100s\" is there already, "
				       "%s line %u: change one of them",
				       s->name, s->src.file, s->src.line);
	for (size_t i = 0; i < conf->n_targets; i++)
		if (conf->targets[i].submenu != NULL &&
		    strcmp(conf->targets[i].submenu->name, submenu->name) == 0)
			return;
	if (!job->is_broken)
		pxe_conf_warn(job, &submenu->src,
			      "submenu \"%.100s\" is empty, so nobody sees "
			      "it: write submenu = \"%.100s\" in a target",
			      submenu->name, submenu->name);
}

void pxe_conf_check_menus(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	check_default(job);
	for (size_t i = 0; i < conf->n_hosts; i++)
		check_host(job, &conf->hosts[i]);
	for (size_t i = 0; i < conf->n_submenus; i++)
		check_submenu(job, &conf->submenus[i]);
	for (size_t i = 0; i < conf->n_targets + conf->n_submenus; i++)
		check_key(job, i);
}
