/* SPDX-License-Identifier: ISC */
/* What concerns more than one value: networks and machines. */
#include "run/conf_net.h"

#include <string.h>
#include <strings.h>

#include "core/conf_index.h"

#define DAY_S 86400

static void check_subnets(struct pxe_conf_job *job)
{
	const struct pxe_conf_entry *rows =
		job->conf->index->by[PXE_CONF_KEY_SUBNET].rows;
	size_t n = job->conf->index->by[PXE_CONF_KEY_SUBNET].n;
	const struct pxe_conf_subnet *highest = NULL;
	const struct pxe_src none = { .file = job->dhcpd_file };

	if (n == 0 && !job->is_broken && job->conf->elsewhere == NULL &&
	    (job->files & PXE_CONF_FILE_DHCPD) &&
	    !(job->files & PXE_CONF_NET_ONLY))
		pxe_conf_warn(job, &none,
			      "there is no subnet, so no machine gets an "
			      "address: add subnet \"...\" { ... }");
	for (size_t i = 0; i < n; i++) {
		const struct pxe_conf_subnet *subnet = rows[i].thing;
		char a[PXE_IP4_NET_TEXT], b[PXE_IP4_NET_TEXT];

		if (highest != NULL &&
		    pxe_ip4_net_has(&highest->net, subnet->net.address)) {
			pxe_ip4_net_format(&subnet->net, a, sizeof(a));
			pxe_ip4_net_format(&highest->net, b, sizeof(b));
			pxe_conf_error(job, &subnet->src,
				       "subnet %s overlaps subnet %s of line "
				       "%u: an address can be in one only",
				       a, b, highest->src.line);
		}
		if (highest == NULL ||
		    pxe_ip4_net_broadcast(&subnet->net) >
			    pxe_ip4_net_broadcast(&highest->net))
			highest = subnet;
	}
}

static void check_host_address(struct pxe_conf_job *job,
			       const struct pxe_conf_host *host)
{
	const struct pxe_conf_subnet *subnet =
		pxe_conf_find_subnet(job->conf, host->address);
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(host->address, text, sizeof(text));
	if (host->address == job->conf->server_address)
		pxe_conf_error(job, &host->src,
			       "host \"%s\" has this server's own address %s: "
			       "give it another",
			       host->name, text);
	if (subnet == NULL && job->conf->n_subnets > 0 &&
	    job->conf->elsewhere == NULL && !job->is_broken)
		pxe_conf_error(job, &host->src,
			       "address %s of host \"%s\" is in no subnet of "
			       "dhcpd.conf: change it, or add the subnet",
			       text, host->name);
	if (subnet != NULL && subnet->net.prefix < 31 &&
	    (host->address == subnet->net.address ||
	     host->address == pxe_ip4_net_broadcast(&subnet->net)))
		pxe_conf_error(job, &host->src,
			       "address %s of host \"%s\" is the first or last "
			       "of its subnet, which no machine can have: "
			       "change it",
			       text, host->name);
}

/* One name that no other subnet has is a mistake in writing. */
static void check_shared_networks(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; i < conf->n_subnets; i++) {
		const struct pxe_conf_subnet *subnet = &conf->subnets[i];
		bool is_shared = subnet->shared_network[0] == '\0';

		for (size_t j = 0; !is_shared && j < conf->n_subnets; j++)
			is_shared = i != j &&
				    strcmp(subnet->shared_network,
					   conf->subnets[j].shared_network) ==
					    0;
		if (!is_shared)
			pxe_conf_warn(job, &subnet->src,
				      "shared-network = \"%s\" is in no other "
				      "subnet: write the same name in those "
				      "that are on one link",
				      subnet->shared_network);
	}
}

/* --- hosts ---------------------------------------------------------------- */

static void check_shared_macs(struct pxe_conf_job *job,
			      const struct pxe_conf_host *host)
{
	char text[PXE_HWADDR_TEXT];

	for (size_t i = 0; i < host->n_hw; i++) {
		if (!pxe_conf_is_shared_mac(job->conf, &host->hw[i]))
			continue;
		pxe_hwaddr_format(&host->hw[i], text, sizeof(text));
		pxe_conf_error(job, &host->src,
			       "host \"%s\" has the mac %s, which shared-macs "
			       "says that many machines have: name it by uuid",
			       host->name, text);
	}
}

