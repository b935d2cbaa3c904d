/* SPDX-License-Identifier: ISC */
/* Calls and their answers: https://varlink.org/Method-Call */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "run/state_server_priv.h"

#define VARLINK "org.varlink.service"

/* The interface that every Varlink service has. */
static const char varlink_description[] =
	"interface org.varlink.service\n"
	"method GetInfo() -> (vendor: string, product: string,\n"
	"  version: string, url: string, interfaces: []string)\n"
	"method GetInterfaceDescription(interface: string) ->\n"
	"  (description: string)\n"
	"error InterfaceNotFound(interface: string)\n"
	"error MethodNotFound(method: string)\n"
	"error MethodNotImplemented(method: string)\n"
	"error InvalidParameter(parameter: string)\n"
	"error PermissionDenied()\n"
	"error ExpectedMore()\n";

/* --- the life of a request ----------------------------------------------- */

static struct pxe_state_request *new_request(struct pxe_state_conn *conn,
					     const json_t *call)
{
	struct pxe_state_request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		return NULL;
	request->conn = conn;
	request->peer = conn->peer;
	request->connection = conn->id;
	request->is_more = json_is_true(json_object_get(call, "more"));
	request->is_oneway = json_is_true(json_object_get(call, "oneway"));
	*conn->last = request;
	conn->last = &request->next;
	conn->n_requests++;
	return request;
}

static void free_request(struct pxe_state_request *request)
{
	if (request->stream != NULL)
		request->stream->end(request->stream_arg);
	free(request->text);
	free(request);
}

static void put_text(struct pxe_state_conn *conn, const char *text)
{
	if (pxe_state_link_put(&conn->link, text, strlen(text)) < 0)
		conn->is_broken = true; /* an answer is lost */
}

/* Takes back the last request, which nobody has seen. */
static void drop_request(struct pxe_state_conn *conn,
			 struct pxe_state_request **last)
{
	free(*last);
	*last = NULL;
	conn->last = last;
	conn->n_requests--;
}

/* Sends the answers that have become first in the row. */
static void pop_answers(struct pxe_state_conn *conn)
{
	struct pxe_state_request *request;

	while ((request = conn->first) != NULL && request->is_done) {
		if (request->text != NULL)
			put_text(conn, request->text);
		conn->first = request->next;
		if (conn->first == NULL)
			conn->last = &conn->first;
		conn->n_requests--;
		free_request(request);
	}
	pxe_state_conn_wake(conn);
}

/* Ends a request with `text` (stolen, NULL: no answer). */
static void finish(struct pxe_state_request *request, char *text)
{
	struct pxe_state_conn *conn = request->conn;

	free(request->text);
	request->text = text;
	request->is_done = true;
	if (conn == NULL)
		free_request(request);
	else
		pop_answers(conn);
}

void pxe_state_conn_leave_requests(struct pxe_state_conn *conn)
{
	struct pxe_state_request *request = conn->first, *next;

	conn->first = NULL;
	conn->last = &conn->first;
	for (; request != NULL; request = next) {
		next = request->next;
		request->next = NULL;
		request->conn = NULL;
		/* others are in somebody's hands who will answer them */
		if (request->is_done || request->stream != NULL)
			free_request(request);
	}
}

/* --- answers ------------------------------------------------------------- */

