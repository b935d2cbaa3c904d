/* SPDX-License-Identifier: ISC */
/*
 * Records to JSON and back: the types of io.pxesuite.State.varlink.
 *
 * _to_json returns a new reference, NULL only without memory.  _from_json
 * takes what a peer sent: unknown members are ignored, a missing or ill-typed
 * member that the interface requires is -EBADMSG.  Texts are cut to fit.
 * _write appends the text of _to_json at once; what does not fit, or has no
 * memory, leaves `out` cut.
 */
#ifndef PXE_RUN_STATE_CODEC_H
#define PXE_RUN_STATE_CODEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/client.h"
#include "core/facts.h"
#include "core/lease.h"

/* A text as JSON, in quotes. */
void pxe_state_text_write(const char *text, struct pxe_str *out);

json_t *pxe_state_facts_to_json(const struct pxe_facts *facts) PXE_MUST_CHECK;
void pxe_state_facts_write(const struct pxe_facts *facts, struct pxe_str *out);
int pxe_state_facts_from_json(const json_t *json,
			      struct pxe_facts *facts) PXE_MUST_CHECK;

json_t *pxe_state_lease_to_json(const struct pxe_lease *lease) PXE_MUST_CHECK;
void pxe_state_lease_write(const struct pxe_lease *lease, struct pxe_str *out);
/* lease->client borrows from `json`. */
int pxe_state_lease_from_json(const json_t *json,
			      struct pxe_lease *lease) PXE_MUST_CHECK;

/* The parameters of CommitLease. */
struct pxe_state_commit_params {
	struct pxe_lease lease; /* lease.client borrows */
	uint32_t replaces;	/* 0: none */
	int64_t now_s;		/* 0: not given */
	bool is_os;
	char texts[1024]; /* what pxe_state_commit_read() borrows from */
};

/* From JSON.  NULL: good; else the parameter that is bad. */
const char *
pxe_state_commit_from_json(const json_t *json,
			   struct pxe_state_commit_params *params)
	PXE_MUST_CHECK;

/*
 * From the text of a JSON object, without jansson, as far as it is plain: no
 * blanks, no escapes, ASCII, nothing unknown or twice.  False: it is not, or it
 * is bad; jansson is to look at it.
 */
bool pxe_state_commit_read(const char *text, size_t len,
			   struct pxe_state_commit_params *params);

/*
 * The same for one of several answers of ListLeases: hands each lease to
 * `put` (its client borrows from the call).  False: the text is not plain, or
 * `put` said less than 0; some leases may have been handed over.
 */
bool pxe_state_leases_read(const char *text, size_t len,
			   int (*put)(const struct pxe_lease *lease, void *arg),
			   void *arg);

json_t *
pxe_state_client_to_json(const struct pxe_client *client) PXE_MUST_CHECK;
void pxe_state_client_write(const struct pxe_client *client,
			    struct pxe_str *out);
/* client->key borrows from `json`. */
int pxe_state_client_from_json(const json_t *json,
			       struct pxe_client *client) PXE_MUST_CHECK;

json_t *pxe_state_event_to_json(const struct pxe_event *event) PXE_MUST_CHECK;
void pxe_state_event_write(const struct pxe_event *event, struct pxe_str *out);
int pxe_state_event_from_json(const json_t *json,
			      struct pxe_event *event) PXE_MUST_CHECK;

#endif
