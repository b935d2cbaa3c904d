/* SPDX-License-Identifier: ISC */
/*
 * One connection at a time.  Answers come in the order of the calls, so the
 * calls under way are a ring.  What callbacks do (make calls, free the
 * client) is allowed at any moment: the client is freed for good only when no
 * callback of it is running.
 */
#include "run/state_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "run/state_link.h"
#include "run/state_queue.h"

#define INTERFACE "io.pxesuite.State."

enum {
	CALLS_MAX = 8192,    /* under way */
	UNSENT_MAX = 262144, /* octets; beyond them reports wait */
	FIRST_BACKOFF_MS = 50,
	LAST_BACKOFF_MS = 2000,
	STABLE_S = 2, /* a connection that lasted so long was good */
	READS_A_TURN = 16
};

struct call {
	pxe_state_reply *reply;
	pxe_state_take *take; /* or NULL */
	void *arg;
	bool is_more; /* it may be answered more than once */
};

struct pxe_state_client {
	struct event_base *base;
	const struct pxe_state_client_ops *ops;
	void *arg;
	struct sockaddr_un address;
	struct pxe_state_link link;
	bool is_up;
	struct event *read, *write; /* while the connection stands */
	struct event *flush, *retry;
	time_t up_s; /* monotonic; when the connection came */
	unsigned backoff_ms;

	struct call *calls; /* ring of calls_cap */
	size_t calls_cap, calls_at, n_calls;

	struct pxe_state_queue reports; /* wait for the connection */
	json_t *nothing; /* parameters of an answer that has none */

	unsigned depth; /* callbacks of this client that are running */
	bool is_dead;   /* to be freed when the last one returns */
};

static const struct pxe_state_client_ops no_ops;

