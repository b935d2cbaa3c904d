/* SPDX-License-Identifier: ISC */
/* `pxectl leases` and `pxectl lease release`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "core/lease.h"
#include "pxectl/ctl.h"
#include "pxectl/text.h"
#include "run/conf_load.h"
#include "run/state_codec.h"

struct row {
	struct pxe_lease lease; /* borrows from json */
	json_t *json;
};

/* What the options ask for. */
struct filter {
	int state;          /* -1: any */
	const char *client; /* NULL: any */
	char mac[PXE_HWADDR_TEXT];
	bool active;
	int64_t now_s;
};

static int by_address(const void *a, const void *b)
{
	uint32_t x = ((const struct row *)a)->lease.address;
	uint32_t y = ((const struct row *)b)->lease.address;

	return x < y ? -1 : x > y;
}

static bool read_filter(const struct pxe_ctl *ctl, struct filter *filter)
{
	const char *state = ctl->opt[PXE_CTL_OPT_STATE];
	struct pxe_hwaddr hw;

	*filter = (struct filter) {
		.state = -1,
		.client = ctl->opt[PXE_CTL_OPT_CLIENT],
		.active = ctl->opt[PXE_CTL_OPT_ACTIVE] != NULL,
		.now_s = pxe_ctl_now(),
	};
	if (filter->client != NULL &&
	    pxe_hwaddr_parse(filter->client, &hw) == 0) {
		pxe_hwaddr_format(&hw, filter->mac, sizeof(filter->mac));
		filter->client = filter->mac;
	}
	if (state == NULL)
		return true;
	filter->state = pxe_lease_state_from_name(state);
	if (filter->state >= 0)
		return true;
	pxe_ctl_error(ctl,
		      "--state %s: there is no such state (active, released, "
		      "declined)",
		      state);
	return false;
}

static bool is_wanted(const struct filter *filter,
		      const struct pxe_lease *lease)
{
	if (filter->state >= 0 && filter->state != (int)lease->state)
		return false;
	if (filter->active && !pxe_lease_is_active(lease, filter->now_s))
		return false;
	return filter->client == NULL ||
	       strstr(lease->client, filter->client) != NULL ||
	       strcmp(lease->host_name, filter->client) == 0;
}

static const struct pxe_table_column columns[] = {
	{ "ADDRESS", false, 0 },   { "CLIENT", false, 17 },
	{ "HOST NAME", false, 8 }, { "STATE", false, 0 },
	{ "START", false, 0 },     { "END", false, 0 },
	{ "REMAINING", true, 0 },
};

static int add_row(struct pxe_table *table, const struct pxe_lease *lease,
		   int64_t now_s)
{
	char address[PXE_IP4_TEXT], start[PXE_TEXT_SHORT], end[PXE_TEXT_SHORT],
		left[PXE_TEXT_SHORT] = "";
	const char *state = pxe_lease_state_name(lease->state);

	pxe_ip4_format(lease->address, address, sizeof(address));
	pxe_text_time(lease->start_s, start, sizeof(start));
	pxe_text_time(lease->end_s, end, sizeof(end));
	if (lease->state == PXE_LEASE_ACTIVE && lease->end_s <= now_s)
		state = "expired";
	else if (lease->end_s > now_s && lease->state != PXE_LEASE_RELEASED)
		pxe_text_age(lease->end_s - now_s, left, sizeof(left));
	return pxe_table_add(table, (const char *[]) { address, lease->client,
						       lease->host_name, state,
						       start, end, left });
}

static int print_table(const struct pxe_ctl *ctl, const struct row *rows,
		       size_t n)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	int r = table == NULL ? -ENOMEM : 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_row(table, &rows[i].lease, pxe_ctl_now());
	if (r < 0)
		pxe_ctl_error(ctl, "%s", strerror(-r));
	else if (n > 0)
		pxe_table_print(table, &ctl->style, stdout);
	else if (!ctl->quiet)
		puts("No such lease.");
	pxe_table_free(table);
	return r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
}

