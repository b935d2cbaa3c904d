/* SPDX-License-Identifier: ISC */
/* What orders.c and orders_verbs.c share. */
#ifndef PXE_STATED_ORDERS_PRIV_H
#define PXE_STATED_ORDERS_PRIV_H

#include "stated/orders.h"

/* Is what follows from the witness on disk?  Else it is tried again. */
bool pxe_orders_is_ready(struct pxe_stated *st);

/* A new token.  0, -errno. */
int pxe_orders_make_token(char token[static PXE_TOKEN_TEXT]);

#endif
