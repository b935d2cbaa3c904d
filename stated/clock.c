/* SPDX-License-Identifier: ISC */
#include "stated/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "run/log.h"
#include "stated/batch.h"
#include "stated/order_rows.h"
#include "stated/peers.h"
#include "stated/watch.h"

enum {
	MARK_EVERY_MS = 600000, /* how old the record of the clocks may be */
	RETRY_MS = 1000,        /* of a store that fails */
};

/* --- moving -------------------------------------------------------------- */

static void log_step(int64_t by_s)
{
	pxe_log(PXE_LOG_WARNING,
		"the clock was set %s by %" PRId64 " s: all leases are moved "
		"with it",
		by_s < 0 ? "back" : "forward", by_s < 0 ? -by_s : by_s);
}

/* Leases move on disk, and with them the record of the clocks. */
static int move_store(struct pxe_stated *st, struct pxe_clock_shift shift,
		      const struct pxe_clock_mark *mark)
{
	const struct pxe_store_ops *ops = st->store->ops;
	int r = ops->begin(st->store);

	if (r == 0 && shift.by_s != 0)
		r = ops->move_leases(st->store, shift);
	if (r == 0)
		r = ops->put_clock(st->store, mark);
	/* at the start they are not loaded yet: main.c moves them then */
	if (shift.by_s != 0 && st->orders != NULL) {
		pxe_orders_move(st->orders, shift.by_s);
		if (r == 0)
			r = pxe_order_rows_write_all(st->store, st->orders);
	}
	if (r == 0)
		r = ops->commit(st->store);
	if (r < 0)
		ops->rollback(st->store);
	if (r < 0 && shift.by_s != 0 && st->orders != NULL)
		pxe_orders_move(st->orders, -shift.by_s);
	return r;
}

/* What is kept in memory moves, too, and who follows it is told. */
static void move_memory(struct pxe_stated *st, struct pxe_clock_shift shift)
{
	pxe_registry_move_leases(st->registry, shift);
	pxe_registry_move_clients(st->registry, shift.by_s);
	pxe_peers_move(st->peers, shift.by_s);
	st->started_s += shift.by_s;
	pxe_batch_clock_was_set(st->batch);
	pxe_watchers_resync(st->watchers, PXE_WATCH_LEASES | PXE_WATCH_ORDERS);
	pxe_watchers_want_flush(st->watchers);
}

/* The clock was set by `by_s`.  0, or -errno: not now. */
static int follow(struct pxe_stated *st, int64_t by_s,
		  struct pxe_clock_time now)
{
	struct pxe_clock_mark mark = st->clock_mark;
	struct pxe_clock_shift shift = pxe_clock_step(&mark, by_s);
	int r;

	/* what waits was meant for the old time, and is written first */
	pxe_batch_run(st->batch);
	if (pxe_batch_is_pending(st->batch))
		return -EBUSY;
	mark.time = now;
	r = move_store(st, shift, &mark);
	pxe_batch_note_result(st->batch, r);
	if (r < 0)
		return r;
	pxe_clock_follow(&st->clock, by_s);
	st->clock_mark = mark;
	st->stepped_s = now.wall_ms / 1000;
	st->step_s = by_s;
	move_memory(st, shift);
	log_step(by_s);
	return 0;
}

int64_t pxe_stated_now_s(struct pxe_stated *st)
{
	struct pxe_clock_time now = st->read_clock();
	int64_t by_s = pxe_clock_find_step(&st->clock, now);

	if (by_s != 0 && now.up_ms >= st->step_retry_ms &&
	    follow(st, by_s, now) < 0)
		st->step_retry_ms = now.up_ms + RETRY_MS;
	return pxe_clock_scale_s(&st->clock, now);
}

/* --- the record ---------------------------------------------------------- */

/* Best effort: of a store that fails others will tell. */
static void note_clocks(struct pxe_stated *st, struct pxe_clock_time now)
{
	struct pxe_clock_mark mark = st->clock_mark;

	mark.time = now;
	if (move_store(st, (struct pxe_clock_shift){ 0 }, &mark) == 0)
		st->clock_mark = mark;
	st->next_mark_ms = now.up_ms + MARK_EVERY_MS;
}

void pxe_stated_clock_tick(struct pxe_stated *st)
{
	struct pxe_clock_time now = st->read_clock();

	(void)pxe_stated_now_s(st);
	if (now.up_ms >= st->next_mark_ms &&
	    pxe_clock_find_step(&st->clock, now) == 0)
		note_clocks(st, now);
}

void pxe_stated_clock_stop(struct pxe_stated *st)
{
	struct pxe_clock_time now = st->read_clock();

	if (pxe_clock_find_step(&st->clock, now) == 0)
		note_clocks(st, now);
}

int pxe_stated_clock_start(struct pxe_stated *st, const char *boot_id)
{
	const struct pxe_store_ops *ops = st->store->ops;
	struct pxe_clock_mark saved = { .boot_id = "" };
	struct pxe_clock_mark mark = { .time = st->read_clock() };
	struct pxe_clock_shift shift = { 0 };
	int r;

	pxe_str_copy(mark.boot_id, sizeof(mark.boot_id), boot_id);
	mark.first_s = mark.time.wall_ms / 1000;
	r = ops->get_clock(st->store, &saved);
	if (r == 0)
		shift = pxe_clock_judge(&saved, &mark);
	else if (r != -ENOENT)
		return r;
	/* without a step a store that cannot be written may still be read */
	r = move_store(st, shift, &mark);
	if (r < 0 && shift.by_s != 0)
		return r;
	pxe_clock_init(&st->clock, mark.time);
	st->clock_mark = mark;
	st->next_mark_ms = mark.time.up_ms + MARK_EVERY_MS;
	if (shift.by_s == 0)
		return 0;
	log_step(shift.by_s);
	st->stepped_s = mark.time.wall_ms / 1000;
	st->step_s = shift.by_s;
	return 0;
}
