/* SPDX-License-Identifier: ISC */
/*
 * The methods of io.pxesuite.State: takes the parameters apart, asks the
 * registry, answers.
 */
#include <errno.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "core/clock.h"
#include "run/log.h"
#include "run/state_alarms.h"
#include "run/state_codec.h"
#include "stated/alarms.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/import.h"
#include "stated/loops.h"
#include "stated/orders.h"
#include "stated/peers.h"
#include "stated/watch.h"

enum { LAG_S = 2 }; /* between two clocks that are the same */

/* A text among the parameters, or NULL. */
static const char *text_of(const json_t *params, const char *name)
{
	return json_string_value(json_object_get(params, name));
}

static bool address_of(const json_t *params, const char *name,
		       uint32_t *address)
{
	const char *text = text_of(params, name);

	return text != NULL && pxe_ip4_parse(text, address) == 0;
}

static json_t *address_param(uint32_t address)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(address, text, sizeof(text));
	return json_pack("{s:s}", "address", text);
}

/* --- looking ------------------------------------------------------------- */

static json_t *reasons_to_json(const struct pxe_stated *st)
{
	const uint64_t *counts = pxe_registry_reasons(st->registry);
	json_t *json = json_object();

	for (unsigned i = 0; i < PXE_N_REASONS; i++)
		if (counts[i] > 0)
			json_object_set_new(json,
					    pxe_reason_name((enum pxe_reason)i),
					    json_integer(
						    (json_int_t)counts[i]));
	return json;
}

/* What the daemons report, and our own. */
static json_t *alarms_to_json(const struct pxe_stated *st, int64_t now_s)
{
	struct pxe_alarms own = { .n = 0 };
	struct pxe_alarm *a;

	if (st->store_error[0] != '\0') {
		a = pxe_alarms_add(&own, PXE_ALARM_STORE, st->store_error_s);
		pxe_str_copy(a->subject, sizeof(a->subject), "store");
		pxe_str_copy(a->text, sizeof(a->text), st->store_error);
	}
	pxe_stated_orders_add_alarms(st, &own);
	pxe_loops_add_alarms(st, now_s, &own);
	return pxe_alarm_book_to_json(st->alarms, &own);
}

static void get_status(struct pxe_state_request *request, const json_t *params,
		       void *arg)
{
	struct pxe_stated *st = arg;
	const struct pxe_registry *reg = st->registry;
	const int64_t now_s = pxe_stated_now_s(st);
	json_t *json;

	(void)params;
	pxe_batch_run(st->batch);
	json = json_pack(
		"{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o}", "version",
		PXE_VERSION, "started", (json_int_t)st->started_s, "clients",
		(json_int_t)pxe_client_table_count(pxe_registry_clients(reg)),
		"leases",
		(json_int_t)pxe_lease_table_count(pxe_registry_leases(reg)),
		"commits", (json_int_t)st->n_commits, "syncs",
		(json_int_t)st->n_syncs, "store_ok", st->store_error[0] == '\0',
		"peers", pxe_peers_to_json(st->peers), "reasons",
		reasons_to_json(st), "alarms", alarms_to_json(st, now_s));
	if (json != NULL && st->store_error[0] != '\0')
		json_object_set_new(json, "store_error",
				    json_string(st->store_error));
	if (json != NULL && st->step_s != 0) {
		json_object_set_new(json, "clock_set_at",
				    json_integer(st->stepped_s));
		json_object_set_new(json, "clock_set_by",
				    json_integer(st->step_s));
	}
	pxe_state_request_reply(request, json);
}

static void get_client(struct pxe_state_request *request, const json_t *params,
		       void *arg)
{
	const struct pxe_stated *st = arg;
	const char *text = text_of(params, "client");
	const struct pxe_client *client;

	if (text == NULL) {
		pxe_state_request_invalid(request, "client");
		return;
	}
	client = pxe_registry_find_client(st->registry, text);
	if (client != NULL)
		pxe_state_request_reply(
			request, json_pack("{s:o}", "client",
					   pxe_state_client_to_json(client)));
	else
		pxe_state_request_error(request, "NoClient",
					json_pack("{s:s}", "client", text));
}

