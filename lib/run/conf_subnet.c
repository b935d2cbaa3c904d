/* SPDX-License-Identifier: ISC */
/* Subnet sections: ranges, lease times, the DHCP options of the wire table. */
#include "run/conf_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a reply has room for besides what the server itself puts in. */
#define OPTION_MAX    1024 /* octets of all options' values */
#define N_OPTIONS_MAX 64

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

/* --- lease times ---------------------------------------------------------- */

static void inherit_times(struct pxe_conf_job *job,
			  const struct pxe_conf_section *section,
			  struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *item =
		pxe_conf_item_find(section, "lease-time");

	if (item == NULL)
		item = pxe_conf_item_find(section, "max-lease-time");
	if (subnet->lease_s == 0)
		subnet->lease_s = job->conf->lease_s;
	if (subnet->max_lease_s == 0)
		subnet->max_lease_s = job->conf->max_lease_s;
	if (item != NULL && subnet->lease_s > subnet->max_lease_s)
		pxe_conf_error(job, &item->first->src,
			       "lease-time (%u) is above max-lease-time (%u) "
			       "of this subnet: change one of them",
			       subnet->lease_s, subnet->max_lease_s);
}

/* --- DHCP options --------------------------------------------------------- */

static const char *const kinds[] = {
	[PXE_OPT_KIND_OPAQUE] = "pairs of hex digits, like 01:a0:ff",
	[PXE_OPT_KIND_IP] = "an address, like 192.168.200.1",
	[PXE_OPT_KIND_IPS] = "addresses, like { \"192.168.200.1\" }",
	[PXE_OPT_KIND_U8] = "a number from 0 to 255",
	[PXE_OPT_KIND_U16] = "a number from 0 to 65535",
	[PXE_OPT_KIND_U32] = "a number from 0 to 4294967295",
	[PXE_OPT_KIND_U16S] = "numbers from 0 to 65535, like { 1, 2 }",
	[PXE_OPT_KIND_BOOL] = "yes or no",
	[PXE_OPT_KIND_TEXT] = "text",
	[PXE_OPT_KIND_NONE] = "\"\", since it has no value",
	[PXE_OPT_KIND_U8S] = "numbers from 0 to 255, like { 1, 2 }",
	[PXE_OPT_KIND_S32] = "a number from -2147483648 to 2147483647",
	[PXE_OPT_KIND_DOMAINS] = "domain names, like { \"example.org\" }",
};

static void tell_option(struct pxe_conf_job *job,
			const struct pxe_conf_item *item,
			const struct pxe_conf_value *value, int error)
{
	if (error == -ENOSPC)
		pxe_conf_error(job, &value->src,
			       "%s is too long: give at most %d octets",
			       item->opt->name, OPTION_MAX);
	else
		pxe_conf_error(job, &value->src,
			       "%s = \"%.200s\" cannot be sent: give %s",
			       item->opt->name, value->text,
			       kinds[item->opt->kind]);
}

static bool encode_option(struct pxe_conf_job *job,
			  const struct pxe_conf_item *item,
			  struct pxe_conf_opt *opt)
{
	uint8_t buf[OPTION_MAX];
	size_t len = 0;
	int r = 0;

	for (const struct pxe_conf_value *v = item->first; v; v = v->next) {
		int one = pxe_dhcp_opt_encode(item->opt->kind, v->text, buf,
					      sizeof(buf), &len);

		if (one < 0) {
			tell_option(job, item, v, one);
			r = one;
		}
	}
	if (r < 0)
		return false;
	opt->code = item->opt->code;
	opt->len = (uint16_t)len;
	opt->value = (const uint8_t *)pxe_conf_copy(job, job->keep,
						    (const char *)buf, len);
	return opt->value != NULL;
}

static void check_room(struct pxe_conf_job *job,
		       const struct pxe_conf_subnet *subnet)
{
	size_t octets = 0;

	for (size_t i = 0; i < subnet->n_opts; i++)
		octets += subnet->opts[i].len;
	if (octets > OPTION_MAX || subnet->n_opts > N_OPTIONS_MAX)
		pxe_conf_error(job, &subnet->src,
			       "this subnet sends %zu options of %zu octets: "
			       "keep to %d and %d",
			       subnet->n_opts, octets, N_OPTIONS_MAX,
			       OPTION_MAX);
}

static void make_options(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 struct pxe_conf_subnet *subnet)
{
	const struct pxe_conf_item *item;
	size_t n = 0;

	for (item = section->first; item != NULL; item = item->next)
		n += item->opt != NULL;
	subnet->opts =
		pxe_conf_alloc(job, job->keep, n + 1, sizeof(*subnet->opts));
	if (subnet->opts == NULL)
		return;
	for (item = section->first; item != NULL; item = item->next)
		if (item->opt != NULL && item->first != NULL)
			subnet->n_opts +=
				encode_option(job, item,
					      &subnet->opts[subnet->n_opts]);
	check_room(job, subnet);
}

bool pxe_conf_make_subnet(struct pxe_conf_job *job,
			  const struct pxe_conf_section *section,
			  struct pxe_conf_subnet *subnet)
{
	char text[PXE_IP4_NET_TEXT];
	int r = pxe_ip4_net_parse(section->title, &subnet->net);

	subnet->src = section->src;
	pxe_conf_fill(job, section, subnet);
	inherit_times(job, section, subnet);
	make_options(job, section, subnet);
	if (r == 0) {
		pxe_ip4_net_format(&subnet->net, text, sizeof(text));
		check_ranges(job, section, subnet);
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
