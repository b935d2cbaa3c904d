/* SPDX-License-Identifier: ISC */
#include "dhcpd/alarms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "dhcpd/prober.h"
#include "dhcpd/server.h"
#include "run/state_alarms.h"

void pxe_alarms_changed(struct pxe_server *s)
{
	s->has_new_alarms = true;
}

/* --- pools --- */

void pxe_alarms_pool_empty(struct pxe_server *s,
			   const struct pxe_conf_subnet *subnet)
{
	for (size_t i = 0; i < s->n_empty; i++)
		if (s->empty[i].net.address == subnet->net.address)
			return;
	if (s->n_empty == PXE_ALARMS_EMPTY_MAX)
		return;
	s->empty[s->n_empty++] =
		(struct pxe_alarms_empty){ subnet->net, s->now_s };
	pxe_alarms_changed(s);
}

/* Would somebody who is new get an address now? */
static bool is_empty(const struct pxe_server *s,
		     const struct pxe_alarms_empty *e)
{
	struct pxe_book_ask ask = { .client = "", .now_s = s->now_s };
	uint32_t address;

	ask.subnet = pxe_conf_find_subnet(s->conf, e->net.address);
	return ask.subnet != NULL &&
	       ask.subnet->net.address == e->net.address &&
	       pxe_book_choose(s->book, &ask, &address) ==
		       -EADDRNOTAVAIL;
}

static void check_pools(struct pxe_server *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_empty; i++)
		if (is_empty(s, &s->empty[i]))
			s->empty[n++] = s->empty[i];
	if (n != s->n_empty)
		pxe_alarms_changed(s);
	s->n_empty = n;
}

/* --- the list --- */

static void format_mac(const uint8_t *mac, char *text, size_t cap)
{
	struct pxe_hwaddr hw = { PXE_HTYPE_ETHERNET, 6, { 0 } };

	memcpy(hw.addr, mac, 6);
	pxe_hwaddr_format(&hw, text, cap);
}

static void add_rivals(const struct pxe_link *link,
		       const struct pxe_rival *rival,
		       enum pxe_alarm_kind kind, int64_t now_ms,
		       struct pxe_alarms *list)
{
	for (size_t i = 0; i < rival->n_seen; i++) {
		const struct pxe_rival_seen *seen = &rival->seen[i];
		char address[PXE_IP4_TEXT], mac[PXE_HWADDR_TEXT];
		struct pxe_alarm *a = pxe_alarms_add(
			list, kind,
			link->server->now_s -
				(now_ms - seen->first_ms) / 1000);

		if (a == NULL)
			return;
		pxe_ip4_format(seen->address, address, sizeof(address));
		format_mac(seen->mac, mac, sizeof(mac));
		snprintf(a->subject, sizeof(a->subject), "%s on %s", address,
			 link->name);
		snprintf(a->text, sizeof(a->text), "its hardware address is %s",
			 mac);
	}
}

static void add_empty(const struct pxe_server *s, struct pxe_alarms *list)
{
	for (size_t i = 0; i < s->n_empty; i++) {
		struct pxe_alarm *a = pxe_alarms_add(
			list, PXE_ALARM_POOL_EMPTY, s->empty[i].since_s);

		if (a == NULL)
			return;
		pxe_ip4_net_format(&s->empty[i].net, a->subject,
				   sizeof(a->subject));
	}
}

static void add_routers(const struct pxe_server *s, struct pxe_alarms *list)
{
	const struct pxe_prober_router *r;
	size_t n;

	r = pxe_prober_routers(s, &n);
	for (size_t i = 0; i < n; i++) {
		const struct pxe_iface *iface =
			pxe_ifaces_find(s->ifaces, r[i].ifindex);
		char address[PXE_IP4_TEXT], mac[PXE_HWADDR_TEXT];
		struct pxe_alarm *a = pxe_alarms_add(list, PXE_ALARM_PROXY_ARP,
						     r[i].since_s);

		if (a == NULL)
			return;
		pxe_ip4_format(r[i].address, address, sizeof(address));
		format_mac(r[i].mac, mac, sizeof(mac));
		if (r[i].ifindex == 0)
			snprintf(a->subject, sizeof(a->subject),
				 "network of %s", address);
		else
			snprintf(a->subject, sizeof(a->subject), "%s on %s",
				 mac, iface != NULL ? iface->name : "?");
		snprintf(a->text, sizeof(a->text), "it answered for %s",
			 address);
	}
}

void pxe_alarms_report(struct pxe_server *s)
{
	struct pxe_alarms list = { .n = 0 };
	struct timespec ts;
	int64_t now_ms;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	for (const struct pxe_link *l = s->links; l != NULL; l = l->next) {
		add_rivals(l, &l->rival,
			   s->conf->coexist ? PXE_ALARM_COEXIST
					    : PXE_ALARM_OTHER_SERVER,
			   now_ms, &list);
		add_rivals(l, &l->contend,
			   l->hearing.yields ? PXE_ALARM_OTHER_PXE
					     : PXE_ALARM_CONTEND,
			   now_ms, &list);
	}
	add_empty(s, &list);
	add_routers(s, &list);
	pxe_state_report_alarms(s->state, &list);
	s->has_new_alarms = false;
}

void pxe_alarms_tick(struct pxe_server *s)
{
	if (s->n_empty > 0 && s->mono_s % PXE_ALARMS_CHECK_S == 0)
		check_pools(s);
	if (s->has_new_alarms)
		pxe_alarms_report(s);
}
