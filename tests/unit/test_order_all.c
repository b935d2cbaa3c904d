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
#include "order_all.h"
#include "stated/witness.h"

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

enum { LATER = N_VERBS, DAY_LATER, COPY, RESTORE, EMPTY, N_STEPS };

static const char *step_name(int step)
{
	static const char *const others[] = { "later", "a day later", "copy",
					      "restore", "empty" };

	return step < LATER ? steps[step].name : others[step - LATER];
}

const char *tell_story(void)
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
/* clang-format off */
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
/* clang-format on */

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
