/* SPDX-License-Identifier: ISC */
/* A lease as ISC dhcpd reads it. */
#include <string.h>

#include "base/ip4.h"
#include "pxectl/lease_isc.h"

static void put_time(struct pxe_str *out, const char *name, int64_t seconds)
{
	struct pxe_lease_utc t;

	if (seconds >= PXE_LEASE_FOREVER_S) {
		pxe_str_putf(out, "  %s never;\n", name);
		return;
	}
	pxe_lease_utc_split(seconds, &t);
	pxe_str_putf(out, "  %s %u %lld/%02u/%02u %02u:%02u:%02u;\n", name,
		     t.weekday, (long long)t.year, t.month, t.day, t.hour,
		     t.minute, t.second);
}

/* A string in which no octet can end it or begin anything. */
static void put_string(struct pxe_str *out, const uint8_t *bytes, size_t n)
{
	pxe_str_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		bool is_plain = bytes[i] >= ' ' && bytes[i] <= '~' &&
				bytes[i] != '"' && bytes[i] != '\\';

		if (is_plain)
			pxe_str_putc(out, (char)bytes[i]);
		else
			pxe_str_putf(out, "\\%03o", bytes[i]);
	}
	pxe_str_putc(out, '"');
}

static void put_set(struct pxe_str *out, const char *name, const char *value)
{
	pxe_str_putf(out, "  set %s = ", name);
	put_string(out, (const uint8_t *)value, strlen(value));
	pxe_str_puts(out, ";\n");
}

/* ISC dhcpd has names for few types; other leases go without. */
static const char *medium(uint8_t htype)
{
	return htype == PXE_HTYPE_ETHERNET ? "ethernet"
	       : htype == 6                ? "token-ring"
	       : htype == 8                ? "fddi"
	       : htype == 32               ? "infiniband"
					   : NULL;
}

/* Who holds it: by address, by identifier, else in a variable of ours. */
static void put_client(struct pxe_str *out, const struct pxe_lease *lease)
{
	struct pxe_hwaddr hw = lease->hw, key;
	uint8_t id[PXE_LEASE_ID_MAX];
	size_t id_len = pxe_lease_key_id(lease->client, id);
	bool is_mac = pxe_hwaddr_parse(lease->client, &key) == 0;

	if (hw.hlen == 0 && is_mac)
		hw = key;
	if (hw.hlen > 0 && medium(hw.htype) != NULL) {
		pxe_str_putf(out, "  hardware %s ", medium(hw.htype));
		pxe_str_put_hex(out, hw.addr, hw.hlen, ':');
		pxe_str_puts(out, ";\n");
	}
	if (id_len > 0) {
		pxe_str_puts(out, "  uid ");
		put_string(out, id, id_len);
		pxe_str_puts(out, ";\n");
	}
	if (!is_mac || !pxe_hwaddr_is_equal(&hw, &key))
		put_set(out, "pxe-client", lease->client);
	if (hw.hlen > 0 && medium(hw.htype) == NULL) {
		char text[PXE_HWADDR_TEXT];

		pxe_hwaddr_format(&hw, text, sizeof(text));
		put_set(out, "pxe-hwaddr", text);
	}
}

static const char *state_word(const struct pxe_lease *lease, int64_t now_s)
{
	if (lease->state == PXE_LEASE_DECLINED)
		return "abandoned";
	if (lease->state == PXE_LEASE_RELEASED)
		return "released";
	return lease->end_s > now_s ? "active" : "free";
}

void pxe_lease_isc_put(struct pxe_str *out, const struct pxe_lease *lease,
		       int64_t now_s)
{
	const char *state = state_word(lease, now_s);
	char address[PXE_IP4_TEXT], circuit[24];
	uint8_t name[PXE_HOST_NAME_TEXT];
	size_t n = pxe_lease_unescape(lease->host_name, name, sizeof(name));
	struct pxe_str s;

	pxe_ip4_format(lease->address, address, sizeof(address));
	pxe_str_putf(out, "lease %s {\n", address);
	put_time(out, "starts", lease->start_s);
	put_time(out, "ends", lease->end_s);
	pxe_str_putf(out, "  binding state %s;\n", state);
	if (strcmp(state, "active") == 0)
		pxe_str_puts(out, "  next binding state free;\n");
	put_client(out, lease);
	if (lease->is_boot)
		put_set(out, "pxe-boot", "yes");
	if (lease->state == PXE_LEASE_DECLINED)
		put_set(out, "pxe-declined", "yes");
	if (lease->circuit != 0) {
		pxe_str_init(&s, circuit, sizeof(circuit));
		pxe_str_putf(&s, "%llu", (unsigned long long)lease->circuit);
		put_set(out, "pxe-circuit", circuit);
	}
	if (n > 0) {
		pxe_str_puts(out, "  client-hostname ");
		put_string(out, name, n);
		pxe_str_puts(out, ";\n");
	}
	pxe_str_puts(out, "}\n");
}
