/* SPDX-License-Identifier: ISC */
#include "stated/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/state_codec.h"
#include "run/state_order.h"
#include "stated/batch.h"
#include "stated/watch_record.h"

enum {
	UNSENT_MAX = 1 << 20,         /* octets that may wait for a looker */
	UNSENT_TRUSTED_MAX = 4 << 20, /* and for a daemon */
	PIECE_RECORDS = 64,           /* of a list in one answer */
	PIECE_BYTES = 65536,
	RECORD_BYTES = 8192, /* no lease is longer, whatever is escaped */
	WHOLE_MAX = 4096              /* records of a list in one answer */
};

struct watcher {
	struct watcher *next, *prev;
	struct pxe_watchers *all;
	struct pxe_state_request *request;
	unsigned what;
	uint64_t skip; /* the author whose leases it does not follow; or 0 */
	bool is_list;
	bool is_ready; /* the current state was sent in full */
	size_t unsent_max;

	/* what there was at the beginning, and how far it was sent */
	uint32_t *addresses;
	size_t n_addresses, addresses_at;
	char *keys; /* of clients, then of orders, each with its NUL */
	size_t keys_len, keys_at, orders_at;
};

struct pxe_watchers {
	struct pxe_stated *stated;
	struct watcher *first;
	size_t n;
	struct event *flush;
};

/* --- changes ------------------------------------------------------------- */

static bool follows(const struct watcher *w, unsigned what, uint64_t author)
{
	return !w->is_list && (w->what & what) != 0 &&
	       (w->skip == 0 || w->skip != author);
}

static bool has_watcher(const struct pxe_watchers *all, unsigned what,
			uint64_t author)
{
	for (const struct watcher *w = all->first; w != NULL; w = w->next)
		if (follows(w, what, author))
			return true;
	return false;
}

/* Does the watcher take `len` octets more? */
static bool has_room(struct watcher *w, size_t len)
{
	if (pxe_state_request_unsent(w->request) + len <= w->unsent_max)
		return true;
	pxe_state_request_push(w->request);
	return pxe_state_request_unsent(w->request) + len <= w->unsent_max;
}

/* {"name": value} to everybody who follows `what` of this author (0: none);
 * steals `value`. */
static void tell(struct pxe_watchers *all, unsigned what, uint64_t author,
		 const char *name, json_t *value)
{
	json_t *params = json_pack("{s:o}", name, value);
	char *text = params != NULL ? pxe_state_encode_more(params) : NULL;
	size_t len = text != NULL ? strlen(text) : 0;
	struct watcher *w, *next;

	for (w = all->first; w != NULL; w = next) {
		next = w->next; /* an ended watcher is freed */
		if (!follows(w, what, author))
			continue;
		if (text == NULL || !has_room(w, len))
			pxe_state_request_error(w->request, "Resync", NULL);
		else
			pxe_state_request_put_text(w->request, text, len);
	}
	free(text);
}

static json_t *address_to_json(uint32_t address)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(address, text, sizeof(text));
	return json_string(text);
}

void pxe_watchers_lease(struct pxe_watchers *all, uint64_t author,
			uint32_t address, const struct pxe_lease *lease)
{
	if (!has_watcher(all, PXE_WATCH_LEASES, author))
		return;
	if (lease != NULL)
		tell(all, PXE_WATCH_LEASES, author, "lease",
		     pxe_state_lease_to_json(lease));
	else
		tell(all, PXE_WATCH_LEASES, author, "removed_lease",
		     address_to_json(address));
}

void pxe_watchers_event(struct pxe_watchers *all, const struct pxe_event *event)
{
	if (has_watcher(all, PXE_WATCH_EVENTS, 0))
		tell(all, PXE_WATCH_EVENTS, 0, "event",
		     pxe_state_event_to_json(event));
}

void pxe_watchers_order(struct pxe_watchers *all, const char *machine,
			const struct pxe_order *order)
{
	if (!has_watcher(all, PXE_WATCH_ORDERS, 0))
		return;
	if (order != NULL)
		tell(all, PXE_WATCH_ORDERS, 0, "order",
		     pxe_state_order_to_json(order));
	else
		tell(all, PXE_WATCH_ORDERS, 0, "removed_order",
		     json_string(machine));
}

void pxe_watchers_gone(struct pxe_watchers *all, const char *key)
{
	if (has_watcher(all, PXE_WATCH_CLIENTS, 0))
		tell(all, PXE_WATCH_CLIENTS, 0, "removed_client",
		     json_string(key));
}

void pxe_watchers_resync(struct pxe_watchers *all, unsigned what)
{
	struct watcher *next;

	for (struct watcher *w = all->first; w != NULL; w = next) {
		next = w->next; /* an ended watcher is freed */
		if ((w->what & what) != 0)
			pxe_state_request_error(w->request, "Resync", NULL);
	}
}

