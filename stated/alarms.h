/* SPDX-License-Identifier: ISC */
/* The alarms that daemons report, each list for as long as its connection. */
#ifndef PXE_STATED_ALARMS_H
#define PXE_STATED_ALARMS_H

#include <jansson.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/alarm.h"

struct pxe_alarm_book;

struct pxe_alarm_book *pxe_alarm_book_new(void) PXE_MUST_CHECK;
void pxe_alarm_book_free(struct pxe_alarm_book *book);

/* A connection has these alarms now, and no others.  0; -ENOSPC: too many
 * connections have some; -ENOMEM. */
int pxe_alarm_book_set(struct pxe_alarm_book *book, uint64_t connection,
		       const struct pxe_alarms *alarms) PXE_MUST_CHECK;
/* A connection ended. */
void pxe_alarm_book_gone(struct pxe_alarm_book *book, uint64_t connection);

/* A list of `own`, then of all of them; NULL: no memory. */
json_t *pxe_alarm_book_to_json(const struct pxe_alarm_book *book,
			       const struct pxe_alarms *own) PXE_MUST_CHECK;

#endif
