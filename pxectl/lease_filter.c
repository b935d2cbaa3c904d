/* SPDX-License-Identifier: ISC */
#include "pxectl/lease_filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "pxectl/lease_list.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

/* --- states --- */

static bool is_active(const struct pxe_lease *lease, int64_t now_s)
{
	return pxe_lease_is_active(lease, now_s);
}

static bool is_released(const struct pxe_lease *lease, PXE_UNUSED int64_t now_s)
{
	return lease->state == PXE_LEASE_RELEASED;
}

static bool is_declined(const struct pxe_lease *lease, int64_t now_s)
{
	return lease->state == PXE_LEASE_DECLINED && lease->end_s > now_s;
}

static bool is_expired(const struct pxe_lease *lease, int64_t now_s)
{
	return lease->state != PXE_LEASE_RELEASED && lease->end_s <= now_s;
}

static bool is_permanent(const struct pxe_lease *lease, int64_t now_s)
{
	return pxe_lease_is_active(lease, now_s) &&
	       lease->end_s >= PXE_LEASE_FOREVER_S;
}

/* The first that fits is the word of a lease. */
static const struct {
	const char *name;
	bool (*has)(const struct pxe_lease *lease, int64_t now_s);
} states[] = {
	{ "active", is_active },       { "released", is_released },
	{ "declined", is_declined },   { "expired", is_expired },
	{ "permanent", is_permanent },
};

const char *pxe_lease_word(const struct pxe_lease *lease, int64_t now_s)
{
	for (size_t i = 0; i < PXE_LEN(states); i++)
		if (states[i].has(lease, now_s))
			return states[i].name;
	return pxe_lease_state_name(lease->state);
}

void pxe_lease_put_end(const struct pxe_lease *lease, char *text, size_t cap)
{
	if (lease->end_s >= PXE_LEASE_FOREVER_S)
		pxe_str_copy(text, cap, "never");
	else
		pxe_text_time(lease->end_s, text, cap);
}

void pxe_lease_put_left(const struct pxe_lease *lease, int64_t now_s,
			char *text, size_t cap)
{
	text[0] = '\0';
	if (lease->end_s > now_s && lease->end_s < PXE_LEASE_FOREVER_S &&
	    lease->state != PXE_LEASE_RELEASED)
		pxe_text_age(lease->end_s - now_s, text, cap);
}

static bool read_state(const struct pxe_ctl *ctl,
		       struct pxe_lease_filter *filter)
{
	const char *word = ctl->opt[PXE_CTL_OPT_STATE];

	if (ctl->opt[PXE_CTL_OPT_ACTIVE] != NULL)
		filter->has_state = is_active;
	if (word == NULL)
		return true;
	for (size_t i = 0; i < PXE_LEN(states); i++) {
		if (strcmp(states[i].name, word) != 0)
			continue;
		filter->has_state = states[i].has;
		return true;
	}
	pxe_ctl_error(ctl,
		      "--state %s: there is no such state (active, permanent, "
		      "expired, released, declined)",
		      word);
	return false;
}

/* --- subnets --- */

/* Names a subnet of the configuration: by an address in it. */
static int find_subnet(struct pxe_ctl *ctl, const char *text,
		       struct pxe_lease_filter *filter)
{
	const struct pxe_conf_subnet *subnet;
	uint32_t address;

	if (pxe_ip4_parse(text, &address) < 0) {
		pxe_ctl_error(ctl,
			      "--subnet %s: a network such as 10.0.0.0/24, or "
			      "an address in a subnet of pxe-dhcpd.conf(5), is "
			      "needed",
			      text);
		return PXE_CTL_USAGE;
	}
	subnet = pxe_conf_find_subnet(ctl->conf, address);
	if (subnet == NULL) {
		pxe_ctl_error(ctl,
			      "--subnet %s: that address is in no subnet of "
			      "pxe-dhcpd.conf(5)",
			      text);
		return PXE_CTL_FAILED;
	}
	filter->net = subnet->net;
	return PXE_CTL_OK;
}

/* --- clients --- */

