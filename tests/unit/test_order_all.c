/* SPDX-License-Identifier: ISC */
/*
 * All that can happen to the orders of one machine, up to some depth: what
 * administrators, the machine, another machine and time do, a store that is
 * killed at any commit, and one that is put back from a copy or is empty.
 *
 * Each step begins with a book that is loaded from what is on disk, so a kill
 * without a trace is in all of them.  Beside the book goes a model: small and
 * by itself, it says what each verb must answer, and what may be given out; and
 * a history that no restore touches, of what people allowed.  States that are
 * the same are gone through once.
 */
#include "order_book_env.h"
#include "stated/witness.h"

enum {
	TICK_S = 50,
	SESSION_S = 3 * TICK_S,
	LIFE_S = 4 * TICK_S,
	WINDOW_S = 5 * TICK_S,
	DAY_S = PXE_SESSION_KEPT_S + SESSION_S,
	HOLD_AT = 2,
	N_TOKENS = 4, /* at a time; a fifth boot is not gone on with */
	N_AT = 3,     /* installations that are told apart */
	UNSET = INT32_MIN,
	LONG_AGO = -3 * DAY_S,
	N_STATES = 24000, /* that are gone through, those of few steps first */
	DEPTH = 3,        /* steps from each beginning, at least */
	DEPTH_MAX = 12,
	SEQ = 1000, /* of the witness, always: stores are before or after */
};

#define MACHINE "host:m"

/* The steps that led here, for who looks for a mistake. */
static const char *tell_story(void);

/* check's own assertions write to a file each time. */
#define HOLDS(what, ...)                                                       \
	do {                                                                   \
		if (!(what))                                                   \
			ck_abort_msg(__VA_ARGS__);                             \
	} while (0)
#define WORKS(call) HOLDS((call) >= 0, #call "%s", tell_story())

/* --- the states ----------------------------------------------------------- */

/* Whose store it is, by the id of the witness. */
enum { ID_NONE, ID_SAME, ID_OTHER };

/* What is on disk.  Times are from now on, UNSET: 0.  No padding. */
struct disk {
	int32_t has, target, state, reason, made, expires, begun, finished;
	struct {
		int32_t state, target, address, is_new, order, opened, until,
			begun; /* state 0: none, else that of the book + 1 */
	} s[N_TOKENS];
	struct {
		int32_t has, n, at[N_AT];
	} i[2]; /* of the machine, of its client */
	int32_t id, seq, is_armed, suspect;
};

/* What the model has for it. */
enum {
	NONE,
	PENDING,
	HELD_BY_COUNT,
	HELD_BY_STORE,
	BEGUN,
	DONE,
	FAILED,
	EXPIRED,
	STANDING
};
enum { NO_SESSION, OPEN, GOES, CLOSED, LATE, IS_DONE, HAS_FAILED };

struct model {
	int32_t order, target, expires, owner; /* the token that consumed it */
	struct {
		int32_t state, target, address, is_new, has_begun, until;
	} s[N_TOKENS];
	int32_t n, at[N_AT]; /* installations without a callback */
	int32_t is_known, is_armed;
};

/* What people allowed and nobody used yet, and who was given files. */
struct history {
	int32_t may, target, may_new, given; /* a set of tokens */
};

struct state {
	struct disk disk, copy;
	struct model model, copy_model;
	struct history history;
	int32_t has_copy;
};

/* Is the second target one for which nobody calls back? */
static bool is_second_plain;

/* The last is one that is not for once. */
enum { LIVE = 2 };
static const char *const target_names[] = { "x", "y", "live" };
static const char *const addresses[] = { "10.0.0.1", "10.0.0.2" };

static bool is_plain(int target)
{
	return is_second_plain && target == 1;
}

static const char *const tokens[N_TOKENS] = {
	"00000000000000000000000000000000",
	"11111111111111111111111111111111",
	"22222222222222222222222222222222",
	"33333333333333333333333333333333",
};

static int token_of(const char *text)
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

static struct pxe_orders *load(const struct disk *d)
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

static int target_of(const char *name)
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

