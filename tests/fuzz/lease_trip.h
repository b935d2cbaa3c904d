/* SPDX-License-Identifier: ISC */
/*
 * For the fuzz targets of lease files: whatever was read is whole, and what is
 * written of it is read again as the same.
 */
#ifndef PXE_TESTS_LEASE_TRIP_H
#define PXE_TESTS_LEASE_TRIP_H

#include <stdlib.h>
#include <string.h>

#include "pxectl/lease_csv.h"
#include "pxectl/lease_isc.h"

#define TRIP_NOW 1800000000

typedef int trip_parse(const char *text, size_t size, int64_t now_s,
		       struct pxe_lease_list *list);
typedef void trip_put(struct pxe_str *out, const struct pxe_lease *lease);

static struct pxe_conf_subnet trip_subnet; /* 0.0.0.0/0 */
static const struct pxe_conf trip_conf = {
	.subnets = &trip_subnet,
	.n_subnets = 1,
};

static void trip_check(bool holds)
{
	if (!holds)
		abort();
}

static void trip_load(trip_parse *parse, const char *text, size_t size,
		      struct pxe_lease_list *list)
{
	trip_check(parse(text, size, TRIP_NOW, list) == 0);
	trip_check(pxe_lease_list_settle(list, &trip_conf, TRIP_NOW) == 0);
}

static void trip_same(const struct pxe_lease *a, const struct pxe_lease *b)
{
	trip_check(a->address == b->address && a->state == b->state);
	trip_check(a->start_s == b->start_s && a->end_s == b->end_s);
	trip_check(a->circuit == b->circuit && a->is_boot == b->is_boot);
	trip_check(strcmp(a->client, b->client) == 0);
	/* where it is not said it is read out of the key */
	trip_check(b->hw.hlen == 0 || pxe_hwaddr_is_equal(&a->hw, &b->hw));
}

static void trip_put_csv(struct pxe_str *out, const struct pxe_lease *lease)
{
	pxe_lease_csv_put_head(out);
	pxe_lease_csv_put(out, lease);
}

static void trip_put_isc(struct pxe_str *out, const struct pxe_lease *lease)
{
	pxe_lease_isc_put(out, lease, TRIP_NOW);
}

static void trip_again(trip_put *put, trip_parse *parse,
		       const struct pxe_lease *lease)
{
	char text[2 * PXE_LEASE_ISC_TEXT];
	struct pxe_lease_list list = { 0 };
	struct pxe_str out;

	pxe_str_init(&out, text, sizeof(text));
	put(&out, lease);
	trip_check(!out.cut);
	trip_load(parse, text, out.len, &list);
	trip_check(list.n == 1 && list.n_refused == 0);
	trip_same(&list.records[0].lease, lease);
	pxe_lease_list_done(&list);
}

/* The body of a target. */
static void trip_all(trip_parse *parse, const uint8_t *data, size_t size)
{
	struct pxe_lease_list list = { 0 };

	trip_load(parse, (const char *)data, size, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct pxe_lease *lease = &list.records[i].lease;

		trip_check(lease->client[0] != '\0');
		trip_check(strlen(lease->host_name) < PXE_HOST_NAME_TEXT);
		trip_check(i == 0 ||
			   lease->address > list.records[i - 1].lease.address);
		trip_again(trip_put_csv, pxe_lease_csv_parse, lease);
		trip_again(trip_put_isc, pxe_lease_isc_parse, lease);
	}
	pxe_lease_list_done(&list);
}

#endif