static bool add_key(const struct pxe_ctl *ctl, const char *key,
		    struct pxe_lease_filter *filter)
{
	size_t n = filter->n_keys;
	void *more = realloc(filter->keys, (n + 1) * sizeof(*filter->keys));

	if (more == NULL) {
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
		return false;
	}
	filter->keys = more;
	pxe_str_copy(filter->keys[n], sizeof(*filter->keys), key);
	filter->n_keys = n + 1;
	return true;
}

/* All that a host section knows its machine by. */
static bool add_host(const struct pxe_ctl *ctl,
		     const struct pxe_conf_host *host,
		     struct pxe_lease_filter *filter)
{
	char key[PXE_HWADDR_TEXT + PXE_UUID_TEXT] = "uuid:";

	for (size_t i = 0; i < host->n_hw; i++) {
		char mac[PXE_HWADDR_TEXT];

		pxe_hwaddr_format(&host->hw[i], mac, sizeof(mac));
		if (!add_key(ctl, mac, filter))
			return false;
	}
	for (size_t i = 0; i < host->n_ids; i++) {
		char id[PXE_CLIENT_KEY_TEXT];
		struct pxe_str s;

		pxe_str_init(&s, id, sizeof(id));
		pxe_str_puts(&s, "id:");
		pxe_str_put_hex(&s, host->ids[i].octets, host->ids[i].len, 0);
		if (!add_key(ctl, id, filter))
			return false;
	}
	if (!host->has_uuid)
		return true;
	pxe_uuid_format(&host->uuid, key + 5, PXE_UUID_TEXT);
	return add_key(ctl, key, filter);
}

/* The clients that said this UUID. */
static bool add_uuid(struct pxe_ctl *ctl, const char *text,
		     const struct pxe_uuid *uuid,
		     struct pxe_lease_filter *filter)
{
	char key[5 + PXE_UUID_TEXT] = "uuid:";
	json_t *all = pxe_ctl_list(ctl, "ListClients", "clients"), *json;
	bool ok = all != NULL;
	size_t i;

	pxe_uuid_format(uuid, key + 5, PXE_UUID_TEXT);
	filter->client = NULL; /* no part of a key */
	json_array_foreach(all, i, json)
	{
		const json_t *facts = json_object_get(json, "facts");
		const char *said =
			json_string_value(json_object_get(facts, "uuid"));
		const char *client =
			json_string_value(json_object_get(json, "client"));

		if (ok && said != NULL && client != NULL &&
		    strcasecmp(said, text) == 0)
			ok = add_key(ctl, client, filter);
	}
	json_decref(all);
	return ok && add_key(ctl, key, filter);
}

bool pxe_lease_filter_client(struct pxe_ctl *ctl, const char *who,
			     struct pxe_lease_filter *filter)
{
	const struct pxe_conf_host *host =
		pxe_conf_find_host_name(ctl->conf, who);
	char key[PXE_CLIENT_KEY_TEXT];
	struct pxe_hwaddr hw;
	struct pxe_uuid uuid;

	filter->client = who;
	if (host != NULL && !add_host(ctl, host, filter))
		return false;
	if (pxe_uuid_parse(who, &uuid) == 0)
		return add_uuid(ctl, who, &uuid, filter);
	if (!pxe_lease_read_key(who, key))
		return true;
	/* all of a host's leases, whichever of its addresses was said */
	if (pxe_hwaddr_parse(who, &hw) == 0) {
		host = pxe_conf_find_host(ctl->conf, &hw, NULL);
		if (host != NULL && !add_host(ctl, host, filter))
			return false;
	}
	filter->client = NULL;
	return add_key(ctl, key, filter);
}

void pxe_lease_filter_done(struct pxe_lease_filter *filter)
{
	free(filter->keys);
	filter->keys = NULL;
	filter->n_keys = 0;
}

static bool is_of_client(const struct pxe_lease_filter *filter,
			 const struct pxe_lease *lease)
{
	char mac[PXE_HWADDR_TEXT];

	if (filter->client == NULL && filter->n_keys == 0)
		return true;
	pxe_hwaddr_format(&lease->hw, mac, sizeof(mac));
	for (size_t i = 0; i < filter->n_keys; i++)
		if (strcmp(filter->keys[i], lease->client) == 0 ||
		    strcmp(filter->keys[i], mac) == 0)
			return true;
	return filter->client != NULL &&
	       (strstr(lease->client, filter->client) != NULL ||
		strstr(mac, filter->client) != NULL ||
		strcasecmp(lease->host_name, filter->client) == 0);
}

