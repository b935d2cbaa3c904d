/* SPDX-License-Identifier: ISC */
#include "run/conf_schema.h"

#include <string.h>

#include "wire/dhcp_opt.h"

#define PXE    PXE_CONF_FILE_PXE
#define DHCPD  PXE_CONF_FILE_DHCPD
#define TFTPD  PXE_CONF_FILE_TFTPD
#define HTTPD  PXE_CONF_FILE_HTTPD
#define STATED PXE_CONF_FILE_STATED
#define BOOT   PXE_CONF_FILE_BOOT
#define HOSTS  PXE_CONF_FILE_HOSTS

static const struct {
	const char *name, *page;
} files[PXE_CONF_N_FILES] = {
	{ "pxe.conf", "pxe.conf" },
	{ "dhcpd.conf", "pxe-dhcpd.conf" },
	{ "tftpd.conf", "pxe-tftpd.conf" },
	{ "httpd.conf", "pxe-httpd.conf" },
	{ "stated.conf", "pxe-stated.conf" },
	{ "boot.conf", "pxe-boot.conf" },
	{ "hosts.conf", "pxe-hosts.conf" },
};

/* clang-format off */
static const struct pxe_conf_section_row sections[PXE_CONF_N_SECTIONS] = {
	[PXE_CONF_ROOT]   = { "", ~0u, NULL, "" },
	[PXE_CONF_SUBNET] = { "subnet", DHCPD, "network",
			      "subnet \"192.168.200.0/24\" { ... }" },
	[PXE_CONF_LOADER] = { "loader", BOOT, "family",
			      "loader \"uefi\" { file = \"ipxe.efi\" }" },
	[PXE_CONF_TARGET] = { "target", BOOT, "name",
			      "target \"debian\" { ... }" },
	[PXE_CONF_ANSWER] = { "answer", BOOT, "name",
			      "answer \"user-data\" { file = \"ubuntu.yaml\" }" },
	[PXE_CONF_MENU]   = { "menu", BOOT, NULL, "menu { ... }" },
	[PXE_CONF_SUBMENU] = { "submenu", BOOT, "name",
			       "submenu \"installers\" { ... }" },
	[PXE_CONF_HOST]   = { "host", HOSTS, "name",
			      "host \"alpha\" { ... }" },
	[PXE_CONF_PXE_MENU] = { "pxe-menu", DHCPD, NULL,
				"pxe-menu { ... }" },
	[PXE_CONF_PXE_ITEM] = { "pxe-item", DHCPD, "name",
				"pxe-item \"disk\" { ... }" },
	[PXE_CONF_TFTP_NET] = { "network", TFTPD, "network",
				"network \"10.1.0.0/16\" { ... }" },
};
/* clang-format on */

