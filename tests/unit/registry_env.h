/* SPDX-License-Identifier: ISC */
/* A registry, and what the tests of its leases and of its clients do to it. */
#ifndef PXE_TESTS_REGISTRY_ENV_H
#define PXE_TESTS_REGISTRY_ENV_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "stated/registry.h"
#include "unit.h"

#define DAY 86400
#define A1  0x0a000001u
#define A2  0x0a000002u
#define A3  0x0a000003u
#define NOW ((int64_t)1700000000)

static struct pxe_registry *reg;

static void setup(void)
{
	reg = pxe_registry_new();
	ck_assert_ptr_nonnull(reg);
}

static void teardown(void)
{
	pxe_registry_free(reg);
	reg = NULL;
}

static int move(uint32_t address, const char *client, uint32_t replaces,
		int64_t now)
{
	struct pxe_lease lease = { .address = address,
				   .state = PXE_LEASE_ACTIVE,
				   .start_s = now,
				   .end_s = now + 3600,
				   .client = client };
	const char *owner = NULL;
	int r = pxe_registry_commit(reg, &lease, replaces, now, &owner);

	ck_assert((r == -EEXIST) == (owner != NULL));
	return r;
}

static int commit(uint32_t address, const char *client, int64_t now)
{
	return move(address, client, 0, now);
}

/* Commits and keeps. */
static void have(uint32_t address, const char *client, int64_t now)
{
	ck_assert_int_eq(commit(address, client, now), 0);
	pxe_registry_keep(reg);
}

static const struct pxe_lease *lease_of(uint32_t address)
{
	return pxe_lease_table_find(pxe_registry_leases(reg), address);
}

static void check_holder(uint32_t address, const char *client)
{
	const struct pxe_lease *l = lease_of(address);

	if (client == NULL) {
		ck_assert_ptr_null(l);
		return;
	}
	ck_assert_ptr_nonnull(l);
	ck_assert_str_eq(l->client, client);
}

#endif
