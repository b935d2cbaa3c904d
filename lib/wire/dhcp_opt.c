/* SPDX-License-Identifier: ISC */
#include "wire/dhcp_opt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "base/rd.h"
#include "base/wr.h"

/*
 * Sorted by code.  All codes that are registered for one use; 128 to 135 have
 * several, of which PXE is ours; 252 is not registered but used everywhere.
 * Codes that are not here are unassigned, withdrawn or for private use.
 */
/* clang-format off */
#define K(kind) PXE_OPT_KIND_##kind
static const struct pxe_dhcp_opt rows[] = {
	{   1, "subnet-mask",                  K(IP) },
	{   2, "time-offset",                  K(S32) },
	{   3, "routers",                      K(IPS) },
	{   4, "time-servers",                 K(IPS) },
	{   5, "ien116-name-servers",          K(IPS) },
	{   6, "dns-servers",                  K(IPS) },
	{   7, "log-servers",                  K(IPS) },
	{   8, "cookie-servers",               K(IPS) },
	{   9, "lpr-servers",                  K(IPS) },
	{  10, "impress-servers",              K(IPS) },
	{  11, "resource-location-servers",    K(IPS) },
	{  12, "host-name",                    K(TEXT) },
	{  13, "boot-size",                    K(U16) },
	{  14, "merit-dump",                   K(TEXT) },
	{  15, "domain-name",                  K(TEXT) },
	{  16, "swap-server",                  K(IP) },
	{  17, "root-path",                    K(TEXT) },
	{  18, "extensions-path",              K(TEXT) },
	{  19, "ip-forwarding",                K(BOOL) },
	{  20, "non-local-source-routing",     K(BOOL) },
	{  21, "policy-filter",                K(IPS) },
	{  22, "max-datagram-reassembly",      K(U16) },
	{  23, "default-ip-ttl",               K(U8) },
	{  24, "path-mtu-aging-timeout",       K(U32) },
	{  25, "path-mtu-plateau-table",       K(U16S) },
	{  26, "interface-mtu",                K(U16) },
	{  27, "all-subnets-local",            K(BOOL) },
	{  28, "broadcast-address",            K(IP) },
	{  29, "perform-mask-discovery",       K(BOOL) },
	{  30, "mask-supplier",                K(BOOL) },
	{  31, "router-discovery",             K(BOOL) },
	{  32, "router-solicitation-address",  K(IP) },
	{  33, "static-routes",                K(IPS) },
	{  34, "trailer-encapsulation",        K(BOOL) },
	{  35, "arp-cache-timeout",            K(U32) },
	{  36, "ieee802-3-encapsulation",      K(BOOL) },
	{  37, "default-tcp-ttl",              K(U8) },
	{  38, "tcp-keepalive-interval",       K(U32) },
	{  39, "tcp-keepalive-garbage",        K(BOOL) },
	{  40, "nis-domain",                   K(TEXT) },
	{  41, "nis-servers",                  K(IPS) },
	{  42, "ntp-servers",                  K(IPS) },
	{  43, "vendor-info",                  K(OPAQUE) },
	{  44, "netbios-name-servers",         K(IPS) },
	{  45, "netbios-dd-servers",           K(IPS) },
	{  46, "netbios-node-type",            K(U8) },
	{  47, "netbios-scope",                K(TEXT) },
	{  48, "font-servers",                 K(IPS) },
	{  49, "x-display-managers",           K(IPS) },
	{  50, "requested-address",            K(IP) },
	{  51, "lease-time",                   K(U32) },
	{  52, "option-overload",              K(U8) },
	{  53, "message-type",                 K(U8) },
	{  54, "server-id",                    K(IP) },
	{  55, "parameter-list",               K(U8S) },
	{  56, "message",                      K(TEXT) },
	{  57, "max-message-size",             K(U16) },
	{  58, "renewal-time",                 K(U32) },
	{  59, "rebinding-time",               K(U32) },
	{  60, "vendor-class",                 K(TEXT) },
	{  61, "client-id",                    K(OPAQUE) },
	{  62, "nwip-domain",                  K(TEXT) },
	{  63, "nwip-suboptions",              K(OPAQUE) },
	{  64, "nisplus-domain",               K(TEXT) },
	{  65, "nisplus-servers",              K(IPS) },
	{  66, "tftp-server-name",             K(TEXT) },
	{  67, "boot-file",                    K(TEXT) },
	{  68, "mobile-ip-home-agents",        K(IPS) },
	{  69, "smtp-servers",                 K(IPS) },
	{  70, "pop3-servers",                 K(IPS) },
	{  71, "nntp-servers",                 K(IPS) },
	{  72, "www-servers",                  K(IPS) },
	{  73, "finger-servers",               K(IPS) },
	{  74, "irc-servers",                  K(IPS) },
	{  75, "streettalk-servers",           K(IPS) },
	{  76, "streettalk-directory-servers", K(IPS) },
	{  77, "user-class",                   K(OPAQUE) },
	{  78, "slp-directory-agents",         K(OPAQUE) },
	{  79, "slp-service-scope",            K(OPAQUE) },
	{  80, "rapid-commit",                 K(NONE) },
	{  81, "client-fqdn",                  K(OPAQUE) },
	{  82, "relay-agent-info",             K(OPAQUE) },
	{  83, "isns",                         K(OPAQUE) },
	{  85, "nds-servers",                  K(IPS) },
	{  86, "nds-tree-name",                K(TEXT) },
	{  87, "nds-context",                  K(TEXT) },
	{  88, "bcms-controller-names",        K(DOMAINS) },
	{  89, "bcms-controller-addresses",    K(IPS) },
	{  90, "authentication",               K(OPAQUE) },
	{  91, "client-last-transaction-time", K(U32) },
	{  92, "associated-addresses",         K(IPS) },
	{  93, "client-architectures",         K(U16S) },
	{  94, "client-ndi",                   K(OPAQUE) },
	{  95, "ldap-url",                     K(TEXT) },
	{  97, "client-uuid",                  K(OPAQUE) },
	{  98, "user-auth-urls",               K(TEXT) },
	{  99, "geoconf-civic",                K(OPAQUE) },
	{ 100, "posix-timezone",               K(TEXT) },
	{ 101, "tzdb-timezone",                K(TEXT) },
	{ 108, "ipv6-only-preferred",          K(U32) },
	{ 109, "softwire-source-address",      K(OPAQUE) },
	{ 112, "netinfo-addresses",            K(IPS) },
	{ 113, "netinfo-tag",                  K(TEXT) },
	{ 114, "captive-portal",               K(TEXT) },
	{ 116, "auto-config",                  K(U8) },
	{ 117, "name-service-search",          K(U16S) },
	{ 118, "subnet-selection",             K(IP) },
	{ 119, "domain-search",                K(DOMAINS) },
	{ 120, "sip-servers",                  K(OPAQUE) },
	{ 121, "classless-routes",             K(OPAQUE) },
	{ 122, "cablelabs-client-config",      K(OPAQUE) },
	{ 123, "geoconf",                      K(OPAQUE) },
	{ 124, "vi-vendor-class",              K(OPAQUE) },
	{ 125, "vi-vendor-info",               K(OPAQUE) },
	{ 128, "pxe-128",                      K(OPAQUE) },
	{ 129, "pxe-129",                      K(OPAQUE) },
	{ 130, "pxe-130",                      K(OPAQUE) },
	{ 131, "pxe-131",                      K(OPAQUE) },
	{ 132, "pxe-132",                      K(OPAQUE) },
	{ 133, "pxe-133",                      K(OPAQUE) },
	{ 134, "pxe-134",                      K(OPAQUE) },
	{ 135, "pxe-135",                      K(OPAQUE) },
	{ 136, "pana-agents",                  K(IPS) },
	{ 137, "lost-server",                  K(DOMAINS) },
	{ 138, "capwap-controllers",           K(IPS) },
	{ 139, "mos-addresses",                K(OPAQUE) },
	{ 140, "mos-names",                    K(OPAQUE) },
	{ 141, "sip-ua-config-domains",        K(DOMAINS) },
	{ 142, "andsf-addresses",              K(IPS) },
	{ 143, "sztp-redirect",                K(OPAQUE) },
	{ 144, "geoloc",                       K(OPAQUE) },
	{ 145, "forcerenew-nonce-capable",     K(U8S) },
	{ 146, "rdnss-selection",              K(OPAQUE) },
	{ 147, "dots-agent-name",              K(DOMAINS) },
	{ 148, "dots-agent-addresses",         K(IPS) },
	{ 150, "tftp-servers",                 K(IPS) },
	{ 151, "status-code",                  K(OPAQUE) },
	{ 152, "base-time",                    K(U32) },
	{ 153, "start-time-of-state",          K(U32) },
	{ 154, "query-start-time",             K(U32) },
	{ 155, "query-end-time",               K(U32) },
	{ 156, "dhcp-state",                   K(U8) },
	{ 157, "data-source",                  K(U8) },
	{ 158, "pcp-servers",                  K(OPAQUE) },
	{ 159, "port-params",                  K(OPAQUE) },
	{ 161, "mud-url",                      K(TEXT) },
	{ 162, "dnr",                          K(OPAQUE) },
	{ 175, "ipxe",                         K(OPAQUE) },
	{ 176, "ip-telephone",                 K(TEXT) },
	{ 177, "etherboot-177",                K(OPAQUE) },
	{ 208, "pxelinux-magic",               K(OPAQUE) },
	{ 209, "pxelinux-config-file",         K(TEXT) },
	{ 210, "pxelinux-path-prefix",         K(TEXT) },
	{ 211, "pxelinux-reboot-time",         K(U32) },
	{ 212, "6rd",                          K(OPAQUE) },
	{ 213, "access-domain",                K(DOMAINS) },
	{ 220, "subnet-allocation",            K(OPAQUE) },
	{ 221, "virtual-subnet-selection",     K(OPAQUE) },
	{ 252, "wpad-url",                     K(TEXT) },
};
#undef K
/* clang-format on */