/* A client-id that is the hardware address of another host (RFC 2132 section
 * 9.14): that one would have it, without a word. */
static void check_ids(struct pxe_conf_job *job,
		      const struct pxe_conf_host *host)
{
	for (size_t i = 0; i < host->n_ids; i++) {
		const struct pxe_conf_id *id = &host->ids[i];
		const struct pxe_conf_host *other;
		struct pxe_hwaddr hw = { .htype = id->octets[0], .hlen = 6 };

		if (id->len != 7)
			continue;
		memcpy(hw.addr, id->octets + 1, hw.hlen);
		other = pxe_conf_find_host(job->conf, &hw, NULL);
		if (other != NULL && other != host)
			pxe_conf_error(job, &host->src,
				       "host \"%s\" has the mac of \"%s\" as "
				       "client-id, %s line %u: change one of "
				       "them",
				       host->name, other->name,
				       other->src.file, other->src.line);
	}
}

static const struct pxe_conf_opt *find_option(const struct pxe_conf_opt *opts,
					      size_t n, uint8_t code)
{
	for (size_t i = 0; i < n; i++)
		if (opts[i].code == code)
			return &opts[i];
	return NULL;
}

/* Does a root-path name a disk in the network? */
static bool is_san(const struct pxe_conf_opt *opt)
{
	static const char *const starts[] = { "iscsi:", "aoe:", "fcoe:", "nbd:",
					      "ib_srp:" };

	for (size_t i = 0; i < PXE_LEN(starts); i++) {
		size_t n = strlen(starts[i]);

		if (opt->len >= n &&
		    strncasecmp((const char *)opt->value, starts[i], n) == 0)
			return true;
	}
	return false;
}

/* The root-path that a host gets in a subnet, as a reply merges them. */
static const struct pxe_conf_opt *find_root_path(
	const struct pxe_conf *conf, const struct pxe_conf_subnet *subnet,
	const struct pxe_conf_host *host)
{
	const struct pxe_conf_opt *path =
		find_option(host->opts, host->n_opts, PXE_OPT_ROOT_PATH);

	if (path == NULL)
		path = find_option(subnet->opts, subnet->n_opts,
				   PXE_OPT_ROOT_PATH);
	if (path == NULL)
		path = find_option(conf->opts, conf->n_opts, PXE_OPT_ROOT_PATH);
	return path;
}

/*
 * A machine whose disk is in the network cannot renew a lease while it waits
 * for that disk, and loses it with the address.
 */
static void check_san(struct pxe_conf_job *job,
		      const struct pxe_conf_host *host)
{
	const struct pxe_conf *conf = job->conf;

	for (size_t i = 0; host->address == 0 && i < conf->n_subnets; i++) {
		const struct pxe_conf_subnet *subnet = &conf->subnets[i];
		const struct pxe_conf_opt *path =
			find_root_path(conf, subnet, host);
		uint32_t lease_s, max_lease_s;

		pxe_conf_lease_times(subnet, host, &lease_s, &max_lease_s);
		if (path == NULL || !is_san(path) || lease_s >= DAY_S)
			continue;
		pxe_conf_warn(job, &host->src,
			      "host \"%s\" has its disk in the network "
			      "(root-path %.*s) and would lose it with its "
			      "lease: give it an address, or lease-time = %d",
			      host->name, path->len > 100 ? 100 : path->len,
			      (const char *)path->value, DAY_S);
		return;
	}
}

void pxe_conf_check_net(struct pxe_conf_job *job)
{
	const struct pxe_conf *conf = job->conf;

	check_subnets(job);
	check_shared_networks(job);
	for (size_t i = 0; i < conf->n_hosts; i++) {
		if (conf->hosts[i].address != 0)
			check_host_address(job, &conf->hosts[i]);
		check_shared_macs(job, &conf->hosts[i]);
		check_ids(job, &conf->hosts[i]);
		check_san(job, &conf->hosts[i]);
	}
}
