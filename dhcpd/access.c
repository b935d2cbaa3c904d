/* SPDX-License-Identifier: ISC */
#include "dhcpd/access.h"

#include <string.h>

#include "wire/dhcp_opt.h"

struct ctx {
	const struct pxe_dhcp_msg *msg;
	const struct pxe_facts *facts;
};

static bool match_mac(const struct ctx *c, const struct pxe_conf_matcher *m)
{
	return pxe_hwaddr_is_equal(&c->msg->head.hw, &m->hw);
}

static bool match_oui(const struct ctx *c, const struct pxe_conf_matcher *m)
{
	const struct pxe_hwaddr *hw = &c->msg->head.hw;

	return hw->htype == m->hw.htype && hw->hlen >= m->hw.hlen &&
	       memcmp(hw->addr, m->hw.addr, m->hw.hlen) == 0;
}

static bool match_uuid(const struct ctx *c, const struct pxe_conf_matcher *m)
{
	return c->facts->has_uuid &&
	       memcmp(&c->facts->uuid, &m->uuid, sizeof(m->uuid)) == 0;
}

/* As sent, not as it is shown: there it may be escaped. */
static bool match_vendor_class(const struct ctx *c,
			       const struct pxe_conf_matcher *m)
{
	const size_t len = strlen(m->text);
	struct pxe_rd rd;
	const void *start;

	if (!pxe_dhcp_find(c->msg, PXE_OPT_VENDOR_CLASS, &rd) || rd.left < len)
		return false;
	start = pxe_rd_bytes(&rd, len);
	return start != NULL && memcmp(start, m->text, len) == 0;
}

static bool (*const matches[PXE_N_MATCHES])(const struct ctx *c,
					    const struct pxe_conf_matcher *m) =
	{
		[PXE_MATCH_MAC] = match_mac,
		[PXE_MATCH_OUI] = match_oui,
		[PXE_MATCH_UUID] = match_uuid,
		[PXE_MATCH_VENDOR_CLASS] = match_vendor_class,
	};

static bool is_in(const struct ctx *c, const struct pxe_conf_matcher *list,
		  size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (matches[list[i].kind](c, &list[i]))
			return true;
	return false;
}

bool pxe_access_has(const struct pxe_conf_access *access,
		    const struct pxe_dhcp_msg *msg,
		    const struct pxe_facts *facts)
{
	const struct ctx c = { msg, facts };

	if (is_in(&c, access->deny, access->n_deny))
		return false;
	return access->n_allow == 0 ||
	       is_in(&c, access->allow, access->n_allow);
}