#define LABEL_MAX  63 /* RFC 1035 section 2.3.4 */
#define DOMAIN_MAX 255

static int compare_code(const void *code, const void *row)
{
	return (int)*(const uint8_t *)code -
	       (int)((const struct pxe_dhcp_opt *)row)->code;
}

const struct pxe_dhcp_opt *pxe_dhcp_opt_find(uint8_t code)
{
	return bsearch(&code, rows, PXE_LEN(rows), sizeof(rows[0]),
		       compare_code);
}

const struct pxe_dhcp_opt *pxe_dhcp_opt_find_name(const char *name)
{
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const struct pxe_dhcp_opt *pxe_dhcp_opt_rows(size_t *n)
{
	*n = PXE_LEN(rows);
	return rows;
}

/* --- text to octets: one function a kind, writing or -EINVAL ------------- */

static int encode_opaque(const char *text, struct pxe_wr *wr)
{
	int n;

	if (*text == '\0')
		return -EINVAL;
	n = pxe_str_to_bytes(text, pxe_wr_room(wr), wr->buf + wr->len);
	if (n < 0)
		return n;
	wr->len += (size_t)n;
	return 0;
}

static int encode_ip(const char *text, struct pxe_wr *wr)
{
	uint32_t address;
	int r = pxe_ip4_parse(text, &address);

	if (r == 0)
		pxe_wr_u32(wr, address);
	return r;
}

static int encode_u8(const char *text, struct pxe_wr *wr)
{
	uint32_t v;

	if (pxe_str_to_u32(text, 0, UINT8_MAX, &v) < 0)
		return -EINVAL;
	pxe_wr_u8(wr, (uint8_t)v);
	return 0;
}

static int encode_u16(const char *text, struct pxe_wr *wr)
{
	uint32_t v;

	if (pxe_str_to_u32(text, 0, UINT16_MAX, &v) < 0)
		return -EINVAL;
	pxe_wr_u16(wr, (uint16_t)v);
	return 0;
}

static int encode_u32(const char *text, struct pxe_wr *wr)
{
	uint32_t v;

	if (pxe_str_to_u32(text, 0, UINT32_MAX, &v) < 0)
		return -EINVAL;
	pxe_wr_u32(wr, v);
	return 0;
}

static int encode_s32(const char *text, struct pxe_wr *wr)
{
	bool is_negative = *text == '-';
	uint32_t v;

	if (pxe_str_to_u32(text + is_negative, 0,
			   (uint32_t)INT32_MAX + is_negative, &v) < 0)
		return -EINVAL;
	pxe_wr_u32(wr, is_negative ? 0 - v : v);
	return 0;
}

static int encode_bool(const char *text, struct pxe_wr *wr)
{
	static const char *const words[][2] = { { "false", "true" },
						{ "no", "yes" },
						{ "off", "on" } };

	for (size_t i = 0; i < PXE_LEN(words); i++)
		for (uint8_t v = 0; v < 2; v++)
			if (strcmp(text, words[i][v]) == 0) {
				pxe_wr_u8(wr, v);
				return 0;
			}
	return -EINVAL;
}

static int encode_text(const char *text, struct pxe_wr *wr)
{
	if (*text == '\0')
		return -EINVAL;
	pxe_wr_bytes(wr, text, strlen(text));
	return 0;
}

static int encode_none(const char *text, struct pxe_wr *wr)
{
	(void)wr;
	return *text == '\0' ? 0 : -EINVAL;
}

/* Labels of the name, uncompressed; a dot at the end may be left out. */
static int encode_domain(const char *text, struct pxe_wr *wr)
{
	size_t start = wr->len;

	if (*text == '\0')
		return -EINVAL;
	while (*text != '\0') {
		const char *dot = strchr(text, '.');
		size_t n = dot != NULL ? (size_t)(dot - text) : strlen(text);

		if (n == 0 || n > LABEL_MAX)
			return -EINVAL;
		pxe_wr_u8(wr, (uint8_t)n);
		pxe_wr_bytes(wr, text, n);
		text += dot != NULL ? n + 1 : n;
	}
	pxe_wr_u8(wr, 0);
	return wr->len - start > DOMAIN_MAX ? -EINVAL : 0;
}

/* --- octets to text: one function a kind, false where it does not fit ---- */

static bool print_ip(struct pxe_rd *rd, struct pxe_str *out)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(pxe_rd_u32(rd), text, sizeof(text));
	pxe_str_puts(out, text);
	return !rd->bad;
}