static void list_clients(struct pxe_state_request *request,
			 const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;

	(void)params;
	pxe_watchers_list(st->watchers, request, PXE_WATCH_CLIENTS);
}

static void list_leases(struct pxe_state_request *request, const json_t *params,
			void *arg)
{
	struct pxe_stated *st = arg;

	(void)params;
	(void)pxe_stated_now_s(st); /* times are of the clock as it is */
	pxe_watchers_list(st->watchers, request, PXE_WATCH_LEASES);
}

/* With what is on disk when it is answered, so that it keeps its place among
 * the caller's own commits without costing a write. */
static void get_lease(struct pxe_state_request *request, const json_t *params,
		      void *arg)
{
	struct pxe_stated *st = arg;
	uint32_t address;

	(void)pxe_stated_now_s(st);
	if (address_of(params, "address", &address))
		pxe_batch_look(st->batch, request, address);
	else
		pxe_state_request_invalid(request, "address");
}

static void watch(struct pxe_state_request *request, const json_t *params,
		  void *arg)
{
	static const struct {
		const char *name;
		unsigned what;
	} rows[] = {
		{ "clients", PXE_WATCH_CLIENTS },
		{ "leases", PXE_WATCH_LEASES },
		{ "events", PXE_WATCH_EVENTS },
		{ "orders", PXE_WATCH_ORDERS },
		{ "others", PXE_WATCH_OTHERS },
	};
	const unsigned all = PXE_WATCH_CLIENTS | PXE_WATCH_LEASES |
			     PXE_WATCH_EVENTS | PXE_WATCH_ORDERS;
	struct pxe_stated *st = arg;
	unsigned what = 0;

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		const json_t *value = json_object_get(params, rows[i].name);

		if (value != NULL && !json_is_boolean(value) &&
		    !json_is_null(value)) {
			pxe_state_request_invalid(request, rows[i].name);
			return;
		}
		if (json_is_true(value))
			what |= rows[i].what;
	}
	if ((what & all) == 0)
		what |= all;
	(void)pxe_stated_now_s(st);
	pxe_watchers_watch(st->watchers, request, what);
}

/* --- reporting ----------------------------------------------------------- */

static void hello(struct pxe_state_request *request, const json_t *params,
		  void *arg)
{
	struct pxe_stated *st = arg;
	const char *name = text_of(params, "name");
	int r = name != NULL
			? pxe_peers_hello(st->peers, name,
					  pxe_state_request_peer(request)->pid,
					  pxe_state_request_connection(request),
					  pxe_stated_now_s(st))
			: -EINVAL;

	if (r == -EINVAL)
		pxe_state_request_invalid(request, "name");
	else /* one that is too many is not shown, and works all the same */
		pxe_state_request_reply(request, json_pack("{s:s}", "version",
							   PXE_VERSION));
}

static void report_client(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	const char *client = text_of(params, "client");
	const char *name = text_of(params, "name");
	const json_t *json = json_object_get(params, "facts");
	struct pxe_facts facts;

	if (client == NULL || !pxe_client_is_key(client)) {
		pxe_state_request_invalid(request, "client");
		return;
	}
	if (pxe_state_facts_from_json(json, &facts) < 0) {
		pxe_state_request_invalid(request, "facts");
		return;
	}
	pxe_str_copy(facts.key, sizeof(facts.key), client);
	/* best effort: there may be too many */
	if (pxe_registry_learn(st->registry, client, &facts, name,
			       pxe_stated_now_s(st)) == 0)
		pxe_watchers_want_flush(st->watchers);
	pxe_state_request_reply(request, NULL);
}

static void report_event(struct pxe_state_request *request,
			 const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	const struct pxe_client *client;
	enum pxe_loop_change change;
	struct pxe_event event;

	if (pxe_state_event_from_json(json_object_get(params, "event"),
				      &event) < 0) {
		pxe_state_request_invalid(request, "event");
		return;
	}
	client = pxe_registry_event(st->registry, &event, pxe_stated_now_s(st),
				    &change);
	if (client != NULL) {
		pxe_loops_tell(client, &event, change);
		pxe_watchers_want_flush(st->watchers);
	}
	pxe_watchers_event(st->watchers, &event);
	pxe_state_request_reply(request, NULL);
}

