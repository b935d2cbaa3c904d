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
	uint16_t rank[256]; /* of each option: see rank_options() */
};

enum { RANK_NOT_ASKED = 1000 };

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

/* --- what the configuration names --- */

/* The host's, else the subnet's. */
static const char *find_file(const struct ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->file[0] != '\0'
		       ? host->file
		       : c->decision->subnet->file;
}

static const char *find_server_name(const struct ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->server_name[0] != '\0'
		       ? host->server_name
		       : c->decision->subnet->server_name;
}

/* 0: this server, "auto". */
static uint32_t find_next_server(const struct ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->next_server != 0
		       ? host->next_server
		       : c->decision->subnet->next_server;
}

/* Has the loader, by TFTP and HTTP. */
static uint32_t find_boot_server(const struct ctx *c)
{
	uint32_t next = find_next_server(c);

	return next != 0 ? next : c->decision->server_address;
}

/* Has the boot script.  A host's next-server is about its loader: many are
 * TFTP servers of another kind, for one machine. */
static uint32_t find_script_server(const struct ctx *c)
{
	uint32_t next = c->decision->subnet->next_server;

	return next != 0 ? next : c->decision->server_address;
}

/* Did the client ask for it (option 55)?  Not for those that always come. */
static bool is_asked(const struct ctx *c, uint8_t code)
{
	return c->rank[code] != RANK_NOT_ASKED;
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

static void put_http(const struct ctx *c, uint32_t server, struct pxe_str *url)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(server, text, sizeof(text));
	pxe_str_putf(url, "http://%s:%u/", text, c->conf->http_port);
}

/* The text for option 67; false if it is too long. */
static bool name_boot_file(const struct ctx *c, enum naming naming,
			   struct pxe_str *name)
{
	const char *file = c->decision->boot.file;

	if (naming == NAME_SCRIPT_URL) {
		put_http(c, find_script_server(c), name);
		pxe_str_puts(name, "boot.ipxe");
		put_identity(c, name);
	} else if (naming == NAME_FILE || strstr(file, "://") != NULL) {
		pxe_str_puts(name, file);
	} else {
		put_http(c, find_boot_server(c), name);
		put_path(name, file);
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

/* The server's address (0: none) and name, in the header and option 66. */
static void put_server(struct ctx *c, uint32_t address, bool with_66)
{
	const char *name = find_server_name(c);
	char text[PXE_IP4_TEXT];

	c->out->head.siaddr = address;
	(void)pxe_str_copy(c->out->head.sname, sizeof(c->out->head.sname),
			   name);
	if (name[0] == '\0' && address != 0) {
		pxe_ip4_format(address, text, sizeof(text));
		name = text;
	}
	if (with_66 && name[0] != '\0')
		pxe_dhcp_out_put_cstr(c->out, PXE_OPT_TFTP_SERVER, name);
}

/* shim reads only the header; a name that does not fit there is in 67. */
static void put_file(struct ctx *c, const char *name, bool with_67)
{
	if (strlen(name) < PXE_DHCP_FILE_BYTES)
		(void)pxe_str_copy(c->out->head.file, sizeof(c->out->head.file),
				   name);
	if (with_67 && name[0] != '\0')
		pxe_dhcp_out_put_cstr(c->out, PXE_OPT_BOOT_FILE, name);
}

/* Who does not boot is told what was configured, of "auto" nothing. */
static void put_configured(struct ctx *c)
{
	const char *file = find_file(c);
	uint32_t server = find_next_server(c);

	/* RFC 951: where there is a file, siaddr has it */
	if (c->msg->type == PXE_DHCP_BOOTP && file[0] != '\0')
		server = find_boot_server(c);
	put_server(c, server, is_asked(c, PXE_OPT_TFTP_SERVER));
	put_file(c, file, is_asked(c, PXE_OPT_BOOT_FILE));
}

static void put_boot(struct ctx *c)
{
	const struct profile *p =
		find_profile(c->facts->stage, c->decision->boot.give);
	struct pxe_str name;
	char text[URL_MAX];

	if (c->facts->stage == PXE_STAGE_IPXE)
		put_ipxe(c->out);
	if (!pxe_facts_is_boot(c->facts))
		put_configured(c);
	if (p == NULL)
		return;
	pxe_str_init(&name, text, sizeof(text));
	if (!name_boot_file(c, p->naming, &name))
		return;
	put_server(c, find_boot_server(c), p->tftp_server);
	put_file(c, text, true);
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

/* The options of one place that no place before it had. */
static void put_options(struct ctx *c, const struct pxe_conf_opt *opts,
			size_t n, bool is_put[256])
{
	for (size_t i = 0; i < n; i++) {
		if (!is_put[opts[i].code])
			pxe_dhcp_out_put(c->out, opts[i].code, opts[i].value,
					 opts[i].len);
		is_put[opts[i].code] = true;
	}
}

/* Mask and broadcast address, the host's name, and what was configured: host
 * before subnet before all. */
static void put_network(struct ctx *c)
{
	const struct pxe_conf_subnet *s = c->decision->subnet;
	const struct pxe_conf_host *host = c->decision->host;
	bool is_put[256] = { false };

	pxe_dhcp_out_put_u32(c->out, PXE_OPT_SUBNET_MASK,
			     pxe_ip4_mask(s->net.prefix));
	if (s->net.prefix < 31)
		pxe_dhcp_out_put_u32(c->out, PXE_OPT_BROADCAST,
				     pxe_ip4_net_broadcast(&s->net));
	if (host != NULL && (is_asked(c, PXE_OPT_HOST_NAME) ||
			     c->msg->type == PXE_DHCP_BOOTP))
		pxe_dhcp_out_put(c->out, PXE_OPT_HOST_NAME, host->name,
				 strlen(host->name));
	if (host != NULL)
		put_options(c, host->opts, host->n_opts, is_put);
	put_options(c, s->opts, s->n_opts, is_put);
	put_options(c, c->conf->opts, c->conf->n_opts, is_put);
}

/* Where each option stands in the reply: the protocol's own first, then in
 * the order in which the client asks (option 55), then the rest. */
static void rank_options(struct ctx *c)
{
	static const uint8_t first[] = {
		PXE_OPT_TYPE, PXE_OPT_SERVER_ID, PXE_OPT_LEASE_TIME,
		PXE_OPT_T1,   PXE_OPT_T2,	 PXE_OPT_SUBNET_MASK,
	};
	struct pxe_rd rd;

	for (size_t i = 0; i < PXE_LEN(c->rank); i++)
		c->rank[i] = RANK_NOT_ASKED;
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

static void sort_options(const struct ctx *c)
{
	struct pxe_dhcp_out *out = c->out;

	for (size_t i = 1; i < out->n_opt; i++) {
		__typeof__(out->opt[0]) moved = out->opt[i];
		size_t at = i;

		for (; at > 0 && c->rank[out->opt[at - 1].code] >
					 c->rank[moved.code];
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
	struct ctx c = { .conf = conf,
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
		put_times(&c);
		put_network(&c);
		put_boot(&c);
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