static void save(const struct pxe_orders *o, struct disk *d)
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

/* --- the model ------------------------------------------------------------ */

static bool is_running(const struct model *m, int k)
{
	return m->s[k].state == OPEN || m->s[k].state == GOES;
}

static void model_expire(struct model *m)
{
	if ((m->order == PENDING || m->order == HELD_BY_COUNT ||
	     m->order == HELD_BY_STORE) &&
	    m->expires <= 0)
		m->order = EXPIRED;
	for (int k = 0; k < N_TOKENS; k++) {
		if (m->s[k].state == NO_SESSION || m->s[k].until > 0)
			continue;
		if (m->order == BEGUN && m->owner == k)
			m->order = FAILED;
		if (is_running(m, k))
			m->s[k].state = LATE;
		if (m->s[k].until + PXE_SESSION_KEPT_S > 0)
			continue;
		if (m->owner == k)
			m->owner = -1;
		memset(&m->s[k], 0, sizeof(m->s[k]));
	}
}

static bool is_tripped(const struct model *m)
{
	int n = 0;

	for (int k = 0; k < m->n && k < N_AT; k++)
		n += m->at[k] > -WINDOW_S;
	return n >= HOLD_AT;
}

static int model_judge(struct model *m, int target, bool is_new)
{
	int r = m->order == NONE && is_new ? m->is_known   ? -ENOENT
					     : m->is_armed ? 0
							   : -EBUSY
		: m->order == HELD_BY_COUNT || m->order == HELD_BY_STORE
			? -EBUSY
		: m->order == PENDING && m->target == target ? 0
							     : -ENOENT;

	if (r < 0 || is_plain(target) || !is_tripped(m))
		return r;
	if (m->order == PENDING)
		m->order = HELD_BY_COUNT;
	return -EBUSY;
}

static int model_open(struct model *m, int target, int address, bool is_new,
		      int with, int fresh, int *token)
{
	int same = -1, r = 0;

	for (int k = 0; k < N_TOKENS; k++)
		if (is_running(m, k) && m->s[k].target == target &&
		    m->s[k].address == address &&
		    (k == with || (m->s[k].state == OPEN && same < 0)))
			same = k;
	if (target != LIVE && (same < 0 || m->s[same].state == OPEN))
		r = model_judge(m, target, is_new);
	if (r < 0)
		return r;
	*token = same >= 0 ? same : fresh;
	if (same >= 0) {
		if (m->s[same].state == OPEN &&
		    m->s[same].until < SESSION_S / 2)
			m->s[same].until = SESSION_S;
		return 0;
	}
	for (int k = 0; k < N_TOKENS; k++)
		if (is_running(m, k))
			m->s[k].state = CLOSED;
	m->s[fresh].state = OPEN;
	m->s[fresh].target = target;
	m->s[fresh].address = address;
	m->s[fresh].is_new = is_new;
	m->s[fresh].until = SESSION_S;
	return 0;
}

static int model_get(const struct model *m, int k)
{
	return m->s[k].state == NO_SESSION ? -ESRCH
	       : is_running(m, k)          ? 0
					   : -ESTALE;
}

static int model_begin(struct model *m, int k)
{
	int r = model_get(m, k);

	if (r < 0 || m->s[k].state == GOES || m->s[k].target == LIVE)
		return r;
	r = model_judge(m, m->s[k].target, m->s[k].is_new != 0);
	if (r < 0)
		return r;
	m->order = is_plain(m->s[k].target) ? DONE : BEGUN;
	m->target = m->s[k].target;
	m->owner = k;
	m->is_known = 1;
	m->s[k].state = GOES;
	m->s[k].has_begun = 1;
	m->s[k].until = SESSION_S;
	if (is_plain(m->s[k].target))
		return 0;
	memmove(m->at + 1, m->at, (N_AT - 1) * sizeof(m->at[0]));
	m->at[0] = 0;
	m->n += m->n < N_AT;
	return 0;
}

static void model_absolve(struct model *m)
{
	m->n = 0;
	memset(m->at, 0, sizeof(m->at));
}

