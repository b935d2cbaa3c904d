/* SPDX-License-Identifier: ISC */
/* For tests of the order book: orders, boots and callbacks in one line. */
#ifndef PXE_TESTS_ORDER_BOOK_ENV_H
#define PXE_TESTS_ORDER_BOOK_ENV_H
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "stated/order_book.h"
#include "unit.h"

#define T0      ((int64_t)1700000000)
#define LIFE    1000
#define SESSION 100
#define LIMIT   2
#define WINDOW  500

static const struct pxe_orders_rules rules = { LIFE, SESSION, LIMIT, WINDOW };
static unsigned n_tokens;

static inline struct pxe_orders *new_book(void)
{
	struct pxe_orders *o = pxe_orders_new();

	ck_assert_ptr_nonnull(o);
	pxe_orders_set_rules(o, &rules);
	return o;
}

static inline struct pxe_order ask_of(const char *machine, const char *target,
				      bool is_once)
{
	struct pxe_order ask = { .is_once = is_once };

	pxe_str_copy(ask.machine, sizeof(ask.machine), machine);
	pxe_str_copy(ask.target, sizeof(ask.target), target);
	pxe_str_copy(ask.by, sizeof(ask.by), "root");
	return ask;
}

static inline int assign(struct pxe_orders *o, const char *machine,
			 const char *target, bool is_once, int64_t now_s)
{
	const struct pxe_order ask = ask_of(machine, target, is_once);
	int r = pxe_orders_assign(o, &ask, false, now_s);

	pxe_orders_keep(o);
	return r;
}

static inline const struct pxe_order *order_of(const struct pxe_orders *o,
					       const char *machine)
{
	return pxe_order_table_find(pxe_orders_table(o), machine);
}

static inline enum pxe_order_state state_of(const struct pxe_orders *o,
					    const char *machine)
{
	const struct pxe_order *order = order_of(o, machine);

	ck_assert_ptr_nonnull(order);
	return order->state;
}

struct boot {
	const char *machine, *client, *address, *target;
	bool is_once, is_plain, is_when_new;
	const char *token; /* of an earlier script; NULL */
};

/* 0 and the token; or -errno. */
static inline int open_boot(struct pxe_orders *o, const struct boot *b,
			    int64_t now_s, char token[static PXE_TOKEN_TEXT])
{
	struct pxe_session ask = { .is_once = b->is_once,
				   .is_plain = b->is_plain,
				   .is_when_new = b->is_when_new };
	struct pxe_orders_answer answer = { .session = NULL };
	char fresh[PXE_TOKEN_TEXT];
	int r;

	pxe_str_copy(ask.machine, sizeof(ask.machine), b->machine);
	pxe_str_copy(ask.client, sizeof(ask.client), b->client);
	pxe_str_copy(ask.address, sizeof(ask.address), b->address);
	pxe_str_copy(ask.target, sizeof(ask.target), b->target);
	if (b->token != NULL)
		pxe_str_copy(ask.token, sizeof(ask.token), b->token);
	snprintf(fresh, sizeof(fresh), "%032x", ++n_tokens);
	r = pxe_orders_open(o, &ask, fresh, now_s, &answer);
	if (r == 0)
		memcpy(token, answer.session->token, PXE_TOKEN_TEXT);
	return r;
}

static inline struct pxe_orders_who who_of(const char *token,
					   const char *address)
{
	return (struct pxe_orders_who) { .token = token, .address = address };
}

static inline int begin(struct pxe_orders *o, const char *token,
			const char *address, int64_t now_s)
{
	const struct pxe_orders_who who = who_of(token, address);
	struct pxe_orders_answer answer;

	return pxe_orders_begin(o, &who, now_s, &answer);
}

static inline int get(struct pxe_orders *o, const char *token,
		      const char *address, int64_t now_s)
{
	const struct pxe_orders_who who = who_of(token, address);
	struct pxe_orders_answer answer;

	return pxe_orders_get(o, &who, now_s, &answer);
}

static inline int finish(struct pxe_orders *o, const char *token,
			 const char *address, bool is_ok, int64_t now_s)
{
	const struct pxe_orders_who who = who_of(token, address);

	return pxe_orders_finish(o, &who, is_ok, now_s);
}

#define A "52:54:00:00:00:0a"
#define B "52:54:00:00:00:0b"

#endif
