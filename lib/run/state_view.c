/* SPDX-License-Identifier: ISC */
#include "run/state_view.h"

#include <stdlib.h>
#include <string.h>

#include "run/state_client.h"
#include "run/state_codec.h"

/* Mark: the present stream has named this record. */
enum { NAMED = 1 };

struct pxe_state_view {
	struct pxe_state_client *client;
	struct pxe_client_table *table;
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

static void drop_client(struct pxe_state_view *view, const char *key)
{
	struct pxe_client *own = pxe_client_table_find(view->table, key);

	if (own != NULL)
		pxe_client_table_remove(view->table, own);
}

static void on_change(const char *error, const json_t *params, bool more,
		      void *arg)
{
	struct pxe_state_view *view = arg;
	const json_t *client = json_object_get(params, "client");
	const char *removed =
		json_string_value(json_object_get(params, "removed_client"));

	if (client != NULL)
		take_client(view, client);
	if (removed != NULL)
		drop_client(view, removed);
	if (json_is_true(json_object_get(params, "ready"))) {
		drop_unnamed(view);
		view->is_fresh = true;
	}
	if (more)
		return;
	view->is_fresh = false;
	if (error != NULL && strcmp(error, "Resync") == 0)
		watch(view);
}

static void watch(struct pxe_state_view *view)
{
	json_t *params = json_pack("{s:b}", "clients", 1);

	forget_marks(view);
	/* if it cannot be called now, the connection comes again */
	if (params != NULL && pxe_state_call_more(view->client, "Watch", params,
						  on_change, view) < 0)
		view->is_fresh = false;
}

static void on_up(void *arg)
{
	watch(arg);
}

static const struct pxe_state_client_ops ops = { .up = on_up };

struct pxe_state_view *pxe_state_view_new(struct event_base *base,
					  const char *path)
{
	struct pxe_state_view *view = calloc(1, sizeof(*view));

	if (view == NULL)
		return NULL;
	view->table = pxe_client_table_new();
	view->client = pxe_state_client_new(base, path, &ops, view);
	if (view->table == NULL || view->client == NULL) {
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
	free(view);
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