static int model_finish(struct model *m, int k, bool is_ok)
{
	if (m->s[k].state == NO_SESSION)
		return -ESRCH;
	if (m->s[k].state == IS_DONE || (m->s[k].state == HAS_FAILED && !is_ok))
		return 0;
	if (m->owner == k && m->order != DONE)
		m->order = is_ok ? DONE : FAILED;
	m->s[k].state = is_ok ? IS_DONE : HAS_FAILED;
	if (!is_ok || !m->s[k].has_begun || is_plain(m->s[k].target))
		return 0;
	model_absolve(m);
	if (m->order == HELD_BY_COUNT)
		m->order = PENDING;
	return 0;
}

static int model_assign(struct model *m, int target)
{
	m->order = target == LIVE  ? STANDING
		   : is_tripped(m) ? HELD_BY_COUNT
				   : PENDING;
	m->target = target;
	m->expires = target == LIVE ? UNSET : LIFE_S;
	m->owner = -1;
	m->is_known = 1;
	return 0;
}

static int model_remove(struct model *m)
{
	if (m->order == NONE)
		return -ENOENT;
	m->order = NONE;
	m->target = 0;
	m->expires = 0;
	m->owner = -1;
	return 0;
}

static int model_release(struct model *m)
{
	if (m->order != HELD_BY_COUNT && m->order != HELD_BY_STORE)
		return -ENOENT;
	m->order = PENDING;
	m->expires = LIFE_S;
	model_absolve(m);
	return 0;
}

/* --- what is to be true of both ------------------------------------------- */

static const struct {
	enum pxe_order_state state;
	enum pxe_reason reason;
} shown[] = {
	[PENDING] = { PXE_ORDER_PENDING, PXE_REASON_OK },
	[HELD_BY_COUNT] = { PXE_ORDER_HELD, PXE_REASON_REINSTALL },
	[HELD_BY_STORE] = { PXE_ORDER_HELD, PXE_REASON_STORE_OLDER },
	[BEGUN] = { PXE_ORDER_BEGUN, PXE_REASON_OK },
	[DONE] = { PXE_ORDER_DONE, PXE_REASON_OK },
	[FAILED] = { PXE_ORDER_FAILED, PXE_REASON_OK }, /* any */
	[EXPIRED] = { PXE_ORDER_EXPIRED, PXE_REASON_ORDER_EXPIRED },
	[STANDING] = { PXE_ORDER_STANDING, PXE_REASON_OK },
};

static void check_order(const struct pxe_orders *o, const struct model *m)
{
	const struct pxe_order *order = order_of(o, MACHINE);

	HOLDS((order == NULL) == (m->order == NONE), "order there?%s",
	      tell_story());
	if (order == NULL)
		return;
	HOLDS(order->state == shown[m->order].state, "it is %s%s",
	      pxe_order_state_name(order->state), tell_story());
	HOLDS(m->order == FAILED || order->reason == shown[m->order].reason,
	      "because of %s%s", pxe_reason_name(order->reason), tell_story());
	HOLDS(m->order != FAILED || order->reason != PXE_REASON_OK,
	      "failed without a reason%s", tell_story());
	HOLDS(target_of(order->target) == m->target, "it is for %s%s",
	      order->target, tell_story());
}

static void check_sessions(struct pxe_orders *o, const struct state *st)
{
	const struct model *m = &st->model;
	const size_t n = pxe_orders_n_changes(o);
	int n_running = 0;

	for (int k = 0; k < N_TOKENS; k++) {
		struct pxe_orders_answer answer = { .session = NULL };
		struct pxe_orders_who who;
		int r;

		who = who_of(tokens[k], addresses[m->s[k].address]);
		r = pxe_orders_get(o, &who, T0, &answer);
		HOLDS(r == model_get(m, k), "token %d: %d%s", k, r,
		      tell_story());
		n_running += r == 0;
		/* files are for who consumed an order */
		HOLDS(r < 0 || answer.session->state != PXE_SESSION_BEGUN ||
			      (st->history.given & 1 << k) != 0,
		      "token %d is given files%s", k, tell_story());
		if (r == -ESRCH)
			continue;
		who.address = "10.0.0.9"; /* another machine */
		HOLDS(pxe_orders_get(o, &who, T0, &answer) == -EACCES &&
			      pxe_orders_begin(o, &who, T0, &answer) ==
				      -EACCES &&
			      pxe_orders_finish(o, &who, true, T0) == -EACCES,
		      "token %d of a stranger%s", k, tell_story());
	}
	HOLDS(pxe_orders_n_changes(o) == n, "to look changes something%s",
	      tell_story());
	HOLDS(n_running <= 1, "%d sessions%s", n_running, tell_story());
}

