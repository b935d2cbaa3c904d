/* SPDX-License-Identifier: ISC */
#include "stated/batch.h"

#include <errno.h>
#include <stdlib.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/log.h"
#include "run/state_codec.h"
#include "stated/clock.h"
#include "stated/order_rows.h"
#include "stated/orders.h"
#include "stated/refill.h"
#include "stated/watch.h"

enum {
	BATCH_MAX = 4096,   /* lease verbs in a transaction */
	CLIENTS_MAX = 1024, /* client records in a transaction */
	AGE_MAX = 4096,     /* leases and clients forgotten at a time */
	AGE_EVERY_S = 3600,
	AGE_SOON_S = 1, /* while there is more */
	CLIENTS_EVERY_S = 1
};

/* A verb that waits for its answer. */
struct entry {
	struct pxe_state_request *request;
	const char *error; /* NULL: done */
	json_t *params;
	bool is_look; /* no change, but a question about `address` */
	bool is_begun; /* the witness must be on disk, too */
	uint32_t address;
};

struct pxe_batch {
	struct pxe_stated *stated;
	struct event *run;   /* activated: when this turn's reading is over */
	struct event *clock; /* once a second: client records */
	struct entry entries[BATCH_MAX];
	size_t n;
	uint32_t os[BATCH_MAX]; /* addresses: see pxe_batch_note_os() */
	size_t n_os;
	bool clients_due, is_running;
	int64_t next_age_s; /* seconds since 1970; 0: in an hour */
};

static const struct timeval at_once = { 0, 0 };

/* --- writing ------------------------------------------------------------- */

static int write_leases(struct pxe_stated *st)
{
	const struct pxe_store_ops *ops = st->store->ops;
	size_t n = pxe_registry_n_changes(st->registry);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct pxe_registry_change c =
			pxe_registry_change(st->registry, i);

		if (c.after != NULL)
			r = ops->put_lease(st->store, c.after);
		else
			r = ops->remove_lease(st->store, c.address);
	}
	return r;
}

static int write_clients(struct pxe_stated *st, size_t n)
{
	const struct pxe_store_ops *ops = st->store->ops;
	size_t n_gone = pxe_registry_n_gone(st->registry);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_gone; i++)
		r = ops->remove_client(st->store,
				       pxe_registry_gone(st->registry, i));
	for (size_t i = 0; r == 0 && i < n; i++)
		r = ops->put_client(st->store,
				    pxe_registry_news(st->registry,
						      PXE_NEWS_STORE, i));
	return r;
}

/* One transaction with all changes and `n_clients` records.  0, -errno. */
static int write_all(struct pxe_stated *st, size_t n_clients)
{
	const struct pxe_store_ops *ops = st->store->ops;
	int r = ops->begin(st->store);

	if (r == 0 && st->must_refill)
		r = pxe_refill_store(st);
	if (r == 0)
		r = write_leases(st);
	if (r == 0)
		r = write_clients(st, n_clients);
	if (r == 0)
		r = pxe_order_rows_write(st->store, st->orders);
	if (r == 0)
		r = ops->commit(st->store);
	if (r < 0)
		ops->rollback(st->store);
	return r;
}

void pxe_batch_note_result(struct pxe_batch *batch, int r)
{
	struct pxe_stated *st = batch->stated;
	const char *error = r < 0 ? st->store->error : "";
	bool was_bad = st->store_error[0] != '\0';

	if (r < 0 && !was_bad)
		pxe_log(PXE_LOG_ERR,
			"%s; no lease is acknowledged until this "
			"works again",
			error);
	else if (r == 0 && was_bad)
		pxe_log(PXE_LOG_NOTICE, "the store can be written again");
	if (r < 0 && !was_bad)
		st->store_error_s = st->read_clock().wall_ms / 1000;
	pxe_str_copy(st->store_error, sizeof(st->store_error), error);
}

/* --- answering ----------------------------------------------------------- */

static void answer_look(struct pxe_stated *st, struct entry *e)
{
	const struct pxe_lease *lease = pxe_lease_table_find(
		pxe_registry_leases(st->registry), e->address);
	char text[PXE_IP4_TEXT];

	if (lease != NULL) {
		pxe_state_request_reply(
			e->request, json_pack("{s:o}", "lease",
					      pxe_state_lease_to_json(lease)));
		return;
	}
	pxe_ip4_format(e->address, text, sizeof(text));
	pxe_state_request_error(e->request, "NoLease",
				json_pack("{s:s}", "address", text));
}

