/* SPDX-License-Identifier: ISC */
#include "dhcpd/reply.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "base/wr.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

enum {
	IP_UDP_BYTES = 28,
	URL_MAX = 512,
	MIN_OPTION_57 = 576, /* RFC 2132 section 9.10 */
};

struct ctx {
	const struct pxe_conf *conf;
	const struct pxe_dhcp_msg *msg;
	const struct pxe_facts *facts;
	const struct pxe_dhcp_decision *decision;
	struct pxe_dhcp_out *out;
	uint32_t boot_server; /* has TFTP and HTTP */
};

/* What is named in option 67 and the header's `file`. */
enum naming {
	NAME_NOTHING,
	NAME_FILE,	 /* the loader's path, by TFTP from siaddr */
	NAME_FILE_URL,	 /* the loader's URL */
	NAME_SCRIPT_URL, /* the boot script's URL */
};

/*
 * How each program wants to be told (by its stage and what it is given).
 *
 * ROM: option 60 makes it a PXE offer, 43 says to load the file at once; 60
 * without 43 would send EDK2 to port 4011 first.  HTTP: EDK2 drops an offer
 * without option 60 "HTTPClient".  iPXE: 175 spares it the wait for a proxy.
 */
struct profile {
	enum pxe_stage stage;
	enum pxe_give give;
	enum naming naming;
	const char *vendor_class; /* option 60; NULL: none */
	bool just_boot;		  /* option 43 */
	bool tftp_server;	  /* option 66 */
};

/* clang-format off */
static const struct profile profiles[] = {
	{ PXE_STAGE_ROM,   PXE_GIVE_LOADER, NAME_FILE, "PXEClient", true, true },
	{ PXE_STAGE_HTTP,  PXE_GIVE_LOADER, NAME_FILE_URL, "HTTPClient", false, false },
	{ PXE_STAGE_UBOOT, PXE_GIVE_LOADER, NAME_FILE, NULL, false, true },
	{ PXE_STAGE_IPXE,  PXE_GIVE_LOADER, NAME_FILE, NULL, false, true },
	{ PXE_STAGE_IPXE,  PXE_GIVE_SCRIPT, NAME_SCRIPT_URL, NULL, false, false },
};
/* clang-format on */

static const struct profile *find_profile(enum pxe_stage stage,
					  enum pxe_give give)
{
	for (size_t i = 0; i < PXE_LEN(profiles); i++)
		if (profiles[i].stage == stage && profiles[i].give == give)
			return &profiles[i];
	return NULL;
}

/* --- what to boot --- */

/* A path with everything escaped that means something in a URL. */
static void put_path(struct pxe_str *url, const char *path)
{
	if (*path == '/')
		path++;
	for (; *path != '\0'; path++) {
		if (pxe_is_alnum(*path) || strchr("-._~/", *path) != NULL)
			pxe_str_putc(url, *path);
		else
			pxe_str_putf(url, "%%%02X", (unsigned char)*path);
	}
}

/* Tells the script which machine asks, where the address does not say it. */
static void put_identity(const struct ctx *c, struct pxe_str *url)
{
	const struct pxe_hwaddr *hw = &c->facts->hw;
	char uuid[PXE_UUID_TEXT];

	if (hw->htype == PXE_HTYPE_ETHERNET && hw->hlen == 6) {
		pxe_str_puts(url, "?mac=");
		pxe_str_put_hex(url, hw->addr, hw->hlen, '-');
	} else if (c->facts->has_uuid) {
		pxe_uuid_format(&c->facts->uuid, uuid, sizeof(uuid));
		pxe_str_putf(url, "?uuid=%s", uuid);
	}
}

/* The text for option 67; false if it is too long. */
static bool name_boot_file(const struct ctx *c, enum naming naming,
			   struct pxe_str *name)
{
	const struct pxe_conf_loader *loader = c->decision->boot.loader;
	char server[PXE_IP4_TEXT];