static void check_installs(const struct pxe_orders *o, const struct model *m)
{
	const struct pxe_installs *i = pxe_orders_find_install(o, MACHINE);
	int n = 0, want = 0;

	for (uint32_t k = 0; i != NULL && k < i->n && k < N_AT; k++)
		n += i->at_s[k] > T0 - WINDOW_S;
	for (int k = 0; k < m->n; k++)
		want += m->at[k] > -WINDOW_S;
	HOLDS(n == want, "%d installations, not %d%s", n, want, tell_story());
	HOLDS((i != NULL || order_of(o, MACHINE) != NULL) == (m->is_known != 0),
	      "known?%s", tell_story());
}

static void check_all(struct pxe_orders *o, const struct state *st)
{
	check_order(o, &st->model);
	check_installs(o, &st->model);
	check_sessions(o, st);
	HOLDS(pxe_orders_guard(o)->is_armed == (st->model.is_armed != 0),
	      "armed?%s", tell_story());
}

/* --- steps ---------------------------------------------------------------- */

enum verb { ASSIGN, REMOVE, RELEASE, ARM, OPENS, BEGINS, FINISHES };

/* Rows: what is done, and with what. */
struct step {
	const char *name;
	enum verb verb;
	int target; /* and is the callback a good one? */
	int address;
	bool is_new;
	bool by_token; /* with the token of the session that has begun */
	int token;
};

#define NO_TOKEN (-1)

static const struct step steps[] = {
	{ "assign x", ASSIGN, .target = 0 },
	{ "assign y", ASSIGN, .target = 1 },
	{ "assign live", ASSIGN, .target = 2 },
	{ "remove", .verb = REMOVE },
	{ "release", .verb = RELEASE },
	{ "arm", .verb = ARM },
	{ "open x", OPENS, .target = 0 },
	{ "open x elsewhere", OPENS, .target = 0, .address = 1 },
	{ "open x again", OPENS, .target = 0, .by_token = true },
	{ "open x elsewhere again", OPENS, .target = 0, .address = 1,
	  .by_token = true },
	{ "open y", OPENS, .target = 1 },
	{ "open y again", OPENS, .target = 1, .by_token = true },
	{ "open live", OPENS, .target = LIVE },
	{ "open x if new", OPENS, .target = 0, .is_new = true },
	{ "begin 0", BEGINS, .token = 0 },
	{ "begin 1", BEGINS, .token = 1 },
	{ "begin 2", BEGINS, .token = 2 },
	{ "begin 3", BEGINS, .token = 3 },
	{ "done 0", FINISHES, .target = 1, .token = 0 },
	{ "done 1", FINISHES, .target = 1, .token = 1 },
	{ "done 2", FINISHES, .target = 1, .token = 2 },
	{ "done 3", FINISHES, .target = 1, .token = 3 },
	{ "failed 0", FINISHES, .target = 0, .token = 0 },
	{ "failed 1", FINISHES, .target = 0, .token = 1 },
	{ "failed 2", FINISHES, .target = 0, .token = 2 },
	{ "failed 3", FINISHES, .target = 0, .token = 3 },
};

/* A token that nothing remembers; N_TOKENS: there is none. */
static int find_fresh(const struct state *st)
{
	int k = 0;

	while (k < N_TOKENS && (st->disk.s[k].state != 0 ||
				(st->has_copy && st->copy.s[k].state != 0)))
		k++;
	return k;
}

