/* SPDX-License-Identifier: ISC */
/*
 * RouterOS: an option set for each file, a matcher for each value that says
 * who gets it, on every DHCP server of the router with that server's own pool.
 *
 * A matcher has one condition only; so iPXE, which says an architecture as
 * well, matches two.
 */
#include "pxectl/snippet.h"

static void put_string(const char *text, struct pxe_str *out)
{
	/* a string within a string: "s'...'" */
	pxe_str_puts(out, "\"s'");
	pxe_snippet_put_quoted(text, "\"\\$", '\\', out);
	pxe_str_puts(out, "'\"");
}

/* The option and the set that it is in. */
static void put_set(const char *label, const char *file, bool is_http,
		    struct pxe_str *out)
{
	pxe_str_putf(out,
		     "/ip dhcp-server option add name=\"pxe-%s\" code=67 "
		     "value=",
		     label);
	put_string(file, out);
	pxe_str_putf(out,
		     "\n/ip dhcp-server option sets add name=\"pxe-%s\" "
		     "options=pxe-server,pxe-%s%s\n",
		     label, label, is_http ? ",pxe-httpclient" : "");
}

/* On every server, with that server's own pool. */
static void put_matcher(const char *name, unsigned code, const char *value,
			bool is_exact, const char *set, struct pxe_str *out)
{
	pxe_str_putf(out,
		     ":foreach s in=[/ip dhcp-server find] do={ "
		     "/ip dhcp-server matcher add \\\n"
		     "    name=(\"pxe-%s-\" . [/ip dhcp-server get $s name]) "
		     "server=[/ip dhcp-server get $s name] \\\n"
		     "    address-pool=[/ip dhcp-server get $s address-pool] "
		     "code=%u value=\"%s\" \\\n"
		     "    matching-type=%s option-set=\"pxe-%s\" }\n",
		     name, code, value, is_exact ? "exact" : "substring", set);
}

static void put_matchers(const struct pxe_snippet_class *class,
			 struct pxe_str *out)
{
	const char *set = class->label;
	char name[32], value[8];
	struct pxe_str s;

	for (size_t i = 0; i < class->n_archs; i++) {
		pxe_str_init(&s, name, sizeof(name));
		pxe_str_putf(&s, "arch-%u", class->archs[i]);
		pxe_str_init(&s, value, sizeof(value));
		pxe_str_putf(&s, "0x%04x", class->archs[i]);
		put_matcher(name, 93, value, true, set, out);
	}
	if (class->n_archs > 0)
		return;
	if (class->is_http) {
		put_matcher("httpclient", 60, "HTTPClient", false, set, out);
	} else {
		put_matcher("pxeclient", 60, "PXEClient", false, set, out);
		put_matcher("uboot", 60, "U-Boot", false, set, out);
	}
}

void pxe_snippet_put_mikrotik(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Paste it into a terminal, or /import it.  RouterOS before "
		"7.16 "
		"has no\nmatching-type, before 7.4 no matchers: there name one "
		"file for all, with\npxe-dhcpd in mode external:\n",
		out);
	pxe_str_putf(out,
		     "#     /ip dhcp-server network set [find] next-server=%s "
		     "boot-file-name=%s\n",
		     s->server, s->common);
	pxe_snippet_put_comment(
		"Written from MikroTik's documentation, not tried on a router: "
		"it does not say\nwhich of two matchers counts, and iPXE "
		"matches "
		"two.  If a machine loads iPXE over\nand over (pxectl clients "
		"shows it), use an iPXE that fetches autoexec.ipxe.\n"
		"To undo:\n"
		"    /ip dhcp-server matcher remove [find name~\"^pxe-\"]\n"
		"    /ip dhcp-server option sets remove [find name~\"^pxe-\"]\n"
		"    /ip dhcp-server option remove [find name~\"^pxe-\"]\n"
		"    /ip dhcp-server network set [find] next-server=0.0.0.0\n",
		out);
	pxe_str_putc(out, '\n');
	pxe_str_putf(out,
		     "/ip dhcp-server network set [find] next-server=%s\n"
		     "/ip dhcp-server option add name=\"pxe-server\" code=66 "
		     "value=\"s'%s'\"\n"
		     "/ip dhcp-server option add name=\"pxe-httpclient\" "
		     "code=60 value=\"s'HTTPClient'\"\n"
		     "\n# iPXE: its script, not the loader once more\n",
		     s->server, s->server);
	put_set("ipxe", s->script, false, out);
	put_matcher("ipxe", 77, "iPXE", false, "ipxe", out);
	for (size_t i = 0; i < s->n_classes; i++) {
		pxe_str_puts(out, "\n# ");
		pxe_snippet_put_title(&s->classes[i], out);
		pxe_str_putc(out, '\n');
		put_set(s->classes[i].label, s->classes[i].file,
			s->classes[i].is_http, out);
		put_matchers(&s->classes[i], out);
	}
}
