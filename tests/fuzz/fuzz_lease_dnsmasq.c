/* SPDX-License-Identifier: ISC */
/* Any octets as a lease file of dnsmasq. */
#include "pxectl/lease_dnsmasq.h"
#include "tests/fuzz/lease_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	trip_all(pxe_lease_dnsmasq_parse, data, size);
	return 0;
}
