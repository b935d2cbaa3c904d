/* SPDX-License-Identifier: ISC */
/* The boot menu of PXE firmware: pxe-menu and pxe-item of dhcpd.conf. */
#include "run/conf_net.h"

#include <string.h>

#include "base/str.h"
#include "core/arch.h"

enum {
	FIRST_TYPE = 0x8000, /* PXE 2.1: from here on a vendor's own */
	VENDOR_MAX = 255,    /* octets of option 43 */
	ITEMS_MAX = 24,	     /* of a menu, in EDK2 */
};

bool pxe_conf_find_family(struct pxe_conf_job *job, const struct pxe_src *src,
			  const char *what, const char *name,
			  enum pxe_family *family)
{
	struct pxe_conf_guess guess = { .written = name };
	int found = pxe_family_from_name(name);
	struct pxe_str list;
	char buf[256];

	if (found >= 0) {
		*family = (enum pxe_family)found;
		return true;
	}
	pxe_str_init(&list, buf, sizeof(buf));
	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		const char *other = pxe_family_name((enum pxe_family)f);

		pxe_conf_guess_try(&guess, other);
		pxe_str_putf(&list, "%s%s", list.len > 0 ? ", " : "", other);
	}
	pxe_conf_error(job, src,
		       "%s \"%.100s\" does not exist: %s%s%sthere "
		       "is %s",
		       what, name, guess.nearest ? "did you mean \"" : "",
		       guess.nearest ? guess.nearest : "",
		       guess.nearest ? "\"? " : "", buf);
	return false;
}

bool pxe_conf_read_family(struct pxe_conf_job *job,
			  const struct pxe_conf_row *row,
			  const struct pxe_conf_value *value, void *at)
{
	enum pxe_family family = PXE_FAMILY_NONE;

	(void)row;
	if (!pxe_conf_find_family(job, &value->src, "family", value->text,
				  &family))
		return false;
	memcpy(at, &family, sizeof(family));
	return true;
}

/* --- items ---------------------------------------------------------------- */

static void make_menu(struct pxe_conf_job *job)
{
	const struct pxe_conf_section none = { .kind = PXE_CONF_PXE_MENU };
	const struct pxe_conf_section *section =
		job->sections[PXE_CONF_PXE_MENU].first;
	struct pxe_conf_pxe_menu *menu = &job->conf->pxe_menu;

	menu->src.file = "";
	pxe_conf_fill(job, section != NULL ? section : &none, menu);
	if (section == NULL)
		return;
	menu->src = section->src;
	if (job->sections[PXE_CONF_PXE_ITEM].n == 0)
		pxe_conf_error(job, &section->src,
			       "pxe-menu without items: add pxe-item \"...\" "
			       "{ ... }, or take it out");
	for (section = section->next; section; section = section->next)
		pxe_conf_error(job, &section->src,
			       "there is a pxe-menu already, %s line %u: make "
			       "one of them",
			       menu->src.file, menu->src.line);
}

/* The local disk is nobody's file, and a file fits one kind of firmware. */
static void check_item(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_pxe_item *item)
{
	static const char *const not_local[] = { "type", "file", "servers" };

	for (size_t i = 0; item->is_local && i < PXE_LEN(not_local); i++) {
		const struct pxe_conf_item *said =
			pxe_conf_item_find(section, not_local[i]);

		if (said != NULL)
			pxe_conf_error(job, &said->src,
				       "pxe-item \"%.100s\" is the local disk "
				       "and has no %s: take one of them out",
				       item->name, not_local[i]);
	}
	if (item->n_servers > 0 && item->file[0] != '\0')
		pxe_conf_error(job, &item->src,
			       "pxe-item \"%.100s\" has a file and servers, "
			       "which say themselves what to load: take one "
			       "of them out",
			       item->name);
	if (item->file[0] != '\0' && item->n_families == 0)
		pxe_conf_error(job, &item->src,
			       "pxe-item \"%.100s\" has a file for every kind "
			       "of firmware, which would hang most: add "
			       "families = { \"bios\" }, or those it is for",
			       item->name);
}

static void make_items(struct pxe_conf_job *job)
{
	const struct pxe_conf_section *section =
		job->sections[PXE_CONF_PXE_ITEM].first;
	struct pxe_conf *conf = job->conf;

	conf->pxe_items = pxe_conf_alloc(job, job->keep,
					 job->sections[PXE_CONF_PXE_ITEM].n + 1,
					 sizeof(*conf->pxe_items));
	for (; section != NULL && !job->is_oom; section = section->next) {
		size_t at = conf->n_pxe_items++;
		struct pxe_conf_pxe_item *item = &conf->pxe_items[at];

		item->src = section->src;
		item->name = section->title;
		pxe_conf_fill(job, section, item);
		if (item->title[0] == '\0')
			item->title = item->name;
		if (pxe_conf_item_find(section, "type") == NULL &&
		    !item->is_local)
			item->type = (uint16_t)(FIRST_TYPE + at);
		if (pxe_conf_check_name(job, section))
			check_item(job, section, item);
	}
}

/* Two of one type: what is chosen could be either. */
static void check_types(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; i < conf->n_pxe_items; i++)
		for (size_t j = 0; j < i; j++) {
			const struct pxe_conf_pxe_item *a, *b;

			a = &conf->pxe_items[j];
			b = &conf->pxe_items[i];
			if (a->type != b->type)
				continue;
			pxe_conf_error(job, &b->src,
				       b->is_local
					       ? "pxe-item \"%s\" is the local "
						 "disk, as \"%s\" of line %u: "
						 "take one of them out"
					       : "pxe-item \"%s\" has the type "
						 "of \"%s\" of line %u: give "
						 "it another type",
				       b->name, a->name, a->src.line);
		}
}

/* The octets of option 43 with the menu of a family: 6, 8, 9, 10, the end. */
static size_t measure(const struct pxe_conf *conf, enum pxe_family family)
{
	size_t servers = 0, items = 0;

	for (size_t i = 0; i < conf->n_pxe_items; i++) {
		const struct pxe_conf_pxe_item *item = &conf->pxe_items[i];
		size_t n = item->n_servers > 0 ? item->n_servers : 1;

		if (!pxe_conf_pxe_item_fits(item, family))
			continue;
		items += 3 + strlen(item->title);
		servers += item->is_local ? 0 : 3 + 4 * n;
	}
	return 3 + (2 + servers) + (2 + items) +
	       (3 + strlen(conf->pxe_menu.prompt)) + 1;
}

static size_t count(const struct pxe_conf *conf, enum pxe_family family)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_pxe_items; i++)
		n += pxe_conf_pxe_item_fits(&conf->pxe_items[i], family);
	return n;
}

static void check_room(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	for (int f = PXE_FAMILY_NONE + 1; f < PXE_N_FAMILIES; f++) {
		const enum pxe_family family = (enum pxe_family)f;
		const size_t n = measure(conf, family);

		if (count(conf, family) == 0 ||
		    (n <= VENDOR_MAX && count(conf, family) <= ITEMS_MAX))
			continue;
		pxe_conf_error(job, &conf->pxe_items[0].src,
			       "the menu of %s has %zu items of %zu octets, "
			       "and firmware takes %d of %d: make titles "
			       "shorter, or take items out",
			       pxe_family_name(family), count(conf, family), n,
			       ITEMS_MAX, VENDOR_MAX);
		return;
	}
}

void pxe_conf_make_pxe(struct pxe_conf_job *job)
{
	make_menu(job);
	make_items(job);
	if (job->is_oom)
		return;
	check_types(job);
	check_room(job);
}
