/* SPDX-License-Identifier: ISC */
#include "pxectl/own_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"

/* Addresses of this host that machines may be sent to. */
struct found {
	uint32_t address; /* the first */
	unsigned n;
	struct pxe_str list; /* "10.0.0.1 (eth0), ..." */
};

static bool is_ours(const struct pxe_conf *conf, const char *interface)
{
	for (size_t i = 0; i < conf->n_interfaces; i++)
		if (strcmp(conf->interfaces[i], interface) == 0)
			return true;
	return conf->n_interfaces == 0;
}

static void take_address(struct found *found, const struct ifaddrs *ifa)
{
	const struct sockaddr_in *in = (const void *)ifa->ifa_addr;
	char text[PXE_IP4_TEXT];
	uint32_t address = ntohl(in->sin_addr.s_addr);

	pxe_ip4_format(address, text, sizeof(text));
	pxe_str_putf(&found->list, "%s%s (%s)", found->n > 0 ? ", " : "", text,
		     ifa->ifa_name);
	if (found->n++ == 0)
		found->address = address;
}

/* Looks for addresses on the interfaces of pxe.conf.  0 or -errno. */
static int find_addresses(const struct pxe_conf *conf, struct found *found)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *ifa = all; ifa != NULL; ifa = ifa->ifa_next)
		if (ifa->ifa_addr != NULL &&
		    ifa->ifa_addr->sa_family == AF_INET &&
		    (ifa->ifa_flags & IFF_LOOPBACK) == 0 &&
		    is_ours(conf, ifa->ifa_name))
			take_address(found, ifa);
	freeifaddrs(all);
	return 0;
}

int pxe_ctl_own_address(const struct pxe_ctl *ctl, uint32_t *address)
{
	const char *said = ctl->opt[PXE_CTL_OPT_SERVER];
	char text[512];
	struct found found = { 0 };
	int r;

	if (said != NULL) {
		if (pxe_ip4_parse(said, address) == 0 && *address != 0 &&
		    *address >> 28 < 0xe)
			return PXE_CTL_OK;
		pxe_ctl_error(ctl,
			      "--server %s: the IPv4 address of a host "
			      "is needed",
			      said);
		return PXE_CTL_USAGE;
	}
	*address = ctl->conf->server_address;
	if (*address != 0)
		return PXE_CTL_OK;
	pxe_str_init(&found.list, text, sizeof(text));
	r = find_addresses(ctl->conf, &found);
	if (r == 0 && found.n == 1) {
		*address = found.address;
		return PXE_CTL_OK;
	}
	if (r < 0)
		pxe_ctl_error(ctl,
			      "the addresses of this host cannot be read: "
			      "%s",
			      strerror(-r));
	else
		pxe_ctl_error(ctl,
			      "to which address of this host are machines sent?"
			      " Say --server ADDRESS, or set server-address in "
			      "pxe.conf.  There %s%s",
			      found.n == 0 ? "is none on its interfaces"
					   : "are ",
			      text);
	return PXE_CTL_USAGE;
}
