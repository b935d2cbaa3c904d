/* SPDX-License-Identifier: ISC */
/* Waiting in the loop, and a client that remembers its answers. */
#ifndef PXE_TESTS_STATED_CLIENT_H
#define PXE_TESTS_STATED_CLIENT_H

#include "run/state_client.h"
#include "run/state_codec.h"
#include "run/state_view.h"
#include "stated_env.h"

static double clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* One turn of the loop that does not wait for long. */
static void turn(void)
{
	static const struct timeval tick = { 0, 10000 };

	event_base_once(env.base, -1, EV_TIMEOUT, on_tick, NULL, &tick);
	event_base_loop(env.base, EVLOOP_ONCE);
}

/* Runs the loop until the condition holds; ten seconds at most. */
#define WAIT_FOR(condition)                                                    \
	do {                                                                   \
		double until_ = clock_now() + 10;                              \
		while (!(condition)) {                                         \
			ck_assert_msg(clock_now() < until_, "not: %s",         \
				      #condition);                             \
			turn();                                                \
		}                                                              \
	} while (0)

/* --- a client that remembers ---------------------------------------------- */

static struct log {
	int n, n_up, n_down, n_failed, n_ok, n_more, error;
	unsigned long n_lost;
	char text[8192]; /* "error;" or "-;" for each answer */
	json_t *last;
} got;

static void forget(void)
{
	json_decref(got.last);
	memset(&got, 0, sizeof(got));
}

static void on_reply(const char *error, const json_t *params, bool more,
		     void *arg)
{
	size_t len = strlen(got.text);

	(void)arg;
	got.n++;
	got.n_more += more;
	got.n_ok += error == NULL;
	snprintf(got.text + len, sizeof(got.text) - len, "%s;",
		 error != NULL ? error : "-");
	json_decref(got.last);
	got.last = json_deep_copy(params);
}

static void on_up(void *arg)
{
	(void)arg;
	got.n_up++;
}

static void on_down(void *arg)
{
	(void)arg;
	got.n_down++;
}

static void on_failed(const char *path, int error, void *arg)
{
	(void)arg;
	ck_assert_str_eq(path, env.path);
	got.n_failed++;
	got.error = error;
}

static void on_lost(unsigned long n, void *arg)
{
	(void)arg;
	got.n_lost += n;
}

static const struct pxe_state_client_ops client_ops = { on_up, on_down,
							on_failed, on_lost };

static struct pxe_state_client *connect_client(void)
{
	struct pxe_state_client *c =
		pxe_state_client_new(env.base, env.path, &client_ops, NULL);

	ck_assert_ptr_nonnull(c);
	WAIT_FOR(pxe_state_client_is_up(c));
	return c;
}

static struct pxe_lease lease_of(uint32_t address, const char *client)
{
	return (struct pxe_lease) { .address = address,
				    .state = PXE_LEASE_ACTIVE,
				    .start_s = now_s,
				    .end_s = now_s + 3600,
				    .client = client };
}

PXE_UNUSED static void commit(struct pxe_state_client *c, uint32_t address,
		   const char *client)
{
	struct pxe_lease l = lease_of(address, client);
	struct pxe_state_commit what = { .lease = &l, .now_s = now_s };

	ck_assert_int_eq(pxe_state_commit_lease(c, &what, on_reply, NULL), 0);
}

static void call(struct pxe_state_client *c, const char *method, json_t *params)
{
	ck_assert_int_eq(pxe_state_call(c, method, params, on_reply, NULL), 0);
}

#endif
