/* SPDX-License-Identifier: ISC */
#include "run/state_counts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ANYWAY_TICKS = 5 }; /* seconds until it is told though it is the same */

static json_t *number(uint64_t value)
{
	return json_integer(
		(json_int_t)(value < INT64_MAX ? value : INT64_MAX));
}

json_t *pxe_state_counts_to_json(const struct pxe_counts *counts)
{
	json_t *reasons = json_object();

	for (int i = 0; i < PXE_N_REASONS; i++)
		if (counts->reasons[i] > 0 &&
		    json_object_set_new(reasons,
					pxe_reason_name((enum pxe_reason)i),
					number(counts->reasons[i])) < 0) {
			json_decref(reasons);
			return NULL;
		}
	return json_pack("{s:o, s:o, s:o}", "running", number(counts->running),
			 "bytes", number(counts->bytes), "reasons", reasons);
}

static int read_number(const json_t *json, uint64_t *value)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return -EBADMSG;
	*value = (uint64_t)json_integer_value(json);
	return 0;
}

int pxe_state_counts_from_json(const json_t *json, struct pxe_counts *counts)
{
	const json_t *reasons = json_object_get(json, "reasons"), *value;
	struct pxe_counts got = { .running = 0 };

	if (read_number(json_object_get(json, "running"), &got.running) < 0 ||
	    read_number(json_object_get(json, "bytes"), &got.bytes) < 0 ||
	    !json_is_object(reasons))
		return -EBADMSG;
	for (int i = 0; i < PXE_N_REASONS; i++) {
		value = json_object_get(reasons,
					pxe_reason_name((enum pxe_reason)i));
		if (value != NULL && read_number(value, &got.reasons[i]) < 0)
			return -EBADMSG;
	}
	*counts = got;
	return 0;
}

/* --- telling ------------------------------------------------------------- */

struct pxe_state_teller {
	struct pxe_state_client *client;
	pxe_state_count *count;
	void *arg;
	struct event *tick;
	struct pxe_counts told;
	unsigned n_ticks; /* since it was told; 0: it never was */
};

static void on_tick(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		    void *arg)
{
	struct pxe_state_teller *t = arg;
	struct pxe_counts now = { .running = 0 };
	json_t *params;

	if (!pxe_state_client_is_up(t->client)) {
		t->n_ticks = 0;
		return;
	}
	t->count(&now, t->arg);
	if (t->n_ticks > 0 && t->n_ticks++ < ANYWAY_TICKS &&
	    memcmp(&now, &t->told, sizeof(now)) == 0)
		return;
	t->told = now;
	t->n_ticks = 1;
	params = json_pack("{s:o}", "counters", pxe_state_counts_to_json(&now));
	if (params != NULL)
		pxe_state_report(t->client, "ReportCounters", params);
}

struct pxe_state_teller *pxe_state_teller_new(struct event_base *base,
					      struct pxe_state_client *client,
					      pxe_state_count *count, void *arg)
{
	static const struct timeval second = { 1, 0 };
	struct pxe_state_teller *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->client = client;
	t->count = count;
	t->arg = arg;
	t->tick = event_new(base, -1, EV_PERSIST, on_tick, t);
	if (t->tick == NULL || event_add(t->tick, &second) < 0) {
		pxe_state_teller_free(t);
		return NULL;
	}
	return t;
}

void pxe_state_teller_free(struct pxe_state_teller *teller)
{
	if (teller == NULL)
		return;
	if (teller->tick != NULL)
		event_free(teller->tick);
	free(teller);
}
