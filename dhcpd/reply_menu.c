/* SPDX-License-Identifier: ISC */
/* What option 43 holds (PXE 2.1, table 2-1). */
#include <string.h>

#include "dhcpd/reply_priv.h"
#include "wire/dhcp_opt.h"
#include "wire/pxe_opt.h"

enum {
	WAIT_FOR_EVER = 255, /* in 43.10 */
	LOCAL_TYPE = 0,      /* firmware knows it as the local disk */
	/* servers are asked by unicast, those of the list only */
	ASK_LISTED = PXE_DISCOVERY_NO_BROADCAST | PXE_DISCOVERY_NO_MULTICAST |
		     PXE_DISCOVERY_ONLY_LISTED,
};

/* The next item of the client's menu: start with *at = 0; NULL at the end. */
static const struct pxe_conf_pxe_item *next_item(const struct pxe_reply_ctx *c,
						 size_t *at)
{
	const enum pxe_family family = pxe_arch_family(c->facts->arch);

	while (*at < c->conf->n_pxe_items) {
		const struct pxe_conf_pxe_item *item =
			&c->conf->pxe_items[(*at)++];

		if (pxe_conf_pxe_item_fits(item, family))
			return item;
	}
	return NULL;
}

bool pxe_reply_has_menu(const struct pxe_reply_ctx *c)
{
	size_t at = 0;

	return !c->decision->has_item && next_item(c, &at) != NULL;
}

static void put_control(struct pxe_wr *wr, uint8_t control)
{
	pxe_opt_put_sub(wr, PXE_VENDOR_DISCOVERY_CONTROL, &control, 1);
}

/* 43.10: after how long the first item is booted, and what is shown. */
static void put_prompt(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	const struct pxe_conf_pxe_menu *menu = &c->conf->pxe_menu;
	uint8_t buf[UINT8_MAX];
	struct pxe_wr sub;

	pxe_wr_init(&sub, buf, sizeof(buf));
	pxe_wr_u8(&sub, menu->timeout_s == 0 ? WAIT_FOR_EVER
					     : (uint8_t)menu->timeout_s);
	pxe_wr_bytes(&sub, menu->prompt, strlen(menu->prompt));
	pxe_opt_put_sub(wr, PXE_VENDOR_MENU_PROMPT, buf, sub.len);
}

/* 43.8: who answers for each type of server. */
static void put_servers(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	const struct pxe_conf_pxe_item *item;
	uint8_t buf[UINT8_MAX];
	struct pxe_wr sub;
	size_t at = 0;

	pxe_wr_init(&sub, buf, sizeof(buf));
	while ((item = next_item(c, &at)) != NULL) {
		if (item->is_local)
			continue;
		pxe_wr_u16(&sub, item->type);
		pxe_wr_u8(&sub,
			  item->n_servers > 0 ? (uint8_t)item->n_servers : 1);
		if (item->n_servers == 0)
			pxe_wr_u32(&sub, c->decision->server_address);
		for (size_t i = 0; i < item->n_servers; i++)
			pxe_wr_u32(&sub, item->servers[i]);
	}
	if (sub.len > 0)
		pxe_opt_put_sub(wr, PXE_VENDOR_BOOT_SERVERS, buf, sub.len);
}

/* 43.9: what is shown for each type of server. */
static void put_items(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	const struct pxe_conf_pxe_item *item;
	uint8_t buf[UINT8_MAX];
	struct pxe_wr sub;
	size_t at = 0;

	pxe_wr_init(&sub, buf, sizeof(buf));
	while ((item = next_item(c, &at)) != NULL) {
		size_t len = strlen(item->title);

		pxe_wr_u16(&sub, item->is_local ? LOCAL_TYPE : item->type);
		pxe_wr_u8(&sub, (uint8_t)len);
		pxe_wr_bytes(&sub, item->title, len);
	}
	pxe_opt_put_sub(wr, PXE_VENDOR_BOOT_MENU, buf, sub.len);
}

/* The order in which dnsmasq has them, which all firmware has met. */
static void put_menu(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	put_control(wr, ASK_LISTED);
	put_prompt(c, wr);
	put_servers(c, wr);
	put_items(c, wr);
}

/* 43.6 {8}: load the file of this reply, ask nobody. */
static void put_just_boot(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	(void)c;
	put_control(wr, PXE_DISCOVERY_JUST_BOOT);
}

/* 43.71: the client's choice, as it said it. */
static void put_item(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	uint8_t buf[4];
	struct pxe_wr sub;

	if (!c->decision->has_item)
		return;
	pxe_wr_init(&sub, buf, sizeof(buf));
	pxe_wr_u16(&sub, c->decision->item_type);
	pxe_wr_u16(&sub, c->decision->item_layer);
	pxe_opt_put_sub(wr, PXE_VENDOR_BOOT_ITEM, buf, sub.len);
}

/* A Raspberry Pi compares the text of the first item of a menu, and looks at
 * little else. */
static void put_rpi(const struct pxe_reply_ctx *c, struct pxe_wr *wr)
{
	static const uint8_t prompt[] = { 0, 'P', 'X', 'E' };
	static const char text[] = "Raspberry Pi Boot";
	uint8_t buf[3 + sizeof(text) - 1];
	struct pxe_wr sub;

	(void)c;
	pxe_wr_init(&sub, buf, sizeof(buf));
	pxe_wr_u16(&sub, LOCAL_TYPE);
	pxe_wr_u8(&sub, sizeof(text) - 1);
	pxe_wr_bytes(&sub, text, sizeof(text) - 1);
	put_control(wr, PXE_DISCOVERY_JUST_BOOT);
	pxe_opt_put_sub(wr, PXE_VENDOR_MENU_PROMPT, prompt, sizeof(prompt));
	pxe_opt_put_sub(wr, PXE_VENDOR_BOOT_MENU, buf, sub.len);
}

void pxe_reply_put_vendor(const struct pxe_reply_ctx *c,
			  enum pxe_profile_vendor vendor)
{
	static void (*const puts[])(const struct pxe_reply_ctx *c,
				    struct pxe_wr *wr) = {
		[PXE_VENDOR_INFO_JUST_BOOT] = put_just_boot,
		[PXE_VENDOR_INFO_MENU] = put_menu,
		[PXE_VENDOR_INFO_ITEM] = put_item,
		[PXE_VENDOR_INFO_RPI] = put_rpi,
	};
	uint8_t buf[UINT8_MAX];
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, sizeof(buf));
	if (puts[vendor] != NULL)
		puts[vendor](c, &wr);
	if (wr.len == 0)
		return;
	pxe_wr_u8(&wr, PXE_VENDOR_END);
	if (wr.bad) /* run/conf_pxe has seen to it that it fits */
		c->out->bad = true;
	else
		pxe_dhcp_out_put(c->out, PXE_OPT_VENDOR_INFO, buf, wr.len);
}