void pxe_watchers_flush(struct pxe_watchers *all)
{
	struct pxe_registry *registry = all->stated->registry;
	size_t n = pxe_registry_n_news(registry, PXE_NEWS_WATCH);

	if (has_watcher(all, PXE_WATCH_CLIENTS, 0))
		for (size_t i = 0; i < n; i++)
			tell(all, PXE_WATCH_CLIENTS, 0, "client",
			     pxe_state_client_to_json(
				     pxe_registry_news(registry, PXE_NEWS_WATCH,
						       i)));
	pxe_registry_told(registry, PXE_NEWS_WATCH, n);
	for (struct watcher *w = all->first; w != NULL; w = w->next)
		if (!w->is_ready)
			pxe_state_request_wake(w->request);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pxe_watchers_flush(arg);
}

void pxe_watchers_want_flush(struct pxe_watchers *all)
{
	event_active(all->flush, EV_TIMEOUT, 0);
}

/* --- the state at the beginning ------------------------------------------ */

static bool copy_addresses(struct watcher *w)
{
	const struct pxe_lease_table *t =
		pxe_registry_leases(w->all->stated->registry);
	size_t n = pxe_lease_table_count(t), at = 0;
	const struct pxe_lease *lease;

	w->addresses = calloc(n > 0 ? n : 1, sizeof(*w->addresses));
	if (w->addresses == NULL)
		return false;
	while ((lease = pxe_lease_table_next(t, &at)) != NULL)
		w->addresses[w->n_addresses++] = lease->address;
	return true;
}

static bool copy_keys(struct watcher *w, bool of_orders)
{
	const struct pxe_stated *st = w->all->stated;
	size_t at = 0, len = 0;
	const char *key;
	char *more;

	while ((key = pxe_watch_next_key(st, of_orders, &at)) != NULL)
		len += strlen(key) + 1;
	more = realloc(w->keys, w->keys_len + len + 1);
	if (more == NULL)
		return false;
	w->keys = more;
	at = 0;
	while ((key = pxe_watch_next_key(st, of_orders, &at)) != NULL) {
		size_t size = strlen(key) + 1;

		memcpy(w->keys + w->keys_len, key, size);
		w->keys_len += size;
	}
	if (!of_orders)
		w->orders_at = w->keys_len;
	return true;
}

/* The next record of the state; NULL: that was all.  `name` says what. */
static json_t *next_record(struct watcher *w, const char **name)
{
	struct pxe_registry *registry = w->all->stated->registry;

	while (w->addresses_at < w->n_addresses) {
		const struct pxe_lease *lease =
			pxe_lease_table_find(pxe_registry_leases(registry),
					     w->addresses[w->addresses_at++]);

		*name = "lease";
		if (lease != NULL)
			return pxe_state_lease_to_json(lease);
	}
	while (w->keys_at < w->keys_len) {
		const bool of_orders = w->keys_at >= w->orders_at;
		const char *key = w->keys + w->keys_at;
		json_t *record =
			pxe_watch_record(w->all->stated, of_orders, key);

		w->keys_at += strlen(key) + 1;
		*name = of_orders ? "order" : "client";
		if (record != NULL)
			return record;
	}
	return NULL;
}

static const char *list_name(const struct watcher *w)
{
	if (w->what == PXE_WATCH_ORDERS)
		return "orders";
	return w->what == PXE_WATCH_LEASES ? "leases" : "clients";
}

/* At most `max` records as a list; `is_last`: there are no more. */
static json_t *make_list(struct watcher *w, size_t max, bool *is_last)
{
	json_t *list = json_array(), *record = NULL;
	const char *name;
	size_t n = 0;

	*is_last = false;
	while (n++ < max) {
		record = next_record(w, &name);
		if (record == NULL) {
			*is_last = true;
			break;
		}
		json_array_append_new(list, record);
	}
	return json_pack("{s:o}", list_name(w), list);
}

/* The next lease; NULL: that was all. */
static const struct pxe_lease *next_lease(struct watcher *w)
{
	const struct pxe_lease_table *t =
		pxe_registry_leases(w->all->stated->registry);
	const struct pxe_lease *lease = NULL;

	while (lease == NULL && w->addresses_at < w->n_addresses)
		lease = pxe_lease_table_find(t,
					     w->addresses[w->addresses_at++]);
	return lease;
}

/* A piece of leases as text: a pxe-dhcpd that starts waits for all of them.
 * False: there are no more. */
static bool put_leases(struct watcher *w)
{
	static char text[PIECE_BYTES];
	const struct pxe_lease *lease;
	struct pxe_str s;
	size_t n = 0;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, "{\"parameters\":{\"leases\":[");
	while (n < PIECE_RECORDS && s.len + RECORD_BYTES < sizeof(text) &&
	       (lease = next_lease(w)) != NULL) {
		if (n++ > 0)
			pxe_str_putc(&s, ',');
		pxe_state_lease_write(lease, &s);
	}
	pxe_str_puts(&s, "]},\"continues\":true}");
	assert(!s.cut);
	if (n > 0)
		pxe_state_request_put_text(w->request, text, s.len);
	return n > 0;
}

