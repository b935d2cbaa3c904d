/* SPDX-License-Identifier: ISC */
#include "dhcpd/hearing.h"

#define BIT(mode) (1u << PXE_MODE_##mode)

static void add_own(struct pxe_hearing *h, const struct pxe_conf_subnet *s)
{
	h->own |= 1u << s->mode;
	if (s->mode == PXE_MODE_PROXY && s->contend == PXE_CONTEND_YIELD)
		h->yields = true;
}

/* The subnets that the interface has an address in; or what holds where there
 * is none. */
static void add_local(const struct pxe_hearing_in *in, struct pxe_hearing *h)
{
	const struct pxe_conf_subnet *s;

	for (size_t i = 0; i < in->n_addr; i++) {
		s = pxe_conf_find_subnet(in->conf, in->addr[i].address);
		if (s != NULL)
			add_own(h, s);
	}
	if (h->own == 0 && in->conf->elsewhere != NULL)
		add_own(h, in->conf->elsewhere);
	if (h->own == 0) /* named in `interfaces`, without any subnet yet */
		h->own = BIT(INTERNAL);
}

static bool is_here(const struct pxe_hearing_in *in,
		    const struct pxe_conf_subnet *s)
{
	for (size_t i = 0; i < in->n_own; i++)
		if (pxe_ip4_net_has(&s->net, in->own[i]))
			return true;
	return false;
}

/*
 * Subnets that no interface is in lie behind relays, whose messages may come
 * in anywhere; but not where a subnet of the interface says that it is to be
 * left alone.
 */
static void add_relayed(const struct pxe_hearing_in *in, struct pxe_hearing *h)
{
	for (size_t i = 0; i < in->conf->n_subnets; i++)
		if (!is_here(in, &in->conf->subnets[i]))
			h->modes |= 1u << in->conf->subnets[i].mode;
	if (in->conf->elsewhere != NULL)
		h->modes |= 1u << in->conf->elsewhere->mode;
}

void pxe_hearing_find(const struct pxe_hearing_in *in, struct pxe_hearing *out)
{
	struct pxe_hearing h = { .modes = 0 };

	add_local(in, &h);
	h.modes = h.own;
	if (h.own != BIT(EXTERNAL))
		add_relayed(in, &h);
	h.is_silent = h.modes == BIT(EXTERNAL);
	h.binds_dhcp = (h.modes & BIT(INTERNAL)) != 0 ||
		       (!h.is_silent && !in->is_ethernet);
	h.binds_binl = !h.is_silent;
	h.needs_binl = (h.modes & BIT(PROXY)) != 0;
	h.taps_dhcp = !h.binds_dhcp;
	h.taps_binl = h.is_silent;
	h.taps_host = h.modes != BIT(INTERNAL);
	*out = h;
}

bool pxe_hearing_is_same(const struct pxe_hearing *a,
			 const struct pxe_hearing *b)
{
	return a->modes == b->modes && a->own == b->own &&
	       a->binds_dhcp == b->binds_dhcp;
}

bool pxe_hearing_has(const struct pxe_hearing *hearing, enum pxe_mode mode)
{
	return (hearing->own >> mode & 1) != 0;
}
