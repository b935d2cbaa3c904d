/* SPDX-License-Identifier: ISC */
/* The records, and taking changes back. */
#include "stated/order_book.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "stated/order_book_priv.h"

enum { BY_KEY, BY_MACHINE }; /* the latter of sessions */

static const size_t sizes[PXE_ORDERS_KINDS] = {
	[PXE_ORDERS_ORDER] = sizeof(struct pxe_order),
	[PXE_ORDERS_SESSION] = sizeof(struct pxe_session),
	[PXE_ORDERS_INSTALL] = sizeof(struct pxe_installs),
	[PXE_ORDERS_GUARD] = sizeof(struct pxe_orders_guard),
};

struct session_node {
	struct pxe_hash_node link; /* first: a link is its node */
	struct pxe_session session;
};

struct install_node {
	struct pxe_hash_node link;
	struct pxe_installs install;
};

static const char *const states[PXE_N_SESSION_STATES] = {
#define X(id, name) [PXE_SESSION_##id] = name,
	PXE_SESSION_STATES(X)
#undef X
};

const char *pxe_session_state_name(enum pxe_session_state state)
{
	return (unsigned)state < PXE_N_SESSION_STATES ? states[state] : "?";
}

int pxe_session_state_from_name(const char *name)
{
	for (int i = 0; i < PXE_N_SESSION_STATES; i++)
		if (strcmp(states[i], name) == 0)
			return i;
	return -ENOENT;
}

struct pxe_orders *pxe_orders_new(void)
{
	struct pxe_orders *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->orders = pxe_order_table_new();
	if (o->orders == NULL || pxe_hash_init(&o->sessions) < 0) {
		pxe_order_table_free(o->orders);
		free(o);
		return NULL;
	}
	if (pxe_hash_init(&o->installs) < 0) {
		pxe_hash_done(&o->sessions);
		pxe_order_table_free(o->orders);
		free(o);
		return NULL;
	}
	return o;
}

static void drop_notes(struct pxe_orders *o)
{
	while (o->n_notes > 0)
		free(o->notes[--o->n_notes].before);
}

void pxe_orders_free(struct pxe_orders *o)
{
	if (o == NULL)
		return;
	drop_notes(o);
	free(o->notes);
	pxe_hash_done(&o->sessions);
	pxe_hash_done(&o->installs);
	pxe_order_table_free(o->orders);
	free(o);
}

void pxe_orders_set_rules(struct pxe_orders *o,
			  const struct pxe_orders_rules *rules)
{
	o->rules = *rules;
}

const struct pxe_order_table *pxe_orders_table(const struct pxe_orders *o)
{
	return o->orders;
}

const struct pxe_orders_guard *pxe_orders_guard(const struct pxe_orders *o)
{
	return &o->guard;
}

/* --- records ------------------------------------------------------------- */

