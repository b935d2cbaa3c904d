/* SPDX-License-Identifier: ISC */
/* What order_book.c (records and changes) and order_book_verbs.c share. */
#ifndef PXE_STATED_ORDER_BOOK_PRIV_H
#define PXE_STATED_ORDER_BOOK_PRIV_H

#include "core/hash.h"
#include "stated/order_book.h"

/* What a record was. */
struct pxe_orders_note {
	enum pxe_orders_kind kind;
	char key[PXE_ORDER_MACHINE_TEXT];
	void *before; /* ours (malloc); NULL: it was not there */
};

struct pxe_orders {
	struct pxe_order_table *orders;
	struct pxe_hash sessions, installs;
	struct pxe_orders_guard guard;
	struct pxe_orders_rules rules;
	struct pxe_orders_note *notes;
	size_t n_notes, notes_cap;
	int64_t due_s;  /* nothing ends before; 0: look */
	size_t room_at; /* the session that is looked at next for room */
};

/* Put in or replace; take out.  Noted.  0, -ENOMEM. */
int pxe_orders_put(struct pxe_orders *orders, enum pxe_orders_kind kind,
		   const void *record) PXE_MUST_CHECK;
int pxe_orders_drop(struct pxe_orders *orders, enum pxe_orders_kind kind,
		    const char *key) PXE_MUST_CHECK;
/* The record of a key; NULL: none. */
const void *pxe_orders_find(const struct pxe_orders *orders,
			    enum pxe_orders_kind kind, const char *key);
/* The session of a machine after `after` (NULL: the first); NULL: no more. */
const struct pxe_session *
pxe_orders_session_of(const struct pxe_orders *orders, const char *machine,
		      const struct pxe_session *after);

/* Undoes what came after the first `n` where `r` is an error; `r`. */
int pxe_orders_settle(struct pxe_orders *orders, size_t n,
		      int r) PXE_MUST_CHECK;

/* --- order_book_verbs.c --- */

/* Something happened that a copy of the store from before does not know. */
int pxe_orders_count_change(struct pxe_orders *orders) PXE_MUST_CHECK;
/* Was a machine installed too often without a callback? */
bool pxe_orders_is_tripped(const struct pxe_orders *orders,
			   const char *machine, int64_t now_s);
/* Remembers a machine; `at_s`: it is installed now; 0: only that it is not
 * new.  0, -ENOSPC, -ENOMEM. */
int pxe_orders_remember(struct pxe_orders *orders, const char *machine,
			int64_t at_s) PXE_MUST_CHECK;
/* Its installations are counted anew. */
int pxe_orders_absolve(struct pxe_orders *orders,
		       const char *machine) PXE_MUST_CHECK;
/* When an order of a machine that is made now was made. */
int64_t pxe_orders_find_made(const struct pxe_orders *orders,
			     const char *machine, int64_t now_s);
int pxe_orders_hold(struct pxe_orders *orders, const struct pxe_order *order,
		    enum pxe_reason reason) PXE_MUST_CHECK;

/* --- order_book_time.c --- */

/* May files still be asked for? */
bool pxe_orders_is_open(const struct pxe_session *session);
/* The order that the session consumed, if it is the machine's last; NULL. */
const struct pxe_order *pxe_orders_order_of(const struct pxe_orders *orders,
					    const struct pxe_session *session);
int pxe_orders_end_order(struct pxe_orders *orders,
			 const struct pxe_order *order,
			 enum pxe_order_state state, enum pxe_reason reason,
			 int64_t now_s) PXE_MUST_CHECK;
int pxe_orders_end_session(struct pxe_orders *orders,
			   const struct pxe_session *session,
			   enum pxe_session_state state) PXE_MUST_CHECK;

#endif
