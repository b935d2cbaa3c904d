/* SPDX-License-Identifier: ISC */
/* What is on disk: loaded into a book, saved from it, and as time goes by. */
#include "order_all.h"

/* Is the second target one for which nobody calls back? */
bool is_second_plain;

const char *const target_names[LIVE + 1] = { "x", "y", "live" };
const char *const addresses[2] = { "10.0.0.1", "10.0.0.2" };

bool is_plain(int target)
{
	return is_second_plain && target == 1;
}

const char *const tokens[N_TOKENS] = {
	"00000000000000000000000000000000",
	"11111111111111111111111111111111",
	"22222222222222222222222222222222",
	"33333333333333333333333333333333",
};

int token_of(const char *text)
{
	return text[0] - '0';
}

/* --- disk to book and back -------------------------------------------------
 */

static int64_t to_book(int32_t at)
{
	return at == UNSET ? 0 : T0 + at;
}

static int32_t from_book(int64_t at_s)
{
	const int64_t rel = at_s - T0;

	if (at_s == 0)
		return UNSET;
	return rel < LONG_AGO ? LONG_AGO : (int32_t)rel;
}

static void load_order(struct pxe_orders *o, const struct disk *d)
{
	struct pxe_order order =
		ask_of(MACHINE, target_names[d->target], d->target != LIVE);

	order.state = (enum pxe_order_state)d->state;
	order.reason = (enum pxe_reason)d->reason;
	order.made_s = to_book(d->made);
	order.expires_s = to_book(d->expires);
	order.begun_s = to_book(d->begun);
	order.finished_s = to_book(d->finished);
	WORKS(pxe_orders_load_order(o, &order));
}

static void load_session(struct pxe_orders *o, const struct disk *d, int k)
{
	struct pxe_session s = {
		.machine = MACHINE,
		.client = A,
		.is_once = d->s[k].target != LIVE,
		.is_plain = is_plain(d->s[k].target),
		.is_when_new = d->s[k].is_new != 0,
		.state = (enum pxe_session_state)(d->s[k].state - 1),
		.order_s = to_book(d->s[k].order),
		.opened_s = to_book(d->s[k].opened),
		.until_s = to_book(d->s[k].until),
		.begun_s = to_book(d->s[k].begun),
	};

	memcpy(s.token, tokens[k], sizeof(s.token));
	pxe_str_copy(s.address, sizeof(s.address), addresses[d->s[k].address]);
	pxe_str_copy(s.target, sizeof(s.target), target_names[d->s[k].target]);
	WORKS(pxe_orders_load_session(o, &s));
}

struct pxe_orders *load(const struct disk *d)
{
	const struct pxe_orders_rules all = { LIFE_S, SESSION_S, HOLD_AT,
					      WINDOW_S };
	struct pxe_orders_guard guard = { .seq = (uint64_t)(SEQ + d->seq),
					  .is_armed = d->is_armed != 0,
					  .suspect_s = d->suspect };
	struct pxe_orders *o = pxe_orders_new();

	HOLDS(o != NULL, "no memory");
	pxe_orders_set_rules(o, &all);
	if (d->id != ID_NONE)
		memset(guard.id, d->id == ID_SAME ? 's' : 'o',
		       PXE_TOKEN_TEXT - 1);
	pxe_orders_load_guard(o, &guard);
	if (d->has)
		load_order(o, d);
	for (int k = 0; k < N_TOKENS; k++)
		if (d->s[k].state != 0)
			load_session(o, d, k);
	for (int m = 0; m < 2; m++) {
		struct pxe_installs i = { .n = (uint32_t)d->i[m].n };

		if (!d->i[m].has)
			continue;
		pxe_str_copy(i.machine, sizeof(i.machine), m ? A : MACHINE);
		for (int k = 0; k < N_AT; k++)
			i.at_s[k] = to_book(d->i[m].at[k]);
		WORKS(pxe_orders_load_install(o, &i));
	}
	return o;
}

int target_of(const char *name)
{
	for (int i = 0; i < (int)PXE_LEN(target_names); i++)
		if (strcmp(target_names[i], name) == 0)
			return i;
	ck_abort_msg("%s", name);
}

static void save_session(const struct pxe_session *s, struct disk *d)
{
	const int k = token_of(s->token);

	HOLDS(k < N_TOKENS, "a token%s", tell_story());
	d->s[k].state = (int32_t)s->state + 1;
	d->s[k].target = target_of(s->target);
	d->s[k].address = strcmp(s->address, addresses[1]) == 0;
	d->s[k].is_new = s->is_when_new;
	d->s[k].order = from_book(s->order_s);
	d->s[k].opened = from_book(s->opened_s);
	d->s[k].until = from_book(s->until_s);
	d->s[k].begun = from_book(s->begun_s);
}

void save(const struct pxe_orders *o, struct disk *d)
{
	const struct pxe_order *order = order_of(o, MACHINE);
	const struct pxe_orders_guard *guard = pxe_orders_guard(o);
	const struct pxe_session *s;
	size_t at = 0;

	memset(d, 0, sizeof(*d));
	if (order != NULL) {
		d->has = 1;
		d->target = target_of(order->target);
		d->state = (int32_t)order->state;
		d->reason = (int32_t)order->reason;
		d->made = from_book(order->made_s);
		d->expires = from_book(order->expires_s);
		d->begun = from_book(order->begun_s);
		d->finished = from_book(order->finished_s);
	}
	while ((s = pxe_orders_next_session(o, &at)) != NULL)
		save_session(s, d);
	for (int m = 0; m < 2; m++) {
		const struct pxe_installs *i =
			pxe_orders_find_install(o, m ? A : MACHINE);

		for (int k = 0; i != NULL && k < N_AT; k++)
			d->i[m].at[k] = from_book(i->at_s[k]);
		d->i[m].has = i != NULL;
		d->i[m].n = i == NULL     ? 0
			    : i->n < N_AT ? (int32_t)i->n
					  : (int32_t)N_AT;
	}
	d->id = guard->id[0] == '\0'  ? ID_NONE
		: guard->id[0] == 's' ? ID_SAME
				      : ID_OTHER;
	d->seq = (int32_t)((int64_t)guard->seq - SEQ);
	d->is_armed = guard->is_armed;
	d->suspect = guard->suspect_s != 0;
}

void shift(int32_t *at, int32_t by)
{
	if (*at != UNSET)
		*at = *at - by < LONG_AGO ? LONG_AGO : *at - by;
}

void shift_disk(struct disk *d, int32_t by)
{
	shift(&d->made, by);
	shift(&d->expires, by);
	shift(&d->begun, by);
	shift(&d->finished, by);
	for (int k = 0; k < N_TOKENS; k++) {
		if (d->s[k].state == 0)
			continue;
		shift(&d->s[k].order, by);
		shift(&d->s[k].opened, by);
		shift(&d->s[k].until, by);
		shift(&d->s[k].begun, by);
	}
	for (int m = 0; m < 2; m++)
		for (int k = 0; k < N_AT; k++)
			if (d->i[m].has)
				shift(&d->i[m].at[k], by);
	if (!d->has)
		d->made = d->expires = d->begun = d->finished = 0;
}
