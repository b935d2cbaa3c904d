/* SPDX-License-Identifier: ISC */
/* What can be done, to the book and to the model. */
#include "order_all.h"

/* --- steps ---------------------------------------------------------------- */

/* clang-format off */
const struct step steps[N_VERBS] = {
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
/* clang-format on */

/* A token that nothing remembers; N_TOKENS: there is none. */
int find_fresh(const struct state *st)
{
	int k = 0;

	while (k < N_TOKENS && (st->disk.s[k].state != 0 ||
				(st->has_copy && st->copy.s[k].state != 0)))
		k++;
	return k;
}

int find_begun(const struct model *m)
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
int do_verb(struct pxe_orders *o, const struct step *step,
	    const struct model *m, int with, int fresh, int *token)
{
	const struct pxe_order ask = ask_of(MACHINE, target_names[step->target],
					    step->target != LIVE);
	const char *text = tokens[step->token];

	switch (step->verb) {
	case ASSIGN:
		return pxe_orders_assign(o, &ask, is_plain(step->target), T0);
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

int do_model(struct model *m, const struct step *step, int with, int fresh,
	     int *token)
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
void allow(struct history *h, const struct step *step, const struct model *m)
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
void use(struct history *h, const struct model *before, int k)
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
