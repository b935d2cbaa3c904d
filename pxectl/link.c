/* SPDX-License-Identifier: ISC */
#include "pxectl/link.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"

struct pxe_link {
	struct event_base *base;
	struct event *alarm;
	struct pxe_state_client *client;
	const char *path;
	bool was_up;

	/* the call under way */
	pxe_link_take *take;
	void *arg;
	struct pxe_str *why;
	time_t end_s; /* monotonic: the last answer must have come */
	int result;   /* -EINPROGRESS until it ends */
};

/* What a failed connect(2) means, and what to do about it. */
static const struct {
	int error;
	const char *text;
} causes[] = {
	{ ENOENT, "there is no socket: is pxe-stated running? "
		  "(systemctl status pxe-state.socket pxe-stated)" },
	{ ENOTDIR, "there is no socket: is `state-socket` in pxe.conf right?" },
	{ ECONNREFUSED, "nobody listens: is pxe-stated running? "
			"(systemctl status pxe-state.socket pxe-stated)" },
	{ EACCES, "permission denied: be root, or join the group pxe "
		  "(adduser USER pxe, then log in again)" },
	{ EPROTOTYPE, "not a stream socket: is `state-socket` in pxe.conf "
		      "right?" },
	{ EAGAIN, "pxe-stated takes no connections: it hangs or is overloaded "
		  "(systemctl status pxe-stated)" },
	{ ENAMETOOLONG, "the path is too long for a socket (107 octets)" },
};

static int explain_error(const char *path, int error, struct pxe_str *why)
{
	const char *text = strerror(error);

	for (size_t i = 0; i < PXE_LEN(causes); i++)
		if (causes[i].error == error)
			text = causes[i].text;
	pxe_str_putf(why, "%s: %s", path, text);
	return -error;
}

int pxe_link_probe(const char *path, struct pxe_str *why)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int error = 0, fd;

	if (!pxe_str_copy(addr.sun_path, sizeof(addr.sun_path), path))
		return explain_error(path, ENAMETOOLONG, why);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return explain_error(path, errno, why);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		error = errno;
	close(fd);
	return error == 0 ? 0 : explain_error(path, error, why);
}

/* Ends the call under way, if one is. */
static void finish(struct pxe_link *link, int result)
{
	if (link->result != -EINPROGRESS)
		return;
	link->result = result;
	event_base_loopbreak(link->base);
}

static int fail(struct pxe_link *link, int error, const char *text)
{
	pxe_str_putf(link->why, "%s: %s", link->path, text);
	return error;
}

static void when_late(PXE_UNUSED evutil_socket_t fd, PXE_UNUSED short what,
		      void *arg)
{
	struct pxe_link *link = arg;

	if (link->result == -EINPROGRESS)
		finish(link, fail(link, -ETIMEDOUT,
				  "pxe-stated does not answer (waited 5 s): "
				  "it hangs (systemctl status pxe-stated)"));
}

static void when_up(void *arg)
{
	struct pxe_link *link = arg;

	link->was_up = true;
	finish(link, 0);
}

static void when_down(void *arg)
{
	struct pxe_link *link = arg;

	if (link->result == -EINPROGRESS)
		finish(link, fail(link, -ECONNRESET,
				  "the connection was ended: pxe-stated was "
				  "restarted, or what listens is not "
				  "pxe-stated"));
}

static const struct pxe_state_client_ops ops = { .up = when_up,
						 .down = when_down };

static time_t clock_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int start_alarm(struct pxe_link *link)
{
	static const struct timeval deadline = { PXE_LINK_DEADLINE_S, 0 };

	return event_add(link->alarm, &deadline) == 0 ? 0 : -ENOMEM;
}

/* Another part of the answer will come: it has its own deadline. */
static int wait_on(struct pxe_link *link)
{
	if (clock_s() > link->end_s)
		return fail(link, -ETIMEDOUT,
			    "the answer does not come to an end (60 s)");
	return start_alarm(link);
}

