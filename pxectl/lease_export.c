/* SPDX-License-Identifier: ISC */
/* `pxectl lease export`. */
#include <stdio.h>
#include <string.h>

#include "pxectl/ctl.h"
#include "pxectl/lease_csv.h"
#include "pxectl/lease_filter.h"
#include "pxectl/lease_isc.h"

#define TEXT_MAX (2 * PXE_LEASE_CSV_TEXT)

static void put_isc_head(struct pxe_str *out)
{
	pxe_str_puts(out, "# Leases of the PXE suite " PXE_VERSION
			  ", in the format of dhcpd.leases(5).\n");
}

static void put_csv(struct pxe_str *out, const struct pxe_lease *lease,
		    PXE_UNUSED int64_t now_s)
{
	pxe_lease_csv_put(out, lease);
}

static const struct format {
	const char *name;
	void (*put_head)(struct pxe_str *out);
	void (*put)(struct pxe_str *out, const struct pxe_lease *lease,
		    int64_t now_s);
} formats[] = {
	{ "isc", put_isc_head, pxe_lease_isc_put },
	{ "csv", pxe_lease_csv_put_head, put_csv },
};

static const struct format *find_format(const struct pxe_ctl *ctl,
					const char *name)
{
	for (size_t i = 0; i < PXE_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	pxe_ctl_error(ctl, "there is no format '%s' to export (isc, csv)",
		      name);
	return NULL;
}

static int print_all(const struct pxe_ctl *ctl, const struct format *format,
		     const struct pxe_lease_rows *rows)
{
	char text[TEXT_MAX];
	struct pxe_str out;

	pxe_str_init(&out, text, sizeof(text));
	format->put_head(&out);
	fwrite(out.buf, 1, out.len, stdout);
	for (size_t i = 0; i < rows->n; i++) {
		pxe_str_init(&out, text, sizeof(text));
		format->put(&out, &rows->rows[i].lease, pxe_ctl_now());
		if (out.cut) {
			pxe_ctl_error(ctl, "the lease of %s is too long",
				      rows->rows[i].lease.client);
			return PXE_CTL_FAILED;
		}
		fwrite(out.buf, 1, out.len, stdout);
	}
	return PXE_CTL_OK;
}

int pxe_ctl_lease_export(struct pxe_ctl *ctl, PXE_UNUSED int argc, char **argv)
{
	const struct format *format = find_format(ctl, argv[0]);
	struct pxe_lease_filter filter;
	struct pxe_lease_rows rows = { 0 };
	int status;

	if (format == NULL)
		return PXE_CTL_USAGE;
	status = pxe_lease_filter_read(ctl, &filter);
	if (status == PXE_CTL_OK && !pxe_lease_rows_fetch(ctl, &filter, &rows))
		status = PXE_CTL_FAILED;
	if (status == PXE_CTL_OK)
		status = print_all(ctl, format, &rows);
	pxe_lease_rows_drop(&rows);
	pxe_lease_filter_done(&filter);
	return status;
}
