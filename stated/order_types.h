/* SPDX-License-Identifier: ISC */
/* What the order book consists of beside orders: part of order_book.h. */
#ifndef PXE_STATED_ORDER_TYPES_H
#define PXE_STATED_ORDER_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/order.h"

enum {
	PXE_ORDERS_MAX = 1 << 16, /* orders; installations; sessions */
	PXE_SESSIONS_OF_MACHINE = 8, /* kept, with those that are over */
	PXE_SESSION_KEPT_S = 86400,  /* after its end */
	PXE_TOKEN_TEXT = 33,	     /* 32 hex digits */
	PXE_SESSION_ADDRESS = 46,    /* IPv4 or IPv6 as text */
	PXE_INSTALLS_MAX = 16,	     /* that are counted of a machine */
};

/* What is configured; seconds. */
struct pxe_orders_rules {
	uint32_t lifetime_s, session_s;
	uint32_t limit, window_s; /* limit 0: nobody is held */
};

/* Rows: enumerator, word. */
#define PXE_SESSION_STATES(X)                                                  \
	X(OPEN, "open")	    /* its script was asked for */                     \
	X(BEGUN, "begun")   /* it consumed its order */                        \
	X(DONE, "done")	    /* called back */                                  \
	X(FAILED, "failed") /* called back that it failed */                   \
	X(CLOSED, "closed") /* another took its place */                       \
	X(LATE, "late")	    /* its time is over */

enum pxe_session_state {
#define X(id, name) PXE_SESSION_##id,
	PXE_SESSION_STATES(X)
#undef X
	PXE_N_SESSION_STATES
};

/* One issue of a boot script. */
struct pxe_session {
	char token[PXE_TOKEN_TEXT];
	char machine[PXE_ORDER_MACHINE_TEXT];
	char client[PXE_CLIENT_KEY_TEXT];
	char address[PXE_SESSION_ADDRESS];
	char target[PXE_ORDER_TARGET_TEXT];
	char next[PXE_ORDER_TARGET_TEXT];
	bool is_once;
	bool is_plain;	  /* once, but nobody waits for a callback */
	bool is_when_new; /* without an order */
	enum pxe_session_state state;
	int64_t order_s;  /* when the order that it consumed was made; 0 */
	int64_t opened_s, until_s;
	int64_t begun_s; /* 0: not */
};

/* What was ever installed on a machine; never forgotten.  That it is there at
 * all says that the machine is not new. */
struct pxe_installs {
	char machine[PXE_ORDER_MACHINE_TEXT]; /* also the key of a client */
	uint32_t n; /* since one called back, of which these: */
	int64_t at_s[PXE_INSTALLS_MAX]; /* the latest first */
};

/* Is this the store that was written last?  See stated/witness.h. */
struct pxe_orders_guard {
	char id[PXE_TOKEN_TEXT]; /* of the store */
	uint64_t seq;		 /* changes of orders by people and machines */
	bool is_armed;		 /* machines may be new */
	int64_t suspect_s; /* since when it is known to be older; 0: it is
			      not */
};

#endif
