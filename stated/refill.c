/* SPDX-License-Identifier: ISC */
#include "stated/refill.h"

#include <errno.h>

#include "run/log.h"
#include "stated/order_rows.h"

enum { LOG_EVERY_S = 60 };

void pxe_refill_check(struct pxe_stated *st)
{
	const struct pxe_store_ops *ops = st->store->ops;
	static long long said_s;
	int r = ops->check != NULL ? ops->check(st->store) : 0;

	if (r == 0)
		return;
	if (pxe_log_is_due(&said_s, st->read_clock().up_ms / 1000, LOG_EVERY_S))
		pxe_log(PXE_LOG_ERR, "%s", st->store->error);
	if (r != -ESTALE)
		return; /* somebody else's file: not ours to overwrite */
	st->must_refill = true;
	if (ops->remake(st->store) < 0)
		pxe_log(PXE_LOG_DEBUG, "%s", st->store->error);
}

int pxe_refill_store(struct pxe_stated *st)
{
	const struct pxe_store_ops *ops = st->store->ops;
	const struct pxe_client *client;
	const struct pxe_lease *lease;
	size_t at = 0;
	int r = 0;

	while (r == 0 &&
	       (lease = pxe_lease_table_next(pxe_registry_leases(st->registry),
					     &at)) != NULL)
		r = ops->put_lease(st->store, lease);
	at = 0;
	while (r == 0 && (client = pxe_client_table_next(
				  pxe_registry_clients(st->registry), &at)) !=
				 NULL)
		r = ops->put_client(st->store, client);
	if (r == 0)
		r = pxe_order_rows_write_all(st->store, st->orders);
	return r == 0 ? ops->put_clock(st->store, &st->clock_mark) : r;
}