static bool next_piece(struct watcher *w)
{
	bool is_last;
	json_t *piece;

	/* the last one, with the end, goes the long way */
	if (w->what == PXE_WATCH_LEASES &&
	    w->n_addresses - w->addresses_at > PIECE_RECORDS && put_leases(w))
		return true;
	piece = make_list(w, PIECE_RECORDS, &is_last);
	if (is_last)
		pxe_state_request_reply(w->request, piece);
	else
		pxe_state_request_put(w->request, piece);
	return !is_last;
}

static bool next_change(struct watcher *w)
{
	const char *name;
	json_t *record = next_record(w, &name);

	if (record != NULL) {
		pxe_state_request_put(w->request,
				      json_pack("{s:o}", name, record));
		return true;
	}
	w->is_ready = true;
	free(w->addresses);
	free(w->keys);
	w->addresses = NULL;
	w->keys = NULL;
	pxe_state_request_put(w->request, json_pack("{s:b}", "ready", 1));
	return false;
}

/* --- streams ------------------------------------------------------------- */

static bool on_next(struct pxe_state_request *request, void *arg)
{
	struct watcher *w = arg;

	(void)request;
	/* what is not on disk is not shown: the batch wakes us */
	if (w->is_ready || pxe_batch_is_pending(w->all->stated->batch))
		return false;
	return w->is_list ? next_piece(w) : next_change(w);
}

static void on_end(void *arg)
{
	struct watcher *w = arg;

	if (w->prev != NULL)
		w->prev->next = w->next;
	else
		w->all->first = w->next;
	if (w->next != NULL)
		w->next->prev = w->prev;
	w->all->n--;
	free(w->addresses);
	free(w->keys);
	free(w);
}

static const struct pxe_state_stream stream = { on_next, on_end };

static struct watcher *new_watcher(struct pxe_watchers *all,
				   struct pxe_state_request *request,
				   unsigned what, bool is_list)
{
	struct watcher *w = calloc(1, sizeof(*w));
	const struct pxe_state_peer *peer = pxe_state_request_peer(request);

	if (w == NULL)
		return NULL;
	w->all = all;
	w->request = request;
	w->what = what;
	w->is_list = is_list;
	w->unsent_max = pxe_rights_has(&all->stated->rights, peer->uid,
				       PXE_RIGHT_REPORT)
				? UNSENT_TRUSTED_MAX
				: UNSENT_MAX;
	/* a batch that is pending changes what there is */
	pxe_batch_run(all->stated->batch);
	w->next = all->first;
	if (w->next != NULL)
		w->next->prev = w;
	all->first = w;
	all->n++;
	if ((what & PXE_WATCH_OTHERS) != 0)
		w->skip = (uint64_t)peer->pid;
	if (((what & PXE_WATCH_LEASES) == 0 ||
	     (what & PXE_WATCH_OTHERS) != 0 || copy_addresses(w)) &&
	    ((what & PXE_WATCH_CLIENTS) == 0 || copy_keys(w, false)) &&
	    ((what & PXE_WATCH_ORDERS) == 0 || copy_keys(w, true)))
		return w;
	on_end(w);
	return NULL;
}

void pxe_watchers_watch(struct pxe_watchers *all,
			struct pxe_state_request *request, unsigned what)
{
	struct watcher *w = new_watcher(all, request, what, false);

	if (w != NULL)
		pxe_state_request_stream(request, &stream, w);
	else
		pxe_state_request_error(request, "Resync", NULL);
}

static void answer_whole(struct watcher *w)
{
	struct pxe_state_request *request = w->request;
	bool is_last;
	json_t *list = make_list(w, WHOLE_MAX, &is_last);

	on_end(w);
	if (is_last) {
		pxe_state_request_reply(request, list);
		return;
	}
	json_decref(list);
	pxe_state_request_error(request, "org.varlink.service.ExpectedMore",
				NULL);
}

void pxe_watchers_list(struct pxe_watchers *all,
		       struct pxe_state_request *request, unsigned what)
{
	struct watcher *w = new_watcher(all, request, what, true);

	if (w == NULL) {
		pxe_state_request_error(request, "Resync", NULL);
		return;
	}
	if (pxe_state_request_is_more(request))
		pxe_state_request_stream(request, &stream, w);
	else
		answer_whole(w);
}

struct pxe_watchers *pxe_watchers_new(struct pxe_stated *stated)
{
	struct pxe_watchers *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->stated = stated;
	all->flush = event_new(stated->base, -1, 0, on_flush, all);
	if (all->flush == NULL) {
		free(all);
		return NULL;
	}
	return all;
}

void pxe_watchers_free(struct pxe_watchers *all)
{
	if (all == NULL)
		return;
	event_free(all->flush);
	free(all);
}

size_t pxe_watchers_count(const struct pxe_watchers *all)
{
	return all->n;
}