#define X(id, name) { PXE_MODE_##id, name },
static const struct pxe_name modes[] = { PXE_MODES(X) };
#undef X
#define X(id, name) { PXE_CONTEND_##id, name },
static const struct pxe_name contends[] = { PXE_CONTENDS(X) };
#undef X
#define X(id, name) { PXE_ANSWER_##id, name },
static const struct pxe_name answers[] = { PXE_ANSWERS(X) };
#undef X
#define X(id, name) { PXE_IPXE_GETS_##id, name },
static const struct pxe_name ipxes[] = { PXE_IPXES(X) };
#undef X
#define X(id, name) { PXE_UNKNOWN_##id, name },
static const struct pxe_name unknowns[] = { PXE_UNKNOWNS(X) };
#undef X
#define X(id, name, text)                                                      \
	{ PXE_FAMILY_##id,                                                     \
	  PXE_FAMILY_##id == PXE_FAMILY_NONE ? "refuse" : name },
static const struct pxe_name fallbacks[] = { PXE_FAMILIES(X) };
#undef X
#define X(id, name) { PXE_BOOTP_##id, name },
static const struct pxe_name bootps[] = { PXE_BOOTPS(X) };
#undef X
#define X(id, name) { PXE_ONE_ADDRESS_##id, name },
static const struct pxe_name one_addresses[] = { PXE_ONE_ADDRESSES(X) };
#undef X
#define X(id, name) { PXE_STRANGERS_##id, name },
static const struct pxe_name strangers[] = { PXE_STRANGERS(X) };
#undef X
#define X(id, name) { PXE_CLIENT_DIR_##id, name },
static const struct pxe_name client_dirs[] = { PXE_CLIENT_DIRS(X) };
#undef X
#define X(id, name) { PXE_LOCAL_##id, name },
static const struct pxe_name locals[] = { PXE_LOCALS(X) };
#undef X
#define X(id, name) { PXE_CPU_##id, name },
static const struct pxe_name cpus[] = { PXE_CPUS(X) };
#undef X
#define X(id, name) { PXE_INSTALL_##id, name },
static const struct pxe_name installs[] = { PXE_INSTALLS(X) };
#undef X
#define X(id, name) { PXE_TARGET_##id, name },
static const struct pxe_name types[] = { PXE_TARGET_TYPES(X) };
#undef X
#define X(id, name, type) { PXE_FORMAT_##id, name },
static const struct pxe_name formats[] = { PXE_FORMATS(X) };
#undef X

#define LEASE_MAX 31536000 /* a year */
#define TEXT_MAX  4096
#define MIB_MAX   16777216 /* 16 TiB */
#define ADDRESSES_MAX 16777216 /* of the largest network */
/* The header's fields, without their NUL. */
#define SNAME_MAX 63
#define FILE_MAX  127
#define DRIVES_MAX 128 /* that a BIOS has numbers for */
/* EDK2 shows 70 columns of a menu, and writes one more into its buffer. */
#define COLUMNS   69

/* A field of the section's struct, and a list with its number. */
#define AT(field) .offset = offsetof(struct S, field)
#define LIST(field, n)                                                         \
	.is_list = true, .offset = offsetof(struct S, field),                  \
	.offset_n = offsetof(struct S, n)
#define ONE_OF(table)    .words = table, .n_words = PXE_LEN(table)
#define LIMIT(low, high) .min = low, .max = high
#define STARTER          "the user who starts it"
#define USER             .dflt = "", .otherwise = STARTER, LIMIT(0, 32)

/* clang-format off */
static const struct pxe_conf_row rows[] = {
#define S pxe_conf
{ PXE, PXE_CONF_ROOT, "interfaces", PXE_CONF_IFACE, .dflt = "",
  .otherwise = "all that have an address in a subnet of dhcpd.conf",
  LIST(interfaces, n_interfaces) },
{ PXE, PXE_CONF_ROOT, "server-address", PXE_CONF_ADDRESS, .dflt = "auto",
  AT(server_address) },
{ PXE, PXE_CONF_ROOT, "dhcp-port", PXE_CONF_U16, .dflt = "67",
  LIMIT(1, 65534), AT(dhcp_port) },
{ PXE, PXE_CONF_ROOT, "binl-port", PXE_CONF_U16, .dflt = "4011",
  LIMIT(1, 65535), AT(binl_port) },
{ PXE, PXE_CONF_ROOT, "tftp-port", PXE_CONF_U16, .dflt = "69",
  LIMIT(1, 65535), AT(tftp_port) },
{ PXE, PXE_CONF_ROOT, "http-port", PXE_CONF_U16, .dflt = "16000",
  LIMIT(1, 65535), AT(http_port) },
{ PXE, PXE_CONF_ROOT, "boot-root", PXE_CONF_PATH, .dflt = "/srv/pxe",
  LIMIT(1, TEXT_MAX - 1), AT(boot_root) },
{ PXE, PXE_CONF_ROOT, "fold-case", PXE_CONF_BOOL, .dflt = "no",
  AT(folds_case) },
{ PXE, PXE_CONF_ROOT, "client-directories", PXE_CONF_WORD, .dflt = "",
  .otherwise = "none", LIST(client_dirs, n_client_dirs),
  ONE_OF(client_dirs) },
{ PXE, PXE_CONF_ROOT, "state-socket", PXE_CONF_PATH,
  .dflt = "/run/pxe/state.sock", LIMIT(2, 107), AT(state_socket) },
{ PXE, PXE_CONF_ROOT, "state-dir", PXE_CONF_PATH, .dflt = "/var/lib/pxe",
  LIMIT(1, TEXT_MAX - 1), AT(state_dir) },

{ DHCPD, PXE_CONF_ROOT, "mode", PXE_CONF_WORD, .dflt = "internal",
  AT(mode), ONE_OF(modes) },
{ DHCPD, PXE_CONF_ROOT, "contend", PXE_CONF_WORD, .dflt = "yield",
  AT(contend), ONE_OF(contends) },
{ DHCPD, PXE_CONF_ROOT, "uefi-pxe10", PXE_CONF_BOOL, .dflt = "no",
  AT(has_uefi_pxe10) },
{ DHCPD, PXE_CONF_ROOT, "answer", PXE_CONF_WORD, .dflt = "all",
  AT(answer), ONE_OF(answers) },
{ DHCPD, PXE_CONF_ROOT, "ipxe", PXE_CONF_WORD, .dflt = "script",
  AT(ipxe), ONE_OF(ipxes) },
{ DHCPD, PXE_CONF_ROOT, "ipv6-script", PXE_CONF_TEXT, .dflt = "auto",
  LIMIT(1, 220), AT(ipv6_script) },
{ DHCPD, PXE_CONF_ROOT, "authoritative", PXE_CONF_BOOL, .dflt = "no",
  AT(is_authoritative) },
{ DHCPD, PXE_CONF_ROOT, "coexist", PXE_CONF_BOOL, .dflt = "no",
  AT(coexist) },
{ DHCPD, PXE_CONF_ROOT, "conflict-detection", PXE_CONF_BOOL, .dflt = "yes",
  AT(is_conflict_checked) },
{ DHCPD, PXE_CONF_ROOT, "conflict-timeout-ms", PXE_CONF_U32, .dflt = "300",
  LIMIT(50, 5000), AT(conflict_timeout_ms) },
{ DHCPD, PXE_CONF_ROOT, "bootp", PXE_CONF_WORD, .dflt = "refuse",
  AT(bootp), ONE_OF(bootps) },
{ DHCPD, PXE_CONF_ROOT, "one-address", PXE_CONF_WORD, .dflt = "booting",
  AT(one_address), ONE_OF(one_addresses) },
{ DHCPD, PXE_CONF_ROOT, "allow", PXE_CONF_MATCHER, .dflt = "",
  .otherwise = "everybody", LIST(access.allow, access.n_allow) },
{ DHCPD, PXE_CONF_ROOT, "deny", PXE_CONF_MATCHER, .dflt = "",
  .otherwise = "nobody", LIST(access.deny, access.n_deny) },
{ DHCPD, PXE_CONF_ROOT, "unknown-clients", PXE_CONF_WORD, .dflt = "allow",
  AT(access.strangers), ONE_OF(strangers) },
{ DHCPD, PXE_CONF_ROOT, "rate-limit", PXE_CONF_U32, .dflt = "100",
  LIMIT(0, 100000), AT(rate_limit) },
{ DHCPD, PXE_CONF_ROOT, "circuit-limit", PXE_CONF_U32, .dflt = "0",
  LIMIT(0, ADDRESSES_MAX), AT(access.circuit_limit) },
{ DHCPD, PXE_CONF_ROOT, "client-id-limit", PXE_CONF_U32, .dflt = "16",
  LIMIT(0, ADDRESSES_MAX), AT(access.client_id_limit) },
{ DHCPD, PXE_CONF_ROOT, "options", PXE_CONF_OPTION, .dflt = "",
  .otherwise = "none", LIST(opts, n_opts) },
{ DHCPD, PXE_CONF_ROOT, "user", PXE_CONF_NAME, USER, AT(dhcpd_user) },
{ DHCPD, PXE_CONF_ROOT, "lease-time", PXE_CONF_U32, .dflt = "3600",
  LIMIT(1, LEASE_MAX), AT(lease_s) },
{ DHCPD, PXE_CONF_ROOT, "max-lease-time", PXE_CONF_U32, .dflt = "86400",
  LIMIT(1, LEASE_MAX), AT(max_lease_s) },

{ TFTPD, PXE_CONF_ROOT, "listen", PXE_CONF_LISTEN, .dflt = "",
  .otherwise = "all addresses of IPv6 and IPv4",
  LIST(tftp_listen, n_tftp_listen) },
{ TFTPD, PXE_CONF_ROOT, "max-blksize", PXE_CONF_U16, .dflt = "1468",
  LIMIT(8, 65464), AT(max_blksize) },
{ TFTPD, PXE_CONF_ROOT, "max-windowsize", PXE_CONF_U16, .dflt = "64",
  LIMIT(1, 65535), AT(max_windowsize) },
{ TFTPD, PXE_CONF_ROOT, "rollover", PXE_CONF_U16, .dflt = "0",
  LIMIT(0, 1), AT(tftp_rollover) },
{ TFTPD, PXE_CONF_ROOT, "timeout-ms", PXE_CONF_U32, .dflt = "1000",
  LIMIT(10, 255000), AT(tftp_timeout_ms) },
{ TFTPD, PXE_CONF_ROOT, "retries", PXE_CONF_U32, .dflt = "5",
  LIMIT(0, 100), AT(tftp_retries) },
{ TFTPD, PXE_CONF_ROOT, "max-transfers", PXE_CONF_U32, .dflt = "10000",
  LIMIT(1, 100000), AT(max_transfers) },
{ TFTPD, PXE_CONF_ROOT, "max-per-client", PXE_CONF_U32, .dflt = "1000",
  LIMIT(1, 100000), AT(max_per_client) },
{ TFTPD, PXE_CONF_ROOT, "single-port", PXE_CONF_BOOL, .dflt = "no",
  AT(is_tftp_single_port) },
{ TFTPD, PXE_CONF_ROOT, "fragments", PXE_CONF_BOOL, .dflt = "no",
  AT(may_tftp_fragment) },
{ TFTPD, PXE_CONF_ROOT, "user", PXE_CONF_NAME, USER, AT(tftpd_user) },
{ TFTPD, PXE_CONF_ROOT, "upload-dir", PXE_CONF_PATH, .dflt = "",
  .otherwise = "none: write requests are refused", LIMIT(0, TEXT_MAX - 1),
  AT(upload_dir) },
{ TFTPD, PXE_CONF_ROOT, "upload-overwrite", PXE_CONF_BOOL, .dflt = "no",
  AT(may_overwrite) },
{ TFTPD, PXE_CONF_ROOT, "upload-limit", PXE_CONF_U32, .dflt = "64",
  LIMIT(1, MIB_MAX), AT(upload_limit_mib) },
{ TFTPD, PXE_CONF_ROOT, "upload-total", PXE_CONF_U32, .dflt = "1024",
  LIMIT(1, MIB_MAX), AT(upload_total_mib) },
{ TFTPD, PXE_CONF_ROOT, "max-uploads", PXE_CONF_U32, .dflt = "16",
  LIMIT(1, 1000), AT(max_uploads) },

{ HTTPD, PXE_CONF_ROOT, "listen", PXE_CONF_LISTEN, .dflt = "",
  .otherwise = "all addresses of IPv6 and IPv4",
  LIST(http_listen, n_http_listen) },
{ HTTPD, PXE_CONF_ROOT, "max-connections", PXE_CONF_U32, .dflt = "1000",
  LIMIT(1, 100000), AT(max_connections) },
{ HTTPD, PXE_CONF_ROOT, "threads", PXE_CONF_U32, .dflt = "0",
  .otherwise = "one for each processor", LIMIT(0, 256), AT(http.threads) },
{ HTTPD, PXE_CONF_ROOT, "max-per-client", PXE_CONF_U32, .dflt = "250",
  LIMIT(0, 100000), AT(http.max_per_client) },
{ HTTPD, PXE_CONF_ROOT, "header-timeout", PXE_CONF_U32, .dflt = "30",
  LIMIT(1, 3600), AT(http.header_timeout_s) },
{ HTTPD, PXE_CONF_ROOT, "idle-timeout", PXE_CONF_U32, .dflt = "60",
  LIMIT(1, 3600), AT(http.idle_timeout_s) },
{ HTTPD, PXE_CONF_ROOT, "send-timeout", PXE_CONF_U32, .dflt = "300",
  LIMIT(1, 86400), AT(http.send_timeout_s) },
{ HTTPD, PXE_CONF_ROOT, "min-rate", PXE_CONF_U32, .dflt = "1024",
  LIMIT(0, 1073741824), AT(http.min_rate) },
{ HTTPD, PXE_CONF_ROOT, "rate-window", PXE_CONF_U32, .dflt = "60",
  LIMIT(1, 3600), AT(http.rate_window_s) },
{ HTTPD, PXE_CONF_ROOT, "user", PXE_CONF_NAME, USER, AT(httpd_user) },
{ HTTPD, PXE_CONF_ROOT, "doubt-routed", PXE_CONF_BOOL, .dflt = "no",
  AT(doubts_routed) },
{ HTTPD, PXE_CONF_ROOT, "listings", PXE_CONF_BOOL, .dflt = "no",
  AT(has_listings) },
{ HTTPD, PXE_CONF_ROOT, "index", PXE_CONF_NAME, .dflt = "", LIMIT(1, 255),
  .otherwise = "none", LIST(index_files, n_index_files) },
{ HTTPD, PXE_CONF_ROOT, "access-log", PXE_CONF_PATH, .dflt = "",
  .otherwise = "none", LIMIT(0, TEXT_MAX - 1), AT(access_log) },
{ HTTPD, PXE_CONF_ROOT, "log-requests", PXE_CONF_BOOL, .dflt = "yes",
  AT(http.logs_requests) },
{ HTTPD, PXE_CONF_ROOT, "tls-port", PXE_CONF_U16, .dflt = "0",
  .otherwise = "none", LIMIT(0, 65535), AT(http.tls_port) },
{ HTTPD, PXE_CONF_ROOT, "tls-certificate", PXE_CONF_PATH, .dflt = "",
  .otherwise = "none", LIMIT(0, TEXT_MAX - 1), AT(http.tls_certificate) },
{ HTTPD, PXE_CONF_ROOT, "tls-key", PXE_CONF_PATH, .dflt = "",
  .otherwise = "none", LIMIT(0, TEXT_MAX - 1), AT(http.tls_key) },
{ HTTPD, PXE_CONF_ROOT, "types", PXE_CONF_MEDIA, .dflt = "",
  .otherwise = "those that are built in", LIST(media, n_media) },

{ STATED, PXE_CONF_ROOT, "user", PXE_CONF_NAME, USER, AT(stated_user) },
{ STATED, PXE_CONF_ROOT, "lease-users", PXE_CONF_NAME, .dflt = "pxe-dhcpd",
  LIMIT(1, 32), LIST(lease_users, n_lease_users) },
{ STATED, PXE_CONF_ROOT, "report-users", PXE_CONF_NAME,
  .dflt = "pxe-dhcpd pxe-tftpd pxe-httpd", LIMIT(1, 32),
  LIST(report_users, n_report_users) },
{ STATED, PXE_CONF_ROOT, "boot-users", PXE_CONF_NAME, .dflt = "pxe-httpd",
  LIMIT(1, 32), LIST(boot_users, n_boot_users) },
{ STATED, PXE_CONF_ROOT, "admin-group", PXE_CONF_NAME, .dflt = "pxe-admin",
  LIMIT(0, 32), AT(admin_group) },
{ STATED, PXE_CONF_ROOT, "loop-limit", PXE_CONF_U32, .dflt = "5",
  LIMIT(0, 1000), AT(loop_limit) },
{ STATED, PXE_CONF_ROOT, "loop-hold", PXE_CONF_U32, .dflt = "600",
  LIMIT(10, 604800), AT(loop_hold_s) },
{ STATED, PXE_CONF_ROOT, "order-lifetime", PXE_CONF_U32, .dflt = "86400",
  LIMIT(60, LEASE_MAX), AT(order_lifetime_s) },
{ STATED, PXE_CONF_ROOT, "session-timeout", PXE_CONF_U32, .dflt = "14400",
  LIMIT(60, 604800), AT(session_timeout_s) },
{ STATED, PXE_CONF_ROOT, "install-limit", PXE_CONF_U32, .dflt = "3",
  LIMIT(0, 16), AT(install_limit) },
{ STATED, PXE_CONF_ROOT, "install-window", PXE_CONF_U32, .dflt = "86400",
  LIMIT(60, LEASE_MAX), AT(install_window_s) },
{ STATED, PXE_CONF_ROOT, "witness-dir", PXE_CONF_PATH, .dflt = "",
  .otherwise = "state-dir with -witness behind it", LIMIT(0, TEXT_MAX - 1),
  AT(witness_dir) },

{ BOOT, PXE_CONF_ROOT, "unknown", PXE_CONF_WORD, .dflt = "menu",
  AT(unknown), ONE_OF(unknowns) },
{ BOOT, PXE_CONF_ROOT, "loader-names", PXE_CONF_NAME,
  .dflt = "pxe_loader iventoy_loader", LIMIT(1, 63),
  LIST(loader_names, n_loader_names) },
{ BOOT, PXE_CONF_ROOT, "fallback", PXE_CONF_WORD, .dflt = "refuse",
  AT(fallback), ONE_OF(fallbacks) },
{ BOOT, PXE_CONF_ROOT, "local-bios", PXE_CONF_WORD, .dflt = "auto",
  AT(local_bios), ONE_OF(locals) },
{ BOOT, PXE_CONF_ROOT, "local-uefi", PXE_CONF_WORD, .dflt = "auto",
  AT(local_uefi), ONE_OF(locals) },
{ BOOT, PXE_CONF_ROOT, "local-drive", PXE_CONF_U16, .dflt = "1",
  LIMIT(1, DRIVES_MAX), AT(local.drive) },
{ BOOT, PXE_CONF_ROOT, "local-file", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "what EFI calls it", LIMIT(0, FILE_MAX), AT(local.file) },
{ BOOT, PXE_CONF_ROOT, "script-dir", PXE_CONF_PATH,
  .dflt = PXE_SYSCONFDIR "/pxe/scripts", LIMIT(1, TEXT_MAX - 1), AT(script_dir) },
{ BOOT, PXE_CONF_ROOT, "vars", PXE_CONF_VAR, .dflt = "",
  .otherwise = "none", LIST(vars.rows, vars.n) },
{ BOOT, PXE_CONF_ROOT, "answer-dir", PXE_CONF_PATH,
  .dflt = PXE_SYSCONFDIR "/pxe/answers", LIMIT(1, TEXT_MAX - 1), AT(answer_dir) },
#undef S

#define S pxe_conf_subnet
{ DHCPD, PXE_CONF_SUBNET, "ranges", PXE_CONF_RANGE, .dflt = "",
  .otherwise = "none; only hosts with an address get one",
  LIST(ranges, n_ranges) },
{ DHCPD, PXE_CONF_SUBNET, "mode", PXE_CONF_WORD,
  .otherwise = "mode outside of the subnets", AT(mode), ONE_OF(modes) },
{ DHCPD, PXE_CONF_SUBNET, "contend", PXE_CONF_WORD,
  .otherwise = "contend outside of the subnets",
  AT(contend), ONE_OF(contends) },
{ DHCPD, PXE_CONF_SUBNET, "uefi-pxe10", PXE_CONF_BOOL,
  .otherwise = "uefi-pxe10 outside of the subnets", AT(has_uefi_pxe10) },
{ DHCPD, PXE_CONF_SUBNET, "lease-time", PXE_CONF_U32,
  .otherwise = "lease-time outside of the subnets",
  LIMIT(1, LEASE_MAX), AT(lease_s) },
{ DHCPD, PXE_CONF_SUBNET, "max-lease-time", PXE_CONF_U32,
  .otherwise = "max-lease-time outside of the subnets",
  LIMIT(1, LEASE_MAX), AT(max_lease_s) },
{ DHCPD, PXE_CONF_SUBNET, "shared-network", PXE_CONF_NAME, .dflt = "",
  .otherwise = "none", LIMIT(1, 63), AT(shared_network) },
{ DHCPD, PXE_CONF_SUBNET, "conflict-detection", PXE_CONF_BOOL,
  .otherwise = "conflict-detection outside of the subnets",
  AT(is_conflict_checked) },
{ DHCPD, PXE_CONF_SUBNET, "allow", PXE_CONF_MATCHER,
  .otherwise = "allow outside of the subnets",
  LIST(access.allow, access.n_allow) },
{ DHCPD, PXE_CONF_SUBNET, "deny", PXE_CONF_MATCHER,
  .otherwise = "deny outside of the subnets",
  LIST(access.deny, access.n_deny) },
{ DHCPD, PXE_CONF_SUBNET, "unknown-clients", PXE_CONF_WORD,
  .otherwise = "unknown-clients outside of the subnets",
  AT(access.strangers), ONE_OF(strangers) },
{ DHCPD, PXE_CONF_SUBNET, "circuit-limit", PXE_CONF_U32,
  .otherwise = "circuit-limit outside of the subnets",
  LIMIT(0, ADDRESSES_MAX), AT(access.circuit_limit) },
{ DHCPD, PXE_CONF_SUBNET, "client-id-limit", PXE_CONF_U32,
  .otherwise = "client-id-limit outside of the subnets",
  LIMIT(0, ADDRESSES_MAX), AT(access.client_id_limit) },
{ DHCPD, PXE_CONF_SUBNET, "reserve", PXE_CONF_U32, .dflt = "0",
  LIMIT(0, ADDRESSES_MAX), AT(reserve) },
{ DHCPD, PXE_CONF_SUBNET, "next-server", PXE_CONF_ADDRESS, .dflt = "auto",
  AT(next_server) },
{ DHCPD, PXE_CONF_SUBNET, "server-name", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, SNAME_MAX), AT(server_name) },
{ DHCPD, PXE_CONF_SUBNET, "file", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "the loader of boot.conf", LIMIT(1, FILE_MAX), AT(file) },
{ DHCPD, PXE_CONF_SUBNET, "options", PXE_CONF_OPTION, .dflt = "",
  .otherwise = "none", LIST(opts, n_opts) },
{ DHCPD, PXE_CONF_SUBNET, "vars", PXE_CONF_VAR, .dflt = "",
  .otherwise = "none", LIST(vars.rows, vars.n) },
#undef S

#define S pxe_conf_tftp_net
{ TFTPD, PXE_CONF_TFTP_NET, "max-blksize", PXE_CONF_U16,
  .otherwise = "max-blksize outside of the sections",
  LIMIT(8, 65464), AT(max_blksize) },
{ TFTPD, PXE_CONF_TFTP_NET, "max-windowsize", PXE_CONF_U16,
  .otherwise = "max-windowsize outside of the sections",
  LIMIT(1, 65535), AT(max_windowsize) },
#undef S

#define S pxe_conf_pxe_menu
{ DHCPD, PXE_CONF_PXE_MENU, "prompt", PXE_CONF_TEXT,
  .dflt = "Press F8 for the boot menu", LIMIT(1, COLUMNS), AT(prompt) },
{ DHCPD, PXE_CONF_PXE_MENU, "timeout", PXE_CONF_U32, .dflt = "10",
  LIMIT(0, 254), AT(timeout_s) },
#undef S

#define S pxe_conf_pxe_item
{ DHCPD, PXE_CONF_PXE_ITEM, "title", PXE_CONF_TEXT,
  .otherwise = "the name of the item", LIMIT(1, COLUMNS), AT(title) },
{ DHCPD, PXE_CONF_PXE_ITEM, "type", PXE_CONF_U16,
  .otherwise = "32768 for the first item and so on",
  LIMIT(1, 65535), AT(type) },
{ DHCPD, PXE_CONF_PXE_ITEM, "local", PXE_CONF_BOOL, .dflt = "no",
  AT(is_local) },
{ DHCPD, PXE_CONF_PXE_ITEM, "file", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "the loader of boot.conf", LIMIT(1, FILE_MAX), AT(file) },
{ DHCPD, PXE_CONF_PXE_ITEM, "servers", PXE_CONF_ADDRESS, .dflt = "",
  .otherwise = "this server", LIST(servers, n_servers) },
{ DHCPD, PXE_CONF_PXE_ITEM, "families", PXE_CONF_FAMILY, .dflt = "",
  .otherwise = "all", LIST(families, n_families) },
#undef S

#define S pxe_conf_loader
{ BOOT, PXE_CONF_LOADER, "file", PXE_CONF_FILE,
  .otherwise = "none; it must be given", LIMIT(1, 127), AT(file) },
#undef S

#define S pxe_conf_target
{ BOOT, PXE_CONF_TARGET, "title", PXE_CONF_TEXT,
  .otherwise = "the name of the target", LIMIT(1, 128), AT(title) },
{ BOOT, PXE_CONF_TARGET, "type", PXE_CONF_WORD,
  .otherwise = "none; it must be given", AT(type), ONE_OF(types) },
{ BOOT, PXE_CONF_TARGET, "kernel", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(kernel) },
{ BOOT, PXE_CONF_TARGET, "initrd", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), LIST(initrds, n_initrds) },
{ BOOT, PXE_CONF_TARGET, "args", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(0, TEXT_MAX - 1), AT(args) },
{ BOOT, PXE_CONF_TARGET, "url", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(url) },
{ BOOT, PXE_CONF_TARGET, "cpu", PXE_CONF_WORD, .dflt = "any",
  AT(cpu), ONE_OF(cpus) },
{ BOOT, PXE_CONF_TARGET, "root-path", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(san.root_path) },
{ BOOT, PXE_CONF_TARGET, "drives", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), LIST(san.drives, san.n_drives) },
{ BOOT, PXE_CONF_TARGET, "initiator-iqn", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "what iPXE makes of the UUID",
  LIMIT(1, TEXT_MAX - 1), AT(san.initiator_iqn) },
{ BOOT, PXE_CONF_TARGET, "chap-username", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(san.username) },
{ BOOT, PXE_CONF_TARGET, "chap-password", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(san.password), .secrecy = PXE_CONF_PASSWORD },
{ BOOT, PXE_CONF_TARGET, "chap-reverse-username", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(san.reverse_username) },
{ BOOT, PXE_CONF_TARGET, "chap-reverse-password", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(san.reverse_password),
  .secrecy = PXE_CONF_PASSWORD },
{ BOOT, PXE_CONF_TARGET, "keep-san", PXE_CONF_BOOL, .dflt = "no",
  AT(san.is_kept) },
{ BOOT, PXE_CONF_TARGET, "skip-san-boot", PXE_CONF_BOOL, .dflt = "no",
  AT(san.is_boot_skipped) },
{ BOOT, PXE_CONF_TARGET, "blank-gateway", PXE_CONF_BOOL, .dflt = "no",
  AT(san.is_gateway_blank) },
{ BOOT, PXE_CONF_TARGET, "iso", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(iso) },
{ BOOT, PXE_CONF_TARGET, "memdisk", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(memdisk) },
{ BOOT, PXE_CONF_TARGET, "wim", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(wim.image) },
{ BOOT, PXE_CONF_TARGET, "bcd", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(wim.bcd) },
{ BOOT, PXE_CONF_TARGET, "sdi", PXE_CONF_SOURCE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(wim.sdi) },
{ BOOT, PXE_CONF_TARGET, "wimboot", PXE_CONF_SOURCE, .dflt = "wimboot",
  LIMIT(1, TEXT_MAX - 1), AT(wim.loader) },
{ BOOT, PXE_CONF_TARGET, "files", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(3, TEXT_MAX - 1), LIST(wim.files, wim.n_files) },
{ BOOT, PXE_CONF_TARGET, "script", PXE_CONF_FILE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(scripts.ipxe) },
{ BOOT, PXE_CONF_TARGET, "pxelinux-script", PXE_CONF_FILE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(scripts.pxelinux) },
{ BOOT, PXE_CONF_TARGET, "grub-script", PXE_CONF_FILE, .dflt = "",
  .otherwise = "none",
  LIMIT(1, TEXT_MAX - 1), AT(scripts.grub) },
{ BOOT, PXE_CONF_TARGET, "settings", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none",
  LIMIT(2, TEXT_MAX - 1), LIST(settings, n_settings) },
{ BOOT, PXE_CONF_TARGET, "local-method", PXE_CONF_WORD,
  .otherwise = "local-method of the host", AT(local.method), ONE_OF(locals) },
{ BOOT, PXE_CONF_TARGET, "local-drive", PXE_CONF_U16,
  .otherwise = "local-drive of the host", LIMIT(1, DRIVES_MAX),
  AT(local.drive) },
{ BOOT, PXE_CONF_TARGET, "local-file", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "local-file of the host", LIMIT(1, FILE_MAX),
  AT(local.file) },
{ BOOT, PXE_CONF_TARGET, "answers", PXE_CONF_REF_ANSWER, .dflt = "",
  .otherwise = "none", LIST(answers, n_answers) },
{ BOOT, PXE_CONF_TARGET, "families", PXE_CONF_FAMILY, .dflt = "",
  .otherwise = "all", LIST(families, n_families) },
{ BOOT, PXE_CONF_TARGET, "hidden", PXE_CONF_BOOL, .dflt = "no",
  AT(is_hidden) },
{ BOOT, PXE_CONF_TARGET, "key", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, 1), AT(key) },
{ BOOT, PXE_CONF_TARGET, "gap", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, 128), AT(gap) },
{ BOOT, PXE_CONF_TARGET, "submenu", PXE_CONF_REF_SUBMENU,
  .otherwise = "the first page", AT(submenu) },
{ BOOT, PXE_CONF_TARGET, "password", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "that of the submenu; else none", LIMIT(1, 128),
  AT(password), .secrecy = PXE_CONF_PASSWORD_OR_HASH },
{ BOOT, PXE_CONF_TARGET, "vars", PXE_CONF_VAR, .dflt = "",
  .otherwise = "none", LIST(vars.rows, vars.n) },
{ BOOT, PXE_CONF_TARGET, "once", PXE_CONF_BOOL, .dflt = "no", AT(is_once) },
{ BOOT, PXE_CONF_TARGET, "next", PXE_CONF_REF,
  .otherwise = "what the host section says", AT(next) },
