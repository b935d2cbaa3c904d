/* SPDX-License-Identifier: ISC */
/* The columns of lease_csv. */
#ifndef PXECTL_LEASE_CSV_COLUMNS_H
#define PXECTL_LEASE_CSV_COLUMNS_H

/*
 * Columns.  Rows: enumerator, name.  Kea's are those from CLIENT_ID on, and
 * address, hwaddr and state.
 */
/* clang-format off */
#define PXE_CSV_COLUMNS(X) \
X(ADDRESS, "address") X(CLIENT, "client") X(HWADDR, "hwaddr") \
X(STATE, "state") X(START, "start") X(END, "end") \
X(HOST_NAME, "host_name") X(BOOT, "boot") X(CIRCUIT, "circuit") \
X(CLIENT_ID, "client_id") X(LIFETIME, "valid_lifetime") \
X(EXPIRE, "expire") X(HOSTNAME, "hostname")
/* clang-format on */

enum pxe_csv_column {
#define X(id, name) PXE_CSV_##id,
	PXE_CSV_COLUMNS(X)
#undef X
		PXE_CSV_N_COLUMNS,
	PXE_CSV_N_OWN = PXE_CSV_CLIENT_ID,
};

#endif
