/* SPDX-License-Identifier: ISC */
/* Alarms to JSON and back: the type Alarm of io.pxesuite.State.varlink. */
#ifndef PXE_RUN_STATE_ALARMS_H
#define PXE_RUN_STATE_ALARMS_H

#include <jansson.h>

#include "base/attr.h"
#include "core/alarm.h"
#include "run/state_client.h"

/* One, or all as a list: a new reference, NULL only without memory. */
json_t *pxe_state_alarm_to_json(const struct pxe_alarm *alarm) PXE_MUST_CHECK;
json_t *
pxe_state_alarms_to_json(const struct pxe_alarms *alarms) PXE_MUST_CHECK;

/* A list.  Alarms of a kind that is not known, and those beyond
 * PXE_ALARMS_MAX, are left out.  0, -EBADMSG. */
int pxe_state_alarms_from_json(const json_t *json,
			       struct pxe_alarms *alarms) PXE_MUST_CHECK;

/* Tells pxe-stated all alarms that there are now.  Only while it is there: at
 * each connection all of them are told anew. */
void pxe_state_report_alarms(struct pxe_state_client *client,
			     const struct pxe_alarms *alarms);

#endif