#undef S

#define S pxe_conf_answer
{ BOOT, PXE_CONF_ANSWER, "file", PXE_CONF_FILE,
  .otherwise = "none; it must be given", LIMIT(1, FILE_MAX), AT(file) },
{ BOOT, PXE_CONF_ANSWER, "as", PXE_CONF_NAME,
  .otherwise = "the name of the answer", LIMIT(1, 63), AT(as) },
{ BOOT, PXE_CONF_ANSWER, "format", PXE_CONF_WORD,
  .otherwise = "by the end of file", AT(format), ONE_OF(formats) },
{ BOOT, PXE_CONF_ANSWER, "delimiters", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "double braces", LIMIT(3, 17), AT(open) },
#undef S

#define S pxe_conf_menu
{ BOOT, PXE_CONF_MENU, "title", PXE_CONF_TEXT, .dflt = "Network boot",
  LIMIT(1, 128), AT(title) },
{ BOOT, PXE_CONF_MENU, "timeout", PXE_CONF_U32, .dflt = "10",
  LIMIT(0, 86400), AT(timeout_s) },
{ BOOT, PXE_CONF_MENU, "default", PXE_CONF_REF, .dflt = "local", AT(dflt) },
#undef S

#define S pxe_conf_submenu
{ BOOT, PXE_CONF_SUBMENU, "title", PXE_CONF_TEXT,
  .otherwise = "the name of the submenu", LIMIT(1, 128), AT(title) },
{ BOOT, PXE_CONF_SUBMENU, "key", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, 1), AT(key) },
{ BOOT, PXE_CONF_SUBMENU, "gap", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, 128), AT(gap) },
{ BOOT, PXE_CONF_SUBMENU, "password", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "none", LIMIT(1, 128), AT(password),
  .secrecy = PXE_CONF_PASSWORD_OR_HASH },
