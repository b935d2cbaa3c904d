/* SPDX-License-Identifier: ISC */
#include "dhcpd/blocked.h"

#include <errno.h>
#include <stdlib.h>

#include "base/rd.h"
#include "wire/dhcp_opt.h"

/* The caller of gather() counts with rows NULL, then fills. */
static void add(struct pxe_blocked *b, uint32_t address,
		enum pxe_blocked_why why)
{
	if (address == 0)
		return;
	if (b->row != NULL)
		b->row[b->n] = (struct pxe_blocked_row){ address, why };
	b->n++;
}

/* Every option whose value is addresses names servers of some kind. */
static void add_options(struct pxe_blocked *b, const struct pxe_conf_opt *opts,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct pxe_dhcp_opt *row =
			pxe_dhcp_opt_find(opts[i].code);
		struct pxe_rd rd;

		if (row == NULL || (row->kind != PXE_OPT_KIND_IP &&
				    row->kind != PXE_OPT_KIND_IPS))
			continue;
		pxe_rd_init(&rd, opts[i].value, opts[i].len);
		while (rd.left >= 4)
			add(b, pxe_rd_u32(&rd), PXE_BLOCKED_NAMED);
	}
}

static void add_subnet(struct pxe_blocked *b, const struct pxe_conf_subnet *s)
{
	/* /31 and /32 have neither network nor broadcast (RFC 3021) */
	if (s->net.prefix < 31) {
		add(b, s->net.address, PXE_BLOCKED_OWN);
		add(b, pxe_ip4_net_broadcast(&s->net), PXE_BLOCKED_OWN);
	}
	add(b, s->next_server, PXE_BLOCKED_NAMED);
	add_options(b, s->opts, s->n_opts);
}

static void add_host(struct pxe_blocked *b, const struct pxe_conf_host *host)
{
	add(b, host->address, PXE_BLOCKED_RESERVED);
	add(b, host->next_server, PXE_BLOCKED_NAMED);
	add_options(b, host->opts, host->n_opts);
}

static void gather(struct pxe_blocked *b, const struct pxe_conf *conf,
		   const uint32_t *own, size_t n_own)
{
	b->n = 0;
	add(b, conf->server_address, PXE_BLOCKED_OWN);
	for (size_t i = 0; i < n_own; i++)
		add(b, own[i], PXE_BLOCKED_OWN);
	add_options(b, conf->opts, conf->n_opts);
	for (size_t i = 0; i < conf->n_subnets; i++)
		add_subnet(b, &conf->subnets[i]);
	for (size_t i = 0; i < conf->n_hosts; i++)
		add_host(b, &conf->hosts[i]);
}

/* By address; of one address, the last of the reasons first. */
static int compare(const void *a, const void *b)
{
	const struct pxe_blocked_row *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->why < y->why) - (x->why > y->why);
}

int pxe_blocked_init(struct pxe_blocked *blocked, const struct pxe_conf *conf,
		     const uint32_t *own, size_t n_own)
{
	struct pxe_blocked b = { .row = NULL };
	size_t n = 0;

	gather(&b, conf, own, n_own);
	b.row = calloc(b.n + 1, sizeof(*b.row));
	if (b.row == NULL)
		return -ENOMEM;
	gather(&b, conf, own, n_own);
	qsort(b.row, b.n, sizeof(*b.row), compare);
	for (size_t i = 0; i < b.n; i++)
		if (n == 0 || b.row[n - 1].address != b.row[i].address)
			b.row[n++] = b.row[i];
	b.n = n;
	*blocked = b;
	return 0;
}

void pxe_blocked_done(struct pxe_blocked *blocked)
{
	free(blocked->row);
	*blocked = (struct pxe_blocked){ .row = NULL };
}

static int compare_address(const void *key, const void *row)
{
	uint32_t address = *(const uint32_t *)key;
	const struct pxe_blocked_row *r = row;

	return (address > r->address) - (address < r->address);
}

enum pxe_blocked_why pxe_blocked_find(const struct pxe_blocked *blocked,
				      uint32_t address)
{
	const struct pxe_blocked_row *r = NULL;

	if (blocked->n > 0)
		r = bsearch(&address, blocked->row, blocked->n,
			    sizeof(*blocked->row), compare_address);
	return r != NULL ? r->why : PXE_BLOCKED_NO;
}