/* Whether texts are equal, in a time that does not tell how much of them. */
static bool is_same_token(const char *a, const char *b)
{
	unsigned char differ = 0;

	for (size_t i = 0; i < PXE_TOKEN_TEXT - 1; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

static struct session_node *find_session(const struct pxe_orders *o,
					 const char *token)
{
	struct pxe_hash_node *l;

	if (strlen(token) != PXE_TOKEN_TEXT - 1)
		return NULL;
	l = pxe_hash_first(&o->sessions, BY_KEY,
			   pxe_hash_text(&o->sessions, token));
	while (l != NULL &&
	       !is_same_token(((struct session_node *)l)->session.token, token))
		l = pxe_hash_next(l, BY_KEY);
	return (struct session_node *)l;
}

static struct install_node *find_install(const struct pxe_orders *o,
					 const char *machine)
{
	struct pxe_hash_node *l =
		pxe_hash_first(&o->installs, BY_KEY,
			       pxe_hash_text(&o->installs, machine));

	while (l != NULL && strcmp(((struct install_node *)l)->install.machine,
				   machine) != 0)
		l = pxe_hash_next(l, BY_KEY);
	return (struct install_node *)l;
}

const void *pxe_orders_find(const struct pxe_orders *o,
			    enum pxe_orders_kind kind, const char *key)
{
	struct session_node *s;
	struct install_node *i;

	switch (kind) {
	case PXE_ORDERS_ORDER:
		return pxe_order_table_find(o->orders, key);
	case PXE_ORDERS_SESSION:
		s = find_session(o, key);
		return s != NULL ? &s->session : NULL;
	case PXE_ORDERS_INSTALL:
		i = find_install(o, key);
		return i != NULL ? &i->install : NULL;
	case PXE_ORDERS_GUARD:
	case PXE_ORDERS_KINDS:
		break;
	}
	return &o->guard;
}

const struct pxe_session *pxe_orders_session_of(const struct pxe_orders *o,
						const char *machine,
						const struct pxe_session *after)
{
	struct pxe_hash_node *l;

	if (after == NULL)
		l = pxe_hash_first(&o->sessions, BY_MACHINE,
				   pxe_hash_text(&o->sessions, machine));
	else
		l = pxe_hash_next((const struct pxe_hash_node
					   *)((const char *)after -
					      offsetof(struct session_node,
						       session)),
				  BY_MACHINE);
	while (l != NULL && strcmp(((struct session_node *)l)->session.machine,
				   machine) != 0)
		l = pxe_hash_next(l, BY_MACHINE);
	return l != NULL ? &((struct session_node *)l)->session : NULL;
}

const struct pxe_installs *pxe_orders_find_install(const struct pxe_orders *o,
						   const char *machine)
{
	return pxe_orders_find(o, PXE_ORDERS_INSTALL, machine);
}

const struct pxe_session *pxe_orders_next_session(const struct pxe_orders *o,
						  size_t *at)
{
	struct pxe_hash_node *l = pxe_hash_walk(&o->sessions, at);

	return l != NULL ? &((struct session_node *)l)->session : NULL;
}

const struct pxe_installs *pxe_orders_next_install(const struct pxe_orders *o,
						   size_t *at)
{
	struct pxe_hash_node *l = pxe_hash_walk(&o->installs, at);

	return l != NULL ? &((struct install_node *)l)->install : NULL;
}

static int set_session(struct pxe_orders *o, const struct pxe_session *session)
{
	struct session_node *n = find_session(o, session->token);

	if (n != NULL) {
		n->session = *session;
		return 0;
	}
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return -ENOMEM;
	n->session = *session;
	if (pxe_hash_add(&o->sessions, &n->link) < 0) {
		free(n);
		return -ENOMEM;
	}
	pxe_hash_link(&o->sessions, &n->link, BY_KEY,
		      pxe_hash_text(&o->sessions, n->session.token));
	pxe_hash_link(&o->sessions, &n->link, BY_MACHINE,
		      pxe_hash_text(&o->sessions, n->session.machine));
	return 0;
}

static int set_install(struct pxe_orders *o, const struct pxe_installs *install)
{
	struct install_node *n = find_install(o, install->machine);

	if (n != NULL) {
		n->install = *install;
		return 0;
	}
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return -ENOMEM;
	n->install = *install;
	if (pxe_hash_add(&o->installs, &n->link) < 0) {
		free(n);
		return -ENOMEM;
	}
	pxe_hash_link(&o->installs, &n->link, BY_KEY,
		      pxe_hash_text(&o->installs, n->install.machine));
	return 0;
}

static int set_record(struct pxe_orders *o, enum pxe_orders_kind kind,
		      const void *record)
{
	o->due_s = 0;
	switch (kind) {
	case PXE_ORDERS_ORDER:
		return pxe_order_table_set(o->orders, record) != NULL ? 0
								      : -ENOMEM;
	case PXE_ORDERS_SESSION:
		return set_session(o, record);
	case PXE_ORDERS_INSTALL:
		return set_install(o, record);
	case PXE_ORDERS_GUARD:
	case PXE_ORDERS_KINDS:
		break;
	}
	o->guard = *(const struct pxe_orders_guard *)record;
	return 0;
}

static void remove_record(struct pxe_orders *o, enum pxe_orders_kind kind,
			  const char *key)
{
	struct pxe_order *order;

	switch (kind) {
	case PXE_ORDERS_ORDER:
		order = pxe_order_table_find(o->orders, key);
		if (order != NULL)
			pxe_order_table_remove(o->orders, order);
		break;
	case PXE_ORDERS_SESSION:
		if (find_session(o, key) != NULL)
			pxe_hash_remove(&o->sessions,
					&find_session(o, key)->link);
		break;
	case PXE_ORDERS_INSTALL:
		if (find_install(o, key) != NULL)
			pxe_hash_remove(&o->installs,
					&find_install(o, key)->link);
		break;
	case PXE_ORDERS_GUARD:
	case PXE_ORDERS_KINDS:
		break;
	}
}

static const char *key_of(enum pxe_orders_kind kind, const void *record)
{
	switch (kind) {
	case PXE_ORDERS_ORDER:
		return ((const struct pxe_order *)record)->machine;
	case PXE_ORDERS_SESSION:
		return ((const struct pxe_session *)record)->token;
	case PXE_ORDERS_INSTALL:
		return ((const struct pxe_installs *)record)->machine;
	case PXE_ORDERS_GUARD:
	case PXE_ORDERS_KINDS:
		break;
	}
	return "";
}

/* --- changes ------------------------------------------------------------- */

/* Notes what a record is before it changes.  0, -ENOMEM. */
static int note(struct pxe_orders *o, enum pxe_orders_kind kind,
		const char *key)
{
	const void *record = pxe_orders_find(o, kind, key);
	struct pxe_orders_note *n;
	void *p;

	if (o->n_notes == o->notes_cap) {
		size_t cap = o->notes_cap > 0 ? o->notes_cap * 2 : 16;

		p = realloc(o->notes, cap * sizeof(*o->notes));
		if (p == NULL)
			return -ENOMEM;
		o->notes = p;
		o->notes_cap = cap;
	}
	n = &o->notes[o->n_notes];
	n->kind = kind;
	n->before = NULL;
	(void)pxe_str_copy(n->key, sizeof(n->key), key);
	if (record != NULL) {
		n->before = malloc(sizes[kind]);
		if (n->before == NULL)
			return -ENOMEM;
		memcpy(n->before, record, sizes[kind]);
	}
	o->n_notes++;
	return 0;
}

int pxe_orders_put(struct pxe_orders *o, enum pxe_orders_kind kind,
		   const void *record)
{
	if (note(o, kind, key_of(kind, record)) < 0)
		return -ENOMEM;
	if (set_record(o, kind, record) == 0)
		return 0;
	free(o->notes[--o->n_notes].before);
	return -ENOMEM;
}

int pxe_orders_drop(struct pxe_orders *o, enum pxe_orders_kind kind,
		    const char *key)
{
	if (note(o, kind, key) < 0)
		return -ENOMEM;
	/* the key may be that of the record */
	remove_record(o, kind, o->notes[o->n_notes - 1].key);
	return 0;
}

int pxe_orders_undo_to(struct pxe_orders *o, size_t n)
{
	int r = 0;

	while (o->n_notes > n) {
		struct pxe_orders_note *last = &o->notes[--o->n_notes];

		if (last->before == NULL)
			remove_record(o, last->kind, last->key);
		else if (set_record(o, last->kind, last->before) < 0)
			r = -ENOMEM;
		free(last->before);
	}
	return r;
}

size_t pxe_orders_n_changes(const struct pxe_orders *o)
{
	return o->n_notes;
}

struct pxe_orders_change pxe_orders_change(const struct pxe_orders *o, size_t i)
{
	const struct pxe_orders_note *n = &o->notes[i];

	return (struct pxe_orders_change) {
		.kind = n->kind,
		.key = n->key,
		.record = pxe_orders_find(o, n->kind, n->key),
	};
}

void pxe_orders_keep(struct pxe_orders *o)
{
	drop_notes(o);
}

int pxe_orders_undo(struct pxe_orders *o)
{
	return pxe_orders_undo_to(o, 0);
}

/* --- loading ------------------------------------------------------------- */

static int load(struct pxe_orders *o, enum pxe_orders_kind kind,
		const void *record)
{
	if (pxe_orders_find(o, kind, key_of(kind, record)) != NULL)
		return -EEXIST;
	return set_record(o, kind, record);
}

int pxe_orders_load_order(struct pxe_orders *o, const struct pxe_order *order)
{
	return load(o, PXE_ORDERS_ORDER, order);
}

int pxe_orders_load_session(struct pxe_orders *o,
			    const struct pxe_session *session)
{
	return load(o, PXE_ORDERS_SESSION, session);
}

int pxe_orders_load_install(struct pxe_orders *o,
			    const struct pxe_installs *install)
{
	return load(o, PXE_ORDERS_INSTALL, install);
}

void pxe_orders_load_guard(struct pxe_orders *o,
			   const struct pxe_orders_guard *guard)
{
	o->guard = *guard;
}
