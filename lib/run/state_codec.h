/* SPDX-License-Identifier: ISC */
/*
 * Records to JSON and back: the types of io.pxesuite.State.varlink.
 *
 * _to_json returns a new reference, NULL only without memory.  _from_json
 * takes what a peer sent: unknown members are ignored, a missing or ill-typed
 * member that the interface requires is -EBADMSG.  Texts are cut to fit.
 */
#ifndef PXE_RUN_STATE_CODEC_H
#define PXE_RUN_STATE_CODEC_H

#include <jansson.h>

#include "base/attr.h"
#include "core/client.h"
#include "core/facts.h"
#include "core/lease.h"

json_t *pxe_state_facts_to_json(const struct pxe_facts *facts) PXE_MUST_CHECK;
int pxe_state_facts_from_json(const json_t *json,
			      struct pxe_facts *facts) PXE_MUST_CHECK;

json_t *pxe_state_lease_to_json(const struct pxe_lease *lease) PXE_MUST_CHECK;
/* lease->client borrows from `json`. */
int pxe_state_lease_from_json(const json_t *json,
			      struct pxe_lease *lease) PXE_MUST_CHECK;

json_t *
pxe_state_client_to_json(const struct pxe_client *client) PXE_MUST_CHECK;
/* client->key borrows from `json`. */
int pxe_state_client_from_json(const json_t *json,
			       struct pxe_client *client) PXE_MUST_CHECK;

json_t *pxe_state_event_to_json(const struct pxe_event *event) PXE_MUST_CHECK;
int pxe_state_event_from_json(const json_t *json,
			      struct pxe_event *event) PXE_MUST_CHECK;

#endif
