/* SPDX-License-Identifier: ISC */
/* What guards orders, beside the verbs (orders_verbs.c). */
#include "stated/orders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/str.h"
#include "core/alarm.h"
#include "run/log.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/orders_priv.h"

enum { LOG_EVERY_S = 60 };

void pxe_stated_orders_configure(struct pxe_stated *st,
				 const struct pxe_conf *conf)
{
	const struct pxe_orders_rules rules = {
		.lifetime_s = conf->order_lifetime_s,
		.session_s = conf->session_timeout_s,
		.limit = conf->install_limit,
		.window_s = conf->install_window_s,
	};

	pxe_orders_set_rules(st->orders, &rules);
}

int pxe_orders_make_token(char token[static PXE_TOKEN_TEXT])
{
	unsigned char octets[(PXE_TOKEN_TEXT - 1) / 2];
	struct pxe_str s;

	if (getrandom(octets, sizeof(octets), 0) != (ssize_t)sizeof(octets))
		return -EIO;
	pxe_str_init(&s, token, PXE_TOKEN_TEXT);
	pxe_str_put_hex(&s, octets, sizeof(octets), 0);
	return 0;
}

/* --- the store and its witness ------------------------------------------- */

/* Notes what follows from the verdict.  0, -errno. */
static int apply_verdict(struct pxe_stated *st, int64_t now_s)
{
	char id[PXE_TOKEN_TEXT];
	int r = 0;

	if (pxe_orders_guard(st->orders)->id[0] == '\0') {
		r = pxe_orders_make_token(id);
		if (r == 0)
			r = pxe_orders_name(st->orders, id);
	}
	if (r == 0 && st->verdict == PXE_WITNESS_OLDER)
		r = pxe_orders_suspect(st->orders, st->witness.seq, now_s);
	return r;
}

/* Until this is on disk, nothing is begun. */
bool pxe_orders_is_ready(struct pxe_stated *st)
{
	const int64_t now_s = pxe_stated_now_s(st);
	int r;

	if (st->is_verdict_due) {
		pxe_batch_run(st->batch);
		r = apply_verdict(st, now_s);
		if (r == 0)
			pxe_batch_run(st->batch);
		else if (pxe_orders_undo(st->orders) < 0)
			pxe_log(PXE_LOG_ERR, "no memory for orders");
		st->is_verdict_due = r < 0 || st->store_error[0] != '\0';
	}
	return !st->is_verdict_due;
}

void pxe_stated_orders_start(struct pxe_stated *st, const char *witness_dir)
{
	int r = pxe_witness_read(&st->witness, witness_dir);

	if (r < 0)
		pxe_log(PXE_LOG_WARNING,
			"the witness of orders in %s cannot be read: it is as "
			"if it were not there",
			witness_dir);
	st->verdict =
		pxe_witness_judge(&st->witness, pxe_orders_guard(st->orders));
	st->is_verdict_due = st->verdict == PXE_WITNESS_OLDER ||
			     pxe_orders_guard(st->orders)->id[0] == '\0';
	if (st->verdict == PXE_WITNESS_OLDER)
		pxe_log(PXE_LOG_ERR,
			"the store is not the one that was written last (its "
			"witness in %s says so): all orders are held, and no "
			"machine is new; see `pxectl orders`",
			witness_dir);
	if (pxe_orders_is_ready(st))
		(void)pxe_stated_orders_witness(st);
}

int pxe_stated_orders_witness(struct pxe_stated *st)
{
	static long long said_s;
	const int64_t now_s = st->read_clock().wall_ms / 1000;
	const bool was_bad = st->witness.error[0] != '\0';
	int r;

	/* while a verdict is due the witness knows more than the store */
	if (st->is_verdict_due)
		return 0;
	r = pxe_witness_follow(&st->witness, pxe_orders_guard(st->orders),
			       now_s);
	if (r < 0 &&
	    pxe_log_is_due(&said_s, st->read_clock().up_ms / 1000, LOG_EVERY_S))
		pxe_log(PXE_LOG_ERR,
			"%s; nothing is installed until this works again",
			st->witness.error);
	else if (r == 0 && was_bad)
		pxe_log(PXE_LOG_NOTICE,
			"the witness of orders can be written again");
	return r;
}

/* --- life ---------------------------------------------------------------- */

void pxe_stated_orders_tick(struct pxe_stated *st, int64_t now_s)
{
	if (!pxe_orders_is_ready(st))
		return;
	if (pxe_orders_expire(st->orders, now_s) < 0)
		pxe_log(PXE_LOG_WARNING, "no memory to end old orders");
	if (st->witness.error[0] != '\0')
		(void)pxe_stated_orders_witness(st);
}

static void add_alarm(struct pxe_alarms *alarms, enum pxe_alarm_kind kind,
		      int64_t since_s, const char *subject, const char *text)
{
	struct pxe_alarm *a = pxe_alarms_add(alarms, kind, since_s);

	if (a == NULL)
		return; /* there are many: these will do */
	(void)pxe_str_copy(a->subject, sizeof(a->subject), subject);
	(void)pxe_str_copy(a->text, sizeof(a->text), text);
}

static const char *shown(const char *machine)
{
	const char *name = pxe_order_host_name(machine);

	return name != NULL ? name : machine;
}

void pxe_stated_orders_add_alarms(const struct pxe_stated *st,
				  struct pxe_alarms *alarms)
{
	const struct pxe_orders_guard *guard = pxe_orders_guard(st->orders);
	const struct pxe_order *order;
	size_t at = 0;

	if (st->witness.error[0] != '\0')
		add_alarm(alarms, PXE_ALARM_WITNESS, st->witness.error_s,
			  "witness", st->witness.error);
	if (guard->suspect_s != 0)
		add_alarm(alarms, PXE_ALARM_STORE_OLDER, guard->suspect_s,
			  "orders", "");
	if (st->unarmed_s != 0 && !guard->is_armed)
		add_alarm(alarms, PXE_ALARM_NOT_ARMED, st->unarmed_s,
			  shown(st->unarmed), "");
	while ((order = pxe_order_table_next(pxe_orders_table(st->orders),
					     &at)) != NULL)
		if (order->state == PXE_ORDER_HELD &&
		    order->reason == PXE_REASON_REINSTALL)
			add_alarm(alarms, PXE_ALARM_REINSTALL, order->made_s,
				  shown(order->machine), order->target);
}
