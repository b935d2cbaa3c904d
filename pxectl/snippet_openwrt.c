/* SPDX-License-Identifier: ISC */
/*
 * OpenWrt: what dnsmasq is told, as sections of /etc/config/dhcp.
 *
 * Its boot sections have one tag each, so here the order matters: the last
 * that matches counts, and iPXE comes last.
 */
#include "pxectl/snippet.h"

static void put_set(const char *section, const char *option, const char *value,
		    struct pxe_str *out)
{
	pxe_str_putf(out, "uci set dhcp.%s.%s='", section, option);
	for (; *value != '\0'; value++)
		if (*value == '\'')
			pxe_str_puts(out, "'\\''");
		else
			pxe_str_putc(out, *value);
	pxe_str_puts(out, "'\n");
}

/* A section that sets the tag `tag`. */
static void put_match(const char *section, const char *type, const char *tag,
		      const char *value, struct pxe_str *out)
{
	pxe_str_putf(out, "uci set dhcp.%s='%s'\n", section, type);
	put_set(section, "networkid", tag, out);
	put_set(section, type, value, out);
}

static void put_boot(const struct pxe_snippet *s, const char *section,
		     const char *tag, const char *file, struct pxe_str *out)
{
	pxe_str_putf(out, "uci set dhcp.%s='boot'\n", section);
	put_set(section, "networkid", tag, out);
	put_set(section, "filename", file, out);
	put_set(section, "serveraddress", s->server, out);
	put_set(section, "servername", s->server, out);
}

static void put_matches(const struct pxe_snippet_class *class, const char *tag,
			struct pxe_str *out)
{
	char section[32], value[32];
	struct pxe_str s;

	for (size_t i = 0; i < class->n_archs; i++) {
		pxe_str_init(&s, section, sizeof(section));
		pxe_str_putf(&s, "pxe_arch_%u", class->archs[i]);
		pxe_str_init(&s, value, sizeof(value));
		pxe_str_putf(&s, "option:client-arch,%u", class->archs[i]);
		put_match(section, "match", tag, value, out);
	}
	if (class->n_archs > 0)
		return;
	if (class->is_http) {
		put_match("pxe_httpclient", "vendorclass", tag, "HTTPClient",
			  out);
	} else {
		put_match("pxe_pxeclient", "vendorclass", tag, "PXEClient",
			  out);
		put_match("pxe_uboot", "vendorclass", tag, "U-Boot", out);
	}
}

static void put_class(const struct pxe_snippet *s,
		      const struct pxe_snippet_class *class,
		      struct pxe_str *out)
{
	char tag[32], section[32];
	struct pxe_str t;

	pxe_str_init(&t, tag, sizeof(tag));
	pxe_str_putf(&t, "pxe-%s", class->label);
	pxe_str_init(&t, section, sizeof(section));
	pxe_str_putf(&t, "pxe_boot_%s%s",
		     class->family == PXE_FAMILY_NONE
			     ? "any"
			     : pxe_family_name(class->family),
		     class->is_http ? "_http" : "");
	pxe_str_puts(out, "\n# ");
	pxe_snippet_put_title(class, out);
	pxe_str_putc(out, '\n');
	put_matches(class, tag, out);
	put_boot(s, section, tag, class->file, out);
	if (class->is_http) {
		put_set(section, "force", "1", out);
		pxe_str_putf(out,
			     "uci add_list dhcp.%s.dhcp_option="
			     "'60,HTTPClient'\n",
			     section);
	}
}

static const char undo[] =
	"for s in $(uci show dhcp | "
	"sed -n 's/^dhcp\\.\\(pxe_[a-z0-9_]*\\)=.*/\\1/p'); do\n"
	"    uci delete \"dhcp.$s\"\n"
	"done\n";

void pxe_snippet_put_openwrt(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Paste it into a shell of the router.  To undo, run the loop, "
		"which takes away\nwhat was pasted before, and the last two "
		"lines.  Take out other boot sections.\n",
		out);
	pxe_str_putc(out, '\n');
	pxe_str_puts(out, undo);
	for (size_t i = 0; i < s->n_classes; i++)
		put_class(s, &s->classes[i], out);
	pxe_str_puts(out, "\n# iPXE: its script, not the loader once more\n");
	put_match("pxe_ipxe_class", "userclass", "pxe-ipxe", "iPXE", out);
	put_match("pxe_ipxe_option", "match", "pxe-ipxe", "175", out);
	put_boot(s, "pxe_boot_ipxe", "pxe-ipxe", s->script, out);
	pxe_str_puts(out, "\nuci commit dhcp\n"
			  "/etc/init.d/dnsmasq restart\n");
}
