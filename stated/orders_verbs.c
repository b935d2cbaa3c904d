/* SPDX-License-Identifier: ISC */
/*
 * The methods about orders and boot sessions.  Those that change something are
 * answered with the batch, when the change is on disk.  No token is ever
 * logged.
 */
#include "stated/orders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/log.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/orders_priv.h"

/* --- parameters ---------------------------------------------------------- */

/* A text of less than `size` octets; absent: "" where it may be. */
bool pxe_orders_take_text(const json_t *params, const char *name, bool must,
			  char *text, size_t size)
{
	const json_t *value = json_object_get(params, name);

	text[0] = '\0';
	if (value == NULL || json_is_null(value))
		return !must;
	return json_is_string(value) &&
	       strlen(json_string_value(value)) == json_string_length(value) &&
	       pxe_str_copy(text, size, json_string_value(value)) &&
	       (!must || text[0] != '\0');
}

bool pxe_orders_take_bool(const json_t *params, const char *name, bool must,
			  bool *value)
{
	const json_t *json = json_object_get(params, name);

	*value = json_is_true(json);
	return json_is_boolean(json) ||
	       (!must && (json == NULL || json_is_null(json)));
}

/* A target's name, as in boot.conf. */
static bool is_name(const char *text)
{
	for (; *text != '\0'; text++)
		if (!pxe_is_alnum(*text) && strchr("._-", *text) == NULL)
			return false;
	return true;
}

bool pxe_orders_take_name(const json_t *params, const char *name, bool must,
			  char *text)
{
	return pxe_orders_take_text(params, name, must, text,
				    PXE_ORDER_TARGET_TEXT) &&
	       is_name(text);
}

/* --- answers ------------------------------------------------------------- */

static json_t *reason_params(enum pxe_reason reason)
{
	return json_pack("{s:s}", "reason", pxe_reason_name(reason));
}

static json_t *message_params(const char *text)
{
	return json_pack("{s:s}", "message", text);
}

/* The error of what the book said; with the batch, as it may rest on what is
 * not on disk. */
void pxe_orders_answer_error(struct pxe_stated *st,
			     struct pxe_state_request *request, int r,
			     enum pxe_reason reason)
{
	static const struct {
		int error;
		const char *name;
	} rows[] = {
		{ ENOENT, "NoOrder" },
		{ ESRCH, "NoSession" },
		{ EACCES, "WrongAddress" },
		{ ESTALE, "Gone" },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (rows[i].error == -r) {
			pxe_batch_add(st->batch, request, rows[i].name, NULL);
			return;
		}
	if (r == -EBUSY)
		pxe_batch_add(st->batch, request, "Held",
			      reason_params(reason));
	else
		pxe_batch_add(st->batch, request, "Store",
			      message_params(r == -ENOSPC ? "there are too many"
							  : "no memory"));
}

void pxe_orders_refuse(struct pxe_state_request *request, const char *why)
{
	pxe_state_request_error(request, "Store", message_params(why));
}

/* What is too late is over, before anything is decided. */
int64_t pxe_orders_begin_verb(struct pxe_stated *st)
{
	const int64_t now_s = pxe_stated_now_s(st);

	if (pxe_orders_expire(st->orders, now_s) < 0)
		pxe_log(PXE_LOG_WARNING, "no memory to end old orders");
	return now_s;
}

/* --- machines ------------------------------------------------------------ */

static bool is_token(const char *text)
{
	for (size_t i = 0; i < PXE_TOKEN_TEXT - 1; i++)
		if (pxe_hex_digit(text[i]) < 0)
			return false;
	return text[PXE_TOKEN_TEXT - 1] == '\0';
}

static bool take_token(const json_t *params, bool must, char *token)
{
	return pxe_orders_take_text(params, "token", must, token,
				    PXE_TOKEN_TEXT) &&
	       (token[0] == '\0' || is_token(token));
}

static const char *read_open(const json_t *params, struct pxe_session *ask)
{
	if (!pxe_orders_take_text(params, "machine", true, ask->machine,
				  sizeof(ask->machine)) ||
	    !pxe_order_is_machine(ask->machine))
		return "machine";
	if (!pxe_orders_take_text(params, "client", true, ask->client,
				  sizeof(ask->client)) ||
	    pxe_order_host_name(ask->client) != NULL ||
	    !pxe_order_is_machine(ask->client))
		return "client";
	if (!pxe_orders_take_text(params, "address", true, ask->address,
				  sizeof(ask->address)))
		return "address";
	if (!pxe_orders_take_name(params, "target", true, ask->target))
		return "target";
	if (!pxe_orders_take_bool(params, "once", true, &ask->is_once))
		return "once";
	if (!pxe_orders_take_bool(params, "plain", false, &ask->is_plain))
		return "plain";
	if (!pxe_orders_take_bool(params, "when_new", false, &ask->is_when_new))
		return "when_new";
	if (!pxe_orders_take_name(params, "next", false, ask->next))
		return "next";
	return take_token(params, false, ask->token) ? NULL : "token";
}

static void note_unarmed(struct pxe_stated *st, const char *machine,
			 int64_t now_s)
{
	if (st->unarmed_s == 0)
		pxe_log(PXE_LOG_WARNING,
			"%s may be new, but the store is not armed: see "
			"`pxectl orders arm`",
			machine);
	st->unarmed_s = now_s;
	pxe_str_copy(st->unarmed, sizeof(st->unarmed), machine);
}

void pxe_orders_verb_open(struct pxe_state_request *request,
			  const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	struct pxe_orders_answer answer = { .session = NULL };
	struct pxe_session ask = { .is_once = false };
	const char *bad = read_open(params, &ask);
	const int64_t now_s = pxe_orders_begin_verb(st);
	char fresh[PXE_TOKEN_TEXT];
	int r;

	if (bad != NULL) {
		pxe_state_request_invalid(request, bad);
		return;
	}
	if (!pxe_orders_is_ready(st) || pxe_orders_make_token(fresh) < 0) {
		pxe_orders_refuse(request, "the store cannot be written");
		return;
	}
	r = pxe_orders_open(st->orders, &ask, fresh, now_s, &answer);
	if (r == -EINVAL) {
		pxe_state_request_invalid(request, "machine");
		return;
	}
	if (r == -EBUSY && ask.is_when_new &&
	    answer.reason == PXE_REASON_STORE_OLDER)
		note_unarmed(st, ask.machine, now_s);
	if (r < 0)
		pxe_orders_answer_error(st, request, r, answer.reason);
	else
		pxe_batch_add(st->batch, request, NULL,
			      json_pack("{s:s, s:I}", "token",
					answer.session->token, "until",
					(json_int_t)answer.session->until_s));
}

/* What is asked with a token; borrows from it. */
struct asked {
	char token[PXE_TOKEN_TEXT], address[PXE_SESSION_ADDRESS];
	char client[PXE_CLIENT_KEY_TEXT];
	struct pxe_orders_who who;
};

static bool read_who(const struct pxe_stated *st,
		     struct pxe_state_request *request, const json_t *params,
		     struct asked *asked)
{
	const struct pxe_client *client;
	uint32_t address;