static int find_begun(const struct model *m)
{
	for (int k = 0; k < N_TOKENS; k++)
		if (m->s[k].state == GOES)
			return k;
	return NO_TOKEN;
}

static int do_open(struct pxe_orders *o, const struct step *step, int with,
		   int fresh, int *token)
{
	struct pxe_session ask = { .machine = MACHINE,
				   .client = A,
				   .is_once = step->target != LIVE,
				   .is_plain = is_plain(step->target),
				   .is_when_new = step->is_new };
	struct pxe_orders_answer answer = { .session = NULL };
	int r;

	if (with >= 0)
		memcpy(ask.token, tokens[with], sizeof(ask.token));
	pxe_str_copy(ask.address, sizeof(ask.address),
		     addresses[step->address]);
	pxe_str_copy(ask.target, sizeof(ask.target),
		     target_names[step->target]);
	r = pxe_orders_open(o, &ask, tokens[fresh], T0, &answer);
	if (r == 0)
		*token = token_of(answer.session->token);
	return r;
}

/* The verb, without a commit. */
static int do_verb(struct pxe_orders *o, const struct step *step,
		   const struct model *m, int with, int fresh, int *token)
{
	const struct pxe_order ask = ask_of(MACHINE, target_names[step->target],
					    step->target != LIVE);
	const char *text = tokens[step->token];

	switch (step->verb) {
	case ASSIGN:
		return pxe_orders_assign(o, &ask, T0);
	case REMOVE:
		return pxe_orders_remove(o, MACHINE);
	case RELEASE:
		return pxe_orders_release(o, MACHINE, T0);
	case ARM:
		return pxe_orders_arm(o);
	case OPENS:
		return do_open(o, step, with, fresh, token);
	case BEGINS:
		return begin(o, text, addresses[m->s[step->token].address], T0);
	case FINISHES:
		break;
	}
	return finish(o, text, addresses[m->s[step->token].address],
		      step->target == 1, T0);
}

static int do_model(struct model *m, const struct step *step, int with,
		    int fresh, int *token)
{
	switch (step->verb) {
	case ASSIGN:
		return model_assign(m, step->target);
	case REMOVE:
		return model_remove(m);
	case RELEASE:
		return model_release(m);
	case ARM:
		m->is_armed = 1;
		return 0;
	case OPENS:
		return model_open(m, step->target, step->address, step->is_new,
				  with, fresh, token);
	case BEGINS:
		return model_begin(m, step->token);
	case FINISHES:
		break;
	}
	return model_finish(m, step->token, step->target == 1);
}

/* What people allow, once a verb of theirs was answered. */
static void allow(struct history *h, const struct step *step,
		  const struct model *m)
{
	switch (step->verb) {
	case ASSIGN:
	case RELEASE:
	case REMOVE:
		h->may = step->verb != REMOVE && m->target != LIVE;
		h->target = m->target;
		h->may_new = 0;
		break;
	case ARM:
		h->may_new = !m->is_known;
		break;
	case OPENS:
	case BEGINS:
	case FINISHES:
		break;
	}
}

/* A token has begun for the first time: was that allowed, and not used yet? */
static void use(struct history *h, const struct model *before, int k)
{
	if (before->order == NONE) {
		HOLDS(h->may_new && !before->is_known, "not new%s",
		      tell_story());
		h->may_new = 0;
	} else {
		HOLDS(h->may && h->target == before->s[k].target,
		      "nobody allowed that%s", tell_story());
		h->may = 0;
	}
	h->given |= 1 << k;
}

/* --- the exploration ------------------------------------------------------ */

/* One that was reached, and how. */
struct node {
	struct state state;
	uint32_t parent;
	uint8_t step, depth; /* from where the exploration begins */
};

static struct node *nodes;
static size_t n_nodes, at_node;
static int at_step;
static uint32_t *seen;   /* numbers of nodes + 1, by their hash */
static unsigned full_at; /* there is no room for all of that depth */
static uint64_t n_begun, n_tries;

enum { SEEN = 1 << 17 };

