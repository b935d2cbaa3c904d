/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "dhcpd/reply_priv.h"
#include "wire/dhcp_opt.h"

enum {
	IP_UDP_BYTES = 28,
	MIN_OPTION_57 = 576, /* RFC 2132 section 9.10 */
};

/* Another server gives, or gave, the address. */
static bool is_beside(const struct pxe_reply_ctx *c)
{
	return c->decision->mode == PXE_MODE_PROXY || c->decision->is_binl;
}

static void put_head(struct pxe_reply_ctx *c)
{
	const struct pxe_dhcp_head *in = &c->msg->head;
	struct pxe_dhcp_head *head = &c->out->head;

	head->op = PXE_DHCP_BOOTREPLY;
	head->hw = in->hw;
	head->xid = in->xid;
	head->flags = in->flags;
	head->giaddr = in->giaddr;
	if (c->decision->reply == PXE_DHCP_NAK) {
		/* so that the relay broadcasts it (section 4.3.2) */
		if (in->giaddr != 0)
			head->flags |= PXE_DHCP_FLAG_BROADCAST;
		return;
	}
	if (is_beside(c) && (in->ciaddr == 0 || in->giaddr != 0))
		head->flags |= PXE_DHCP_FLAG_BROADCAST;
	if (c->decision->reply == PXE_DHCP_ACK)
		head->ciaddr = in->ciaddr;
	if (!c->decision->is_binl) {
		head->yiaddr = c->decision->address;
	} else if (c->decision->has_item) {
		/* as dnsmasq does: ROMs wait for an answer that looks like
		 * that of the server which gave them the address */
		head->yiaddr = in->ciaddr;
		head->ciaddr = 0;
	}
}

static void put_echo(struct pxe_reply_ctx *c, uint8_t code)
{
	struct pxe_rd rd;

	if (pxe_dhcp_find(c->msg, code, &rd) && rd.left > 0)
		pxe_dhcp_out_put(c->out, code, rd.p, rd.left);
}

static void put_times(struct pxe_reply_ctx *c)
{
	uint32_t t = c->decision->lease_s;

	if (t == 0)
		return;
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_LEASE_TIME, t);
	/* section 4.4.5: a half, and seven eighths */
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_T1, t / 2);
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_T2, t - t / 8);
}

/*
 * What a proxy may add to an address of another server: what programs that
 * boot read for themselves, and codes of local use.  The network is not ours.
 */
static bool is_about_boot(uint8_t code)
{
	static const struct {
		uint8_t first, last;
	} ranges[] = {
		{ PXE_OPT_ROOT_PATH, PXE_OPT_ROOT_PATH },
		{ PXE_OPT_VENDOR_INFO, PXE_OPT_VENDOR_INFO },
		{ 128, 135 }, /* PXE's own */
		{ 150, 150 }, /* TFTP servers, for GRUB */
		{ PXE_OPT_PXELINUX_MAGIC, PXE_OPT_PXELINUX_REBOOT },
		{ 224, 254 }, /* local */
	};
	bool is = false;

	for (size_t i = 0; i < PXE_LEN(ranges); i++)
		is = is || (code >= ranges[i].first && code <= ranges[i].last);
	return is;
}

/* The options of one place that no place before it had. */
static void put_options(struct pxe_reply_ctx *c,
			const struct pxe_conf_opt *opts, size_t n,
			bool is_put[256])
{
	for (size_t i = 0; i < n; i++) {
		if (!is_put[opts[i].code] &&
		    (!is_beside(c) || is_about_boot(opts[i].code)))
			pxe_dhcp_out_put(c->out, opts[i].code, opts[i].value,
					 opts[i].len);
		is_put[opts[i].code] = true;
	}
}

/* Mask and broadcast address, and the host's name. */
static void put_network(struct pxe_reply_ctx *c)
{
	const struct pxe_conf_subnet *s = c->decision->subnet;
	const struct pxe_conf_host *host = c->decision->host;

	pxe_dhcp_out_put_u32(c->out, PXE_OPT_SUBNET_MASK,
			     pxe_ip4_mask(s->net.prefix));
	if (s->net.prefix < 31)
		pxe_dhcp_out_put_u32(c->out, PXE_OPT_BROADCAST,
				     pxe_ip4_net_broadcast(&s->net));
	if (host != NULL && (pxe_reply_is_asked(c, PXE_OPT_HOST_NAME) ||
			     c->msg->type == PXE_DHCP_BOOTP))
		pxe_dhcp_out_put(c->out, PXE_OPT_HOST_NAME, host->name,
				 strlen(host->name));
}

/* What was configured: host before subnet before all. */
static void put_configured(struct pxe_reply_ctx *c)
{
	const struct pxe_conf_subnet *s = c->decision->subnet;
	const struct pxe_conf_host *host = c->decision->host;
	bool is_put[256] = { false };

	if (host != NULL)
		put_options(c, host->opts, host->n_opts, is_put);
	put_options(c, s->opts, s->n_opts, is_put);
	put_options(c, c->conf->opts, c->conf->n_opts, is_put);
}

/* Where each option stands in the reply: the protocol's own first, then in
 * the order in which the client asks (option 55), then the rest. */
