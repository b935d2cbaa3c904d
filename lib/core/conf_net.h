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
#include "core/arch.h"
#include "core/conf_boot.h"
#include "core/conf_var.h"
#include "core/conf_words.h"

/* A DHCP option to send, encoded. */
struct pxe_conf_opt {
	struct pxe_src src;
	uint8_t code;
	uint16_t len;
	const uint8_t *value;
};

/* One matcher of `allow` or `deny`. */
struct pxe_conf_matcher {
	struct pxe_src src;
	enum pxe_match kind;
	struct pxe_hwaddr hw; /* MAC: the whole; OUI: the first octets, hlen */
	struct pxe_uuid uuid;
	const char *text; /* VENDOR_CLASS: how option 60 begins; else "" */
};

/* Who gets an address: of the root, or of one subnet (which has a copy of
 * what it does not say itself). */
struct pxe_conf_access {
	struct pxe_conf_matcher *allow; /* none: everybody */
	size_t n_allow;
	struct pxe_conf_matcher *deny;
	size_t n_deny;
	enum pxe_strangers strangers; /* unknown-clients */
	uint32_t circuit_limit;	      /* leases a relay circuit; 0: no limit */
	uint32_t client_id_limit; /* a hardware address, by client-ids */
};

struct pxe_conf_subnet {
	struct pxe_src src;
	struct pxe_ip4_net net;
	struct pxe_ip4_range *ranges;
	size_t n_ranges;
	const char *shared_network; /* subnets of one name: one link; "" */
	enum pxe_mode mode;
	enum pxe_contend contend;
	bool has_uefi_pxe10; /* proxy: PXE 1.0 tags to UEFI firmware */
	uint32_t lease_s, max_lease_s;
	bool is_conflict_checked;
	struct pxe_conf_access access;
	uint32_t reserve;	 /* addresses of the ranges for known clients */
	uint32_t next_server;	 /* 0: this server */
	const char *server_name; /* "" */
	const char *file;	 /* what machines load that boot; "": by arch */
	struct pxe_conf_opt *opts; /* routers, dns-servers, ...; each once */
	size_t n_opts;
	struct pxe_conf_vars vars;
};

/* One item of the boot menu of PXE firmware (PXE 2.1, option 43.9). */
struct pxe_conf_pxe_item {
	struct pxe_src src;
	const char *name, *title;
	uint16_t type;	 /* of boot server; LOCAL has 0, nobody else has */
	bool is_local;	 /* the local disk */
	const char *file; /* "": the loader of its architecture */
	uint32_t *servers; /* that answer for it; none: this one */
	size_t n_servers;
	enum pxe_family *families; /* whose menu has it; none: all */
	size_t n_families;
};

/* The menu's prompt (43.10). */
struct pxe_conf_pxe_menu {
	struct pxe_src src;
	const char *prompt;
	uint32_t timeout_s; /* 0: waits for ever */
};

/* A client-id (option 61): all octets of its value. */
struct pxe_conf_id {
	const uint8_t *octets;
	size_t len;
};

struct pxe_conf_host {
	struct pxe_src src;
	const char *name;
	struct pxe_hwaddr *hw;
	size_t n_hw;
	bool has_uuid;
	struct pxe_uuid uuid;
	struct pxe_conf_id *ids;
	size_t n_ids;
	uint32_t address;		    /* 0: from the pool */
	uint32_t lease_s, max_lease_s;	    /* 0: those of its subnet */
	uint32_t next_server;		    /* 0: that of its subnet */
	const char *server_name, *file;	    /* "": those of its subnet */
	const struct pxe_conf_target *boot; /* NULL: the menu */
	const struct pxe_conf_target *menu_default; /* NULL: that of the menu */
	uint32_t menu_timeout_s; /* 0: waits for ever */
	bool has_menu_timeout;   /* else that of the menu */
	struct pxe_conf_local local;
	enum pxe_install install;	    /* where `boot` is destructive */
	const char **groups; /* that it is in, for orders */
	size_t n_groups;
	struct pxe_conf_opt *opts;	    /* before those of its subnet */
	size_t n_opts;
	struct pxe_conf_vars vars;
};

/* What transfers to a network get; IPv4 as IPv6 writes it, ::ffff:a.b.c.d. */
struct pxe_conf_tftp_net {
	struct pxe_src src;
	uint8_t octets[16]; /* those beyond the prefix are zero */
	uint8_t prefix;     /* 0..128; of IPv4 from 96 on */
	bool is_ip4;
	uint16_t max_blksize, max_windowsize;
};

#endif