	if (naming == NAME_FILE) {
		pxe_str_puts(name, loader->file);
		return !name->cut;
	}
	pxe_ip4_format(c->boot_server, server, sizeof(server));
	pxe_str_putf(name, "http://%s:%u/", server, c->conf->http_port);
	if (naming == NAME_SCRIPT_URL) {
		pxe_str_puts(name, "boot.ipxe");
		put_identity(c, name);
	} else {
		put_path(name, loader->file);
	}
	return !name->cut;
}

/* Option 43 {6: 8}: load the file of this reply, ask nobody (PXE 2.1). */
static void put_just_boot(struct pxe_dhcp_out *out)
{
	const uint8_t control = PXE_DISCOVERY_JUST_BOOT;
	uint8_t buf[8];
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, sizeof(buf));
	pxe_opt_put_sub(&wr, PXE_VENDOR_DISCOVERY_CONTROL, &control, 1);
	pxe_wr_u8(&wr, PXE_VENDOR_END);
	pxe_dhcp_out_put(out, PXE_OPT_VENDOR_INFO, buf, wr.len);
}

static void put_ipxe(struct pxe_dhcp_out *out)
{
	const uint8_t one = 1;
	uint8_t buf[8];
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, sizeof(buf));
	pxe_opt_put_sub(&wr, PXE_IPXE_PRIORITY, &one, 1);
	pxe_opt_put_sub(&wr, PXE_IPXE_NO_PXEDHCP, &one, 1);
	pxe_dhcp_out_put(out, PXE_OPT_IPXE, buf, wr.len);
}

static void put_boot(struct ctx *c)
{
	const struct profile *p =
		find_profile(c->facts->stage, c->decision->boot.give);
	char text[URL_MAX], server[PXE_IP4_TEXT];
	struct pxe_str name;

	if (c->facts->stage == PXE_STAGE_IPXE)
		put_ipxe(c->out);
	if (p == NULL)
		return;
	pxe_str_init(&name, text, sizeof(text));
	if (!name_boot_file(c, p->naming, &name))
		return;
	c->out->head.siaddr = c->boot_server;
	/* shim reads only the header; a name that does not fit is in 67 */
	if (name.len < PXE_DHCP_FILE_BYTES)
		(void)pxe_str_copy(c->out->head.file, sizeof(c->out->head.file),
				   text);
	pxe_dhcp_out_put_cstr(c->out, PXE_OPT_BOOT_FILE, text);
	if (p->tftp_server) {
		pxe_ip4_format(c->boot_server, server, sizeof(server));
		pxe_dhcp_out_put_cstr(c->out, PXE_OPT_TFTP_SERVER, server);
	}
	if (p->vendor_class != NULL)
		pxe_dhcp_out_put(c->out, PXE_OPT_VENDOR_CLASS, p->vendor_class,
				 strlen(p->vendor_class));
	if (p->just_boot)
		put_just_boot(c->out);
}

/* --- the rest --- */

static void put_head(struct ctx *c)
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
	if (c->decision->reply == PXE_DHCP_ACK)
		head->ciaddr = in->ciaddr;
	head->yiaddr = c->decision->address;
}

static void put_echo(struct ctx *c, uint8_t code)
{
	struct pxe_rd rd;

	if (pxe_dhcp_find(c->msg, code, &rd) && rd.left > 0)
		pxe_dhcp_out_put(c->out, code, rd.p, rd.left);
}

static void put_times(struct ctx *c)
{
	uint32_t t = c->decision->lease_s;

	if (t == 0)
		return;
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_LEASE_TIME, t);
	/* section 4.4.5: a half, and seven eighths */
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_T1, t / 2);
	pxe_dhcp_out_put_u32(c->out, PXE_OPT_T2, t - t / 8);
}

