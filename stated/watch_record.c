/* SPDX-License-Identifier: ISC */
#include "stated/watch_record.h"

#include "run/state_codec.h"
#include "run/state_order.h"

const char *pxe_watch_next_key(const struct pxe_stated *st, bool of_orders,
			       size_t *at)
{
	const struct pxe_client *client;
	const struct pxe_order *order;

	if (of_orders) {
		order = pxe_order_table_next(pxe_orders_table(st->orders), at);
		return order != NULL ? order->machine : NULL;
	}
	client = pxe_client_table_next(pxe_registry_clients(st->registry), at);
	return client != NULL ? client->key : NULL;
}

json_t *pxe_watch_record(const struct pxe_stated *st, bool of_orders,
			 const char *key)
{
	const struct pxe_client *client;
	const struct pxe_order *order;

	if (of_orders) {
		order = pxe_order_table_find(pxe_orders_table(st->orders), key);
		return order != NULL ? pxe_state_order_to_json(order) : NULL;
	}
	client = pxe_client_table_find(pxe_registry_clients(st->registry), key);
	return client != NULL ? pxe_state_client_to_json(client) : NULL;
}
