/* SPDX-License-Identifier: ISC */
/*
 * The configuration as the daemons use it: plain records without libconfuse,
 * made whole and checked by run/conf_load.h, read-only afterwards.
 *
 * All memory belongs to the configuration (one arena) and goes with it.
 * Strings are never NULL.  Each thing that can be wrong knows where it stands.
 */
#ifndef PXE_CORE_CONF_H
#define PXE_CORE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/arch.h"
#include "core/conf_boot.h"
#include "core/conf_http.h"
#include "core/conf_net.h"
#include "core/conf_words.h"

/* A media type: ".foo=application/x-foo" is kept as it stands in the file. */
struct pxe_conf_media {
	const char *suffix; /* of `n_suffix` octets, with its dot */
	size_t n_suffix;
	const char *type;
};

struct pxe_conf {
	/* pxe.conf */
	const char **interfaces; /* none: all with an address in a subnet */
	size_t n_interfaces;
	uint32_t server_address; /* 0: "auto" */
	uint16_t dhcp_port, binl_port, tftp_port, http_port;
	const char *boot_root, *state_socket, *state_dir;
	bool folds_case;                   /* run/fold.h */
	enum pxe_client_dir *client_dirs;  /* run/root_find.h; in this order */
	size_t n_client_dirs;

	/* dhcpd.conf */
	/* of subnets that say nothing, which have copies */
	enum pxe_mode mode;
	enum pxe_contend contend;
	bool has_uefi_pxe10;
	enum pxe_answer answer;
	enum pxe_ipxe_gets ipxe;
	const char *ipv6_script; /* a URL, "auto", "none": dhcpd/reply_ipv6.c */
	bool is_authoritative;
	const char *dhcpd_user;
	bool coexist; /* gives addresses beside another DHCP server */
	uint32_t conflict_timeout_ms;
	enum pxe_bootp bootp;
	enum pxe_one_address one_address;
	uint32_t rate_limit; /* messages a second and client; 0: no limit */
	/* of subnets that say nothing, which have copies */
	uint32_t lease_s, max_lease_s;
	bool is_conflict_checked;
	struct pxe_conf_access access;
	struct pxe_conf_opt *opts; /* sent after those of host and subnet */
	size_t n_opts;
	struct pxe_conf_subnet *subnets;
	size_t n_subnets;
	/* where no subnet is: 0.0.0.0/0 with what the root says; NULL where
	 * `mode` is internal, since nobody is served there */
	const struct pxe_conf_subnet *elsewhere;
	struct pxe_conf_pxe_menu pxe_menu;
	struct pxe_conf_pxe_item *pxe_items; /* in the order of the menu */
	size_t n_pxe_items; /* 0: firmware is shown no menu */

	/* tftpd.conf */
	const char **tftp_listen; /* addresses; none: all, IPv6 and IPv4 */
	size_t n_tftp_listen;
	uint16_t max_blksize, max_windowsize;
	uint16_t tftp_rollover;	   /* the block number after 65535: 0, 1 */
	uint32_t tftp_timeout_ms;  /* first retransmission */
	uint32_t tftp_retries;	   /* before a client is given up */
	uint32_t max_transfers, max_per_client;
	bool is_tftp_single_port; /* data from the port that was asked */
	bool may_tftp_fragment;	  /* IP may cut blocks */
	const char *tftpd_user;
	struct pxe_conf_tftp_net *tftp_nets; /* as they stand in the file */
	size_t n_tftp_nets;
	const char *upload_dir; /* "": write requests are refused */
	bool may_overwrite;     /* an upload what is there */
	uint32_t upload_limit_mib, upload_total_mib; /* of one; of all there */
	uint32_t max_uploads;

	/* httpd.conf */
	const char **http_listen;
	size_t n_http_listen;
	uint32_t max_connections;
	struct pxe_conf_http http;
	const char *httpd_user;
	struct pxe_conf_media *media; /* go before the built-in ones */
	size_t n_media;
	bool has_listings;  /* of directories */
	bool doubts_routed; /* ?mac= through a router earns no session */
	const char **index_files; /* are served for a directory */
	size_t n_index_files;
	const char *access_log; /* "": none */