static void report_counters(struct pxe_state_request *request,
			    const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	struct pxe_counts counts;

	if (pxe_state_counts_from_json(json_object_get(params, "counters"),
				       &counts) < 0) {
		pxe_state_request_invalid(request, "counters");
		return;
	}
	pxe_peers_count(st->peers, pxe_state_request_connection(request),
			&counts);
	pxe_state_request_reply(request, NULL);
}

static void report_alarms(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	struct pxe_alarms alarms;

	if (pxe_state_alarms_from_json(json_object_get(params, "alarms"),
				       &alarms) < 0) {
		pxe_state_request_invalid(request, "alarms");
		return;
	}
	/* best effort: of too many daemons, some are not shown */
	(void)!pxe_alarm_book_set(st->alarms,
				  pxe_state_request_connection(request),
				  &alarms);
	pxe_state_request_reply(request, NULL);
}

/* --- leases -------------------------------------------------------------- */

/* The registry, which remembers who makes the changes that follow. */
static struct pxe_registry *
registry_for(struct pxe_stated *st, const struct pxe_state_request *request)
{
	const struct pxe_state_peer *peer = pxe_state_request_peer(request);

	pxe_registry_set_author(st->registry, (uint64_t)peer->pid);
	return st->registry;
}

static json_t *taken_params(uint32_t address, const char *owner)
{
	json_t *params = address_param(address);

	json_object_set_new(params, "client", json_string(owner));
	return params;
}

static json_t *message_params(const char *message)
{
	return json_pack("{s:s}", "message", message);
}

/* Answers, with the batch, what the registry said to a lease verb. */
static void answer(struct pxe_stated *st, struct pxe_state_request *request,
		   int r, uint32_t address, const char *owner)
{
	struct pxe_batch *b = st->batch;

	switch (r) {
	case 0:
		pxe_batch_add(b, request, NULL, NULL);
		break;
	case -EEXIST:
		pxe_batch_add(b, request, "AddressTaken",
			      taken_params(address, owner));
		break;
	case -ENOENT:
		pxe_batch_add(b, request, "NoLease", address_param(address));
		break;
	case -ENOSPC:
		pxe_batch_add(b, request, "Store",
			      message_params("there are too many leases"));
		break;
	default:
		pxe_batch_add(b, request, "Store", message_params("no memory"));
	}
}

/*
 * By how much the clock is behind that said `sender_s`: what was sent was on
 * its way when the clock was set.  0: by nothing, or it (0) says nothing.
 */
static int64_t find_lag_s(int64_t sender_s, int64_t now_s)
{
	int64_t lag_s = sender_s > 0 ? now_s - sender_s : 0;

	return lag_s < -LAG_S || lag_s > LAG_S ? lag_s : 0;
}

static void commit(struct pxe_state_request *request,
		   struct pxe_state_commit_params *params,
		   struct pxe_stated *st)
{
	struct pxe_lease *lease = &params->lease;
	const int64_t now_s = pxe_stated_now_s(st);
	const char *owner = NULL;
	int r;

	pxe_lease_move(lease, find_lag_s(params->now_s, now_s));
	r = pxe_registry_commit(registry_for(st, request), lease,
				params->replaces, now_s, &owner);
	if (r == -EINVAL) {
		pxe_state_request_invalid(request, "lease");
		return;
	}
	if (r == -EEXIST)
		pxe_log(PXE_LOG_WARNING,
			"%s asks for an address that %s has: refused",
			lease->client, owner);
	if (r == 0 && params->is_os)
		pxe_batch_note_os(st->batch, lease->address);
	answer(st, request, r, lease->address, owner);
}

static void commit_lease(struct pxe_state_request *request,
			 const json_t *json, void *arg)
{
	struct pxe_state_commit_params params;
	const char *bad = pxe_state_commit_from_json(json, &params);

	if (bad != NULL)
		pxe_state_request_invalid(request, bad);
	else
		commit(request, &params, arg);
}

/* The same, for what pxe-dhcpd sends thousands of times a second. */
bool pxe_verbs_commit_text(struct pxe_state_request *request, const char *text,
			   size_t len, void *arg)
{
	struct pxe_state_commit_params params;

	if (!pxe_state_commit_read(text, len, &params))
		return false;
	commit(request, &params, arg);
	return true;
}

