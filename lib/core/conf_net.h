/* SPDX-License-Identifier: ISC */
/*
 * Networks and the machines on them, as dhcpd.conf and hosts.conf name them.
 * Part of core/conf.h, which says whose the memory is.
 */
#ifndef PXE_CORE_CONF_NET_H
#define PXE_CORE_CONF_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hwaddr.h"
#include "base/ip4.h"
#include "base/uuid.h"
#include "core/conf_words.h"

struct pxe_conf_target;

/* A DHCP option to send, encoded. */
struct pxe_conf_opt {
	uint8_t code;
	uint16_t len;
	const uint8_t *value;
};

struct pxe_conf_subnet {
	struct pxe_src src;
	struct pxe_ip4_net net;
	struct pxe_ip4_range *ranges;
	size_t n_ranges;
	uint32_t lease_s, max_lease_s;
	uint32_t next_server; /* 0: this server */
	struct pxe_conf_opt *opts; /* routers, dns-servers, ... */
	size_t n_opts;
};

struct pxe_conf_host {
	struct pxe_src src;
	const char *name;
	struct pxe_hwaddr *hw;
	size_t n_hw;
	bool has_uuid;
	struct pxe_uuid uuid;
	uint32_t address; /* 0: from the pool */
	const struct pxe_conf_target *boot; /* NULL: the menu */
};

#endif