static void rank_options(struct pxe_reply_ctx *c)
{
	static const uint8_t first[] = {
		PXE_OPT_TYPE, PXE_OPT_SERVER_ID, PXE_OPT_LEASE_TIME,
		PXE_OPT_T1,   PXE_OPT_T2,        PXE_OPT_SUBNET_MASK,
	};
	struct pxe_rd rd;

	for (size_t i = 0; i < PXE_LEN(c->rank); i++)
		c->rank[i] = PXE_REPLY_NOT_ASKED;
	if (pxe_dhcp_find(c->msg, PXE_OPT_PARAMETER_LIST, &rd)) {
		/* the first of one that is asked for twice */
		size_t n = rd.left < UINT8_MAX ? rd.left : UINT8_MAX;

		while (n-- > 0)
			c->rank[rd.p[n]] = (uint16_t)(sizeof(first) + n);
	}
	for (size_t i = 0; i < sizeof(first); i++)
		c->rank[first[i]] = (uint16_t)i;
}

/* BOOTP knows the options but for those that are DHCP's own (RFC 2132, which
 * has them in section 9). */
static void drop_dhcp_options(struct pxe_dhcp_out *out)
{
	for (unsigned code = PXE_OPT_REQUESTED_ADDRESS;
	     code <= PXE_OPT_CLIENT_ID; code++)
		pxe_dhcp_out_drop(out, (uint8_t)code);
	pxe_dhcp_out_drop(out, PXE_OPT_TFTP_SERVER);
	pxe_dhcp_out_drop(out, PXE_OPT_BOOT_FILE);
}

static void sort_options(const struct pxe_reply_ctx *c)
{
	struct pxe_dhcp_out *out = c->out;

	for (size_t i = 1; i < out->n_opt; i++) {
		__typeof__(out->opt[0]) moved = out->opt[i];
		size_t at = i;

		for (; at > 0 &&
		       c->rank[out->opt[at - 1].code] > c->rank[moved.code];
		     at--)
			out->opt[at] = out->opt[at - 1];
		out->opt[at] = moved;
	}
}

void pxe_reply_fill(const struct pxe_conf *conf, const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts,
		    const struct pxe_dhcp_decision *decision,
		    struct pxe_dhcp_out *out)
{
	struct pxe_reply_ctx c = { .conf = conf,
				   .msg = msg,
				   .facts = facts,
				   .decision = decision,
				   .out = out };

	pxe_dhcp_out_init(out);
	rank_options(&c);
	put_head(&c);
	pxe_dhcp_out_put_u8(out, PXE_OPT_TYPE, decision->reply);
	pxe_dhcp_out_put_u32(out, PXE_OPT_SERVER_ID, decision->server_id);
	if (decision->reply == PXE_DHCP_NAK) {
		const char *text = pxe_reason_text(decision->reason);

		pxe_dhcp_out_put(out, PXE_OPT_MESSAGE, text, strlen(text));
	} else {
		if (!is_beside(&c)) {
			put_times(&c);
			put_network(&c);
		}
		put_configured(&c);
		pxe_reply_put_boot(&c);
		put_echo(&c, PXE_OPT_UUID);
	}
	put_echo(&c, PXE_OPT_CLIENT_ID); /* RFC 6842 */
	put_echo(&c, PXE_OPT_RELAY_AGENT);
	if (msg->type == PXE_DHCP_BOOTP)
		drop_dhcp_options(out);
	sort_options(&c);
}

/* Octets that an option of `len` takes on the wire (RFC 3396). */
static size_t wire_size(size_t len)
{
	return len + 2 * ((len + UINT8_MAX - 1) / UINT8_MAX);
}

/* What the client takes, and what its relay takes away before: RFC 3046
 * section 2.1.  Without a relay nobody promises that it is taken away. */
static size_t find_max(const struct pxe_dhcp_msg *msg)
{
	size_t max = pxe_dhcp_get_u16(msg, PXE_OPT_MAX_SIZE, MIN_OPTION_57);
	struct pxe_rd rd;

	max = max < MIN_OPTION_57 ? MIN_OPTION_57 : max;
	max -= IP_UDP_BYTES;
	if (msg->type == PXE_DHCP_BOOTP)
		max = PXE_DHCP_MIN_BYTES; /* its vend has 64 octets */
	if (msg->head.giaddr != 0 &&
	    pxe_dhcp_find(msg, PXE_OPT_RELAY_AGENT, &rd))
		max += wire_size(rd.left);
	return max < PXE_REPLY_MAX_BYTES ? max : PXE_REPLY_MAX_BYTES;
}

int pxe_reply_build(const struct pxe_conf *conf, const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts,
		    const struct pxe_dhcp_decision *decision, void *buf,
		    size_t *len)
{
	struct pxe_dhcp_out out;
	int r;

	pxe_reply_fill(conf, msg, facts, decision, &out);
	r = pxe_dhcp_build(&out, find_max(msg), buf, PXE_REPLY_MAX_BYTES, len,
			   NULL);
	if (r != -ENOSPC)
		return r;
	/* section 2.2: whole or not at all; others go first, in the builder */
	pxe_dhcp_out_drop(&out, PXE_OPT_RELAY_AGENT);
	return pxe_dhcp_build(&out, find_max(msg), buf, PXE_REPLY_MAX_BYTES,
			      len, NULL);
}
