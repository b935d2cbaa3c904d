/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/ip4.h"
#include "pxectl/lease_csv.h"
#include "pxectl/lease_csv_columns.h"

/* A cell: as it is, unless a program that reads it could be misled. */
static void put_cell(struct pxe_str *out, const char *text)
{
	bool is_formula = *text != '\0' && strchr("=+-@'", *text) != NULL;
	bool has_marks = strchr(text, '"') != NULL ||
			 strchr(text, ',') != NULL ||
			 strchr(text, ';') != NULL || strchr(text, ' ') != NULL;

	if (has_marks)
		pxe_str_putc(out, '"');
	if (is_formula)
		pxe_str_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			pxe_str_putf(out, "\\x%02x", (uint8_t)*text);
		else if (*text == '"')
			pxe_str_puts(out, "\"\"");
		else
			pxe_str_putc(out, *text);
	}
	if (has_marks)
		pxe_str_putc(out, '"');
}

static void put_time(struct pxe_str *out, int64_t seconds)
{
	struct pxe_lease_utc t;

	if (seconds >= PXE_LEASE_FOREVER_S) {
		pxe_str_puts(out, "never");
		return;
	}
	pxe_lease_utc_split(seconds, &t);
	pxe_str_putf(out, "%lld-%02u-%02uT%02u:%02u:%02uZ", (long long)t.year,
		     t.month, t.day, t.hour, t.minute, t.second);
}

void pxe_lease_csv_put_head(struct pxe_str *out)
{
	static const char *const names[] = {
#define X(id, name) name,
		PXE_CSV_COLUMNS(X)
#undef X
	};

	for (int i = 0; i < PXE_CSV_N_OWN; i++)
		pxe_str_putf(out, "%s%s", i > 0 ? "," : "", names[i]);
	pxe_str_puts(out, "\n");
}

void pxe_lease_csv_put(struct pxe_str *out, const struct pxe_lease *lease)
{
	char address[PXE_IP4_TEXT], hw[PXE_HWADDR_TEXT];

	pxe_ip4_format(lease->address, address, sizeof(address));
	pxe_hwaddr_format(&lease->hw, hw, sizeof(hw));
	pxe_str_putf(out, "%s,", address);
	put_cell(out, lease->client);
	pxe_str_putf(out, ",%s,%s,", hw, pxe_lease_state_name(lease->state));
	put_time(out, lease->start_s);
	pxe_str_putc(out, ',');
	put_time(out, lease->end_s);
	pxe_str_putc(out, ',');
	put_cell(out, lease->host_name);
	pxe_str_putf(out, ",%s,", lease->is_boot ? "yes" : "no");
	if (lease->circuit != 0)
		pxe_str_putf(out, "%llu", (unsigned long long)lease->circuit);
	pxe_str_puts(out, "\n");
}
