/* SPDX-License-Identifier: ISC */
/* The networks of tftpd.conf. */
#include <string.h>

#include "core/conf.h"

/* ::ffff:0:0/96, where IPv6 keeps the addresses of IPv4 (RFC 4291). */
static bool is_mapped(const uint8_t octets[16])
{
	static const uint8_t start[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(octets, start, sizeof(start)) == 0;
}

static bool has_address(const struct pxe_conf_tftp_net *net,
			const uint8_t octets[16])
{
	size_t whole = net->prefix / 8;
	unsigned rest = net->prefix % 8;

	/* ::/0 is all of IPv6, and nothing of IPv4 */
	if (net->is_ip4 != is_mapped(octets) ||
	    memcmp(net->octets, octets, whole) != 0)
		return false;
	return rest == 0 ||
	       (net->octets[whole] ^ octets[whole]) >> (8 - rest) == 0;
}

const struct pxe_conf_tftp_net *pxe_conf_find_tftp_net(
	const struct pxe_conf *conf, const uint8_t octets[16])
{
	const struct pxe_conf_tftp_net *best = NULL;

	for (size_t i = 0; i < conf->n_tftp_nets; i++) {
		const struct pxe_conf_tftp_net *net = &conf->tftp_nets[i];

		if ((best == NULL || net->prefix > best->prefix) &&
		    has_address(net, octets))
			best = net;
	}
	return best;
}