/* Runs the loop until the call under way has ended. */
static int wait_for_end(struct pxe_link *link)
{
	while (link->result == -EINPROGRESS)
		if (event_base_loop(link->base, EVLOOP_ONCE) < 0)
			finish(link, -EIO);
	event_del(link->alarm);
	return link->result;
}

int pxe_link_open(const char *path, struct pxe_link **out, struct pxe_str *why)
{
	struct pxe_link *link;
	int r = pxe_link_probe(path, why);

	if (r < 0)
		return r;
	link = calloc(1, sizeof(*link));
	if (link == NULL)
		return -ENOMEM;
	link->path = path;
	link->why = why;
	link->result = -EINPROGRESS;
	link->base = event_base_new();
	if (link->base != NULL)
		link->alarm = evtimer_new(link->base, when_late, link);
	if (link->alarm != NULL)
		link->client =
			pxe_state_client_new(link->base, path, &ops, link);
	r = link->client == NULL ? -ENOMEM : start_alarm(link);
	if (r == 0)
		r = wait_for_end(link);
	if (r < 0) {
		pxe_link_close(link);
		return r;
	}
	*out = link;
	return 0;
}

void pxe_link_close(struct pxe_link *link)
{
	if (link == NULL)
		return;
	pxe_state_client_free(link->client);
	if (link->alarm != NULL)
		event_free(link->alarm);
	if (link->base != NULL)
		event_base_free(link->base);
	free(link);
}

/*
 * Errors of the interface in words; the members that say more; whether what
 * was asked for is just not there.
 */
static const struct {
	const char *error, *text, *member;
	bool is_absent;
} refusals[] = {
	{ "NoClient",
	  "no client is known by that name, address or hardware "
	  "address",
	  "client", true },
	{ "NoLease", "there is no such lease", "address", true },
	{ "NoOrder",
	  "no order of that machine is held: pxectl orders lists them",
	  "machine", true },
	{ "AddressTaken", "the address belongs to another client", "client",
	  false },
	{ "Denied",
	  "permission denied: this is for root and members of admin-group "
	  "of stated.conf",
	  "method", false },
	{ "Store", "pxe-stated cannot write to its store", "message", false },
	{ "org.varlink.service.MethodNotFound",
	  "the running pxe-stated does "
	  "not know this method: restart it after an upgrade "
	  "(systemctl restart pxe-stated)",
	  "method", false },
};

static int refuse(struct pxe_str *why, const char *error, const json_t *params)
{
	for (size_t i = 0; i < PXE_LEN(refusals); i++) {
		const char *more;

		if (strcmp(refusals[i].error, error) != 0)
			continue;
		more = json_string_value(
			json_object_get(params, refusals[i].member));
		pxe_str_puts(why, refusals[i].text);
		if (more != NULL)
			pxe_str_putf(why, " (%s)", more);
		return refusals[i].is_absent ? -ENOENT : -EREMOTE;
	}
	pxe_str_putf(why, "pxe-stated refused: %s", error);
	return -EREMOTE;
}

static void when_answered(const char *error, const json_t *params, bool more,
			  void *arg)
{
	struct pxe_link *link = arg;
	int r;

	if (link->result != -EINPROGRESS)
		return;
	if (error != NULL) {
		if (strcmp(error, "Disconnected") == 0)
			when_down(link);
		else
			finish(link, refuse(link->why, error, params));
		return;
	}
	r = link->take(params, link->arg);
	if (r == 0 && more)
		r = wait_on(link);
	if (r < 0 || !more)
		finish(link, r);
}

int pxe_link_call(struct pxe_link *link, const char *method, json_t *params,
		  bool more, pxe_link_take *take, void *arg,
		  struct pxe_str *why)
{
	int r;

	link->take = take;
	link->arg = arg;
	link->why = why;
	link->end_s = clock_s() + PXE_LINK_TOTAL_S;
	link->result = -EINPROGRESS;
	r = (more ? pxe_state_call_more : pxe_state_call)(link->client, method,
							  params, when_answered,
							  link);
	if (r == 0)
		r = start_alarm(link);
	if (r < 0) {
		link->result = r;
		pxe_str_putf(why, "%s: %s", link->path, strerror(-r));
		return r;
	}
	return wait_for_end(link);
}