static bool print_u8(struct pxe_rd *rd, struct pxe_str *out)
{
	pxe_str_putf(out, "%u", pxe_rd_u8(rd));
	return !rd->bad;
}

static bool print_u16(struct pxe_rd *rd, struct pxe_str *out)
{
	pxe_str_putf(out, "%u", pxe_rd_u16(rd));
	return !rd->bad;
}

static bool print_u32(struct pxe_rd *rd, struct pxe_str *out)
{
	pxe_str_putf(out, "%u", pxe_rd_u32(rd));
	return !rd->bad;
}

static bool print_s32(struct pxe_rd *rd, struct pxe_str *out)
{
	pxe_str_putf(out, "%d", (int32_t)pxe_rd_u32(rd));
	return !rd->bad;
}

static bool print_bool(struct pxe_rd *rd, struct pxe_str *out)
{
	uint8_t v = pxe_rd_u8(rd);

	pxe_str_puts(out, v != 0 ? "true" : "false");
	return !rd->bad && v <= 1;
}

/* All that is left, without the NULs that many append. */
static bool print_text(struct pxe_rd *rd, struct pxe_str *out)
{
	const uint8_t *p = rd->p;
	size_t n = rd->left;

	while (n > 0 && p[n - 1] == 0)
		n--;
	pxe_str_put_escaped(out, p, n);
	pxe_rd_skip(rd, rd->left);
	return true;
}

