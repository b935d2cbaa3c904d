/* SPDX-License-Identifier: ISC */
#include "stated/order_rows.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "run/state_order.h"

/* --- writing ------------------------------------------------------------- */

static json_t *session_to_json(const struct pxe_session *s)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:s, "
			 "s:I, s:I, s:I, s:I}",
			 "token", s->token, "machine", s->machine, "client",
			 s->client, "address", s->address, "target", s->target,
			 "next", s->next, "once", s->is_once, "plain",
			 s->is_plain, "when_new", s->is_when_new, "state",
			 pxe_session_state_name(s->state), "order",
			 (json_int_t)s->order_s, "opened",
			 (json_int_t)s->opened_s, "until",
			 (json_int_t)s->until_s, "begun",
			 (json_int_t)s->begun_s);
}

static json_t *install_to_json(const struct pxe_installs *i)
{
	json_t *at = json_array();

	for (size_t k = 0; k < PXE_INSTALLS_MAX && i->at_s[k] != 0; k++)
		json_array_append_new(at, json_integer(i->at_s[k]));
	return json_pack("{s:s, s:I, s:o}", "machine", i->machine, "n",
			 (json_int_t)i->n, "at", at);
}

static json_t *guard_to_json(const struct pxe_orders_guard *g)
{
	return json_pack("{s:s, s:I, s:b, s:I}", "id", g->id, "seq",
			 (json_int_t)g->seq, "armed", g->is_armed, "suspect",
			 (json_int_t)g->suspect_s);
}

static json_t *to_json(enum pxe_orders_kind kind, const void *record)
{
	switch (kind) {
	case PXE_ORDERS_ORDER:
		return pxe_state_order_to_json(record);
	case PXE_ORDERS_SESSION:
		return session_to_json(record);
	case PXE_ORDERS_INSTALL:
		return install_to_json(record);
	case PXE_ORDERS_GUARD:
	case PXE_ORDERS_KINDS:
		break;
	}
	return guard_to_json(record);
}

static int write_row(struct pxe_store *store, enum pxe_orders_kind kind,
		     const char *key, const void *record)
{
	json_t *json = record != NULL ? to_json(kind, record) : NULL;
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	int r;

	json_decref(json);
	if (record != NULL && text == NULL) {
		pxe_str_copy(store->error, sizeof(store->error), "no memory");
		return -ENOMEM;
	}
	r = record != NULL ? store->ops->put_row(store, (int)kind, key, text)
			   : store->ops->remove_row(store, (int)kind, key);
	free(text);
	return r;
}

int pxe_order_rows_write(struct pxe_store *store,
			 const struct pxe_orders *orders)
{
	size_t n = pxe_orders_n_changes(orders);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct pxe_orders_change c = pxe_orders_change(orders, i);

		r = write_row(store, c.kind, c.key, c.record);
	}
	return r;
}

int pxe_order_rows_write_all(struct pxe_store *store,
			     const struct pxe_orders *orders)
{
	const struct pxe_order *order;
	const struct pxe_session *s;
	const struct pxe_installs *i;
	size_t at = 0;
	int r = write_row(store, PXE_ORDERS_GUARD, "",
			  pxe_orders_guard(orders));

	while (r == 0 && (order = pxe_order_table_next(pxe_orders_table(orders),
						       &at)) != NULL)
		r = write_row(store, PXE_ORDERS_ORDER, order->machine, order);
	at = 0;
	while (r == 0 && (s = pxe_orders_next_session(orders, &at)) != NULL)
		r = write_row(store, PXE_ORDERS_SESSION, s->token, s);
	at = 0;
	while (r == 0 && (i = pxe_orders_next_install(orders, &at)) != NULL)
		r = write_row(store, PXE_ORDERS_INSTALL, i->machine, i);
	return r;
}

/* --- reading ------------------------------------------------------------- */