static uint64_t hash(const struct state *st)
{
	const uint32_t *p = (const uint32_t *)(const void *)st;
	uint64_t h = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < sizeof(*st) / sizeof(*p); i++) {
		h = (h ^ p[i]) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h != 0 ? h : 1;
}

/* What can never matter again is the same everywhere. */
static void tidy(struct state *st)
{
	const struct disk *copy = &st->copy;

	for (int k = 0; k < N_TOKENS; k++)
		if (st->disk.s[k].state == 0 &&
		    (!st->has_copy || copy->s[k].state == 0))
			st->history.given &= ~(1 << k);
}

/* Its number; N_STATES: there is no room for it. */
static size_t add(struct state *st, int step)
{
	const unsigned depth = nodes[at_node].depth + 1;
	struct node *node;
	size_t i;

	tidy(st);
	for (i = hash(st) % SEEN; seen[i] != 0; i = (i + 1) % SEEN) {
		node = &nodes[seen[i] - 1];
		if (memcmp(&node->state, st, sizeof(*st)) != 0)
			continue;
		if (depth < node->depth)
			node->depth = (uint8_t)depth;
		return seen[i] - 1;
	}
	if (n_nodes == N_STATES) {
		if (full_at > depth)
			full_at = depth;
		return N_STATES;
	}
	node = &nodes[n_nodes];
	node->state = *st;
	node->parent = (uint32_t)at_node;
	node->step = (uint8_t)step;
	node->depth = (uint8_t)depth;
	seen[i] = (uint32_t)++n_nodes;
	return n_nodes - 1;
}

enum { LATER = PXE_LEN(steps), DAY_LATER, COPY, RESTORE, EMPTY, N_STEPS };

static const char *step_name(int step)
{
	static const char *const others[] = { "later", "a day later", "copy",
					      "restore", "empty" };

	return step < LATER ? steps[step].name : others[step - LATER];
}

static const char *tell_story(void)
{
	static char story[512];
	int path[64], n = 0;
	struct pxe_str s;

	path[n++] = at_step;
	for (size_t at = at_node; at != 0 && n < 64; at = nodes[at].parent)
		path[n++] = nodes[at].step;
	pxe_str_init(&s, story, sizeof(story));
	pxe_str_puts(&s, " after");
	while (n-- > 0)
		pxe_str_putf(&s, " > %s", step_name(path[n]));
	return story;
}

static void check_undo(struct pxe_orders *o, const struct disk *before)
{
	struct disk now;

	WORKS(pxe_orders_undo(o));
	save(o, &now);
	HOLDS(memcmp(&now, before, sizeof(now)) == 0, "not undone%s",
	      tell_story());
}

/* The witness follows: its number is the origin of the others'. */
static void follow(struct state *st)
{
	const int32_t by = st->disk.seq;

	st->disk.seq = 0;
	if (st->disk.id == ID_OTHER && st->has_copy)
		st->copy.id = st->copy.id == ID_OTHER ? ID_SAME : ID_OTHER;
	st->disk.id = ID_SAME;
	st->copy.seq -= st->has_copy ? by : 0;
	if (st->copy.seq < -1)
		st->copy.seq = -1;
}

static enum pxe_witness_verdict judge(const struct pxe_orders *o)
{
	struct pxe_witness witness = { .seq = SEQ };

	memset(witness.id, 's', PXE_TOKEN_TEXT - 1);
	return pxe_witness_judge(&witness, pxe_orders_guard(o));
}

/* pxe-stated starts: stated/orders.c. */
static size_t start(struct state *st, int step)
{
	struct pxe_orders *o = load(&st->disk);
	struct model *m = &st->model;
	char other[PXE_TOKEN_TEXT];
	const bool is_older = judge(o) == PXE_WITNESS_OLDER;

	HOLDS(is_older == (st->disk.id != ID_SAME || st->disk.seq < 0),
	      "older?%s", tell_story());
	memset(other, 'o', sizeof(other));
	other[PXE_TOKEN_TEXT - 1] = '\0';
	if (st->disk.id == ID_NONE)
		WORKS(pxe_orders_name(o, other));
	if (is_older) {
		WORKS(pxe_orders_suspect(o, SEQ, T0));
		if (m->order == PENDING)
			m->order = HELD_BY_STORE;
		m->is_armed = 0;
	}
	pxe_orders_keep(o);
	WORKS(pxe_orders_expire(o, T0));
	WORKS(pxe_orders_expire(o, T0));
	pxe_orders_keep(o);
	model_expire(m);
	check_all(o, st);
	save(o, &st->disk);
	follow(st);
	pxe_orders_free(o);
	return add(st, step);
}

