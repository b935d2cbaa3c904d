/* SPDX-License-Identifier: ISC */
/* What a program is told to boot, by its profile. */
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "dhcpd/reply_priv.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

enum {
	URL_MAX = 512,
	/* of our offer to iPXE, a signed octet: others have none, which is 0 */
	PRIORITY = 1,
	PRIORITY_TO_WIN = 127,
};

/* --- what the configuration names --- */

/* The host's, else the subnet's. */
static const char *find_file(const struct pxe_reply_ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->file[0] != '\0'
		       ? host->file
		       : c->decision->subnet->file;
}

static const char *find_server_name(const struct pxe_reply_ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->server_name[0] != '\0'
		       ? host->server_name
		       : c->decision->subnet->server_name;
}

/* 0: this server, "auto". */
static uint32_t find_next_server(const struct pxe_reply_ctx *c)
{
	const struct pxe_conf_host *host = c->decision->host;

	return host != NULL && host->next_server != 0
		       ? host->next_server
		       : c->decision->subnet->next_server;
}

/* Has the loader, by TFTP and HTTP. */
static uint32_t find_boot_server(const struct pxe_reply_ctx *c)
{
	uint32_t next = find_next_server(c);

	return next != 0 ? next : c->decision->server_address;
}

/* Has the boot script.  A host's next-server is about its loader: many are
 * TFTP servers of another kind, for one machine. */
static uint32_t find_script_server(const struct pxe_reply_ctx *c)
{
	uint32_t next = c->decision->subnet->next_server;

	return next != 0 ? next : c->decision->server_address;
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
void pxe_reply_put_identity(const struct pxe_reply_ctx *c, struct pxe_str *url)
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

static void put_http(const struct pxe_reply_ctx *c, uint32_t server,
		     struct pxe_str *url)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(server, text, sizeof(text));
	pxe_str_putf(url, "http://%s:%u/", text, c->conf->http_port);
}

/* The text for option 67; false if it is too long. */
static bool name_boot_file(const struct pxe_reply_ctx *c,
			   enum pxe_profile_naming naming, struct pxe_str *name)
{
	const char *file = c->decision->boot.file;

	if (naming == PXE_NAMING_SCRIPT_URL) {
		put_http(c, find_script_server(c), name);
		pxe_str_puts(name, "boot.ipxe");
		pxe_reply_put_identity(c, name);
	} else if (naming == PXE_NAMING_FILE || strstr(file, "://") != NULL) {
		pxe_str_puts(name, file);
	} else {
		put_http(c, find_boot_server(c), name);
		put_path(name, file);
	}
	return !name->cut;
}

/*
 * How our offer ranks among others, and, where we give the address, that there
 * is no proxy to wait for: a proxy itself cannot say so.
 */
static void put_ipxe(struct pxe_reply_ctx *c)
{
	const struct pxe_dhcp_decision *d = c->decision;
	const bool is_beside = d->mode == PXE_MODE_PROXY;
	const uint8_t yes = 1;
	uint8_t priority = PRIORITY, buf[8];
	struct pxe_wr wr;

	if (is_beside && d->subnet->contend == PXE_CONTEND_WIN)
		priority = PRIORITY_TO_WIN;
	pxe_wr_init(&wr, buf, sizeof(buf));
	pxe_opt_put_sub(&wr, PXE_IPXE_PRIORITY, &priority, 1);
	if (!is_beside)
		pxe_opt_put_sub(&wr, PXE_IPXE_NO_PXEDHCP, &yes, 1);
	pxe_dhcp_out_put(c->out, PXE_OPT_IPXE, buf, wr.len);
}

/* The server's address (0: none) and name, in the header and option 66. */
static void put_server(struct pxe_reply_ctx *c, uint32_t address, bool with_66)
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
static void put_file(struct pxe_reply_ctx *c, const char *name, bool with_67)
{
	if (strlen(name) < PXE_DHCP_FILE_BYTES)
		(void)pxe_str_copy(c->out->head.file, sizeof(c->out->head.file),
				   name);
	if (with_67 && name[0] != '\0')
		pxe_dhcp_out_put_cstr(c->out, PXE_OPT_BOOT_FILE, name);
}

/* Who does not boot is told what was configured, of "auto" nothing. */
static void put_configured(struct pxe_reply_ctx *c)
{
	const char *file = find_file(c);
	uint32_t server = find_next_server(c);

	/* RFC 951: where there is a file, siaddr has it */
	if (c->msg->type == PXE_DHCP_BOOTP && file[0] != '\0')
		server = find_boot_server(c);
	put_server(c, server, pxe_reply_is_asked(c, PXE_OPT_TFTP_SERVER));
	put_file(c, file, pxe_reply_is_asked(c, PXE_OPT_BOOT_FILE));
}

/* PXELINUX reads its options (RFC 5071) where the first of them is this, from
 * the reply that the ROM got: by the name of what it loads. */
static bool is_pxelinux(const struct pxe_reply_ctx *c, const char *file)
{
	static const char *const names[] = { "pxelinux", "lpxelinux",
					     "gpxelinux", "syslinux" };
	const char *name = strrchr(file, '/');

	name = name != NULL ? name + 1 : file;
	for (size_t i = 0; i < PXE_LEN(names); i++)
		if (pxe_str_has_prefix(name, names[i]))
			return true;
	return pxe_dhcp_out_has(c->out, PXE_OPT_PXELINUX_CONFIG) ||
	       pxe_dhcp_out_has(c->out, PXE_OPT_PXELINUX_PREFIX) ||
	       pxe_dhcp_out_has(c->out, PXE_OPT_PXELINUX_REBOOT);
}

static void put_profile(struct pxe_reply_ctx *c, const struct pxe_profile *p)
{
	struct pxe_str name;
	char text[URL_MAX];

	pxe_str_init(&name, text, sizeof(text));
	if (p->naming != PXE_NAMING_NOTHING &&
	    !name_boot_file(c, p->naming, &name))
		return;
	put_server(c,
		   p->server == PXE_SERVER_HERE ? c->decision->server_address
						: find_boot_server(c),
		   p->with_66);
	put_file(c, text, true);
	if (p->vendor_class != NULL)
		pxe_dhcp_out_put(c->out, PXE_OPT_VENDOR_CLASS, p->vendor_class,
				 strlen(p->vendor_class));
	pxe_reply_put_vendor(c, p->vendor);
	if (p->naming == PXE_NAMING_FILE && is_pxelinux(c, text))
		pxe_dhcp_out_put_u32(c->out, PXE_OPT_PXELINUX_MAGIC,
				     PXE_PXELINUX_MAGIC);
}

void pxe_reply_put_boot(struct pxe_reply_ctx *c)
{
	const struct pxe_profile *p = pxe_profile_find(c);

	if (c->facts->stage == PXE_STAGE_IPXE)
		put_ipxe(c);
	else
		pxe_reply_put_scriptlet(c);
	if (!pxe_facts_is_boot(c->facts))
		put_configured(c);
	if (p != NULL)
		put_profile(c, p);
}