/* {"parameters": ..., key: value}; steals both, NULL: no memory. */
static char *encode(json_t *params, const char *key, json_t *value)
{
	json_t *json = json_object();
	char *text = NULL;

	if (params == NULL)
		params = json_object();
	if (json_object_set_new(json, "parameters", params) == 0 &&
	    (key == NULL || json_object_set_new(json, key, value) == 0))
		text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

static const char plain_answer[] = "{\"parameters\":{}}";

void pxe_state_request_reply(struct pxe_state_request *request, json_t *params)
{
	char *text;

	if (request->is_oneway) {
		json_decref(params);
		finish(request, NULL);
		return;
	}
	if (params == NULL && request->conn != NULL &&
	    request->conn->first == request) {
		put_text(request->conn, plain_answer);
		finish(request, NULL);
		return;
	}
	text = encode(params, NULL, NULL);
	if (text != NULL && strlen(text) > PXE_VARLINK_MAX_BYTES) {
		free(text);
		pxe_state_request_error(request, VARLINK ".ExpectedMore", NULL);
		return;
	}
	if (text == NULL && request->conn != NULL)
		request->conn->is_broken = true;
	finish(request, text);
}

void pxe_state_request_error(struct pxe_state_request *request,
			     const char *name, json_t *params)
{
	char full[128], *text;
	struct pxe_str s;

	if (request->is_oneway || request->conn == NULL) {
		json_decref(params);
		finish(request, NULL);
		return;
	}
	pxe_str_init(&s, full, sizeof(full));
	if (strchr(name, '.') == NULL)
		pxe_str_putf(&s, "%s.",
			     request->conn->server->service->interface);
	pxe_str_puts(&s, name);
	text = encode(params, "error", json_string(full));
	if (text == NULL)
		request->conn->is_broken = true;
	finish(request, text);
}

void pxe_state_request_invalid(struct pxe_state_request *request,
			       const char *parameter)
{
	pxe_state_request_error(request, VARLINK ".InvalidParameter",
				json_pack("{s:s}", "parameter", parameter));
}

char *pxe_state_encode_more(json_t *params)
{
	return encode(params, "continues", json_true());
}

void pxe_state_request_put_text(struct pxe_state_request *request,
				const char *text, size_t len)
{
	struct pxe_state_conn *conn = request->conn;

	if (conn == NULL)
		return;
	if (pxe_state_link_put(&conn->link, text, len) < 0)
		conn->is_broken = true;
	pxe_state_conn_wake(conn);
}

void pxe_state_request_put(struct pxe_state_request *request, json_t *params)
{
	char *text = pxe_state_encode_more(params);

	if (text != NULL)
		pxe_state_request_put_text(request, text, strlen(text));
	else if (request->conn != NULL)
		request->conn->is_broken = true;
	free(text);
}

void pxe_state_request_stream(struct pxe_state_request *request,
			      const struct pxe_state_stream *stream, void *arg)
{
	request->stream = stream;
	request->stream_arg = arg;
	if (request->conn != NULL)
		pxe_state_conn_wake(request->conn);
}

void pxe_state_request_wake(struct pxe_state_request *request)
{
	if (request->conn != NULL)
		pxe_state_conn_wake(request->conn);
}

void pxe_state_conn_feed(struct pxe_state_conn *conn)
{
	struct pxe_state_request *request = conn->first;

	while (request != NULL && request == conn->first &&
	       request->stream != NULL && !conn->is_broken &&
	       pxe_state_link_unsent(&conn->link) < PXE_STATE_UNSENT_LOW)
		if (!request->stream->next(request, request->stream_arg))
			return;
}

const struct pxe_state_peer *pxe_state_request_peer(
	const struct pxe_state_request *request)
{
	return &request->peer;
}

uint64_t pxe_state_request_connection(const struct pxe_state_request *request)
{
	return request->connection;
}

bool pxe_state_request_is_more(const struct pxe_state_request *request)
{
	return request->is_more;
}

void pxe_state_request_push(struct pxe_state_request *request)
{
	int r = request->conn != NULL
			? pxe_state_link_flush(&request->conn->link)
			: 0;

	if (r < 0 && r != -EAGAIN)
		request->conn->is_broken = true;
}

size_t pxe_state_request_unsent(const struct pxe_state_request *request)
{
	return request->conn != NULL
		       ? pxe_state_link_unsent(&request->conn->link)
		       : 0;
}

/* --- org.varlink.service ------------------------------------------------- */

static void get_info(struct pxe_state_request *request)
{
	const struct pxe_state_service *s = request->conn->server->service;

	pxe_state_request_reply(request,
				json_pack("{s:s, s:s, s:s, s:s, s:[s, s]}",
					  "vendor", s->vendor, "product",
					  s->product, "version", s->version,
					  "url", s->url, "interfaces", VARLINK,
					  s->interface));
}

static void get_description(struct pxe_state_request *request,
			    const json_t *params)
{
	const struct pxe_state_service *s = request->conn->server->service;
	const char *name =
		json_string_value(json_object_get(params, "interface"));
	const char *text = NULL;

	if (name == NULL) {
		pxe_state_request_invalid(request, "interface");
		return;
	}
	if (strcmp(name, s->interface) == 0)
		text = s->description;
	else if (strcmp(name, VARLINK) == 0)
		text = varlink_description;
	if (text != NULL)
		pxe_state_request_reply(request,
					json_pack("{s:s}", "description",
						  text));
	else
		pxe_state_request_error(request, VARLINK ".InterfaceNotFound",
					json_pack("{s:s}", "interface", name));
}

/* --- calls --------------------------------------------------------------- */

/* Text of a peer's in an error: too long a name is cut. */
static json_t *name_param(const char *key, const char *name, size_t len)
{
	json_t *json = json_object();

	if (len > 255)
		len = 255;
	/* cut in the middle of a character it is left out */
	json_object_set_new(json, key, json_stringn(name, len));
	return json;
}

static const struct pxe_state_method *find_method(
	const struct pxe_state_service *service, const char *name)
{
	for (size_t i = 0; i < service->n_methods; i++)
		if (strcmp(service->methods[i].name, name) == 0)
			return &service->methods[i];
	return NULL;
}

static void deny(struct pxe_state_request *request,
		 const struct pxe_state_method *method)
{
	const struct pxe_state_server *server = request->conn->server;

	if (server->service->denied != NULL)
		server->service->denied(&request->peer, method->name,
					server->arg);
	pxe_state_request_error(request, "Denied",
				json_pack("{s:s}", "method", method->name));
}

static void call_method(struct pxe_state_request *request,
			const struct pxe_state_method *method,
			const json_t *params)
{
	struct pxe_state_server *server = request->conn->server;

	if (!server->service->is_allowed(&request->peer, method->right,
					 server->arg))
		deny(request, method);
	else if (request->is_oneway && (method->how & PXE_STATE_ONEWAY) == 0)
		pxe_state_request_reply(request, NULL); /* to nobody */
	else if (!request->is_more && (method->how & PXE_STATE_STREAM) != 0)
		pxe_state_request_error(request, VARLINK ".ExpectedMore", NULL);
	else
		method->handle(request, params, server->arg);
}

/* Is `interface` the first `len` octets of `name`? */
static bool is_interface(const char *name, size_t len, const char *interface)
{
	return len == strlen(interface) && strncmp(name, interface, len) == 0;
}

/* A method that every service has; false: there is none of that name. */
static bool call_standard(struct pxe_state_request *request, const char *method,
			  const json_t *params)
{
	if (strcmp(method, "GetInfo") == 0)
		get_info(request);
	else if (strcmp(method, "GetInterfaceDescription") == 0)
		get_description(request, params);
	else
		return false;
	return true;
}

/* `name` is INTERFACE.Method; the last dot parts them. */
static void dispatch(struct pxe_state_request *request, const char *name,
		     const json_t *params)
{
	const struct pxe_state_service *s = request->conn->server->service;
	const char *dot = strrchr(name, '.');
	const char *verb = dot != NULL ? dot + 1 : name;
	size_t len = dot != NULL ? (size_t)(dot - name) : 0;

	if (is_interface(name, len, s->interface)) {
		const struct pxe_state_method *method = find_method(s, verb);

		if (method != NULL) {
			call_method(request, method, params);
			return;
		}
	} else if (!is_interface(name, len, VARLINK)) {
		pxe_state_request_error(request, VARLINK ".InterfaceNotFound",
					name_param("interface", name, len));
		return;
	} else if (call_standard(request, verb, params)) {
		return;
	}
	pxe_state_request_error(request, VARLINK ".MethodNotFound",
				name_param("method", name, strlen(name)));
}

static int start(struct pxe_state_conn *conn, const json_t *call)
{
	const char *name = json_string_value(json_object_get(call, "method"));
	json_t *params = json_object_get(call, "parameters");
	struct pxe_state_request *request;

	if (name == NULL || (params != NULL && !json_is_object(params) &&
			     !json_is_null(params)))
		return -EBADMSG;
	request = new_request(conn, call);
	params = json_is_object(params) ? json_incref(params) : json_object();
	if (request == NULL || params == NULL) {
		json_decref(params);
		return -EBADMSG; /* no memory: the peer has to come again */
	}
	conn->server->counts.calls++;
	dispatch(request, name, params);
	json_decref(params);
	return 0;
}

/* Goes past `what`, if the text begins with it. */
static bool skip(const char **text, size_t *len, const char *what)
{
	size_t n = strlen(what);

	if (*len < n || memcmp(*text, what, n) != 0)
		return false;
	*text += n;
	*len -= n;
	return true;
}

/* A call of the one method that is handled as text. */
static bool take_text(struct pxe_state_conn *conn, const char *text, size_t len)
{
	const struct pxe_state_server *server = conn->server;
	const struct pxe_state_service *s = server->service;
	struct pxe_state_request **last = conn->last;

	if (s->text_method == NULL || !skip(&text, &len, "{\"method\":\"") ||
	    !skip(&text, &len, s->interface) || !skip(&text, &len, ".") ||
	    !skip(&text, &len, s->text_method) ||
	    !skip(&text, &len, "\",\"parameters\":") || len < 3 ||
	    text[len - 1] != '}' ||
	    !s->is_allowed(&conn->peer, find_method(s, s->text_method)->right,
			   server->arg) ||
	    new_request(conn, NULL) == NULL)
		return false;
	if (!s->handle_text(*last, text, len - 1, server->arg)) {
		drop_request(conn, last);
		return false;
	}
	conn->server->counts.calls++;
	return true;
}

int pxe_state_conn_take(struct pxe_state_conn *conn, const char *text,
			size_t len)
{
	json_t *call;
	int r;

	if (take_text(conn, text, len))
		return 0;
	call = json_loadb(text, len, 0, NULL);
	if (call != NULL && conn->first != NULL &&
	    json_is_true(json_object_get(call, "more"))) {
		conn->held = call;
		return -EAGAIN;
	}
	r = call != NULL ? start(conn, call) : -EBADMSG;
	json_decref(call);
	return r;
}

int pxe_state_conn_take_held(struct pxe_state_conn *conn)
{
	json_t *call = conn->held;
	int r;

	conn->held = NULL;
	r = start(conn, call);
	json_decref(call);
	return r;
}
