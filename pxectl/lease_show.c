/* SPDX-License-Identifier: ISC */
/* `pxectl lease show`: all that is known about a lease and who holds it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "core/arch.h"
#include "core/policy.h"
#include "pxectl/ctl.h"
#include "pxectl/lease_filter.h"
#include "pxectl/lease_list.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

#define WHERE_TEXT 512

/* A lease and what belongs to it. */
struct story {
	const struct pxe_lease *lease;
	const json_t *record;
	json_t *client_record; /* owned; NULL: nothing is known */
	bool has_client;
	struct pxe_client client; /* borrows from client_record */
	const struct pxe_conf_subnet *subnet;
	const struct pxe_conf_host *host;
	struct pxe_decision boot; /* what it gets to boot next */
	uint32_t next;            /* address; 0: one of the ranges */
	const char *why;          /* it gets that */
};

/* --- what belongs to it --- */

static bool find_client(struct pxe_ctl *ctl, struct story *story)
{
	char mac[PXE_HWADDR_TEXT];
	const char *key = pxe_lease_record_key(story->lease, mac);
	json_t *answer;

	if (!pxe_ctl_find(ctl, "GetClient", json_pack("{s:s}", "client", key),
			  &answer))
		return false;
	story->client_record = json_incref(json_object_get(answer, "client"));
	json_decref(answer);
	if (story->client_record == NULL)
		return true;
	if (pxe_state_client_from_json(story->client_record, &story->client) <
	    0) {
		pxe_ctl_nonsense(ctl, "GetClient");
		return false;
	}
	story->has_client = true;
	return true;
}

/* The section of the machine that holds it, however it is known. */
static void find_host(const struct pxe_ctl *ctl, struct story *story)
{
	struct pxe_hwaddr hw = story->lease->hw;
	struct pxe_uuid uuid;
	bool has_uuid = pxe_str_has_prefix(story->lease->client, "uuid:") &&
			pxe_uuid_parse(story->lease->client + 5, &uuid) == 0;
	uint8_t id[PXE_LEASE_ID_MAX];
	size_t id_len;

	if (hw.hlen == 0 && pxe_hwaddr_parse(story->lease->client, &hw) < 0)
		hw.hlen = 0;
	if (!has_uuid && story->has_client && story->client.facts.has_uuid) {
		uuid = story->client.facts.uuid;
		has_uuid = true;
	}
	story->host = pxe_conf_find_host(ctl->conf, hw.hlen > 0 ? &hw : NULL,
					 has_uuid ? &uuid : NULL);
	id_len = pxe_lease_key_id(story->lease->client, id);
	if (story->host == NULL && id_len > 0)
		story->host = pxe_conf_find_host_id(ctl->conf, id, id_len);
}

static bool is_in_ranges(const struct pxe_conf_subnet *subnet, uint32_t address)
{
	for (size_t i = 0; i < subnet->n_ranges; i++)
		if (pxe_ip4_range_has(&subnet->ranges[i], address))
			return true;
	return false;
}

/* The address that pxe-dhcpd will give to the client, as far as that can be
 * told from here. */
static void find_next(const struct pxe_ctl *ctl, struct story *story)
{
	const struct pxe_lease *lease = story->lease;
	const struct pxe_conf_host *host = story->host;
	const struct pxe_conf_host *other =
		pxe_conf_find_host_address(ctl->conf, lease->address);
	bool is_held = pxe_lease_is_active(lease, pxe_ctl_now());

	if (story->subnet == NULL) {
		story->why = "none: its address is in no subnet any more";
	} else if (host != NULL && host->address != 0 &&
		   pxe_ip4_net_has(&story->subnet->net, host->address)) {
		story->next = host->address;
		story->why = "its host section says so";
	} else if (lease->state == PXE_LEASE_DECLINED) {
		story->why = "another one: somebody else uses this address";
	} else if (other != NULL && other != host) {
		story->why = "another one: this one is reserved for a host";
	} else if (is_held || is_in_ranges(story->subnet, lease->address)) {
		story->next = lease->address;
		story->why = is_held ? "it holds it"
				     : "it had it, unless the ranges are full "
				       "and others need it";
	} else {
		story->why = "another one: this one is in no range any more";
	}
}

static bool collect(struct pxe_ctl *ctl, const struct pxe_lease_row *row,
		    struct story *story)
{
	struct pxe_policy_in in = { .conf = ctl->conf,
				    .ask = PXE_ASK_DHCP,
				    .family = PXE_FAMILY_NONE };

