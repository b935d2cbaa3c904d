/* SPDX-License-Identifier: ISC */
/* Subnet sections: ranges, and what they inherit from the root. */
#include "run/conf_net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A range and where it stands. */
struct place {
	struct pxe_ip4_range range;
	struct pxe_src src;
};

/* --- ranges --------------------------------------------------------------- */

static bool check_range(struct pxe_conf_job *job,
			const struct pxe_conf_subnet *subnet, const char *net,
			const struct place *place, const char *text)
{
	const struct pxe_ip4_range *range = &place->range;
	uint32_t broadcast = pxe_ip4_net_broadcast(&subnet->net);

	if (!pxe_ip4_net_has(&subnet->net, range->first) ||
	    !pxe_ip4_net_has(&subnet->net, range->last)) {
		pxe_conf_error(job, &place->src,
			       "range %s is not within subnet %s: give "
			       "addresses of the subnet",
			       text, net);
		return false;
	}
	/* the two addresses of a /31 are both for machines (RFC 3021) */
	if (subnet->net.prefix < 31 &&
	    (pxe_ip4_range_has(range, subnet->net.address) ||
	     pxe_ip4_range_has(range, broadcast)))
		pxe_conf_error(job, &place->src,
			       "range %s holds the first or last address of "
			       "subnet %s, which no machine can have: make it "
			       "smaller",
			       text, net);
	return true;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->range.first != y->range.first)
		return x->range.first < y->range.first ? -1 : 1;
	return x->src.line < y->src.line ? -1 : x->src.line > y->src.line;
}

static void check_overlaps(struct pxe_conf_job *job, struct place *places,
			   size_t n)
{
	const struct place *highest = places;

	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 1; i < n; i++) {
		if (places[i].range.first <= highest->range.last)
			pxe_conf_error(job, &places[i].src,
				       "this range overlaps the one of line "
				       "%u: an address can be in one only",
				       highest->src.line);
		if (places[i].range.last > highest->range.last)
			highest = &places[i];
	}
}

static void check_ranges(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(section, "ranges");
	const struct pxe_conf_value *value;
	struct place *places;
	size_t n = 0;

	if (item == NULL)
		return;
	places = pxe_conf_alloc(job, job->scrap, item->n, sizeof(*places));
	if (places == NULL)
		return;
	for (value = item->first; value != NULL; value = value->next) {
		places[n].src = value->src;
		if (pxe_ip4_range_parse(value->text, &places[n].range) == 0 &&
		    check_range(job, subnet, section->title, &places[n],
				value->text))
			n++;
	}
	if (n > 1)
		check_overlaps(job, places, n);
}

/* The addresses of all ranges; those that overlap were told. */
static uint64_t count_addresses(const struct pxe_conf_subnet *subnet)
{
	uint64_t n = 0;

	for (size_t i = 0; i < subnet->n_ranges; i++)
		n += (uint64_t)subnet->ranges[i].last -
		     subnet->ranges[i].first + 1;
	return n;
}

/* A limit that is as good as none was meant in another way. */
static void check_limits(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *reserve =
		pxe_conf_item_find(section, "reserve");
	const struct pxe_conf_item *limit =
		pxe_conf_item_find(section, "circuit-limit");
	uint64_t n = count_addresses(subnet);

	if (reserve != NULL && subnet->reserve > n)
		pxe_conf_error(job, &reserve->first->src,
			       "reserve (%u) is above the %llu addresses of "
			       "the ranges: make it smaller, or the ranges "
			       "larger",
			       subnet->reserve, (unsigned long long)n);
	if (limit != NULL && n > 0 && subnet->access.circuit_limit > n)
		pxe_conf_error(job, &limit->first->src,
			       "circuit-limit (%u) is above the %llu addresses "
			       "of the ranges, so it limits nothing: make it "
			       "smaller, or 0",
			       subnet->access.circuit_limit,
			       (unsigned long long)n);
}

/* --- what stands outside, too --------------------------------------------- */

static bool has_item(const struct pxe_conf_section *section,
		     const struct pxe_conf_row *row)
{
	const struct pxe_conf_item *item = section->first;

	while (item != NULL && item->row != row)
		item = item->next;
	return item != NULL;
}