#undef S

#define S pxe_conf
{ HOSTS, PXE_CONF_ROOT, "shared-macs", PXE_CONF_MAC_START, .dflt = "",
  .otherwise = "none", LIST(shared_macs, n_shared_macs) },
#undef S

#define S pxe_conf_host
{ HOSTS, PXE_CONF_HOST, "mac", PXE_CONF_MAC, .dflt = "",
  .otherwise = "none", LIST(hw, n_hw) },
{ HOSTS, PXE_CONF_HOST, "uuid", PXE_CONF_UUID, .dflt = "",
  .otherwise = "none",
  .offset = offsetof(struct pxe_conf_host, uuid),
  .offset_n = offsetof(struct pxe_conf_host, has_uuid) },
{ HOSTS, PXE_CONF_HOST, "client-id", PXE_CONF_ID, .dflt = "",
  .otherwise = "none", LIST(ids, n_ids) },
{ HOSTS, PXE_CONF_HOST, "address", PXE_CONF_ADDRESS,
  .otherwise = "one of the subnet's ranges", AT(address) },
{ HOSTS, PXE_CONF_HOST, "lease-time", PXE_CONF_U32,
  .otherwise = "lease-time of the subnet", LIMIT(1, LEASE_MAX), AT(lease_s) },
{ HOSTS, PXE_CONF_HOST, "max-lease-time", PXE_CONF_U32,
  .otherwise = "the longer of max-lease-time of the subnet and lease-time of "
  "the host", LIMIT(1, LEASE_MAX), AT(max_lease_s) },
{ HOSTS, PXE_CONF_HOST, "next-server", PXE_CONF_ADDRESS,
  .otherwise = "next-server of the subnet", AT(next_server) },
{ HOSTS, PXE_CONF_HOST, "server-name", PXE_CONF_TEXT,
  .otherwise = "server-name of the subnet", LIMIT(1, SNAME_MAX),
  AT(server_name) },
{ HOSTS, PXE_CONF_HOST, "file", PXE_CONF_TEXT,
  .otherwise = "file of the subnet", LIMIT(1, FILE_MAX), AT(file) },
{ HOSTS, PXE_CONF_HOST, "groups", PXE_CONF_NAME, .dflt = "",
  .otherwise = "none", LIMIT(1, 63), LIST(groups, n_groups) },
{ HOSTS, PXE_CONF_HOST, "boot", PXE_CONF_REF,
  .otherwise = "the menu", AT(boot) },
{ HOSTS, PXE_CONF_HOST, "menu-default", PXE_CONF_REF,
  .otherwise = "that of the menu", AT(menu_default) },
{ HOSTS, PXE_CONF_HOST, "menu-timeout", PXE_CONF_U32,
  .otherwise = "that of the menu", LIMIT(0, 86400), AT(menu_timeout_s),
  .offset_n = offsetof(struct pxe_conf_host, has_menu_timeout) },
{ HOSTS, PXE_CONF_HOST, "local-method", PXE_CONF_WORD,
  .otherwise = "local-bios or local-uefi of boot.conf",
  AT(local.method), ONE_OF(locals) },
{ HOSTS, PXE_CONF_HOST, "local-drive", PXE_CONF_U16,
  .otherwise = "local-drive of boot.conf", LIMIT(1, DRIVES_MAX),
  AT(local.drive) },
{ HOSTS, PXE_CONF_HOST, "local-file", PXE_CONF_TEXT, .dflt = "",
  .otherwise = "local-file of boot.conf", LIMIT(1, FILE_MAX),
  AT(local.file) },
{ HOSTS, PXE_CONF_HOST, "install", PXE_CONF_WORD, .dflt = "order",
  AT(install), ONE_OF(installs) },
{ HOSTS, PXE_CONF_HOST, "options", PXE_CONF_OPTION, .dflt = "",
  .otherwise = "none", LIST(opts, n_opts) },
{ HOSTS, PXE_CONF_HOST, "vars", PXE_CONF_VAR, .dflt = "",
  .otherwise = "none", LIST(vars.rows, vars.n) },
