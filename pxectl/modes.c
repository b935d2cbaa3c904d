/* SPDX-License-Identifier: ISC */
/*
 * The modes of pxe-dhcpd, by the configuration in the files: what `status`
 * shows of each network, and what `check` warns of beside the daemons' own
 * checks.
 */
#include "pxectl/modes.h"

#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "pxectl/table.h"
#include "run/conf_load.h"

#define FIRMWARE_TFTP_PORT 69

static const char *contend_name(enum pxe_contend contend)
{
	static const char *const names[PXE_N_CONTENDS] = {
#define X(id, name) [PXE_CONTEND_##id] = name,
		PXE_CONTENDS(X)
#undef X
	};

	return names[contend];
}

static void put_net(const struct pxe_conf *conf,
		    const struct pxe_conf_subnet *subnet, char *text)
{
	if (subnet == conf->elsewhere)
		(void)pxe_str_copy(text, PXE_IP4_NET_TEXT, "all others");
	else
		pxe_ip4_net_format(&subnet->net, text, PXE_IP4_NET_TEXT);
}

/* The subnets, and what stands for all others; NULL at the end. */
static const struct pxe_conf_subnet *get_network(const struct pxe_conf *conf,
						 size_t i)
{
	if (i < conf->n_subnets)
		return &conf->subnets[i];
	return i == conf->n_subnets ? conf->elsewhere : NULL;
}

static void ignore(PXE_UNUSED enum pxe_conf_severity severity,
		   PXE_UNUSED const struct pxe_src *src,
		   PXE_UNUSED const char *text, PXE_UNUSED void *arg)
{
}

json_t *pxe_ctl_networks(const struct pxe_ctl *ctl)
{
	json_t *all = json_array();
	const struct pxe_conf_subnet *subnet;
	struct pxe_conf *conf;

	/* a dhcpd.conf that is being edited is no reason to show nothing */
	if (pxe_conf_load(ctl->conf_dir,
			  PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD, ignore, NULL,
			  &conf) < 0)
		return all;
	for (size_t i = 0; (subnet = get_network(conf, i)) != NULL; i++) {
		bool is_proxy = subnet->mode == PXE_MODE_PROXY;
		char net[PXE_IP4_NET_TEXT];

		put_net(conf, subnet, net);
		if (json_array_append_new(
			    all,
			    json_pack("{s:s, s:s, s:s}", "subnet", net, "mode",
				      pxe_conf_mode_name(subnet->mode),
				      "contend",
				      is_proxy ? contend_name(subnet->contend)
					       : "")) < 0)
			break;
	}
	pxe_conf_free(conf);
	return all;
}

static const struct pxe_table_column columns[] = {
	{ "SUBNET", false, 0 },
	{ "MODE", false, 0 },
	{ "CONTEND", false, 0 },
};

void pxe_ctl_print_networks(const struct pxe_ctl *ctl, const json_t *networks)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	const char *subnet, *mode, *contend;
	json_t *row;
	size_t i;
	int r = table == NULL ? -1 : 0;

	json_array_foreach(networks, i, row)
	{
		if (r == 0 &&
		    json_unpack(row, "{s:s, s:s, s:s}", "subnet", &subnet,
				"mode", &mode, "contend", &contend) == 0)
			r = pxe_table_add(table,
					  (const char *[]) { subnet, mode,
							     contend });
	}
	if (r == 0 && pxe_table_count(table) > 0) {
		putchar('\n');
		pxe_table_print(table, &ctl->style, stdout);
	}
	pxe_table_free(table);
}

/* --- check --- */

static const struct pxe_conf_subnet *find_mode(const struct pxe_conf *conf,
					       enum pxe_mode mode)
{
	const struct pxe_conf_subnet *subnet;

	for (size_t i = 0; (subnet = get_network(conf, i)) != NULL; i++)
		if (subnet->mode == mode)
			return subnet;
	return NULL;
}

static bool needs_names(const struct pxe_conf *conf)
{
	return conf->n_loader_names == 0;
}

static bool needs_loader(const struct pxe_conf *conf)
{
	return conf->n_loaders == 0;
}

static bool needs_port(const struct pxe_conf *conf)
{
	return conf->tftp_port != FIRMWARE_TFTP_PORT;
}

static bool is_for_roms(const struct pxe_conf *conf)
{
	return conf->answer == PXE_ANSWER_ROM_ONLY;
}

/* clang-format off */
static const struct {
	enum pxe_mode mode;
	bool (*is_wrong)(const struct pxe_conf *conf);
	const char *text;
} mistakes[] = {
{ PXE_MODE_EXTERNAL, needs_names,
  "mode external, but loader-names in boot.conf is empty: there is no name "
  "that the other server could give to every machine" },
{ PXE_MODE_EXTERNAL, needs_loader,
  "mode external, but boot.conf has no loader: the name that the other "
  "server gives stands for nothing" },
{ PXE_MODE_PROXY, needs_loader,
  "mode proxy, but boot.conf has no loader: there is nothing to add to what "
  "the other server offers" },
{ PXE_MODE_EXTERNAL, needs_port,
  "mode external, but tftp-port is not 69: firmware asks no other" },
{ PXE_MODE_PROXY, needs_port,
  "mode proxy, but tftp-port is not 69: firmware asks no other" },
{ PXE_MODE_PROXY, is_for_roms,
  "mode proxy with answer = \"rom-only\": iPXE takes what the other server says, "
  "and may load itself for ever" },
};
/* clang-format on */

void pxe_ctl_check_modes(const struct pxe_conf *conf, pxe_conf_tell *tell,
			 void *arg)
{
	for (size_t i = 0; i < PXE_LEN(mistakes); i++) {
		const struct pxe_conf_subnet *subnet =
			find_mode(conf, mistakes[i].mode);

		if (subnet != NULL && mistakes[i].is_wrong(conf))
			tell(PXE_CONF_WARNING, &subnet->src, mistakes[i].text,
			     arg);
	}
}
