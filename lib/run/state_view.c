/* SPDX-License-Identifier: ISC */
#include "run/state_view.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "run/state_client.h"
#include "run/state_codec.h"
#include "run/state_order.h"

/* Mark: the present stream has named this record. */
enum { NAMED = 1 };

struct pxe_state_view {
	struct pxe_state_client *client;
	struct pxe_client_table *table;
	struct pxe_order_table *orders;
	/* those that the present stream named, until it named all; else NULL */
	struct pxe_order_table *coming;
	unsigned what;
	pthread_rwlock_t *world; /* or NULL */
	bool is_fresh;
};

static void watch(struct pxe_state_view *view);

static void forget_marks(struct pxe_state_view *view)
{
	struct pxe_client *client;
	size_t at = 0;

	while ((client = pxe_client_table_next(view->table, &at)) != NULL)
		client->marks = 0;
}

/* What the whole state did not name is gone. */
static void drop_unnamed(struct pxe_state_view *view)
{
	struct pxe_client *client;
	size_t at = 0;

	while ((client = pxe_client_table_next(view->table, &at)) != NULL)
		if ((client->marks & NAMED) == 0) {
			pxe_client_table_remove(view->table, client);
			at--;
		}
}

static void take_client(struct pxe_state_view *view, const json_t *json)
{
	struct pxe_client client, *own;

	if (pxe_state_client_from_json(json, &client) < 0)
		return;
	own = pxe_client_table_set(view->table, &client);
	if (own != NULL)
		own->marks |= NAMED;
}

static void drop_order(struct pxe_state_view *view, const char *machine)
{
	struct pxe_order_table *orders =
		view->coming != NULL ? view->coming : view->orders;
	struct pxe_order *order = pxe_order_table_find(orders, machine);

	if (order != NULL)
		pxe_order_table_remove(orders, order);
}

static void take_order(struct pxe_state_view *view, const json_t *json)
{
	struct pxe_order_table *orders =
		view->coming != NULL ? view->coming : view->orders;
	struct pxe_order order;

	if (pxe_state_order_from_json(json, &order) < 0)
		return;
	/* without memory: none is better than an old one */
	if (pxe_order_table_set(orders, &order) == NULL)
		drop_order(view, order.machine);
}

/* The orders are those that the stream named. */
static void take_orders(struct pxe_state_view *view)
{
	if (view->coming == NULL)
		return;
	pxe_order_table_free(view->orders);
	view->orders = view->coming;
	view->coming = NULL;
}

static void drop_client(struct pxe_state_view *view, const char *key)
{
	struct pxe_client *own = pxe_client_table_find(view->table, key);

	if (own != NULL)
		pxe_client_table_remove(view->table, own);
}

static void apply(struct pxe_state_view *view, const char *error,
		  const json_t *params, bool more)
{
	const json_t *client = json_object_get(params, "client");
	const json_t *order = json_object_get(params, "order");
	const char *removed =
		json_string_value(json_object_get(params, "removed_client"));
	const char *without =
		json_string_value(json_object_get(params, "removed_order"));

	if (client != NULL)
		take_client(view, client);
	if (removed != NULL)
		drop_client(view, removed);
	if (order != NULL)
		take_order(view, order);
	if (without != NULL)
		drop_order(view, without);
	if (json_is_true(json_object_get(params, "ready"))) {
		drop_unnamed(view);
		take_orders(view);
		view->is_fresh = true;
	}
	if (more)
		return;
	view->is_fresh = false;
	if (error != NULL && strcmp(error, "Resync") == 0)
		watch(view);
}

static void lock(struct pxe_state_view *view)
{
	if (view->world != NULL)
		pthread_rwlock_wrlock(view->world);
}

static void unlock(struct pxe_state_view *view)
{
	if (view->world != NULL)
		pthread_rwlock_unlock(view->world);
}

static void on_change(const char *error, const json_t *params, bool more,
		      void *arg)
{
	struct pxe_state_view *view = arg;

	lock(view);
	apply(view, error, params, more);
	unlock(view);
}

static void watch(struct pxe_state_view *view)
{
	json_t *params = json_object();

	if (params != NULL && (view->what & PXE_VIEW_CLIENTS) != 0)
		json_object_set_new(params, "clients", json_true());
	if (params != NULL && (view->what & PXE_VIEW_ORDERS) != 0)
		json_object_set_new(params, "orders", json_true());
	forget_marks(view);
	pxe_order_table_free(view->coming);
	view->coming = pxe_order_table_new(); /* without: one by one */
	/* if it cannot be called now, the connection comes again */
	if (params != NULL && pxe_state_call_more(view->client, "Watch", params,
						  on_change, view) < 0)
		view->is_fresh = false;
}

static void on_up(void *arg)
{
	struct pxe_state_view *view = arg;

	lock(view);
	watch(view);
	unlock(view);
}

static const struct pxe_state_client_ops ops = { .up = on_up };

struct pxe_state_view *pxe_state_view_new(struct event_base *base,
					  const char *path, unsigned what)
{
	struct pxe_state_view *view = calloc(1, sizeof(*view));

	if (view == NULL)
		return NULL;
	view->what = what;
	view->table = pxe_client_table_new();
	view->orders = pxe_order_table_new();
	view->client = pxe_state_client_new(base, path, &ops, view);
	if (view->table == NULL || view->orders == NULL ||
	    view->client == NULL) {
		pxe_state_view_free(view);
		return NULL;
	}
	return view;
}

void pxe_state_view_free(struct pxe_state_view *view)
{
	if (view == NULL)
		return;
	pxe_state_client_free(view->client);
	pxe_client_table_free(view->table);
	pxe_order_table_free(view->orders);
	pxe_order_table_free(view->coming);
	free(view);
}

void pxe_state_view_guard(struct pxe_state_view *view, pthread_rwlock_t *world)
{
	view->world = world;
}

bool pxe_state_view_is_fresh(const struct pxe_state_view *view)
{
	return view->is_fresh;
}

const struct pxe_client *pxe_state_view_find_address(
	const struct pxe_state_view *view, uint32_t address)
{
	return pxe_client_table_find_address(view->table, address);
}

const struct pxe_client *pxe_state_view_find(const struct pxe_state_view *view,
					     const char *key)
{
	return pxe_client_table_find(view->table, key);
}

const struct pxe_order_table *pxe_state_view_orders(
	const struct pxe_state_view *view)
{
	return view->orders;
}