	*story = (struct story) { .lease = &row->lease, .record = row->json };
	if (!find_client(ctl, story))
		return false;
	find_host(ctl, story);
	story->subnet = pxe_conf_find_subnet(ctl->conf, row->lease.address);
	find_next(ctl, story);
	in.host = story->host;
	if (!story->has_client)
		return true; /* what it boots depends on what it says */
	in.facts = &story->client.facts;
	pxe_policy_decide(&in, &story->boot);
	return true;
}

/* --- for people --- */

static void put_where(const struct pxe_src *src, char *text, size_t cap)
{
	struct pxe_str s;

	pxe_str_init(&s, text, cap);
	if (src->file != NULL && src->file[0] != '\0')
		pxe_str_putf(&s, "  [%s:%u]", src->file, src->line);
}

static void tell_times(const struct pxe_ctl *ctl, const struct pxe_lease *lease)
{
	int64_t now_s = pxe_ctl_now();
	char start[PXE_TEXT_SHORT], end[PXE_TEXT_SHORT], left[PXE_TEXT_SHORT],
		ago[PXE_TEXT_SHORT];

	pxe_text_time(lease->start_s, start, sizeof(start));
	pxe_lease_put_end(lease, end, sizeof(end));
	pxe_lease_put_left(lease, now_s, left, sizeof(left));
	pxe_text_age(now_s - lease->end_s, ago, sizeof(ago));
	pxe_ctl_line(ctl, "state", "%s", pxe_lease_word(lease, now_s));
	pxe_ctl_line(ctl, "start", "%s", start);
	if (left[0] != '\0')
		pxe_ctl_line(ctl, "end", "%s, %s left", end, left);
	else if (lease->end_s < now_s)
		pxe_ctl_line(ctl, "end", "%s, %s ago", end, ago);
	else
		pxe_ctl_line(ctl, "end", "%s", end);
}

static void tell_holder(const struct pxe_ctl *ctl, const struct story *story)
{
	const struct pxe_lease *lease = story->lease;
	char mac[PXE_HWADDR_TEXT], where[WHERE_TEXT];

	pxe_hwaddr_format(&lease->hw, mac, sizeof(mac));
	pxe_ctl_line(ctl, "client", "%s", lease->client);
	pxe_ctl_line(ctl, "hardware", "%s", mac);
	pxe_ctl_line(ctl, "host name", "%s", lease->host_name);
	pxe_ctl_line(ctl, "boots", "%s",
		     lease->is_boot ? "yes, it got the address to boot from "
				      "the network"
				    : "not when it got the address");
	if (lease->circuit != 0)
		pxe_ctl_line(ctl, "circuit", "%016llx (of relay and port)",
			     (unsigned long long)lease->circuit);
	if (story->host != NULL) {
		put_where(&story->host->src, where, sizeof(where));
		pxe_ctl_line(ctl, "host", "\"%s\"%s", story->host->name, where);
	} else {
		pxe_ctl_line(ctl, "host", "no host section names it");
	}
}

static void tell_client(const struct pxe_ctl *ctl, const struct story *story)
{
	const struct pxe_client *client = &story->client;
	char last[PXE_TEXT_SHORT], ago[PXE_TEXT_SHORT];

	if (!story->has_client) {
		pxe_ctl_line(ctl, "machine", "was not seen yet");
		return;
	}
	pxe_text_time(client->last_seen_s, last, sizeof(last));
	pxe_text_age(pxe_ctl_now() - client->last_seen_s, ago, sizeof(ago));
	pxe_ctl_line(ctl, "vendor class", "%s", client->facts.vendor_class);
	pxe_ctl_line(ctl, "architecture", "%s", pxe_ctl_arch(client));
	pxe_ctl_line(ctl, "step", "%s: %s", pxe_step_name(client->step),
		     pxe_step_text(client->step));
	pxe_ctl_line(ctl, "last heard", "%s, %s ago", last, ago);
}

static const char *boot_name(const struct pxe_decision *boot)
{
	if (boot->loader != NULL)
		return boot->loader->file;
	return boot->target != NULL ? boot->target->name : "";
}

static uint32_t lease_s(const struct story *story)
{
	if (story->host != NULL && story->host->lease_s != 0)
		return story->host->lease_s;
	return story->subnet->lease_s;
}

