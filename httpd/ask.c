/* SPDX-License-Identifier: ISC */
#include "httpd/ask.h"

#include <errno.h>
#include <stdlib.h>

#include "httpd/answer.h"
#include "httpd/server.h"

/* Lives until pxe-stated answers, also when its connection is gone. */
struct pxe_asking {
	TAILQ_ENTRY(pxe_asking) entry;
	struct pxe_server *server;
	struct pxe_conn *conn; /* NULL: nobody waits */
	pxe_ask_reply *reply;
};

/* Hands over what was said, and ends. */
static void end(struct pxe_asking *ask, const char *error, const json_t *params)
{
	struct pxe_conn *conn = ask->conn;
	pxe_ask_reply *reply = ask->reply;

	TAILQ_REMOVE(&ask->server->asks, ask, entry);
	free(ask);
	if (conn == NULL)
		return;
	conn->ask = NULL;
	pxe_conn_enter(conn, PXE_CONN_ANSWER);
	pxe_answer_resume(conn, reply, error, params);
}

static void on_reply(const char *error, const json_t *params,
		     bool more PXE_UNUSED, void *arg)
{
	end(arg, error, params);
}

int pxe_ask_state(struct pxe_conn *conn, const char *method, json_t *params,
		  pxe_ask_reply *reply)
{
	struct pxe_server *server = conn->worker->server;
	struct pxe_asking *ask = calloc(1, sizeof(*ask));
	int r = ask != NULL ? 0 : -ENOMEM;

	if (r < 0)
		json_decref(params);
	else
		r = pxe_state_call(server->state, method, params, on_reply,
				   ask);
	if (r < 0) {
		free(ask);
		return r;
	}
	ask->server = server;
	ask->conn = conn;
	ask->reply = reply;
	TAILQ_INSERT_TAIL(&server->asks, ask, entry);
	conn->ask = ask;
	pxe_conn_enter(conn, PXE_CONN_WAIT);
	return 0;
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
