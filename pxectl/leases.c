/* SPDX-License-Identifier: ISC */
/* `pxectl leases` and `pxectl lease release`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "core/lease.h"
#include "pxectl/ctl.h"
#include "pxectl/lease_filter.h"
#include "pxectl/lease_list.h"
#include "pxectl/text.h"
#include "run/conf_load.h"

static const struct pxe_table_column columns[] = {
	{ "ADDRESS", false, 0 },   { "CLIENT", false, 17 },
	{ "HOST NAME", false, 8 }, { "STATE", false, 0 },
	{ "START", false, 0 },     { "END", false, 0 },
	{ "REMAINING", true, 0 },
};

/* The key, or the hardware address where the key is a client-id. */
static const char *title(const struct pxe_lease *lease,
			 char mac[PXE_HWADDR_TEXT])
{
	if (lease->hw.hlen == 0 || !pxe_str_has_prefix(lease->client, "id:"))
		return lease->client;
	pxe_hwaddr_format(&lease->hw, mac, PXE_HWADDR_TEXT);
	return mac;
}

static int add_row(struct pxe_table *table, const struct pxe_lease *lease,
		   int64_t now_s)
{
	char address[PXE_IP4_TEXT], start[PXE_TEXT_SHORT], end[PXE_TEXT_SHORT],
		left[PXE_TEXT_SHORT], mac[PXE_HWADDR_TEXT];

	pxe_ip4_format(lease->address, address, sizeof(address));
	pxe_text_time(lease->start_s, start, sizeof(start));
	pxe_lease_put_end(lease, end, sizeof(end));
	pxe_lease_put_left(lease, now_s, left, sizeof(left));
	return pxe_table_add(table,
			     (const char *[]) { address, title(lease, mac),
						lease->host_name,
						pxe_lease_word(lease, now_s),
						start, end, left });
}

static int print_table(const struct pxe_ctl *ctl,
		       const struct pxe_lease_rows *rows)
{
	struct pxe_table *table =
		pxe_table_new(columns, PXE_LEN(columns), ctl->style.utf8);
	int64_t now_s = pxe_ctl_now();
	int r = table == NULL ? -ENOMEM : 0;

	for (size_t i = 0; r == 0 && i < rows->n; i++)
		r = add_row(table, &rows->rows[i].lease, now_s);
	if (r < 0)
		pxe_ctl_error(ctl, "%s", strerror(-r));
	else if (rows->n > 0)
		pxe_table_print(table, &ctl->style, stdout);
	else if (!ctl->quiet)
		puts("No such lease.");
	pxe_table_free(table);
	return r < 0 ? PXE_CTL_FAILED : PXE_CTL_OK;
}

static int print_records(const struct pxe_lease_rows *rows)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rows->n; i++)
		if (json_array_append(array, rows->rows[i].json) < 0)
			break;
	pxe_ctl_print_json(array, false);
	json_decref(array);
	return PXE_CTL_OK;
}

int pxe_ctl_leases(struct pxe_ctl *ctl, PXE_UNUSED int argc,
		   PXE_UNUSED char **argv)
{
	struct pxe_lease_filter filter;
	struct pxe_lease_rows rows = { 0 };
	int status = pxe_lease_filter_read(ctl, &filter);

	if (status == PXE_CTL_OK && !pxe_lease_rows_fetch(ctl, &filter, &rows))
		status = PXE_CTL_FAILED;
	if (status == PXE_CTL_OK)
		status = ctl->json ? print_records(&rows)
				   : print_table(ctl, &rows);
	pxe_lease_rows_drop(&rows);
	pxe_lease_filter_done(&filter);
	return status;
}

/* --- lease release --- */

static bool release(struct pxe_ctl *ctl, const char *address,
		    const struct pxe_lease_row *row)
{
	const struct pxe_lease *lease = &row->lease;
	bool has_name = lease->host_name[0] != '\0';
	json_t *answer =
		pxe_ctl_call(ctl, "ReleaseLease",
			     json_pack("{s:s, s:s}", "address", address,
				       "client", lease->client));

	if (answer != NULL && ctl->json)
		pxe_ctl_print_json(row->json, false);
	else if (answer != NULL)
		pxe_ctl_say(ctl, "%s was released; it belonged to %s%s%s%s.",
			    address, lease->client, has_name ? " (" : "",
			    lease->host_name, has_name ? ")" : "");
	if (answer != NULL && !ctl->json && !ctl->quiet)
		puts("Others may get it at once; a client that is still "
		     "switched on goes on using it\nuntil it renews.");
	json_decref(answer);
	return answer != NULL;
}

int pxe_ctl_lease_release(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	struct pxe_lease_filter filter = { .now_s = pxe_ctl_now() };
	struct pxe_lease_rows rows = { 0 };
	bool ok = false;

	if (pxe_ip4_parse(argv[0], &filter.address) < 0 ||
	    filter.address == 0) {
		pxe_ctl_error(ctl, "'%s' is not an IPv4 address", argv[0]);
		return PXE_CTL_USAGE;
	}
	if (!pxe_ctl_load(ctl, PXE_CONF_FILE_PXE))
		return PXE_CTL_FAILED;
	if (pxe_lease_rows_fetch(ctl, &filter, &rows) && rows.n == 0)
		pxe_ctl_error(ctl, "that address has no lease");
	if (rows.n > 0)
		ok = release(ctl, argv[0], &rows.rows[0]);
	pxe_lease_rows_drop(&rows);
	return ok ? PXE_CTL_OK : PXE_CTL_FAILED;
}