static void answer_done(struct pxe_stated *st, struct entry *e)
{
	if (e->is_look) {
		answer_look(st, e);
		return;
	}
	if (e->error != NULL) {
		pxe_state_request_error(e->request, e->error, e->params);
		return;
	}
	if (e->is_begun && st->witness.error[0] != '\0') {
		/* its token may ask again, once the witness is there */
		json_decref(e->params);
		pxe_state_request_error(e->request, "Store",
					json_pack("{s:s}", "message",
						  st->witness.error));
		return;
	}
	st->n_commits++;
	pxe_state_request_reply(e->request, e->params);
}

static void answer_failed(struct pxe_stated *st, struct entry *e)
{
	if (e->is_look) {
		answer_look(st, e);
		return;
	}
	json_decref(e->params);
	pxe_state_request_error(e->request, "Store",
				json_pack("{s:s}", "message",
					  st->store->error));
}

static void answer_all(struct pxe_batch *batch,
		       void (*answer)(struct pxe_stated *, struct entry *))
{
	for (size_t i = 0; i < batch->n; i++)
		answer(batch->stated, &batch->entries[i]);
	batch->n = 0;
}

/* What operating systems got: to their records, and to watchers. */
static void note_systems(struct pxe_batch *batch)
{
	struct pxe_stated *st = batch->stated;
	struct pxe_event event;
	int64_t now_s = pxe_stated_now_s(st);

	for (size_t i = 0; i < batch->n_os; i++)
		if (pxe_registry_lease_os(st->registry, batch->os[i], now_s,
					  &event))
			pxe_watchers_event(st->watchers, &event);
	batch->n_os = 0;
}

/* The memory is what the disk is: tells watchers, answers. */
static void finish_good(struct pxe_batch *batch, size_t n_clients)
{
	struct pxe_stated *st = batch->stated;
	size_t n = pxe_registry_n_changes(st->registry);

	st->n_syncs++;
	if (st->must_refill)
		pxe_log(PXE_LOG_NOTICE, "the store was written anew");
	st->must_refill = false;
	for (size_t i = 0; i < n; i++) {
		struct pxe_registry_change c =
			pxe_registry_change(st->registry, i);

		pxe_watchers_lease(st->watchers, c.author, c.address, c.after);
	}
	for (size_t i = 0; i < pxe_orders_n_changes(st->orders); i++) {
		struct pxe_orders_change c = pxe_orders_change(st->orders, i);

		if (c.kind == PXE_ORDERS_ORDER)
			pxe_watchers_order(st->watchers, c.key, c.record);
	}
	pxe_orders_keep(st->orders);
	(void)pxe_stated_orders_witness(st);
	pxe_registry_keep(st->registry);
	pxe_registry_told(st->registry, PXE_NEWS_STORE, n_clients);
	pxe_registry_forgotten(st->registry);
	answer_all(batch, answer_done);
	note_systems(batch);
}

