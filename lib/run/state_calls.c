/* SPDX-License-Identifier: ISC */
/* The calls of run/state_client.h that take records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ip4.h"
#include "run/state_client.h"
#include "run/state_codec.h"

/* The beginning of a call, up to the value of its first parameter. */
#define CALL(method, parameter)                                                \
	"{\"method\":\"io.pxesuite.State." method                              \
	"\",\"parameters\":{\"" parameter "\":"

/* Longer than any call here but for texts full of what JSON escapes. */
enum { CALL_BYTES = 4096 };

/* A message of Varlink; `flag` is "more", "oneway" or NULL. */
static json_t *make_call(const char *method, json_t *params, const char *flag)
{
	json_t *json = json_object();

	if (json_object_set_new(json, "method",
				json_sprintf("io.pxesuite.State.%s",
					     method)) < 0 ||
	    (params != NULL &&
	     json_object_set(json, "parameters", params) < 0) ||
	    (flag != NULL && json_object_set(json, flag, json_true()) < 0)) {
		json_decref(json);
		json = NULL;
	}
	json_decref(params);
	return json;
}

/* `flag`: "more" or NULL. */
static int start_call(struct pxe_state_client *client, const char *method,
		      json_t *params, const char *flag, pxe_state_reply *reply,
		      void *arg)
{
	json_t *json = make_call(method, params, flag);
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	int r = -ENOMEM;

	json_decref(json);
	if (text != NULL && flag != NULL)
		r = pxe_state_call_list(client, text, strlen(text), NULL, reply,
					arg);
	else if (text != NULL)
		r = pxe_state_call_text(client, text, strlen(text), reply, arg);
	free(text);
	return r;
}

int pxe_state_call(struct pxe_state_client *client, const char *method,
		   json_t *params, pxe_state_reply *reply, void *arg)
{
	return start_call(client, method, params, NULL, reply, arg);
}

int pxe_state_call_more(struct pxe_state_client *client, const char *method,
			json_t *params, pxe_state_reply *reply, void *arg)
{
	return start_call(client, method, params, "more", reply, arg);
}

void pxe_state_report(struct pxe_state_client *client, const char *method,
		      json_t *params)
{
	json_t *json = make_call(method, params, "oneway");
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	if (text != NULL)
		pxe_state_report_text(client, text, strlen(text));
	free(text);
}

static void put_address(struct pxe_str *out, const char *name, uint32_t address)
{
	char text[PXE_IP4_TEXT];

	pxe_ip4_format(address, text, sizeof(text));
	pxe_str_puts(out, name);
	pxe_str_puts(out, text);
	pxe_str_putc(out, '"');
}

int pxe_state_commit_lease(struct pxe_state_client *client,
			   const struct pxe_state_commit *commit,
			   pxe_state_reply *reply, void *arg)
{
	char text[CALL_BYTES];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, CALL("CommitLease", "lease"));
	pxe_state_lease_write(commit->lease, &s);
	if (commit->replaces != 0)
		put_address(&s, ",\"replaces\":\"", commit->replaces);
	pxe_str_puts(&s, ",\"now\":");
	pxe_str_put_u64(&s, commit->now_s > 0 ? (uint64_t)commit->now_s : 0);
	if (commit->is_os)
		pxe_str_puts(&s, ",\"os\":true");
	pxe_str_puts(&s, "}}");
	return s.cut ? -ENOMEM
		     : pxe_state_call_text(client, text, s.len, reply, arg);
}

int pxe_state_list_leases(struct pxe_state_client *client,
			  pxe_state_take *take, pxe_state_reply *reply,
			  void *arg)
{
	static const char text[] =
		"{\"method\":\"io.pxesuite.State.ListLeases\",\"more\":true}";

	return pxe_state_call_list(client, text, sizeof(text) - 1, take, reply,
				   arg);
}

int pxe_state_release_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease,
			    pxe_state_reply *reply, void *arg)
{
	char address[PXE_IP4_TEXT];
	json_t *params;

	pxe_ip4_format(lease->address, address, sizeof(address));
	params = json_pack("{s:s, s:s}", "address", address, "client",
			   lease->client);
	if (params == NULL)
		return -ENOMEM;
	return pxe_state_call(client, "ReleaseLease", params, reply, arg);
}

int pxe_state_decline_lease(struct pxe_state_client *client,
			    const struct pxe_lease *lease, int64_t now_s,
			    pxe_state_reply *reply, void *arg)
{
	char address[PXE_IP4_TEXT];
	json_t *params;

	pxe_ip4_format(lease->address, address, sizeof(address));
	params = json_pack("{s:s, s:s, s:I, s:I}", "address", address, "client",
			   lease->client, "until", (json_int_t)lease->end_s,
			   "now", (json_int_t)now_s);
	if (params == NULL)
		return -ENOMEM;
	return pxe_state_call(client, "DeclineLease", params, reply, arg);
}

static void report(struct pxe_state_client *client, struct pxe_str *s)
{
	pxe_str_puts(s, "},\"oneway\":true}");
	if (!s->cut)
		pxe_state_report_text(client, s->buf, s->len);
}

void pxe_state_report_facts(struct pxe_state_client *client,
			    const struct pxe_facts *facts, const char *name)
{
	char text[CALL_BYTES];
	struct pxe_str s;

	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, CALL("ReportClient", "client"));
	pxe_state_text_write(facts->key, &s);
	pxe_str_puts(&s, ",\"facts\":");
	pxe_state_facts_write(facts, &s);
	if (name != NULL) {
		pxe_str_puts(&s, ",\"name\":");
		pxe_state_text_write(name, &s);
	}
	report(client, &s);
}

void pxe_state_report_event(struct pxe_state_client *client,
			    const struct pxe_event *event)
{
	char text[CALL_BYTES];
	struct pxe_str s;

	if (event->kind == PXE_EVENT_FILE_PROGRESS &&
	    !pxe_state_client_has_room(client))
		return;
	pxe_str_init(&s, text, sizeof(text));
	pxe_str_puts(&s, CALL("ReportEvent", "event"));
	pxe_state_event_write(event, &s);
	report(client, &s);
}
