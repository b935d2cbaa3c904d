/* SPDX-License-Identifier: ISC */
/* What orders.c and orders_verbs.c share. */
#ifndef PXE_STATED_ORDERS_PRIV_H
#define PXE_STATED_ORDERS_PRIV_H

#include <jansson.h>

#include "stated/orders.h"

/* Is what follows from the witness on disk?  Else it is tried again. */
bool pxe_orders_is_ready(struct pxe_stated *st);

/* A new token.  0, -errno. */
int pxe_orders_make_token(char token[static PXE_TOKEN_TEXT]);

/* Parameters: a text of less than `size` octets, absent "" where it need not
 * be; a boolean; the name of a target. */
bool pxe_orders_take_text(const json_t *params, const char *name, bool must,
			  char *text, size_t size);
bool pxe_orders_take_bool(const json_t *params, const char *name, bool must,
			  bool *value);
bool pxe_orders_take_name(const json_t *params, const char *name, bool must,
			  char *text);

/* Answers what the book said (-errno) to be wrong, with the batch. */
void pxe_orders_answer_error(struct pxe_stated *st,
			     struct pxe_state_request *request, int r,
			     enum pxe_reason reason);
/* Answers Store. */
void pxe_orders_refuse(struct pxe_state_request *request, const char *why);

/* What is too late is over before a verb decides.  What time it is. */
int64_t pxe_orders_begin_verb(struct pxe_stated *st);

#endif