static bool is_meant(const struct pxe_lease_filter *filter,
		     const struct pxe_lease *lease)
{
	if (filter->address != 0 && filter->address != lease->address)
		return false;
	if (!pxe_ip4_net_has(&filter->net, lease->address))
		return false;
	if (filter->has_state != NULL &&
	    !filter->has_state(lease, filter->now_s))
		return false;
	return is_of_client(filter, lease);
}

int pxe_lease_filter_read(struct pxe_ctl *ctl, struct pxe_lease_filter *filter)
{
	const char *subnet = ctl->opt[PXE_CTL_OPT_SUBNET];
	const char *client = ctl->opt[PXE_CTL_OPT_CLIENT];
	unsigned files = PXE_CONF_FILE_PXE;
	bool is_net;

	*filter = (struct pxe_lease_filter) { .now_s = pxe_ctl_now() };
	if (!read_state(ctl, filter))
		return PXE_CTL_USAGE;
	is_net = subnet != NULL && pxe_ip4_net_parse(subnet, &filter->net) == 0;
	/* what is not needed may be broken */
	if (subnet != NULL && !is_net)
		files |= PXE_CONF_FILE_DHCPD;
	if (client != NULL)
		files |= PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS;
	if (!pxe_ctl_load(ctl, files))
		return PXE_CTL_FAILED;
	if (client != NULL && !pxe_lease_filter_client(ctl, client, filter))
		return PXE_CTL_FAILED;
	if (subnet != NULL && !is_net)
		return find_subnet(ctl, subnet, filter);
	return PXE_CTL_OK;
}

/* --- the leases --- */

static int by_address(const void *a, const void *b)
{
	uint32_t x = ((const struct pxe_lease_row *)a)->lease.address;
	uint32_t y = ((const struct pxe_lease_row *)b)->lease.address;

	return x < y ? -1 : x > y;
}

/* An array with the lease of an address, or with none.  NULL: told why. */
static json_t *fetch_one(struct pxe_ctl *ctl, uint32_t address)
{
	json_t *all = json_array(), *answer, *lease;
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(address, text, sizeof(text));
	if (!pxe_ctl_find(ctl, "GetLease", json_pack("{s:s}", "address", text),
			  &answer)) {
		json_decref(all);
		return NULL;
	}
	lease = json_object_get(answer, "lease");
	if (answer != NULL &&
	    (lease == NULL || json_array_append(all, lease) < 0)) {
		pxe_ctl_nonsense(ctl, "GetLease");
		json_decref(all);
		all = NULL;
	}
	json_decref(answer);
	return all;
}

bool pxe_lease_rows_fetch(struct pxe_ctl *ctl,
			  const struct pxe_lease_filter *filter,
			  struct pxe_lease_rows *rows)
{
	size_t i;
	json_t *json;

	*rows = (struct pxe_lease_rows) { 0 };
	rows->all = filter->address != 0
			    ? fetch_one(ctl, filter->address)
			    : pxe_ctl_list(ctl, "ListLeases", "leases");
	if (rows->all == NULL)
		return false;
	rows->rows =
		calloc(json_array_size(rows->all) + 1, sizeof(*rows->rows));
	if (rows->rows == NULL) {
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
		return false;
	}
	json_array_foreach(rows->all, i, json)
	{
		struct pxe_lease_row *row = &rows->rows[rows->n];

		if (pxe_state_lease_from_json(json, &row->lease) < 0) {
			pxe_ctl_nonsense(ctl, "ListLeases");
			return false;
		}
		row->json = json;
		rows->n += is_meant(filter, &row->lease);
	}
	qsort(rows->rows, rows->n, sizeof(*rows->rows), by_address);
	return true;
}

void pxe_lease_rows_drop(struct pxe_lease_rows *rows)
{
	json_decref(rows->all);
	free(rows->rows);
	*rows = (struct pxe_lease_rows) { 0 };
}