static void shift(int32_t *at, int32_t by)
{
	if (*at != UNSET)
		*at = *at - by < LONG_AGO ? LONG_AGO : *at - by;
}

static void shift_disk(struct disk *d, int32_t by)
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

static void shift_model(struct model *m, int32_t by)
{
	if (m->order != NONE)
		shift(&m->expires, by);
	for (int k = 0; k < N_TOKENS; k++)
		if (m->s[k].state != NO_SESSION)
			shift(&m->s[k].until, by);
	for (int k = 0; k < m->n; k++)
		shift(&m->at[k], by);
}

static size_t try_later(const struct state *from, int step)
{
	const int32_t by = step == LATER ? TICK_S : DAY_S;
	struct state st = *from;

	shift_disk(&st.disk, by);
	shift_model(&st.model, by);
	if (st.has_copy) {
		shift_disk(&st.copy, by);
		shift_model(&st.copy_model, by);
	}
	return start(&st, step);
}

static size_t try_copy(const struct state *from)
{
	struct state st = *from;

	st.copy = st.disk;
	st.copy_model = st.model;
	st.has_copy = 1;
	return add(&st, COPY);
}

/* Another store is put in the place of this one, as it is by `st`. */
static size_t try_restore(const struct state *from, int step)
{
	struct state st = *from;

	if (step == RESTORE) {
		if (!st.has_copy)
			return at_node;
		st.disk = st.copy;
		st.model = st.copy_model;
	} else {
		memset(&st.disk, 0, sizeof(st.disk));
		memset(&st.model, 0, sizeof(st.model));
		st.disk.seq = -SEQ;
		st.model.owner = -1;
	}
	return start(&st, step);
}

/* A verb on the book of that state, committed and answered; then it is taken
 * back, for the next one. */
static size_t try_verb(struct pxe_orders *o, const struct state *from,
		       int number)
{
	const struct step *step = &steps[number];
	const int fresh = find_fresh(from);
	const int with = step->by_token ? find_begun(&from->model) : NO_TOKEN;
	struct state st = *from;
	int r, want, token = NO_TOKEN, meant = NO_TOKEN;
	bool is_first;
	size_t n;

	if (fresh == N_TOKENS && step->verb == OPENS)
		return at_node;
	n_tries++;
	r = do_verb(o, step, &from->model, with, fresh, &token);
	want = do_model(&st.model, step, with, fresh, &meant);
	HOLDS(r == want && token == meant, "%d of token %d, not %d of %d%s", r,
	      token, want, meant, tell_story());
	save(o, &st.disk);
	n = pxe_orders_n_changes(o);
	if (step->verb == BEGINS || step->verb == FINISHES) {
		r = do_verb(o, step, &from->model, with, fresh, &token);
		HOLDS(r == want && pxe_orders_n_changes(o) == n,
		      "once more changes something%s", tell_story());
	}
	/* killed before the witness is written, it is the same store */
	HOLDS(judge(o) == PXE_WITNESS_GOOD, "it is older%s", tell_story());
	is_first = step->verb == BEGINS && want == 0 &&
		   from->model.s[step->token].state == OPEN &&
		   from->model.s[step->token].target != LIVE;
	/* and one from before is known as such */
	HOLDS(want != 0 || st.disk.seq > 0 || !(is_first || step->verb <= ARM),
	      "not counted%s", tell_story());
	if (is_first) {
		n_begun++;
		use(&st.history, &from->model, step->token);
	}
	if (want == 0)
		allow(&st.history, step, &st.model);
	check_all(o, &st);
	check_undo(o, &from->disk);
	follow(&st);
	return add(&st, number);
}