static time_t clock_s(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- reports that wait --------------------------------------------------- */

static bool may_report(const struct pxe_state_client *client)
{
	return client->is_up &&
	       pxe_state_link_unsent(&client->link) < UNSENT_MAX;
}

/* Once all that waited has gone. */
static void tell_lost(struct pxe_state_client *client)
{
	unsigned long n = client->reports.n_lost;

	if (n == 0 || client->reports.first != NULL || !client->is_up)
		return;
	client->reports.n_lost = 0;
	if (client->ops->lost != NULL)
		client->ops->lost(n, client->arg);
}

static void send_reports(struct pxe_state_client *client)
{
	const struct pxe_state_waiting *w;

	while ((w = client->reports.first) != NULL && may_report(client)) {
		if (pxe_state_link_put(&client->link, w->text, w->len) ==
		    -ENOMEM)
			return;
		pxe_state_queue_drop(&client->reports);
	}
	tell_lost(client);
}

/* --- the life of the connection ------------------------------------------ */

static void destroy(struct pxe_state_client *client)
{
	pxe_state_queue_done(&client->reports);
	json_decref(client->nothing);
	free(client->calls);
	free(client);
}

static void enter(struct pxe_state_client *client)
{
	client->depth++;
}

/* Every callback of libevent ends with this. */
static void leave(struct pxe_state_client *client)
{
	if (--client->depth == 0 && client->is_dead)
		destroy(client);
}

static void free_event(struct event **ev)
{
	if (*ev != NULL)
		event_free(*ev);
	*ev = NULL;
}

static void close_link(struct pxe_state_client *client)
{
	client->is_up = false;
	free_event(&client->read);
	free_event(&client->write);
	pxe_state_link_done(&client->link);
}

static void retry_later(struct pxe_state_client *client)
{
	struct timeval tv = {
		.tv_sec = client->backoff_ms / 1000,
		.tv_usec = (suseconds_t)(client->backoff_ms % 1000) * 1000,
	};

	client->backoff_ms *= 2;
	if (client->backoff_ms > LAST_BACKOFF_MS)
		client->backoff_ms = LAST_BACKOFF_MS;
	event_add(client->retry, &tv);
}

static struct call take_call(struct pxe_state_client *client)
{
	struct call call = client->calls[client->calls_at];

	client->calls_at = (client->calls_at + 1) % client->calls_cap;
	client->n_calls--;
	return call;
}

/* The connection is gone: answers all calls, says so, tries again. */
static void disconnect(struct pxe_state_client *client)
{
	if (clock_s() - client->up_s >= STABLE_S)
		client->backoff_ms = FIRST_BACKOFF_MS;
	close_link(client);
	while (client->n_calls > 0 && !client->is_dead) {
		struct call call = take_call(client);

		call.reply("Disconnected", client->nothing, false, call.arg);
	}
	if (!client->is_dead && client->ops->down != NULL)
		client->ops->down(client->arg);
	if (!client->is_dead)
		retry_later(client);
}

/* --- answers ------------------------------------------------------------- */

static const char *short_error(const char *error)
{
	return pxe_str_has_prefix(error, INTERFACE) ? error + strlen(INTERFACE)
						    : error;
}

/* What says that a lease is on disk, thousands of times a second. */
static bool is_plain_answer(const char *text, size_t len)
{
	static const char plain[] = "{\"parameters\":{}}";

	return len == sizeof(plain) - 1 && memcmp(text, plain, len) == 0;
}

static void take_plain_answer(struct pxe_state_client *client)
{
	struct call call = take_call(client);

	client->backoff_ms = FIRST_BACKOFF_MS;
	call.reply(NULL, client->nothing, false, call.arg);
}

/* Hands any other message to whom it belongs.  0, -EBADMSG. */
static int take_answer(struct pxe_state_client *client, const char *text,
		       size_t len)
{
	json_t *json = json_loadb(text, len, 0, NULL);
	json_t *params = json_object_get(json, "parameters");
	json_t *error = json_object_get(json, "error");
	bool more = json_is_true(json_object_get(json, "continues"));
	struct call call;

	more = more && error == NULL;
	if (!json_is_object(json) || client->n_calls == 0 ||
	    (error != NULL && !json_is_string(error)) ||
	    /* who made the call has nothing left for a second answer */
	    (more && !client->calls[client->calls_at].is_more)) {
		json_decref(json);
		return -EBADMSG;
	}
	params = json_is_object(params) ? json_incref(params) : json_object();
	call = more ? client->calls[client->calls_at] : take_call(client);
	client->backoff_ms = FIRST_BACKOFF_MS;
	call.reply(error != NULL ? short_error(json_string_value(error)) : NULL,
		   params, more, call.arg);
	json_decref(params);
	json_decref(json);
	return 0;
}

/* Is it one of many answers that the caller reads by itself? */
static bool is_taken(const struct pxe_state_client *client, const char *text,
		     size_t len)
{
	const struct call *call;

	if (client->n_calls == 0)
		return false;
	call = &client->calls[client->calls_at];
	return call->take != NULL && call->take(text, len, call->arg);
}

static int take_answers(struct pxe_state_client *client)
{
	const char *text;
	size_t len;
	int r;

	while (!client->is_dead) {
		r = pxe_state_link_next(&client->link, &text, &len);
		if (r == 0)
			return 0;
		if (r == 1 && client->n_calls > 0 && is_plain_answer(text, len))
			take_plain_answer(client);
		else if (r == 1 && !is_taken(client, text, len))
			r = take_answer(client, text, len);
		if (r < 0)
			return r;
	}
	return 0;
}

static void on_readable(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
			void *arg)
{
	struct pxe_state_client *client = arg;
	int r = 1;

	enter(client);
	for (int i = 0; i < READS_A_TURN && r > 0 && !client->is_dead; i++) {
		r = pxe_state_link_read(&client->link);
		if (r == 0)
			r = -ECONNRESET;
		if (r > 0 && take_answers(client) < 0)
			r = -EBADMSG;
	}
	if (r < 0 && r != -EAGAIN && !client->is_dead)
		disconnect(client);
	leave(client);
}

/* --- sending ------------------------------------------------------------- */

/* All calls made in one turn of the loop go out in one write. */
static void want_flush(struct pxe_state_client *client)
{
	event_active(client->flush, EV_WRITE, 0);
}

static void on_flush(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		     void *arg)
{
	struct pxe_state_client *client = arg;
	int r;

	if (!client->is_up)
		return;
	enter(client);
	do {
		r = pxe_state_link_flush(&client->link);
		send_reports(client);
	} while (r == 0 && pxe_state_link_unsent(&client->link) > 0);
	if (r == -EAGAIN)
		event_add(client->write, NULL);
	else if (r < 0)
		disconnect(client);
	leave(client);
}

static int open_socket(const struct sockaddr_un *address)
{
	const void *to = address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	/* at once, or EAGAIN: the server's queue is full */
	if (connect(fd, to, sizeof(*address)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

static int connect_link(struct pxe_state_client *client)
{
	int fd = open_socket(&client->address);

	if (fd < 0)
		return fd;
	if (pxe_state_link_init(&client->link, fd, PXE_VARLINK_MAX_BYTES) < 0)
		return -ENOMEM;
	client->read = event_new(client->base, fd, EV_READ | EV_PERSIST,
				 on_readable, client);
	client->write = event_new(client->base, fd, EV_WRITE, on_flush, client);
	if (client->read == NULL || client->write == NULL ||
	    event_add(client->read, NULL) < 0) {
		close_link(client);
		return -ENOMEM;
	}
	return 0;
}

static void come_up(struct pxe_state_client *client)
{
	client->is_up = true;
	client->up_s = clock_s();
	if (client->ops->up != NULL)
		client->ops->up(client->arg);
	if (!client->is_dead)
		want_flush(client);
}

static void on_retry(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		     void *arg)
{
	struct pxe_state_client *client = arg;
	int r;

	enter(client);
	r = connect_link(client);
	if (r < 0 && client->ops->failed != NULL)
		client->ops->failed(client->address.sun_path, -r, client->arg);
	if (r < 0 && !client->is_dead)
		retry_later(client);
	if (r == 0)
		come_up(client);
	leave(client);
}

/* --- the interface ------------------------------------------------------- */

struct pxe_state_client *pxe_state_client_new(
	struct event_base *base, const char *path,
	const struct pxe_state_client_ops *ops, void *arg)
{
	struct pxe_state_client *client = calloc(1, sizeof(*client));
	struct timeval now = { 0, 0 };

	if (client == NULL)
		return NULL;
	client->base = base;
	client->ops = ops != NULL ? ops : &no_ops;
	client->arg = arg;
	client->link.fd = -1;
	client->backoff_ms = FIRST_BACKOFF_MS;
	pxe_state_queue_init(&client->reports);
	client->nothing = json_object();
	client->address.sun_family = AF_UNIX;
	/* a path that is too long leads nowhere, for ever */
	if (!pxe_str_copy(client->address.sun_path,
			  sizeof(client->address.sun_path), path))
		client->address.sun_path[0] = '\0';
	client->flush = event_new(base, -1, 0, on_flush, client);
	client->retry = evtimer_new(base, on_retry, client);
	if (client->nothing == NULL || client->flush == NULL ||
	    client->retry == NULL || event_add(client->retry, &now) < 0) {
		pxe_state_client_free(client);
		return NULL;
	}
	return client;
}

void pxe_state_client_free(struct pxe_state_client *client)
{
	if (client == NULL || client->is_dead)
		return;
	client->is_dead = true;
	close_link(client);
	free_event(&client->flush);
	free_event(&client->retry);
	if (client->depth == 0)
		destroy(client);
}

bool pxe_state_client_is_up(const struct pxe_state_client *client)
{
	return client->is_up;
}

/* Room for one more call.  0, -EBUSY, -ENOMEM. */
static int grow_calls(struct pxe_state_client *client)
{
	size_t cap = client->calls_cap > 0 ? client->calls_cap * 2 : 64;
	struct call *calls;

	if (client->n_calls < client->calls_cap)
		return 0;
	if (cap > CALLS_MAX)
		return -EBUSY;
	calls = malloc(cap * sizeof(*calls));
	if (calls == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < client->n_calls; i++)
		calls[i] = client->calls[(client->calls_at + i) %
					 client->calls_cap];
	free(client->calls);
	client->calls = calls;
	client->calls_cap = cap;
	client->calls_at = 0;
	return 0;
}

static int start_call(struct pxe_state_client *client, const char *text,
		      size_t len, struct call call)
{
	int r = client->is_up ? grow_calls(client) : -ENOTCONN;

	if (r == 0)
		r = pxe_state_link_put(&client->link, text, len);
	if (r < 0)
		return r;
	client->calls[(client->calls_at + client->n_calls++) %
		      client->calls_cap] = call;
	want_flush(client);
	return 0;
}

int pxe_state_call_text(struct pxe_state_client *client, const char *text,
			size_t len, pxe_state_reply *reply, void *arg)
{
	return start_call(client, text, len,
			  (struct call) { .reply = reply, .arg = arg });
}

int pxe_state_call_list(struct pxe_state_client *client, const char *text,
			size_t len, pxe_state_take *take,
			pxe_state_reply *reply, void *arg)
{
	return start_call(client, text, len,
			  (struct call) { reply, take, arg, true });
}

bool pxe_state_client_has_room(const struct pxe_state_client *client)
{
	return client->reports.first == NULL && may_report(client);
}

void pxe_state_report_text(struct pxe_state_client *client, const char *text,
			   size_t len)
{
	if (!pxe_state_client_has_room(client) ||
	    pxe_state_link_put(&client->link, text, len) < 0)
		pxe_state_queue_put(&client->reports, text, len);
	if (client->is_up)
		want_flush(client);
}