	/* stated.conf */
	const char *stated_user;
	const char **lease_users;  /* may commit leases */
	size_t n_lease_users;
	const char **report_users; /* may report facts and events */
	size_t n_report_users;
	const char **boot_users; /* may open and begin boot sessions */
	size_t n_boot_users;
	const char *admin_group; /* whose members may change; "": none */
	uint32_t loop_limit, loop_hold_s, install_limit, install_window_s;
	uint32_t order_lifetime_s, session_timeout_s; /* stated/order_types.h */
	const char *witness_dir; /* stated/witness.h */

	/* boot.conf and hosts.conf: read by all */
	enum pxe_unknown unknown;
	enum pxe_family fallback; /* of machines nobody knows; NONE: refuse */
	const char **loader_names; /* what virtual names begin with */
	size_t n_loader_names;
	struct pxe_conf_menu menu;
	/* how machines get to their own disks: core/local.h */
	enum pxe_local_method local_bios, local_uefi;
	struct pxe_conf_local local;
	const char *script_dir; /* of targets of type SCRIPT */
	struct pxe_conf_loader *loaders;
	size_t n_loaders;
	struct pxe_conf_submenu *submenus;
	size_t n_submenus;
	struct pxe_conf_target *targets; /* always has one of type LOCAL */
	size_t n_targets;
	const char *answer_dir; /* where templates of answer files lie */
	struct pxe_conf_answer *answers;
	size_t n_answers;
	struct pxe_conf_vars vars; /* of all machines */
	struct pxe_conf_host *hosts;
	size_t n_hosts;
	struct pxe_hwaddr *shared_macs; /* beginnings, of hlen octets */
	size_t n_shared_macs;

	struct pxe_conf_index *index; /* core/conf_index.h; may be NULL */
	void *arena; /* of run/conf_load */
};

/* Lookups; NULL where there is none. */
const struct pxe_conf_subnet *
pxe_conf_find_subnet(const struct pxe_conf *conf, uint32_t address);
const struct pxe_conf_loader *
pxe_conf_find_loader(const struct pxe_conf *conf, enum pxe_family family);
const struct pxe_conf_target *
pxe_conf_find_target(const struct pxe_conf *conf, const char *name);
const struct pxe_conf_answer *
pxe_conf_find_answer(const struct pxe_conf *conf, const char *name);
const struct pxe_conf_host *
pxe_conf_find_host_name(const struct pxe_conf *conf, const char *name);
const struct pxe_conf_host *
pxe_conf_find_host_address(const struct pxe_conf *conf, uint32_t address);

/* The host section of a machine: by hardware address, then by UUID (either
 * may be NULL; give no UUID that is not unique). */
const struct pxe_conf_host *
pxe_conf_find_host(const struct pxe_conf *conf, const struct pxe_hwaddr *hw,
		   const struct pxe_uuid *uuid);

/* The host section that has this client-id of `len` octets. */
const struct pxe_conf_host *
pxe_conf_find_host_id(const struct pxe_conf *conf, const void *octets,
		      size_t len);

/* Is a menu item shown to firmware of that family? */
bool pxe_conf_pxe_item_fits(const struct pxe_conf_pxe_item *item,
			    enum pxe_family family);

/*
 * The `network` section with the longest prefix that has the address, of IPv4
 * as ::ffff:a.b.c.d; NULL: what stands outside of the sections holds.
 */
const struct pxe_conf_tftp_net *
pxe_conf_find_tftp_net(const struct pxe_conf *conf, const uint8_t octets[16]);

/* The word of a mode. */
const char *pxe_conf_mode_name(enum pxe_mode mode);

/*
 * For how long a subnet gives an address to a client with that host section
 * (may be NULL), and for how long at most, both in seconds.
 */
void pxe_conf_lease_times(const struct pxe_conf_subnet *subnet,
			  const struct pxe_conf_host *host, uint32_t *lease_s,
			  uint32_t *max_lease_s);

/* Does `shared-macs` say that several machines have this address? */
bool pxe_conf_is_shared_mac(const struct pxe_conf *conf,
			    const struct pxe_hwaddr *hw);

#endif
