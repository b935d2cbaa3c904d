/* SPDX-License-Identifier: ISC */
/* The order book in long random stories, against a model. */
#include "order_book_env.h"

/* --- random stories ------------------------------------------------------ */

enum { MACHINES = 3, TOKENS = 8, STEPS = 20000 };

/* What should be, without any of the book's tables. */
static struct model {
	struct {
		int left;    /* orders that may still be consumed: 0, 1 */
		char target; /* of it */
		int64_t expires_s;
	} machine[MACHINES];
	int64_t now_s;
	unsigned seed, n_begun;
} model;

static struct {
	char token[PXE_TOKEN_TEXT];
	int machine;
	bool has_begun;
} tokens[TOKENS];

static unsigned random_below(unsigned n)
{
	model.seed = model.seed * 1103515245u + 12345u;
	return (model.seed >> 16) % n;
}

static void write_machine(int m, char *text, size_t size)
{
	snprintf(text, size, m == 0 ? "host:m%d" : "52:54:00:00:00:%02x", m);
}

/* All that the book knows, as one text. */
static void dump(const struct pxe_orders *o, struct pxe_str *s)
{
	char name[80];

	for (int m = 0; m < MACHINES; m++) {
		const struct pxe_order *order;

		write_machine(m, name, sizeof(name));
		order = order_of(o, name);
		if (order != NULL)
			pxe_str_putf(s, "%s %s %d %d %lld %lld\n",
				     order->machine, order->target,
				     (int)order->state, (int)order->reason,
				     (long long)order->made_s,
				     (long long)order->begun_s);
	}
	for (int i = 0; i < TOKENS; i++) {
		const struct pxe_session *session = NULL;
		size_t at = 0;

		while ((session = pxe_orders_next_session(o, &at)) != NULL)
			if (strcmp(session->token, tokens[i].token) == 0)
				pxe_str_putf(s, "%s %d %lld\n", session->token,
					     (int)session->state,
					     (long long)session->until_s);
	}
	pxe_str_putf(s, "%llu\n", (unsigned long long)pxe_orders_guard(o)->seq);
}

static void random_assign(struct pxe_orders *o, int m, const char *name,
			  bool is_kept)
{
	const char target[] = { (char)('x' + (int)random_below(2)), '\0' };
	const bool is_once = random_below(4) != 0;
	struct pxe_order ask = ask_of(name, target, is_once);

	ck_assert_int_eq(pxe_orders_assign(o, &ask, false, model.now_s), 0);
	if (!is_kept)
		return;
	model.machine[m].left = is_once;
	model.machine[m].target = target[0];
	model.machine[m].expires_s = model.now_s + LIFE;
}

static bool is_consumable(int m, char target)
{
	return model.machine[m].left > 0 && model.machine[m].target == target &&
	       model.machine[m].expires_s > model.now_s;
}

static void random_open(struct pxe_orders *o, int m, const char *name,
			bool is_kept)
{
	const char target[] = { (char)('x' + (int)random_below(2)), '\0' };
	const struct boot b = { .machine = name,
				.client = random_below(2) ? A : B,
				.address = "10.0.0.1",
				.target = target,
				.is_once = true };
	char token[PXE_TOKEN_TEXT];
	int r = open_boot(o, &b, model.now_s, token);
	unsigned at = random_below(TOKENS);

	ck_assert_msg((r == 0) == is_consumable(m, target[0]), "%s: %d", name,
		      r);
	if (r < 0 || !is_kept)
		return;
	for (int i = 0; i < TOKENS; i++)
		if (strcmp(tokens[i].token, token) == 0)
			return;
	memcpy(tokens[at].token, token, sizeof(token));
	tokens[at].machine = m;
	tokens[at].has_begun = false;
}

static void random_begin(struct pxe_orders *o, bool is_kept)
{
	unsigned at = random_below(TOKENS);
	int r, m = tokens[at].machine;

	if (tokens[at].token[0] == '\0')
		return;
	r = begin(o, tokens[at].token, "10.0.0.1", model.now_s);
	if (r < 0)
		return;
	/* the first time it takes the order, of which there must be one */
	if (!tokens[at].has_begun) {
		ck_assert_int_eq(model.machine[m].left, 1);
		ck_assert_int_gt(model.machine[m].expires_s, model.now_s);
	}
	if (!is_kept)
		return;
	if (!tokens[at].has_begun)
		model.machine[m].left = 0;
	model.n_begun += !tokens[at].has_begun;
	tokens[at].has_begun = true;
}

static void random_finish(struct pxe_orders *o)
{
	unsigned at = random_below(TOKENS);

	if (tokens[at].token[0] != '\0')
		(void)!finish(o, tokens[at].token, "10.0.0.1",
			      random_below(2) != 0, model.now_s);
}

/* One thing happens; a quarter of them cannot be written. */
static void random_step(struct pxe_orders *o)
{
	static char before[65536], after[65536];
	const bool is_kept = random_below(4) != 0;
	const int m = (int)random_below(MACHINES);
	struct pxe_str s;
	char name[80];

	write_machine(m, name, sizeof(name));
	pxe_str_init(&s, before, sizeof(before));
	dump(o, &s);
	switch (random_below(8)) {
	case 0:
		random_assign(o, m, name, is_kept);
		break;
	case 1:
		if (random_below(4) == 0 && pxe_orders_remove(o, name) == 0 &&
		    is_kept)
			model.machine[m].left = 0;
		break;
	case 2:
	case 3:
	case 4:
		random_open(o, m, name, is_kept);
		break;
	case 5:
	case 6:
		random_begin(o, is_kept);
		break;
	default:
		random_finish(o);
	}
	if (is_kept) {
		pxe_orders_keep(o);
		return;
	}
	ck_assert_int_eq(pxe_orders_undo(o), 0);
	pxe_str_init(&s, after, sizeof(after));
	dump(o, &s);
	ck_assert_str_eq(before, after);
}

/* An order that the model still has is still there to be had. */
static void check_nothing_lost(const struct pxe_orders *o)
{
	char name[80];

	for (int m = 0; m < MACHINES; m++) {
		write_machine(m, name, sizeof(name));
		if (model.machine[m].left > 0 &&
		    model.machine[m].expires_s > model.now_s)
			ck_assert_int_eq(state_of(o, name), PXE_ORDER_PENDING);
	}
}

START_TEST(whatever_happens_an_order_is_consumed_once_and_never_lost)
{
	const struct pxe_orders_rules free = { LIFE, SESSION, 0, WINDOW };

	for (unsigned seed = 1; seed <= 4; seed++) {
		struct pxe_orders *o = new_book();

		memset(&model, 0, sizeof(model));
		memset(tokens, 0, sizeof(tokens));
		model.seed = seed;
		model.now_s = T0;
		pxe_orders_set_rules(o, &free);
		for (int i = 0; i < STEPS; i++) {
			random_step(o);
			check_nothing_lost(o);
			model.now_s += random_below(8) == 0 ? random_below(60)
							    : random_below(2);
			ck_assert_int_eq(pxe_orders_expire(o, model.now_s), 0);
			pxe_orders_keep(o);
		}
		ck_assert_uint_gt(model.n_begun, 100);
		pxe_orders_free(o);
	}
}
END_TEST

UNIT_MAIN("order_random",
	  whatever_happens_an_order_is_consumed_once_and_never_lost)