static bool print_domain(struct pxe_rd *rd, struct pxe_str *out)
{
	uint8_t n;

	while ((n = pxe_rd_u8(rd)) != 0) {
		const uint8_t *label = pxe_rd_bytes(rd, n);

		/* a compression pointer, or cut off */
		if (n > LABEL_MAX || label == NULL)
			return false;
		pxe_str_put_escaped(out, label, n);
		pxe_str_putc(out, '.');
	}
	return !rd->bad;
}

/* By enum pxe_dhcp_opt_kind. */
static const struct {
	int (*encode)(const char *text, struct pxe_wr *wr);
	bool (*print)(struct pxe_rd *rd, struct pxe_str *out); /* NULL: hex */
	bool is_list;
} kinds[] = {
	[PXE_OPT_KIND_OPAQUE] = { encode_opaque, NULL, false },
	[PXE_OPT_KIND_IP] = { encode_ip, print_ip, false },
	[PXE_OPT_KIND_IPS] = { encode_ip, print_ip, true },
	[PXE_OPT_KIND_U8] = { encode_u8, print_u8, false },
	[PXE_OPT_KIND_U16] = { encode_u16, print_u16, false },
	[PXE_OPT_KIND_U32] = { encode_u32, print_u32, false },
	[PXE_OPT_KIND_U16S] = { encode_u16, print_u16, true },
	[PXE_OPT_KIND_BOOL] = { encode_bool, print_bool, false },
	[PXE_OPT_KIND_TEXT] = { encode_text, print_text, false },
	[PXE_OPT_KIND_NONE] = { encode_none, NULL, false },
	[PXE_OPT_KIND_U8S] = { encode_u8, print_u8, true },
	[PXE_OPT_KIND_S32] = { encode_s32, print_s32, false },
	[PXE_OPT_KIND_DOMAINS] = { encode_domain, print_domain, true },
};