static size_t try_step(struct pxe_orders *o, const struct state *from, int step)
{
	at_step = step;
	if (step < LATER)
		return try_verb(o, from, step);
	if (step == COPY)
		return try_copy(from);
	return step == LATER || step == DAY_LATER ? try_later(from, step)
						  : try_restore(from, step);
}

/* Beginnings that are far from nothing, in the names of steps. */
static const char *const beginnings[][11] = {
	{ "assign x", "copy", "open x", "begin 0", "done 0" },
	{ "assign x", "copy", "open x", "begin 0", "restore" },
	{ "assign x", "open x", "copy", "begin 0", "later", "open live",
	  "later" },
	{ "assign x", "open x", "later", "later", "open x" },
	{ "assign x", "open x", "begin 0", "assign x", "copy", "open x",
	  "begin 1", "assign x", "open x" },
	{ "assign x", "open x", "begin 0", "assign x", "open y", "open x",
	  "begin 1", "failed 1", "assign x" },
	{ "assign x", "open x", "begin 0", "assign x", "open x", "begin 1",
	  "later", "later", "later", "later" },
	{ "assign x", "open x", "begin 0", "assign y", "open y", "begin 1" },
	{ "assign y", "open y", "begin 0", "assign x", "copy", "open x" },
	{ "copy", "empty", "open x if new", "arm", "open x if new", "begin 0" },
};

static int find_step(const char *name)
{
	for (int i = 0; i < N_STEPS; i++)
		if (strcmp(step_name(i), name) == 0)
			return i;
	ck_abort_msg("%s", name);
}

static void add_beginnings(void)
{
	for (size_t i = 0; i < PXE_LEN(beginnings); i++) {
		at_node = 0;
		for (size_t k = 0;
		     k < PXE_LEN(beginnings[i]) && beginnings[i][k] != NULL;
		     k++) {
			const struct state from = nodes[at_node].state;
			struct pxe_orders *o = load(&from.disk);

			at_node =
				try_step(o, &from, find_step(beginnings[i][k]));
			pxe_orders_free(o);
		}
		nodes[at_node].depth = 0;
	}
}

static void try_all(void)
{
	const struct state from = nodes[at_node].state;
	struct pxe_orders *o = load(&from.disk);

	for (int i = 0; i < N_STEPS; i++)
		(void)try_step(o, &from, i);
	pxe_orders_free(o);
}

static void explore(void)
{
	struct state first;

	nodes = calloc(N_STATES, sizeof(*nodes));
	seen = calloc(SEEN, sizeof(*seen));
	ck_assert(nodes != NULL && seen != NULL);
	n_nodes = at_node = 0;
	full_at = DEPTH_MAX;
	n_begun = n_tries = 0;
	memset(&first, 0, sizeof(first));
	first.disk.id = ID_SAME;
	first.model.owner = -1;
	nodes[add(&first, 0)].depth = 0;
	add_beginnings();
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++)
		for (at_node = 0; at_node < n_nodes; at_node++)
			if (nodes[at_node].depth == depth)
				try_all();
}

static void explore_and_tell(void)
{
	explore();
	printf("# %zu states, %llu verbs, %llu begun: all to depth %u\n",
	       n_nodes, (unsigned long long)n_tries,
	       (unsigned long long)n_begun, full_at - 1);
	ck_assert_uint_gt(n_begun, 1000);
	ck_assert_uint_gt(full_at, DEPTH);
	free(nodes);
	free(seen);
}

START_TEST(of_all_that_can_happen_nothing_installs_twice)
{
	is_second_plain = false;
	explore_and_tell();
}
END_TEST

START_TEST(nor_beside_targets_that_nobody_waits_for)
{
	is_second_plain = true;
	explore_and_tell();
}
END_TEST

UNIT_MAIN("order_all", of_all_that_can_happen_nothing_installs_twice,
	  nor_beside_targets_that_nobody_waits_for)
