/* SPDX-License-Identifier: ISC */
#include "httpd/session.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "httpd/ask.h"
#include "httpd/job.h"
#include "httpd/who.h"
#include "run/log.h"

/* Errors of pxe-stated, and the reason that each is here. */
static const struct {
	const char *error;
	enum pxe_reason reason;
} errors[] = {
	{ "NoOrder", PXE_REASON_NO_ORDER },
	{ "NoSession", PXE_REASON_TOKEN },
	{ "WrongAddress", PXE_REASON_TOKEN },
	{ "Gone", PXE_REASON_SESSION_GONE },
	{ "Held", PXE_REASON_ORDER_HELD },
	{ "Disconnected", PXE_REASON_STATE_AWAY },
	{ "Store", PXE_REASON_STATE_AWAY },
};

static enum pxe_reason reason_of(const char *error, const json_t *params)
{
	const char *word = json_string_value(json_object_get(params, "reason"));
	int reason = word != NULL ? pxe_reason_from_name(word) : -ENOENT;

	if (error == NULL)
		return PXE_REASON_OK;
	for (size_t i = 0; i < PXE_LEN(errors); i++)
		if (strcmp(error, errors[i].error) == 0)
			return errors[i].reason == PXE_REASON_ORDER_HELD &&
					       reason > PXE_REASON_OK
				       ? (enum pxe_reason)reason
				       : errors[i].reason;
	return PXE_REASON_INTERNAL;
}

/* Who asked is told that the log has the cause. */
static void tell(const char *error)
{
	pxe_log(PXE_LOG_WARNING, "pxe-stated answers %s%s", error,
		strcmp(error, "Denied") == 0
			? ": is our user among boot-users in stated.conf?"
			: "");
}

/* Takes a text of an answer over; what is not there stays as it was. */
static void take_text(const json_t *params, const char *name, char *text,
		      size_t cap)
{
	const char *value = json_string_value(json_object_get(params, name));

	if (value != NULL && !pxe_str_copy(text, cap, value))
		text[0] = '\0';
}

static void on_reply(struct pxe_conn *conn, const char *error,
		     const json_t *params)
{
	struct pxe_http_session *s = &conn->job->session;
	const json_t *once = json_object_get(params, "once");
	const char *state = json_string_value(json_object_get(params, "state"));
	const enum pxe_reason reason = reason_of(error, params);

	if (reason == PXE_REASON_INTERNAL)
		tell(error);
	if (error == NULL) {
		take_text(params, "token", s->token, sizeof(s->token));
		take_text(params, "target", s->target, sizeof(s->target));
		take_text(params, "machine", s->machine, sizeof(s->machine));
		take_text(params, "client", s->client, sizeof(s->client));
		if (once != NULL)
			s->is_once = json_is_true(once);
		if (state != NULL)
			s->is_begun = strcmp(state, "begun") == 0;
	}
	s->next(conn->job, reason);
}

/* `params` is stolen. */
static void ask(struct pxe_http_job *job, const char *method, json_t *params,
		pxe_session_next *next)
{
	int r;

	job->session.next = next;
	if (params == NULL)
		r = -ENOMEM;
	else if (job->session.is_patient)
		r = pxe_ask_state_patiently(job->conn, method, params,
					    on_reply);
	else
		r = pxe_ask_state(job->conn, method, params, on_reply);
	if (r < 0)
		next(job, r == -ENOMEM ? PXE_REASON_INTERNAL
				       : PXE_REASON_STATE_AWAY);
}

/* Who asks, as it is known: what it says of itself is nothing here. */
static const char *known_key(const struct pxe_http_job *job)
{
	const char *key = pxe_asker_key(&job->who);

	return job->who.way != PXE_ASKER_BY_SAID && key[0] != '\0' ? key : NULL;
}

static json_t *token_params(const struct pxe_http_job *job)
{
	char address[PXE_WHO_ADDRESS_TEXT];

	pxe_who_format_address(job->conn, address);
	return json_pack("{s:s, s:s, s:s?}", "token", job->session.token,
			 "address", address, "client", known_key(job));
}

/* An order may be older than the host section, and go by the key. */
void pxe_session_write_machine(const struct pxe_http_job *job,
			       char machine[static PXE_ORDER_MACHINE_TEXT])
{
	const struct pxe_order *order = job->who.order;

	if (order != NULL)
		memcpy(machine, order->machine, sizeof(order->machine));
	else
		pxe_order_write_machine(job->who.host, pxe_asker_key(&job->who),
					machine);
}

void pxe_session_open(struct pxe_http_job *job, pxe_session_next *next)
{
	const struct pxe_decision *d = &job->found.decision;
	const char *key = pxe_asker_key(&job->who);
	char address[PXE_WHO_ADDRESS_TEXT];
	char machine[PXE_ORDER_MACHINE_TEXT];
	const char *after =
		d->target->next != NULL ? d->target->next->name : NULL;
	const char *token = job->session.token;
	json_t *params;

	pxe_who_format_address(job->conn, address);
	pxe_session_write_machine(job, machine);
	pxe_str_copy(job->session.target, sizeof(job->session.target),
		     d->target->name);
	job->session.is_once = d->is_once;
	params =
		json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:s?, s:s?}",
			  "machine", machine, "client", key, "address", address,
			  "target", d->target->name, "once", (int)d->is_once,
			  "plain", (int)(d->is_once && !d->target->is_once),
			  "when_new", (int)d->is_when_new, "next", after,
			  "token", token[0] != '\0' ? token : NULL);
	ask(job, "OpenBoot", params, next);
}

void pxe_session_get(struct pxe_http_job *job, pxe_session_next *next)
{
	ask(job, "GetBoot", token_params(job), next);
}

void pxe_session_begin(struct pxe_http_job *job, pxe_session_next *next)
{
	ask(job, "BeginBoot", token_params(job), next);
}

void pxe_session_finish(struct pxe_http_job *job, bool ok,
			pxe_session_next *next)
{
	json_t *params = token_params(job);

	if (json_object_set_new(params, "ok", json_boolean(ok)) < 0) {
		json_decref(params);
		params = NULL;
	}
	ask(job, "FinishBoot", params, next);
}
