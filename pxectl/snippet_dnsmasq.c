/* SPDX-License-Identifier: ISC */
/*
 * dnsmasq: tags by what a machine says, and for each set of tags a dhcp-boot.
 *
 * The sets exclude each other, so the order of the lines does not matter.
 * Without the address at the end dnsmasq would name itself.
 */
#include "pxectl/snippet.h"

static void put_class(const struct pxe_snippet *s,
		      const struct pxe_snippet_class *class,
		      struct pxe_str *out)
{
	const char *who = class->is_http ? "pxe-http" : "pxe-rom";
	char tags[96];
	struct pxe_str t;

	pxe_str_init(&t, tags, sizeof(tags));
	pxe_str_putf(&t, "tag:%s,tag:!pxe-ipxe", who);
	if (class->n_archs > 0)
		pxe_str_putf(&t, ",tag:pxe-%s", class->label);
	pxe_str_puts(out, "\n# ");
	pxe_snippet_put_title(class, out);
	pxe_str_putc(out, '\n');
	for (size_t i = 0; i < class->n_archs; i++)
		pxe_str_putf(out,
			     "dhcp-match=set:pxe-%s,option:client-arch,%u\n",
			     class->label, class->archs[i]);
	pxe_str_putf(out, "dhcp-boot=%s,%s,,%s\n", tags, class->file,
		     s->server);
	if (class->is_http)
		pxe_str_putf(out, "dhcp-option-force=%s,60,HTTPClient\n", tags);
}

void pxe_snippet_put_dnsmasq(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Save it as /etc/dnsmasq.d/pxe-suite.conf, then `dnsmasq "
		"--test` and restart.  To\nundo, remove that file.  Take out "
		"every pxe-service, which goes before it, and\nother lines "
		"dhcp-boot that have no tag.\n",
		out);
	pxe_str_putc(out, '\n');
	pxe_str_putf(out,
		     "# who boots by TFTP, who by HTTP, who is iPXE already\n"
		     "dhcp-vendorclass=set:pxe-rom,PXEClient\n"
		     "dhcp-vendorclass=set:pxe-rom,U-Boot\n"
		     "dhcp-vendorclass=set:pxe-http,HTTPClient\n"
		     "dhcp-match=set:pxe-ipxe,175\n"
		     "dhcp-userclass=set:pxe-ipxe,iPXE\n\n"
		     "# iPXE: its script, not the loader once more\n"
		     "dhcp-boot=tag:pxe-ipxe,%s,,%s\n",
		     s->script, s->server);
	for (size_t i = 0; i < s->n_classes; i++)
		put_class(s, &s->classes[i], out);
}
