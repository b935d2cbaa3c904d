/* SPDX-License-Identifier: ISC */
/*
 * A question goes from its worker to the main thread, where the client of
 * pxe-stated is, and back.  On its way it belongs to whom it is with; its
 * connection is the worker's at any time.
 */
#include "httpd/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "httpd/answer.h"
#include "httpd/server.h"

enum {
	STALE_MS = 15000, /* longer than anybody waits */
	ERROR_TEXT = 64,
};

struct pxe_asking {
	struct pxe_post post;
	struct pxe_worker *worker;
	struct pxe_conn *conn; /* NULL: nobody waits; the worker's */
	pxe_ask_reply *reply;
	bool is_patient;

	/* the main thread's, until it is sent back */
	TAILQ_ENTRY(pxe_asking) entry; /* of server->asks */
	const char *method;
	json_t *params;
	int64_t since_ms;
	bool is_waiting; /* until pxe-stated is back */

	bool is_error; /* the answer */
	char error[ERROR_TEXT];
	json_t *result;
};

static void free_asking(struct pxe_asking *ask)
{
	json_decref(ask->params);
	json_decref(ask->result);
	free(ask);
}

/* --- the worker ------------------------------------------------------------
 */

/* The answer is back. */
static void on_answer(struct pxe_post *post, bool is_late)
{
	struct pxe_asking *ask = (struct pxe_asking *)post;
	struct pxe_conn *conn = ask->conn;

	if (conn != NULL && !is_late) {
		conn->ask = NULL;
		pxe_conn_enter(conn, PXE_CONN_ANSWER);
		pxe_answer_resume(conn, ask->reply,
				  ask->is_error ? ask->error : NULL,
				  ask->result);
	}
	free_asking(ask);
}

static void on_question(struct pxe_post *post, bool is_late);

static int start(struct pxe_conn *conn, const char *method, json_t *params,
		 pxe_ask_reply *reply, bool is_patient)
{
	struct pxe_server *server = conn->worker->server;
	struct pxe_asking *ask = NULL;
	int r = -ENOTCONN;

	if (is_patient || atomic_load(&server->is_state_up)) {
		ask = calloc(1, sizeof(*ask));
		r = -ENOMEM;
	}
	if (ask == NULL) {
		json_decref(params);
		return r;
	}
	ask->post.deliver = on_question;
	ask->worker = conn->worker;
	ask->conn = conn;
	ask->reply = reply;
	ask->is_patient = is_patient;
	ask->method = method;
	ask->params = params;
	ask->since_ms = pxe_server_now_ms();
	if (!pxe_postbox_put(&server->box, &ask->post, PXE_SERVER_POSTS)) {
		free_asking(ask);
		return -EBUSY;
	}
	conn->ask = ask;
	pxe_conn_wait(conn, 0);
	pxe_conn_enter(conn, PXE_CONN_WAIT);
	return 0;
}

int pxe_ask_state(struct pxe_conn *conn, const char *method, json_t *params,
		  pxe_ask_reply *reply)
{
	return start(conn, method, params, reply, false);
}

int pxe_ask_state_patiently(struct pxe_conn *conn, const char *method,
			    json_t *params, pxe_ask_reply *reply)
{
	return start(conn, method, params, reply, true);
}

void pxe_ask_forget(struct pxe_conn *conn)
{
	if (conn->ask != NULL)
		conn->ask->conn = NULL;
	conn->ask = NULL;
}

static void give_up(struct pxe_conn *conn, const char *error PXE_UNUSED,
		    const json_t *params PXE_UNUSED)
{
	if (conn->is_held)
		pxe_conn_cut(conn, PXE_REASON_STATE_AWAY);
	else
		pxe_job_fail(conn->job, PXE_REASON_STATE_AWAY);
}

void pxe_ask_expire(struct pxe_conn *conn)
{
	pxe_ask_forget(conn);
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	pxe_answer_resume(conn, give_up, NULL, NULL);
}

/* --- the main thread -------------------------------------------------------
 */

/* It goes back. */
static void finish(struct pxe_asking *ask, const char *error,
		   const json_t *params)
{
	TAILQ_REMOVE(&ask->worker->server->asks, ask, entry);
	ask->is_error = error != NULL;
	if (error != NULL)
		pxe_str_copy(ask->error, sizeof(ask->error), error);
	ask->result = params != NULL ? json_deep_copy(params) : json_object();
	ask->post.deliver = on_answer;
	/* without a limit there is always room */
	(void)!pxe_postbox_put(&ask->worker->box, &ask->post, 0);
}

static void on_reply(const char *error, const json_t *params,
		     bool more PXE_UNUSED, void *arg)
{
	struct pxe_asking *ask = arg;

	if (ask->is_patient && error != NULL &&
	    strcmp(error, "Disconnected") == 0)
		ask->is_waiting = true;
	else
		finish(ask, error, params);
}

static void call(struct pxe_asking *ask)
{
	int r = pxe_state_call(ask->worker->server->state, ask->method,
			       json_incref(ask->params), on_reply, ask);

	ask->is_waiting = r == -ENOTCONN && ask->is_patient;
	if (r < 0 && !ask->is_waiting)
		finish(ask, "Disconnected", NULL);
}

/* Nobody waits any more for what has waited for so long. */
static void drop_stale(struct pxe_server *server)
{
	struct pxe_asking *ask, *next;
	int64_t now_ms = pxe_server_now_ms();

	for (ask = TAILQ_FIRST(&server->asks); ask != NULL; ask = next) {
		next = TAILQ_NEXT(ask, entry);
		if (now_ms - ask->since_ms < STALE_MS)
			break;
		if (ask->is_waiting)
			finish(ask, "Disconnected", NULL);
	}
}

static void on_question(struct pxe_post *post, bool is_late)
{
	struct pxe_asking *ask = (struct pxe_asking *)post;

	if (is_late) {
		free_asking(ask);
		return;
	}
	drop_stale(ask->worker->server);
	TAILQ_INSERT_TAIL(&ask->worker->server->asks, ask, entry);
	call(ask);
}

void pxe_asks_resume(struct pxe_server *server)
{
	struct pxe_asking *ask, *next;

	drop_stale(server);
	for (ask = TAILQ_FIRST(&server->asks); ask != NULL; ask = next) {
		next = TAILQ_NEXT(ask, entry);
		/* if it went again meanwhile it will be back once more */
		if (ask->is_waiting)
			call(ask);
	}
}

void pxe_asks_disconnect(struct pxe_server *server)
{
	struct pxe_asking *ask;

	while ((ask = TAILQ_FIRST(&server->asks)) != NULL)
		finish(ask, "Disconnected", NULL);
}