static void tell_next(const struct pxe_ctl *ctl, const struct story *story)
{
	const struct pxe_decision *boot = &story->boot;
	char address[PXE_IP4_TEXT], span[PXE_TEXT_SHORT], where[WHERE_TEXT];
	const char *name = boot_name(boot);

	pxe_ip4_format(story->next, address, sizeof(address));
	if (story->next != 0) {
		pxe_text_age(lease_s(story), span, sizeof(span));
		pxe_ctl_line(ctl, "next address", "%s for %s: %s", address,
			     span, story->why);
	} else {
		pxe_ctl_line(ctl, "next address", "%s", story->why);
	}
	if (!story->has_client) {
		pxe_ctl_line(ctl, "next boot",
			     "as its packets say: pxectl explain tells");
		return;
	}
	put_where(&boot->src, where, sizeof(where));
	pxe_ctl_line(ctl, "next boot", "%s%s%s%s%s%s",
		     pxe_ctl_give_text(boot->give),
		     name[0] != '\0' ? " \"" : "", name,
		     name[0] != '\0' ? "\"" : "", where,
		     boot->reason != PXE_REASON_OK ? ", because:" : "");
	if (boot->reason != PXE_REASON_OK)
		pxe_ctl_line(ctl, "reason", "%s: %s",
			     pxe_reason_name(boot->reason),
			     pxe_reason_text(boot->reason));
}

static void tell_story(const struct pxe_ctl *ctl, const struct story *story)
{
	char address[PXE_IP4_TEXT], net[PXE_IP4_NET_TEXT], where[WHERE_TEXT];

	pxe_ip4_format(story->lease->address, address, sizeof(address));
	printf("%s\n\n", address);
	tell_times(ctl, story->lease);
	if (story->subnet != NULL) {
		pxe_ip4_net_format(&story->subnet->net, net, sizeof(net));
		put_where(&story->subnet->src, where, sizeof(where));
		pxe_ctl_line(ctl, "subnet", "%s%s", net, where);
	}
	tell_holder(ctl, story);
	tell_client(ctl, story);
	tell_next(ctl, story);
}

/* --- for programs --- */

static json_t *make_record(const struct story *story)
{
	char next[PXE_IP4_TEXT] = "", net[PXE_IP4_NET_TEXT] = "";
	int64_t now_s = pxe_ctl_now();
	const struct pxe_lease *lease = story->lease;

	if (story->next != 0)
		pxe_ip4_format(story->next, next, sizeof(next));
	if (story->subnet != NULL)
		pxe_ip4_net_format(&story->subnet->net, net, sizeof(net));
	return json_pack("{s:O, s:s, s:b, s:s, s:s, s:O?, s:{s:s, s:s, s:s, "
			 "s:s, s:s}}",
			 "lease", story->record, "state",
			 pxe_lease_word(lease, now_s), "permanent",
			 lease->end_s >= PXE_LEASE_FOREVER_S, "subnet", net,
			 "host", story->host != NULL ? story->host->name : "",
			 "client", story->client_record, "next", "address",
			 next, "why", story->why, "gives",
			 story->has_client ? pxe_ctl_give_text(story->boot.give)
					   : "",
			 "what", boot_name(&story->boot), "reason",
			 pxe_reason_name(story->boot.reason));
}

static bool show(struct pxe_ctl *ctl, const struct pxe_lease_row *row,
		 json_t *all)
{
	struct story story;
	bool ok = collect(ctl, row, &story);

	if (ok && all != NULL)
		ok = json_array_append_new(all, make_record(&story)) == 0;
	else if (ok)
		tell_story(ctl, &story);
	json_decref(story.client_record);
	return ok;
}

static int show_all(struct pxe_ctl *ctl, const struct pxe_lease_rows *rows)
{
	json_t *all = ctl->json ? json_array() : NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < rows->n; i++) {
		if (i > 0 && all == NULL)
			putchar('\n');
		ok = show(ctl, &rows->rows[i], all);
	}
	if (ok && all != NULL)
		pxe_ctl_print_json(all, false);
	json_decref(all);
	return ok ? PXE_CTL_OK : PXE_CTL_FAILED;
}

int pxe_ctl_lease_show(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	struct pxe_lease_filter filter = { .now_s = pxe_ctl_now() };
	struct pxe_lease_rows rows = { 0 };
	int status = PXE_CTL_FAILED;
	bool ok;

	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
				       PXE_CONF_FILE_BOOT |
				       PXE_CONF_FILE_HOSTS))
		return PXE_CTL_FAILED;
	ok = pxe_ip4_parse(argv[0], &filter.address) == 0 ||
	     pxe_lease_filter_client(ctl, argv[0], &filter);
	if (ok && pxe_lease_rows_fetch(ctl, &filter, &rows)) {
		if (rows.n > 0)
			status = show_all(ctl, &rows);
		else
			pxe_ctl_error(ctl,
				      "no lease of '%s': pxectl leases lists "
				      "them, pxectl clients the machines",
				      argv[0]);
	}
	pxe_lease_rows_drop(&rows);
	pxe_lease_filter_done(&filter);
	return status;
}