	if (!take_token(params, true, asked->token)) {
		pxe_state_request_invalid(request, "token");
		return false;
	}
	if (!pxe_orders_take_text(params, "address", true, asked->address,
				  sizeof(asked->address))) {
		pxe_state_request_invalid(request, "address");
		return false;
	}
	if (!pxe_orders_take_text(params, "client", false, asked->client,
				  sizeof(asked->client))) {
		pxe_state_request_invalid(request, "client");
		return false;
	}
	asked->who = (struct pxe_orders_who) { .token = asked->token,
					       .address = asked->address };
	/* who is seen to ask goes before who got the address */
	if (asked->client[0] != '\0') {
		asked->who.client = asked->client;
		client = pxe_client_table_find(
			pxe_registry_clients(st->registry), asked->client);
		if (client != NULL && client->name[0] != '\0')
			asked->who.name = client->name;
		return true;
	}
	if (pxe_ip4_parse(asked->address, &address) < 0)
		return true;
	client = pxe_registry_find_client(st->registry, asked->address);
	if (client != NULL && client->address == address) {
		asked->who.client = client->key;
		asked->who.name = client->name[0] != '\0' ? client->name : NULL;
	}
	return true;
}

static json_t *session_params(const struct pxe_session *s)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:s, s:I}", "machine",
			 s->machine, "client", s->client, "target", s->target,
			 "once", s->is_once, "state",
			 pxe_session_state_name(s->state), "until",
			 (json_int_t)s->until_s);
}

void pxe_orders_verb_get(struct pxe_state_request *request,
			 const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	struct pxe_orders_answer answer = { .session = NULL };
	const int64_t now_s = pxe_orders_begin_verb(st);
	struct asked asked;
	int r;

	pxe_batch_run(st->batch); /* only what is on disk is told */
	if (!read_who(st, request, params, &asked))
		return;
	r = pxe_orders_get(st->orders, &asked.who, now_s, &answer);
	if (r < 0)
		pxe_orders_answer_error(st, request, r, answer.reason);
	else
		pxe_state_request_reply(request,
					session_params(answer.session));
}

static void log_begin(const struct pxe_session *s)
{
	pxe_log(PXE_LOG_NOTICE, "%s (%s) begins to boot %s once", s->machine,
		s->client, s->target);
}

void pxe_orders_verb_begin(struct pxe_state_request *request,
			   const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	struct pxe_orders_answer answer = { .session = NULL };
	const int64_t now_s = pxe_orders_begin_verb(st);
	const size_t n = pxe_orders_n_changes(st->orders);
	struct asked asked;
	int r;

	if (!read_who(st, request, params, &asked))
		return;
	/* no order is consumed whose end could not be witnessed */
	if (!pxe_orders_is_ready(st) || (st->witness.error[0] != '\0' &&
					 pxe_stated_orders_witness(st) < 0)) {
		pxe_orders_refuse(request,
				  st->witness.error[0] != '\0'
					  ? st->witness.error
					  : "the store cannot be written");
		return;
	}
	r = pxe_orders_begin(st->orders, &asked.who, now_s, &answer);
	if (r < 0) {
		pxe_orders_answer_error(st, request, r, answer.reason);
		return;
	}
	if (pxe_orders_n_changes(st->orders) > n)
		log_begin(answer.session);
	pxe_batch_add_begun(st->batch, request, session_params(answer.session));
}

void pxe_orders_verb_finish(struct pxe_state_request *request,
			    const json_t *params, void *arg)
{
	struct pxe_stated *st = arg;
	const int64_t now_s = pxe_orders_begin_verb(st);
	const size_t n = pxe_orders_n_changes(st->orders);
	struct asked asked;
	bool is_ok;
	int r;

	if (!read_who(st, request, params, &asked))
		return;
	if (!pxe_orders_take_bool(params, "ok", true, &is_ok)) {
		pxe_state_request_invalid(request, "ok");
		return;
	}
	r = pxe_orders_finish(st->orders, &asked.who, is_ok, now_s);
	if (r < 0) {
		pxe_orders_answer_error(st, request, r, PXE_REASON_OK);
		return;
	}
	if (pxe_orders_n_changes(st->orders) > n)
		pxe_log(PXE_LOG_NOTICE, "%s calls back: its boot %s",
			asked.address, is_ok ? "is done" : "has failed");
	pxe_batch_add(st->batch, request, NULL, NULL);
}
