/* SPDX-License-Identifier: ISC */
/* ImportLeases: the leases of another server, taken over in one batch. */
#ifndef PXE_STATED_IMPORT_H
#define PXE_STATED_IMPORT_H

#include "stated/stated.h"

/* A row of the table of methods (stated/verbs.c). */
void pxe_import_leases(struct pxe_state_request *request, const json_t *params,
		       void *arg);

#endif