static void finish_bad(struct pxe_batch *batch)
{
	struct pxe_stated *st = batch->stated;

	if (pxe_registry_undo(st->registry) < 0 ||
	    pxe_orders_undo(st->orders) < 0) {
		/* what is in memory is not what is on disk: start anew */
		pxe_log(PXE_LOG_ERR, "no memory to take a failed commit back");
		abort();
	}
	batch->n_os = 0;
	answer_all(batch, answer_failed);
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

void pxe_batch_run(struct pxe_batch *batch)
{
	struct pxe_stated *st = batch->stated;
	size_t news = pxe_registry_n_news(st->registry, PXE_NEWS_STORE);
	size_t n = batch->clients_due ? min_size(news, CLIENTS_MAX) : 0;
	int r;

	if (batch->is_running)
		return;
	batch->is_running = true;
	if (pxe_registry_n_changes(st->registry) == 0 && n == 0 &&
	    pxe_orders_n_changes(st->orders) == 0 &&
	    pxe_registry_n_gone(st->registry) == 0 && !st->must_refill) {
		answer_all(batch, answer_done); /* only refusals */
	} else {
		r = write_all(st, n);
		pxe_batch_note_result(batch, r);
		if (r == 0)
			finish_good(batch, n);
		else
			finish_bad(batch);
		if (r < 0)
			batch->clients_due = false;
	}
	if (n == news)
		batch->clients_due = false;
	pxe_watchers_flush(st->watchers);
	batch->is_running = false;
	if (batch->clients_due) /* the rest, after whoever waits now */
		event_add(batch->run, &at_once);
}

static void add_entry(struct pxe_batch *batch, struct entry entry)
{
	batch->entries[batch->n++] = entry;
	if (batch->n == BATCH_MAX)
		pxe_batch_run(batch);
	else
		event_active(batch->run, EV_TIMEOUT, 0);
}

void pxe_batch_add(struct pxe_batch *batch, struct pxe_state_request *request,
		   const char *error, json_t *params)
{
	add_entry(batch, (struct entry) { .request = request,
					  .error = error,
					  .params = params });
}

void pxe_batch_add_begun(struct pxe_batch *batch,
			 struct pxe_state_request *request, json_t *params)
{
	add_entry(batch, (struct entry) { .request = request,
					  .params = params,
					  .is_begun = true });
}

void pxe_batch_look(struct pxe_batch *batch, struct pxe_state_request *request,
		    uint32_t address)
{
	add_entry(batch, (struct entry) { .request = request,
					  .is_look = true,
					  .address = address });
}

void pxe_batch_note_os(struct pxe_batch *batch, uint32_t address)
{
	/* an entry follows each: there is room */
	batch->os[batch->n_os++] = address;
}

bool pxe_batch_is_pending(const struct pxe_batch *batch)
{
	return batch->n > 0 ||
	       pxe_registry_n_changes(batch->stated->registry) > 0 ||
	       pxe_orders_n_changes(batch->stated->orders) > 0;
}

void pxe_batch_finish(struct pxe_batch *batch)
{
	struct pxe_stated *st = batch->stated;
	size_t news = pxe_registry_n_news(st->registry, PXE_NEWS_STORE);

	do {
		batch->clients_due = news > 0;
		pxe_batch_run(batch);
		if (st->store_error[0] != '\0')
			return;
		news = pxe_registry_n_news(st->registry, PXE_NEWS_STORE);
	} while (news > 0);
}

/* --- the clock ----------------------------------------------------------- */

static void on_run(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pxe_batch_run(arg);
}

/* Forgets what is older than `now_s` allows; 0: only what is too much. */
static size_t forget_old(struct pxe_batch *batch, int64_t now_s)
{
	struct pxe_stated *st = batch->stated;

	pxe_batch_run(batch); /* what is forgotten is a batch of its own */
	if (pxe_registry_age(st->registry, now_s, AGE_MAX) < 0)
		pxe_log(PXE_LOG_WARNING, "no memory to forget old records");
	for (size_t i = 0; i < pxe_registry_n_gone(st->registry); i++) {
		const char *key = pxe_registry_gone(st->registry, i);

		pxe_watchers_gone(st->watchers, key);
		if (pxe_orders_forget(st->orders, key) < 0)
			pxe_log(PXE_LOG_WARNING, "no memory to forget orders");
	}
	return pxe_registry_n_changes(st->registry) +
	       pxe_registry_n_gone(st->registry);
}

static bool is_crowded(const struct pxe_stated *st)
{
	return pxe_client_table_count(pxe_registry_clients(st->registry)) >
	       PXE_REGISTRY_MAX_CLIENTS / 8 * 7;
}

/*
 * Nothing is forgotten in the first hour, nor in the hour after the clock was
 * set: it may be wrong, and set again.
 */
static void grow_old(struct pxe_batch *batch)
{
	int64_t now_s = pxe_stated_now_s(batch->stated);

	if (batch->next_age_s == 0) /* it starts, or the clock was set */
		batch->next_age_s = now_s + AGE_EVERY_S;
	if (now_s >= batch->next_age_s)
		batch->next_age_s =
			now_s + (forget_old(batch, now_s) > 0 ? AGE_SOON_S
							      : AGE_EVERY_S);
	else if (is_crowded(batch->stated))
		(void)forget_old(batch, 0);
}

void pxe_batch_clock_was_set(struct pxe_batch *batch)
{
	batch->next_age_s = 0;
}

static void on_clock(evutil_socket_t fd, short what, void *arg)
{
	struct pxe_batch *batch = arg;

	(void)fd;
	(void)what;
	pxe_stated_clock_tick(batch->stated);
	pxe_refill_check(batch->stated);
	pxe_stated_orders_tick(batch->stated, pxe_stated_now_s(batch->stated));
	grow_old(batch);
	batch->clients_due = true;
	pxe_batch_run(batch);
}

struct pxe_batch *pxe_batch_new(struct pxe_stated *stated)
{
	static const struct timeval every = { CLIENTS_EVERY_S, 0 };
	struct pxe_batch *batch = calloc(1, sizeof(*batch));

	if (batch == NULL)
		return NULL;
	batch->stated = stated;
	batch->run = event_new(stated->base, -1, 0, on_run, batch);
	batch->clock = event_new(stated->base, -1, EV_PERSIST, on_clock, batch);
	if (batch->run == NULL || batch->clock == NULL ||
	    event_add(batch->clock, &every) < 0) {
		pxe_batch_free(batch);
		return NULL;
	}
	return batch;
}

void pxe_batch_free(struct pxe_batch *batch)
{
	if (batch == NULL)
		return;
	if (batch->run != NULL)
		event_free(batch->run);
	if (batch->clock != NULL)
		event_free(batch->clock);
	free(batch);
}
