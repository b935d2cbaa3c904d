/* SPDX-License-Identifier: ISC */
/* Any octets as a table of leases. */
#include "pxectl/lease_csv.h"
#include "tests/fuzz/lease_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	trip_all(pxe_lease_csv_parse, data, size);
	return 0;
}
