/* SPDX-License-Identifier: ISC */
/* All times move when the clock was set. */
#include <assert.h>

#include "stated/registry.h"
#include "stated/registry_priv.h"

void pxe_registry_move_leases(struct pxe_registry *registry,
			      struct pxe_clock_shift shift)
{
	/* what was there before a change would stay as it is */
	assert(registry->n_notes == 0);
	pxe_lease_table_move(registry->leases, shift);
}

void pxe_registry_move_clients(struct pxe_registry *registry, int64_t by_s)
{
	struct pxe_client *client;
	size_t at = 0;

	while ((client = pxe_client_table_next(registry->clients, &at)) !=
	       NULL) {
		pxe_client_move(client, by_s);
		pxe_registry_touch(registry, client);
	}
}
