/* SPDX-License-Identifier: ISC */
/*
 * How the iPXE that a boot ROM loads goes on by IPv6, where it gets no answer
 * by IPv4: answer = "rom-only".
 *
 * Silence alone would not do.  iPXE takes over the ACK of its ROM, and where
 * it gets none of its own it loads the file that is named in there, itself,
 * for ever.  But before it asks for anything it runs the command in that ACK's
 * option 175.81.  So the ROM, which does not know the option, is given one.
 *
 * undionly.kpxe of any age does that, programs of UEFI since February 2021;
 * older ones have to learn of their script by DHCPv6.
 */
#include <string.h>

#include "base/str.h"
#include "dhcpd/reply_priv.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

#define AUTO "auto"
#define NONE "none"

enum { SCRIPTLET_MAX = 253 }; /* it is all of an option of 255 octets */

/* Appends where the script is; false: that is not known. */
static bool put_url(const struct pxe_reply_ctx *c, struct pxe_str *out)
{
	const char *url = c->conf->ipv6_script, *own = c->decision->address6;

	if (strcmp(url, NONE) == 0)
		return false;
	if (strcmp(url, AUTO) != 0) {
		pxe_str_puts(out, url);
		return true;
	}
	if (own == NULL || own[0] == '\0')
		return false;
	pxe_str_putf(out, "http://[%s]:%u/boot.ipxe", own, c->conf->http_port);
	pxe_reply_put_identity(c, out);
	return true;
}

void pxe_reply_put_scriptlet(struct pxe_reply_ctx *c)
{
	char text[SCRIPTLET_MAX + 1];
	uint8_t buf[2 + SCRIPTLET_MAX];
	struct pxe_str s;
	struct pxe_wr wr;

	if (c->conf->answer != PXE_ANSWER_ROM_ONLY ||
	    c->decision->boot.give != PXE_GIVE_LOADER)
		return;
	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, "ifconf -c ipv6 && chain ");
	if (!put_url(c, &s) || s.cut)
		return;
	pxe_wr_init(&wr, buf, sizeof(buf));
	pxe_opt_put_sub(&wr, PXE_IPXE_SCRIPTLET, text, s.len);
	pxe_dhcp_out_put(c->out, PXE_OPT_IPXE, buf, wr.len);
}
