/* SPDX-License-Identifier: ISC */
/*
 * Each lease is taken or refused by itself; what is taken is one transaction
 * with the rest of its batch.
 */
#include "stated/import.h"

#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/log.h"
#include "run/state_codec.h"
#include "stated/batch.h"
#include "stated/clock.h"

/* What pxe_registry_import() says, to people. */
static const struct {
	int error;
	const char *why;
} whys[] = {
	{ EINVAL, "it is no lease of a machine's address" },
	{ EEXIST, "another client has the address" },
	{ EALREADY, "its client has the address for longer already" },
	{ EDQUOT, "its client has too many leases" },
	{ ENOSPC, "there are too many leases" },
};

static const char *why_of(int error)
{
	for (size_t i = 0; i < PXE_LEN(whys); i++)
		if (whys[i].error == error)
			return whys[i].why;
	return "no memory";
}

static const char *text_of(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL ? text : "";
}

/* Takes one lease.  NULL, or the refusal. */
static json_t *take_one(struct pxe_registry *registry, const json_t *json,
			bool replace, int64_t now_s)
{
	const char *client = text_of(json, "client"), *owner = NULL, *why;
	struct pxe_lease lease;
	int r = pxe_state_lease_from_json(json, &lease);

	if (r < 0) {
		why = "it is not written as a lease is";
	} else {
		r = pxe_registry_import(registry, &lease, replace, now_s,
					&owner);
		if (r == 0)
			return NULL;
		why = why_of(-r);
	}
	if (owner != NULL)
		client = owner;
	return json_pack("{s:s, s:s, s:s}", "address", text_of(json, "address"),
			 "client", client, "why", why);
}

static void log_import(const struct pxe_state_peer *peer, size_t n,
		       size_t n_refused)
{
	pxe_log(PXE_LOG_NOTICE,
		"user %ld imports leases: %zu are taken, %zu refused",
		(long)peer->uid, n - n_refused, n_refused);
}

void pxe_import_leases(struct pxe_state_request *request, const json_t *params,
		       void *arg)
{
	const struct pxe_state_peer *peer = pxe_state_request_peer(request);
	const json_t *leases = json_object_get(params, "leases"), *row;
	const json_t *replace = json_object_get(params, "replace");
	struct pxe_stated *st = arg;
	json_t *refused;
	size_t i, n_refused;
	int64_t now_s;

	if (!json_is_array(leases)) {
		pxe_state_request_invalid(request, "leases");
		return;
	}
	if (replace != NULL && !json_is_boolean(replace) &&
	    !json_is_null(replace)) {
		pxe_state_request_invalid(request, "replace");
		return;
	}
	now_s = pxe_stated_now_s(st);
	pxe_registry_set_author(st->registry, (uint64_t)peer->pid);
	refused = json_array();
	json_array_foreach(leases, i, row) {
		json_t *no = take_one(st->registry, row,
				      json_is_true(replace), now_s);

		if (no != NULL)
			json_array_append_new(refused, no);
	}
	n_refused = json_array_size(refused);
	log_import(peer, json_array_size(leases), n_refused);
	pxe_batch_add(st->batch, request, NULL,
		      json_pack("{s:I, s:o}", "imported",
				(json_int_t)(json_array_size(leases) -
					     n_refused),
				"refused", refused));
}