/* Copies a field of the root; lists are shared, nobody changes them. */
static void inherit(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		    struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_row *root =
		pxe_conf_row_find(PXE_CONF_FILE_DHCPD, PXE_CONF_ROOT, row->key);
	const char *from = (const char *)job->conf;
	char *to = (char *)subnet;

	/* a reply has the options of both */
	if (root == NULL || row->type == PXE_CONF_OPTION)
		return;
	memcpy(to + row->offset, from + root->offset,
	       row->is_list ? sizeof(void *) : pxe_conf_type_size(row->type));
	if (row->is_list)
		memcpy(to + row->offset_n, from + root->offset_n,
		       sizeof(size_t));
}

static void inherit_all(struct pxe_conf_job *job,
			const struct pxe_conf_section *section,
			struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_row *rows;
	size_t n;

	rows = pxe_conf_rows(&n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].section == PXE_CONF_SUBNET &&
		    !has_item(section, &rows[i]))
			inherit(job, &rows[i], subnet);
}

static void check_times(struct pxe_conf_job *job,
			const struct pxe_conf_section *section,
			const struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(section, "lease-time");

	if (item == NULL)
		item = pxe_conf_item_find(section, "max-lease-time");
	if (item != NULL && subnet->max_lease_s != 0 &&
	    subnet->lease_s > subnet->max_lease_s)
		pxe_conf_error(job, &item->first->src,
			       "lease-time (%u) is above max-lease-time (%u) "
			       "of this subnet: change one of them",
			       subnet->lease_s, subnet->max_lease_s);
}

void pxe_conf_make_elsewhere(struct pxe_conf_job *job)
{
	const struct pxe_conf_section none = { .kind = PXE_CONF_SUBNET };
	struct pxe_conf *conf = job->conf;
	struct pxe_conf_subnet *all;

	if (conf->mode == PXE_MODE_INTERNAL)
		return;
	all = pxe_conf_alloc(job, job->keep, 1, sizeof(*all));
	if (all == NULL)
		return;
	all->src.file = "";
	pxe_conf_fill(job, &none, all);
	inherit_all(job, &none, all);
	conf->elsewhere = all;
}

/* In the other modes another server gives the addresses. */
static void check_mode(struct pxe_conf_job *job,
		       const struct pxe_conf_section *section,
		       const struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *ranges =
		pxe_conf_item_find(section, "ranges");

	if (subnet->mode != PXE_MODE_INTERNAL && ranges != NULL)
		pxe_conf_warn(job, &ranges->first->src,
			      "these ranges are not used: mode = \"%s\" gives "
			      "no addresses; take them out, or change the mode",
			      pxe_conf_mode_name(subnet->mode));
}

bool pxe_conf_make_subnet(struct pxe_conf_job *job,
			  const struct pxe_conf_section *section,
			  struct pxe_conf_subnet *subnet)
{
	char text[PXE_IP4_NET_TEXT];
	int r = pxe_ip4_net_parse(section->title, &subnet->net);

	subnet->src = section->src;
	pxe_conf_fill(job, section, subnet);
	inherit_all(job, section, subnet);
	pxe_conf_make_vars(job, &subnet->vars);
	check_times(job, section, subnet);
	check_mode(job, section, subnet);
	pxe_conf_check_access(job, section, &subnet->access);
	pxe_conf_make_options(job, section, &subnet->opts, &subnet->n_opts);
	pxe_conf_check_room(job, section, subnet->opts, subnet->n_opts);
	if (r == 0) {
		pxe_ip4_net_format(&subnet->net, text, sizeof(text));
		check_ranges(job, section, subnet);
		check_limits(job, section, subnet);
		return true;
	}
	job->is_broken = true; /* hosts may have addresses in it */
	if (r == -ERANGE)
		pxe_conf_error(
			job, &section->src,
			"subnet \"%.100s\" has bits beyond its prefix: give "
			"the first address of the network",
			section->title);
	else
		pxe_conf_error(
			job, &section->src,
			"subnet \"%.100s\" is not a network: write it like "
			"192.168.200.0/24",
			section->title);
	return false;
}