static int print_records(const struct row *rows, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append(array, rows[i].json) < 0)
			break;
	pxe_ctl_print_json(array, false);
	json_decref(array);
	return PXE_CTL_OK;
}

/* The leases that are wanted, in the order of addresses.  -1: told why. */
static ssize_t collect(const struct pxe_ctl *ctl, const json_t *all,
		       const struct filter *filter, struct row *rows)
{
	size_t i, n = 0;
	json_t *json;

	json_array_foreach(all, i, json)
	{
		if (pxe_state_lease_from_json(json, &rows[n].lease) < 0) {
			pxe_ctl_nonsense(ctl, "ListLeases");
			return -1;
		}
		rows[n].json = json;
		n += is_wanted(filter, &rows[n].lease);
	}
	qsort(rows, n, sizeof(*rows), by_address);
	return (ssize_t)n;
}

int pxe_ctl_leases(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		   PXE_UNUSED char **argv)
{
	struct filter filter;
	struct row *rows = NULL;
	json_t *all;
	ssize_t n = -1;
	int status = PXE_CTL_FAILED;

	if (!read_filter(ctl, &filter))
		return PXE_CTL_USAGE;
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	all = pxe_ctl_list(ctl, "ListLeases", "leases");
	if (all != NULL)
		rows = calloc(json_array_size(all) + 1, sizeof(*rows));
	if (all != NULL && rows == NULL)
		pxe_ctl_error(ctl, "%s", strerror(ENOMEM));
	if (rows != NULL)
		n = collect(ctl, all, &filter, rows);
	if (n >= 0)
		status = ctl->json ? print_records(rows, (size_t)n)
				   : print_table(ctl, rows, (size_t)n);
	free(rows);
	json_decref(all);
	return status;
}

/* --- lease release --- */

/* The lease of an address: a new reference to its record, or NULL. */
static json_t *find_lease(struct pxe_ctl *ctl, uint32_t address,
			  struct pxe_lease *lease)
{
	json_t *all = pxe_ctl_list(ctl, "ListLeases", "leases"), *json;
	json_t *found = NULL;
	size_t i;

	if (all == NULL)
		return NULL;
	json_array_foreach(all, i, json)
	{
		if (pxe_state_lease_from_json(json, lease) < 0 ||
		    lease->address != address)
			continue;
		found = json_incref(json);
		break;
	}
	json_decref(all);
	if (found == NULL)
		pxe_ctl_error(ctl, "that address has no lease");
	return found;
}

int pxe_ctl_lease_release(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	struct pxe_lease lease = { 0 };
	json_t *record, *answer = NULL;
	uint32_t address;

	if (pxe_ip4_parse(argv[0], &address) < 0) {
		pxe_ctl_error(ctl, "'%s' is not an IPv4 address", argv[0]);
		return PXE_CTL_USAGE;
	}
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	record = find_lease(ctl, address, &lease);
	if (record != NULL)
		answer =
			pxe_ctl_call(ctl, "ReleaseLease",
				     json_pack("{s:s, s:s}", "address", argv[0],
					       "client", lease.client));
	if (answer != NULL && ctl->json)
		pxe_ctl_print_json(record, false);
	else if (answer != NULL)
		pxe_ctl_say(ctl, "%s was released; it belonged to %s%s%s%s.",
			    argv[0], lease.client,
			    lease.host_name[0] != '\0' ? " (" : "",
			    lease.host_name,
			    lease.host_name[0] != '\0' ? ")" : "");
	if (answer != NULL && !ctl->json && !ctl->quiet)
		puts("Others may get it at once; a client that is still "
		     "switched on goes on using it\nuntil it renews.");
	json_decref(answer);
	json_decref(record);
	return answer != NULL ? PXE_CTL_OK : PXE_CTL_FAILED;
}