bool pxe_dhcp_opt_is_list(enum pxe_dhcp_opt_kind kind)
{
	return kinds[kind].is_list;
}

int pxe_dhcp_opt_encode(enum pxe_dhcp_opt_kind kind, const char *text,
			uint8_t *buf, size_t cap, size_t *len)
{
	struct pxe_wr wr = { .buf = buf, .len = *len, .cap = cap };
	int r = kinds[kind].encode(text, &wr);

	if (r < 0)
		return r;
	if (wr.bad)
		return -ENOSPC;
	*len = wr.len;
	return 0;
}

/* The whole value by its kind; false (with rubbish in `out`) if it is not. */
static bool print_kind(enum pxe_dhcp_opt_kind kind, const uint8_t *value,
		       size_t len, struct pxe_str *out)
{
	struct pxe_rd rd;

	pxe_rd_init(&rd, value, len);
	if (kinds[kind].print == NULL || len == 0)
		return false;
	do {
		if (rd.p != value)
			pxe_str_puts(out, ", ");
		if (!kinds[kind].print(&rd, out))
			return false;
	} while (rd.left > 0 && kinds[kind].is_list);
	return rd.left == 0;
}

void pxe_dhcp_opt_print(uint8_t code, const uint8_t *value, size_t len,
			struct pxe_str *out)
{
	const struct pxe_dhcp_opt *row = pxe_dhcp_opt_find(code);
	struct pxe_str before = *out;

	if (row != NULL && print_kind(row->kind, value, len, out))
		return;
	*out = before;
	pxe_str_put_hex(out, value, len, ':');
}