static bool take_text(const json_t *json, const char *name, char *text,
		      size_t size)
{
	const char *value = json_string_value(json_object_get(json, name));

	return value != NULL && pxe_str_copy(text, size, value);
}

static bool take_number(const json_t *json, const char *name, int64_t *value)
{
	const json_t *number = json_object_get(json, name);

	*value = json_integer_value(number);
	return json_is_integer(number) && *value >= 0;
}

static bool take_bool(const json_t *json, const char *name, bool *value)
{
	const json_t *b = json_object_get(json, name);

	*value = json_is_true(b);
	return json_is_boolean(b);
}

#define TEXT(name, field) take_text(json, name, field, sizeof(field))

static int take_session(struct pxe_orders *orders, const json_t *json)
{
	struct pxe_session s = { .state = PXE_SESSION_OPEN };
	char word[16];
	int state;

	if (!TEXT("token", s.token) || !TEXT("machine", s.machine) ||
	    !TEXT("client", s.client) || !TEXT("address", s.address) ||
	    !TEXT("target", s.target) || !TEXT("next", s.next) ||
	    !take_bool(json, "once", &s.is_once) ||
	    !take_bool(json, "plain", &s.is_plain) ||
	    !take_bool(json, "when_new", &s.is_when_new) ||
	    !TEXT("state", word) || !take_number(json, "order", &s.order_s) ||
	    !take_number(json, "opened", &s.opened_s) ||
	    !take_number(json, "until", &s.until_s) ||
	    !take_number(json, "begun", &s.begun_s) ||
	    strlen(s.token) != PXE_TOKEN_TEXT - 1)
		return -EBADMSG;
	state = pxe_session_state_from_name(word);
	if (state < 0)
		return -EBADMSG;
	s.state = (enum pxe_session_state)state;
	return pxe_orders_load_session(orders, &s);
}

static int take_install(struct pxe_orders *orders, const json_t *json)
{
	const json_t *at = json_object_get(json, "at"), *value;
	struct pxe_installs i = { .n = 0 };
	int64_t n;
	size_t k;

	if (!TEXT("machine", i.machine) || !take_number(json, "n", &n) ||
	    !json_is_array(at))
		return -EBADMSG;
	i.n = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	json_array_foreach((json_t *)(uintptr_t)at, k,
			   value) if (k < PXE_INSTALLS_MAX) i.at_s[k] =
		json_integer_value(value);
	return pxe_orders_load_install(orders, &i);
}

static int take_guard(struct pxe_orders *orders, const json_t *json)
{
	struct pxe_orders_guard g = { .seq = 0 };
	int64_t seq;

	if (!TEXT("id", g.id) || !take_number(json, "seq", &seq) ||
	    !take_bool(json, "armed", &g.is_armed) ||
	    !take_number(json, "suspect", &g.suspect_s))
		return -EBADMSG;
	g.seq = (uint64_t)seq;
	pxe_orders_load_guard(orders, &g);
	return 0;
}

static int take_order(struct pxe_orders *orders, const json_t *json)
{
	struct pxe_order order;
	int r = pxe_state_order_from_json(json, &order);

	return r < 0 ? -EBADMSG : pxe_orders_load_order(orders, &order);
}

int pxe_order_rows_take(struct pxe_orders *orders, int kind, const char *key,
			const char *text)
{
	static int (*const takes[PXE_ORDERS_KINDS])(struct pxe_orders * orders,
						    const json_t *json) = {
		[PXE_ORDERS_ORDER] = take_order,
		[PXE_ORDERS_SESSION] = take_session,
		[PXE_ORDERS_INSTALL] = take_install,
		[PXE_ORDERS_GUARD] = take_guard,
	};
	json_t *json = json_loads(text, 0, NULL);
	int r = -EBADMSG;

	(void)key;
	if (kind >= 0 && kind < PXE_ORDERS_KINDS && json != NULL)
		r = takes[kind](orders, json);
	json_decref(json);
	return r == -EEXIST ? -EBADMSG : r;
}
