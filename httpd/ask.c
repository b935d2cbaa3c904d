/* SPDX-License-Identifier: ISC */
#include "httpd/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "httpd/answer.h"
#include "httpd/server.h"

/* Lives until pxe-stated answers, also when its connection is gone. */
struct pxe_asking {
	TAILQ_ENTRY(pxe_asking) entry; /* of server->asks */
	struct pxe_server *server;
	struct pxe_conn *conn; /* NULL: nobody waits */
	pxe_ask_reply *reply;
	const char *method; /* NULL: it is not asked twice */
	json_t *params;
	bool is_waiting; /* until pxe-stated is back */
};

static void drop(struct pxe_asking *ask)
{
	TAILQ_REMOVE(&ask->server->asks, ask, entry);
	json_decref(ask->params);
	free(ask);
}

/* Hands over what was said, and ends. */
static void end(struct pxe_asking *ask, const char *error, const json_t *params)
{
	struct pxe_conn *conn = ask->conn;
	pxe_ask_reply *reply = ask->reply;

	drop(ask);
	if (conn == NULL)
		return;
	conn->ask = NULL;
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	pxe_answer_resume(conn, reply, error, params);
}

static void on_reply(const char *error, const json_t *params,
		     bool more PXE_UNUSED, void *arg)
{
	struct pxe_asking *ask = arg;

	if (ask->conn != NULL && ask->method != NULL && error != NULL &&
	    strcmp(error, "Disconnected") == 0)
		ask->is_waiting = true;
	else
		end(ask, error, params);
}

static int call(struct pxe_asking *ask, const char *method, json_t *params)
{
	return pxe_state_call(ask->server->state, method, params, on_reply,
			      ask);
}

static int start(struct pxe_conn *conn, const char *method, json_t *params,
		 pxe_ask_reply *reply, bool is_patient)
{
	struct pxe_server *server = conn->worker->server;
	struct pxe_asking *ask = calloc(1, sizeof(*ask));
	int r;

	if (ask == NULL) {
		json_decref(params);
		return -ENOMEM;
	}
	*ask = (struct pxe_asking) { .server = server,
				     .conn = conn,
				     .reply = reply };
	if (is_patient) {
		ask->method = method;
		ask->params = json_incref(params);
	}
	TAILQ_INSERT_TAIL(&server->asks, ask, entry);
	r = call(ask, method, params);
	if (r == -ENOTCONN && is_patient) {
		ask->is_waiting = true;
	} else if (r < 0) {
		drop(ask);
		return r;
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

void pxe_asks_resume(struct pxe_server *server)
{
	struct pxe_asking *ask, *next;

	for (ask = TAILQ_FIRST(&server->asks); ask != NULL; ask = next) {
		next = TAILQ_NEXT(ask, entry);
		if (!ask->is_waiting)
			continue;
		/* if it went again meanwhile it will be back once more */
		if (call(ask, ask->method, json_incref(ask->params)) == 0)
			ask->is_waiting = false;
	}
}

void pxe_ask_forget(struct pxe_conn *conn)
{
	struct pxe_asking *ask = conn->ask;

	conn->ask = NULL;
	if (ask == NULL)
		return;
	ask->conn = NULL;
	if (ask->is_waiting)
		drop(ask);
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

void pxe_asks_disconnect(struct pxe_server *server)
{
	json_t *nothing = json_object();
	struct pxe_asks asks;
	struct pxe_asking *ask;

	/* what their answers ask now is for another connection */
	TAILQ_INIT(&asks);
	TAILQ_CONCAT(&asks, &server->asks, entry);
	while ((ask = TAILQ_FIRST(&asks)) != NULL) {
		TAILQ_REMOVE(&asks, ask, entry);
		TAILQ_INSERT_HEAD(&server->asks, ask, entry);
		end(ask, "Disconnected", nothing);
	}
	json_decref(nothing);
}
