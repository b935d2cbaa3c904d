/* SPDX-License-Identifier: ISC */
/* What probes found out: addresses in use, and routers. */
#include <string.h>

#include "base/str.h"
#include "dhcpd/alarms.h"
#include "dhcpd/prober_priv.h"
#include "run/log.h"

void pxe_prober_note_router(struct pxe_prober *p, unsigned ifindex,
			    uint32_t address, const uint8_t *mac)
{
	const struct pxe_iface *iface =
		pxe_ifaces_find(p->server->ifaces, ifindex);
	struct pxe_prober_router *r = &p->routers[p->n_routers];
	char hw[PXE_HWADDR_TEXT] = "a firewall behind a relay",
	     text[PXE_IP4_TEXT];
	struct pxe_hwaddr from = { PXE_HTYPE_ETHERNET, 6, { 0 } };

	pxe_ip4_format(address, text, sizeof(text));
	if (mac != NULL) {
		memcpy(from.addr, mac, 6);
		pxe_hwaddr_format(&from, hw, sizeof(hw));
	}
	pxe_log(PXE_LOG_WARNING,
		"%s%s%s answers for every address, %s for one (proxy ARP?): "
		"what it says is not listened to",
		hw, iface != NULL ? " on " : "",
		iface != NULL ? iface->name : "", text);
	for (size_t i = 0; i < p->n_routers; i++)
		if (p->routers[i].ifindex == ifindex &&
		    memcmp(p->routers[i].mac, from.addr, 6) == 0)
			return;
	if (p->n_routers == PXE_PROBER_ROUTERS)
		return;
	p->n_routers++;
	*r = (struct pxe_prober_router){ .ifindex = ifindex,
					 .address = address,
					 .since_s = p->server->now_s };
	memcpy(r->mac, from.addr, sizeof(r->mac));
	pxe_alarms_changed(p->server);
}

void pxe_prober_quarantine(struct pxe_prober *p,
			   const struct pxe_conflict_due *due)
{
	struct pxe_server *s = p->server;
	struct pxe_hwaddr hw = { PXE_HTYPE_ETHERNET, 6, { 0 } };
	char key[PXE_CLIENT_KEY_TEXT], text[PXE_IP4_TEXT];
	struct pxe_lease lease = { .address = due->address,
				   .state = PXE_LEASE_DECLINED,
				   .start_s = s->now_s,
				   .end_s = s->now_s + PXE_BOOK_QUARANTINE_S,
				   .client = key };
	const struct pxe_log_field fields[] = {
		{ "PXE_ADDRESS", text },
		{ "PXE_MAC", due->has_mac ? key : "" },
		{ "PXE_REASON", pxe_reason_name(PXE_REASON_CONFLICT) },
	};

	/* the stranger has it; behind a relay nobody knows who that is */
	memcpy(hw.addr, due->mac, 6);
	if (due->has_mac) {
		lease.hw = hw;
		pxe_hwaddr_format(&hw, key, sizeof(key));
	} else {
		(void)pxe_str_copy(key, sizeof(key),
				   p->held[due->slot].client);
	}
	pxe_ip4_format(due->address, text, sizeof(text));
	if (pxe_log_is_due(&p->taken_s, s->mono_s, 1))
		pxe_log_fields(PXE_LOG_WARNING, fields, PXE_LEN(fields),
			       "%s is in use by %s: quarantined", text,
			       due->has_mac ? key : "a stranger (ICMP)");
	s->reasons[PXE_REASON_CONFLICT]++;
	if (pxe_book_put(s->book, &lease) == 0)
		pxe_tell_lease(s, &lease);
}

const struct pxe_prober_router *pxe_prober_routers(const struct pxe_server *s,
						   size_t *n)
{
	*n = s->prober != NULL ? s->prober->n_routers : 0;
	return s->prober != NULL ? s->prober->routers : NULL;
}
