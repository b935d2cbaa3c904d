/* SPDX-License-Identifier: ISC */
/*
 * Beside another server, which gives the addresses: the ProxyDHCP server and
 * the boot server of PXE 2.1.  Nothing here needs the address book but the
 * boot server where we give the addresses ourselves.
 */
#include "dhcpd/decide_priv.h"
#include "wire/pxe_opt.h"

/* The item of the client's menu that has this type, or NULL. */
static const struct pxe_conf_pxe_item *find_item(const struct pxe_case *c,
						 uint16_t type)
{
	const struct pxe_conf *conf = c->in->conf;
	const enum pxe_family family = pxe_arch_family(c->in->facts->arch);

	for (size_t i = 0; i < conf->n_pxe_items; i++)
		if (conf->pxe_items[i].type == type &&
		    pxe_conf_pxe_item_fits(&conf->pxe_items[i], family))
			return &conf->pxe_items[i];
	return NULL;
}

static bool is_ours(const struct pxe_case *c,
		    const struct pxe_conf_pxe_item *item)
{
	bool is = item->n_servers == 0;

	for (size_t i = 0; i < item->n_servers; i++)
		is = is || item->servers[i] == c->out->server_address;
	return is;
}

/*
 * What the user chose from the menu (43.71) is what is loaded.  Without a menu
 * of ours any item will do: some firmware asks for one that it was not shown.
 */
static enum pxe_reason take_item(struct pxe_case *c)
{
	const struct pxe_conf_pxe_item *item;
	struct pxe_dhcp_decision *out = c->out;

	out->has_item =
		pxe_opt_find_item(c->msg, &out->item_type, &out->item_layer);
	if (!out->has_item || c->in->facts->stage != PXE_STAGE_ROM ||
	    out->boot.give != PXE_GIVE_LOADER || c->in->conf->n_pxe_items == 0)
		return PXE_REASON_OK;
	item = find_item(c, out->item_type);
	if (item == NULL || item->is_local || !is_ours(c, item))
		return PXE_REASON_NO_ITEM;
	if (item->file[0] != '\0') {
		out->boot.file = item->file;
		out->boot.loader = NULL;
		out->boot.rule = "pxe-item";
		out->boot.src = item->src;
	}
	return PXE_REASON_OK;
}

/* --- the ProxyDHCP server --- */

static void offer(struct pxe_case *c, uint8_t reply)
{
	c->out->reason = c->out->boot.reason;
	c->out->reply = reply;
	c->out->dest = pxe_case_find_dest(c, 0);
}

void pxe_proxy_on_discover(struct pxe_case *c)
{
	offer(c, PXE_DHCP_OFFER);
}

/* PXE 2.1: who cannot reach port 4011 by unicast asks all by broadcast, on the
 * DHCP port.  Else it is about an address, and another server's. */
void pxe_proxy_on_request(struct pxe_case *c)
{
	uint16_t type, layer;

	if (c->chosen == 0 && c->requested == 0 &&
	    pxe_opt_find_item(c->msg, &type, &layer))
		pxe_binl_on_ask(c);
	else
		pxe_case_refuse(c, PXE_REASON_PROXY);
}

void pxe_proxy_on_inform(struct pxe_case *c)
{
	offer(c, PXE_DHCP_ACK);
}

void pxe_proxy_on_other(struct pxe_case *c)
{
	pxe_case_refuse(c, PXE_REASON_PROXY);
}

/* --- the boot server --- */

/* To where it came from, whatever port that is; to answer port 68 would
 * not reach who asked from 4011.  A relay gets it as any other. */
static struct pxe_dest find_asker(const struct pxe_case *c)
{
	const struct pxe_arrival *a = &c->in->arrival;
	struct pxe_dest dest = { PXE_DEST_UNICAST, a->src, a->src_port };

	if (c->msg->head.giaddr != 0 || a->src_port == 0)
		return pxe_case_find_dest(c, 0);
	if (a->src == 0 || a->src >> 28 >= 14) {
		dest.kind = PXE_DEST_BROADCAST;
		dest.address = PXE_IP4_BROADCAST;
	}
	return dest;
}

void pxe_binl_on_ask(struct pxe_case *c)
{
	const enum pxe_reason reason = take_item(c);

	if (reason != PXE_REASON_OK) {
		pxe_case_refuse(c, reason);
		return;
	}
	c->out->reason = c->out->boot.reason;
	c->out->is_binl = true;
	c->out->reply = c->msg->type == PXE_DHCP_DISCOVER ? PXE_DHCP_OFFER
							  : PXE_DHCP_ACK;
	c->out->address = c->msg->head.ciaddr;
	c->out->dest = find_asker(c);
}

/* Where we give the addresses, only who has one of us has business here. */
void pxe_binl_on_ask_internal(struct pxe_case *c)
{
	if (!pxe_facts_is_boot(c->in->facts))
		pxe_case_refuse(c, PXE_REASON_NOT_A_BOOT);
	else if (c->out->boot.give == PXE_GIVE_ADDRESS)
		pxe_case_refuse(c, c->out->boot.reason);
	else if (!pxe_case_has_lease(c, c->msg->head.ciaddr))
		pxe_case_refuse(c, PXE_REASON_NO_LEASE);
	else
		pxe_binl_on_ask(c);
}

void pxe_binl_on_other(struct pxe_case *c)
{
	pxe_case_refuse(c, PXE_REASON_UNSUPPORTED);
}