static bool is_asked(const struct ctx *c, uint8_t code)
{
	struct pxe_rd rd;

	return pxe_dhcp_find(c->msg, PXE_OPT_PARAMETER_LIST, &rd) &&
	       rd.left > 0 && memchr(rd.p, code, rd.left) != NULL;
}

/* Mask and broadcast address, the subnet's options, the host's name. */
static void put_network(struct ctx *c)
{
	const struct pxe_conf_subnet *s = c->decision->subnet;
	const struct pxe_conf_host *host = c->decision->host;

	pxe_dhcp_out_put_u32(c->out, PXE_OPT_SUBNET_MASK,
			     pxe_ip4_mask(s->net.prefix));
	if (s->net.prefix < 31)
		pxe_dhcp_out_put_u32(c->out, PXE_OPT_BROADCAST,
				     pxe_ip4_net_broadcast(&s->net));
	if (host != NULL && is_asked(c, PXE_OPT_HOST_NAME))
		pxe_dhcp_out_put(c->out, PXE_OPT_HOST_NAME, host->name,
				 strlen(host->name));
	for (size_t i = 0; i < s->n_opts; i++)
		pxe_dhcp_out_put(c->out, s->opts[i].code, s->opts[i].value,
				 s->opts[i].len);
}

/* Where an option stands in the reply: the protocol's own first, then in the
 * order in which the client asks (option 55), then the rest. */
static size_t find_rank(const struct ctx *c, uint8_t code)
{
	static const uint8_t first[] = {
		PXE_OPT_TYPE, PXE_OPT_SERVER_ID, PXE_OPT_LEASE_TIME,
		PXE_OPT_T1,   PXE_OPT_T2,	 PXE_OPT_SUBNET_MASK,
	};
	const uint8_t *p = memchr(first, code, sizeof(first));
	struct pxe_rd rd;

	if (p != NULL)
		return (size_t)(p - first);
	if (!pxe_dhcp_find(c->msg, PXE_OPT_PARAMETER_LIST, &rd) || rd.left == 0)
		return sizeof(first);
	p = memchr(rd.p, code, rd.left);
	return sizeof(first) + (p != NULL ? (size_t)(p - rd.p) : rd.left);
}

static void sort_options(const struct ctx *c)
{
	struct pxe_dhcp_out *out = c->out;
	size_t rank[PXE_LEN(out->opt)];

	for (size_t i = 0; i < out->n_opt; i++) {
		size_t r = find_rank(c, out->opt[i].code), at = i;

		for (; at > 0 && rank[at - 1] > r; at--) {
			__typeof__(out->opt[0]) swap = out->opt[at];

			out->opt[at] = out->opt[at - 1];
			out->opt[at - 1] = swap;
			rank[at] = rank[at - 1];
		}
		rank[at] = r;
	}
}

void pxe_reply_fill(const struct pxe_conf *conf, const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts,
		    const struct pxe_dhcp_decision *decision,
		    struct pxe_dhcp_out *out)
{
	struct ctx c = { .conf = conf,
			 .msg = msg,
			 .facts = facts,
			 .decision = decision,
			 .out = out };

	c.boot_server = decision->subnet->next_server != 0
				? decision->subnet->next_server
				: decision->server_address;
	pxe_dhcp_out_init(out);
	put_head(&c);
	pxe_dhcp_out_put_u8(out, PXE_OPT_TYPE, decision->reply);
	pxe_dhcp_out_put_u32(out, PXE_OPT_SERVER_ID, decision->server_id);
	if (decision->reply == PXE_DHCP_NAK) {
		const char *text = pxe_reason_text(decision->reason);

		pxe_dhcp_out_put(out, PXE_OPT_MESSAGE, text, strlen(text));
	} else {
		put_times(&c);
		put_network(&c);
		put_boot(&c);
		put_echo(&c, PXE_OPT_UUID);
	}
	put_echo(&c, PXE_OPT_CLIENT_ID); /* RFC 6842 */
	put_echo(&c, PXE_OPT_RELAY_AGENT);
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