#undef S
};
/* clang-format on */

/* Options that a configuration cannot set, and what to do instead. */
static const struct {
	uint8_t code;
	const char *instead;
} refusals[] = {
	{ PXE_OPT_PAD, "it is padding" },
	{ PXE_OPT_SUBNET_MASK, "it follows from the subnet's prefix" },
	{ PXE_OPT_HOST_NAME, "it is the name of the host section" },
	{ PXE_OPT_BROADCAST, "it follows from the subnet's prefix" },
	{ PXE_OPT_REQUESTED_ADDRESS, "only clients send it" },
	{ PXE_OPT_LEASE_TIME, "write lease-time and max-lease-time" },
	{ PXE_OPT_OVERLOAD, "the server sets it when it must" },
	{ PXE_OPT_TYPE, "the server sets it" },
	{ PXE_OPT_SERVER_ID, "write server-address in pxe.conf" },
	{ PXE_OPT_PARAMETER_LIST, "only clients send it" },
	{ PXE_OPT_MESSAGE, "the server sets it" },
	{ PXE_OPT_MAX_SIZE, "only clients send it" },
	{ PXE_OPT_T1, "it follows from lease-time" },
	{ PXE_OPT_T2, "it follows from lease-time" },
	{ PXE_OPT_VENDOR_CLASS, "the server makes it for boot clients" },
	{ PXE_OPT_CLIENT_ID, "the server repeats the client's" },
	{ PXE_OPT_TFTP_SERVER, "write server-name or next-server" },
	{ PXE_OPT_BOOT_FILE, "write file, or loaders in boot.conf" },
	{ PXE_OPT_USER_CLASS, "only clients send it" },
	{ 80, "this server always takes four messages" },
	{ 81, "this server does not change the DNS" },
	{ PXE_OPT_RELAY_AGENT, "relay agents add it" },
	{ 90, "this server does not authenticate messages" },
	{ 91, "only answers to lease queries have it" },
	{ 92, "only answers to lease queries have it" },
	{ PXE_OPT_ARCH, "only clients send it" },
	{ PXE_OPT_UNDI, "only clients send it" },
	{ PXE_OPT_UUID, "the server repeats the client's" },
	{ 118, "only clients and relay agents send it" },
	{ 145, "this server does not force renewals" },
	{ 151, "only answers to lease queries have it" },
	{ 152, "only answers to lease queries have it" },
	{ 153, "only answers to lease queries have it" },
	{ 154, "only lease queries have it" },
	{ 155, "only lease queries have it" },
	{ 156, "only answers to lease queries have it" },
	{ 157, "only answers to lease queries have it" },
	{ PXE_OPT_IPXE, "the server makes it for iPXE" },
	{ PXE_OPT_END, "the server sets it" },
};

const struct pxe_conf_row *pxe_conf_rows(size_t *n)
{
	*n = PXE_LEN(rows);
	return rows;
}

const struct pxe_conf_row *pxe_conf_row_find(unsigned file,
					     enum pxe_conf_section_kind kind,
					     const char *key)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].section == kind && (rows[i].files & file) != 0 &&
		    strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

const struct pxe_conf_section_row *pxe_conf_section_row(
	enum pxe_conf_section_kind kind)
{
	return &sections[kind];
}

/* The place of the first file of a set. */
static unsigned first_of(unsigned set)
{
	unsigned i = 0;

	while (i < PXE_CONF_N_FILES - 1 && (set & 1u << i) == 0)
		i++;
	return i;
}

const char *pxe_conf_file_name(unsigned i)
{
	return files[i].name;
}

const char *pxe_conf_file_of(unsigned set)
{
	return files[first_of(set)].name;
}

const char *pxe_conf_page_of(unsigned set)
{
	return files[first_of(set)].page;
}

const char *pxe_conf_option_refusal(uint8_t code)
{
	for (size_t i = 0; i < PXE_LEN(refusals); i++)
		if (refusals[i].code == code)
			return refusals[i].instead;
	return NULL;
}