static void release_lease(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	const char *client = text_of(params, "client");
	const int64_t now_s = pxe_stated_now_s(st);
	uint32_t address;

	if (!address_of(params, "address", &address))
		pxe_state_request_invalid(request, "address");
	else if (client == NULL)
		pxe_state_request_invalid(request, "client");
	else
		answer(st, request,
		       pxe_registry_release(registry_for(st, request), address,
					    client, now_s),
		       address, NULL);
}

static void decline_lease(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	const char *client = text_of(params, "client");
	const json_t *until = json_object_get(params, "until");
	const int64_t sender_s =
		json_integer_value(json_object_get(params, "now"));
	const int64_t now_s = pxe_stated_now_s(st);
	uint32_t address;
	int64_t until_s;
	int r;

	if (!address_of(params, "address", &address)) {
		pxe_state_request_invalid(request, "address");
		return;
	}
	if (client == NULL) {
		pxe_state_request_invalid(request, "client");
		return;
	}
	/* 0 where it is no number */
	until_s = pxe_clock_move(json_integer_value(until),
				 find_lag_s(sender_s, now_s),
				 PXE_LEASE_FOREVER_S);
	r = pxe_registry_decline(registry_for(st, request), address, client,
				 until_s, now_s);
	if (r == -EINVAL)
		pxe_state_request_invalid(request, "until");
	else
		answer(st, request, r, address, NULL);
}

/* clang-format off */
const struct pxe_state_method pxe_verbs[] = {
	{ "GetStatus",    0,                PXE_RIGHT_LOOK,   get_status },
	{ "GetClient",    0,                PXE_RIGHT_LOOK,   get_client },
	{ "ListClients",  PXE_STATE_MORE,   PXE_RIGHT_LOOK,   list_clients },
	{ "GetLease",     0,                PXE_RIGHT_LOOK,   get_lease },
	{ "ListLeases",   PXE_STATE_MORE,   PXE_RIGHT_LOOK,   list_leases },
	{ "Watch",        PXE_STATE_STREAM, PXE_RIGHT_LOOK,   watch },
	{ "Hello",        0,                PXE_RIGHT_REPORT, hello },
	{ "ReleaseClient", 0,               PXE_RIGHT_ADMIN,  pxe_loops_release },
	{ "ReportClient", PXE_STATE_ONEWAY, PXE_RIGHT_REPORT, report_client },
	{ "ReportEvent",  PXE_STATE_ONEWAY, PXE_RIGHT_REPORT, report_event },
	{ "ReportCounters", PXE_STATE_ONEWAY, PXE_RIGHT_REPORT, report_counters },
	{ "ReportAlarms", PXE_STATE_ONEWAY, PXE_RIGHT_REPORT, report_alarms },
	{ "CommitLease",  0,                PXE_RIGHT_LEASE,  commit_lease },
	{ "ReleaseLease", 0,                PXE_RIGHT_FREE,   release_lease },
	{ "DeclineLease", 0,                PXE_RIGHT_LEASE,  decline_lease },
	{ "ImportLeases", 0,                PXE_RIGHT_ADMIN,  pxe_import_leases },
	{ "AssignBoot",   0,                PXE_RIGHT_ADMIN,  pxe_orders_verb_assign },
	{ "ListOrders",   PXE_STATE_MORE,   PXE_RIGHT_LOOK,   pxe_orders_verb_list },
	{ "ReleaseBoot",  0,                PXE_RIGHT_ADMIN,  pxe_orders_verb_release },
	{ "ArmStore",     0,                PXE_RIGHT_ADMIN,  pxe_orders_verb_arm },
	{ "OpenBoot",     0,                PXE_RIGHT_BOOT,   pxe_orders_verb_open },
	{ "GetBoot",      0,                PXE_RIGHT_BOOT,   pxe_orders_verb_get },
	{ "BeginBoot",    0,                PXE_RIGHT_BOOT,   pxe_orders_verb_begin },
	{ "FinishBoot",   0,                PXE_RIGHT_BOOT,   pxe_orders_verb_finish },
};
/* clang-format on */
const size_t pxe_n_verbs = PXE_LEN(pxe_verbs);
