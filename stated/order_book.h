/* SPDX-License-Identifier: ISC */
/*
 * Orders, boot sessions and installations in memory, and the rules by which an
 * order is consumed at most once.  Pure: the caller gives tokens and times,
 * and writes the changes to the store.
 *
 * As with leases (stated/registry.h) verbs change the memory at once and note
 * what was there before; the caller writes the noted changes and says whether
 * that worked: pxe_orders_keep(), or pxe_orders_undo().
 */
#ifndef PXE_STATED_ORDER_BOOK_H
#define PXE_STATED_ORDER_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/order.h"
#include "core/order_table.h"
#include "stated/order_types.h"

struct pxe_orders;

struct pxe_orders *pxe_orders_new(void) PXE_MUST_CHECK;
void pxe_orders_free(struct pxe_orders *orders);
void pxe_orders_set_rules(struct pxe_orders *orders,
			  const struct pxe_orders_rules *rules);

const struct pxe_order_table *pxe_orders_table(const struct pxe_orders *orders);
const struct pxe_orders_guard *pxe_orders_guard(
	const struct pxe_orders *orders);
const struct pxe_session *pxe_orders_next_session(
	const struct pxe_orders *orders, size_t *at);
const struct pxe_installs *pxe_orders_next_install(
	const struct pxe_orders *orders, size_t *at);
const struct pxe_installs *pxe_orders_find_install(
	const struct pxe_orders *orders, const char *machine);

/* Puts in what the store has.  0, -EEXIST, -ENOMEM. */
int pxe_orders_load_order(struct pxe_orders *orders,
			  const struct pxe_order *order) PXE_MUST_CHECK;
int pxe_orders_load_session(struct pxe_orders *orders,
			    const struct pxe_session *session) PXE_MUST_CHECK;
int pxe_orders_load_install(struct pxe_orders *orders,
			    const struct pxe_installs *install) PXE_MUST_CHECK;
void pxe_orders_load_guard(struct pxe_orders *orders,
			   const struct pxe_orders_guard *guard);

/* --- administrators ------------------------------------------------------ */

/*
 * Gives a machine an order, in the place of the one that it has.  Of `ask` its
 * machine, target, next, is_once, by and expires_s (0: that of the rules) are
 * taken.  It is held at once where the guard says so, unless it `is_plain`: for
 * once, but nothing is installed.  What is opened for it is judged anew.
 * 0, -EINVAL (no machine, no target), -ENOSPC, -ENOMEM.
 */
int pxe_orders_assign(struct pxe_orders *orders, const struct pxe_order *ask,
		      bool is_plain, int64_t now_s) PXE_MUST_CHECK;
/* Takes it away.  0, -ENOENT, -ENOMEM. */
int pxe_orders_remove(struct pxe_orders *orders,
		      const char *machine) PXE_MUST_CHECK;
/* An order that is held may be carried out.  0, -ENOENT (none is held),
 * -ENOMEM. */
int pxe_orders_release(struct pxe_orders *orders, const char *machine,
		       int64_t now_s) PXE_MUST_CHECK;
/* Machines of which nothing is known may be new from now on.  0, -ENOMEM. */
int pxe_orders_arm(struct pxe_orders *orders) PXE_MUST_CHECK;

/* The store is not what it should be: holds all that is pending, disarms.
 * Its number becomes more than `seq`.  0, -ENOMEM. */
int pxe_orders_suspect(struct pxe_orders *orders, uint64_t seq,
		       int64_t now_s) PXE_MUST_CHECK;
/* Names a store that has no name yet.  0, -ENOMEM. */
int pxe_orders_name(struct pxe_orders *orders, const char *id) PXE_MUST_CHECK;

/* --- machines ------------------------------------------------------------ */

/* What a verb says beside 0 and -errno. */
struct pxe_orders_answer {
	const struct pxe_session *session; /* where it is 0 */
	enum pxe_reason reason;		   /* where it is -EBUSY: held */
};

/*
 * The session of a machine's boot.  Of `ask` its machine, client, address,
 * target, next, is_once, is_plain, is_when_new and token (of an earlier
 * script of the same boot; "": none) are taken; `fresh` is a new token.
 * 0; -ENOENT (there is no order for that), -EBUSY (held), -EINVAL, -ENOSPC,
 * -ENOMEM.
 */
int pxe_orders_open(struct pxe_orders *orders, const struct pxe_session *ask,
		    const char *fresh, int64_t now_s,
		    struct pxe_orders_answer *answer) PXE_MUST_CHECK;

/* Who asks with a token. */
struct pxe_orders_who {
	const char *token;
	const char *address;
	const char *client; /* who has that address now, as far as is known;
			       NULL */
	const char *name; /* the name of its host section; NULL */
};

/* The session of a token.  0; -ESRCH (there is none), -EACCES (it is another
 * machine's), -ESTALE (it is over). */
int pxe_orders_get(struct pxe_orders *orders, const struct pxe_orders_who *who,
		   int64_t now_s,
		   struct pxe_orders_answer *answer) PXE_MUST_CHECK;
/* Consumes the order; again by the same token: nothing changes.  As _get(),
 * and -ENOENT, -EBUSY, -ENOSPC, -ENOMEM as _open(). */
int pxe_orders_begin(struct pxe_orders *orders,
		     const struct pxe_orders_who *who, int64_t now_s,
		     struct pxe_orders_answer *answer) PXE_MUST_CHECK;
/* It called back.  0 also when it did before; -ESRCH, -EACCES, -ENOMEM. */
int pxe_orders_finish(struct pxe_orders *orders,
		      const struct pxe_orders_who *who, bool is_ok,
		      int64_t now_s) PXE_MUST_CHECK;

/* What is too late at `now_s` ends.  0, -ENOMEM (some did not). */
int pxe_orders_expire(struct pxe_orders *orders,
		      int64_t now_s) PXE_MUST_CHECK;
/* A client was forgotten: so is its order, if that is over. */
int pxe_orders_forget(struct pxe_orders *orders,
		      const char *client) PXE_MUST_CHECK;

/* The clock was set.  All records are to be written anew; no change may be
 * noted. */
void pxe_orders_move(struct pxe_orders *orders, int64_t by_s);

/* --- changes ------------------------------------------------------------- */

enum pxe_orders_kind {
	PXE_ORDERS_ORDER,
	PXE_ORDERS_SESSION,
	PXE_ORDERS_INSTALL,
	PXE_ORDERS_GUARD,
	PXE_ORDERS_KINDS
};

/* A change that is not on disk yet, as it is now: `record` is a struct of its
 * kind, NULL: it was removed. */
struct pxe_orders_change {
	enum pxe_orders_kind kind;
	const char *key;
	const void *record;
};

size_t pxe_orders_n_changes(const struct pxe_orders *orders);
struct pxe_orders_change pxe_orders_change(const struct pxe_orders *orders,
					   size_t i);
void pxe_orders_keep(struct pxe_orders *orders);
int pxe_orders_undo(struct pxe_orders *orders) PXE_MUST_CHECK;
/* Takes only those after the first `n` back. */
int pxe_orders_undo_to(struct pxe_orders *orders, size_t n) PXE_MUST_CHECK;

/* The words of a session's state, and back (-ENOENT). */
const char *pxe_session_state_name(enum pxe_session_state state);
int pxe_session_state_from_name(const char *name) PXE_MUST_CHECK;

#endif
