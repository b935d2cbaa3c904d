/* SPDX-License-Identifier: ISC */
/*
 * pxe-stated inside a test: its real parts over a store that can be told to
 * fail, on a socket in a directory of its own.
 */
#ifndef PXE_TESTS_STATED_ENV_H
#define PXE_TESTS_STATED_ENV_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "stated/alarms.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/orders.h"
#include "stated/peers.h"
#include "stated/watch.h"
#include "stated_store.h"
#include "unit.h"

#define NOW ((int64_t)1700000000)

/* --- the service, over a store that can be told to fail ------------------- */

/* What time it is, and how much of that is because the clock was set. */
static int64_t now_s = NOW, set_by_s;

static struct pxe_clock_time fake_clock(void)
{
	return (struct pxe_clock_time) {
		.wall_ms = (now_s + set_by_s) * 1000,
		.up_ms = (now_s - NOW + 1000000) * 1000,
	};
}

static struct env {
	struct event_base *base;
	char dir[64], path[96];
	struct pxe_store store;
	struct pxe_stated st;
	bool may_lease; /* and import */
} env;

static bool is_allowed(const struct pxe_state_peer *peer, int right, void *arg)
{
	(void)arg;
	ck_assert_uint_eq(peer->uid, getuid());
	return env.may_lease || right < PXE_RIGHT_LEASE;
}

static void on_gone(uint64_t connection, void *arg)
{
	struct pxe_stated *st = arg;

	pxe_peers_gone(st->peers, connection, pxe_stated_now_s(st));
	pxe_alarm_book_gone(st->alarms, connection);
}

static struct pxe_state_service service = {
	.vendor = "v",
	.product = "p",
	.version = "1",
	.url = "u",
	.interface = PXE_STATED_INTERFACE,
	.description = pxe_stated_interface_text,
	.methods = pxe_verbs,
	.text_method = "CommitLease",
	.handle_text = pxe_verbs_commit_text,
	.is_allowed = is_allowed,
	.gone = on_gone,
	.trust = PXE_RIGHT_REPORT,
	.bulk = PXE_RIGHT_ADMIN,
};

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	pxe_str_copy(a.sun_path, sizeof(a.sun_path), path);
	unlink(path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	return fd;
}

static void serve(void)
{
	struct pxe_stated *st = &env.st;

	env.store = (struct pxe_store) { .ops = &fake_ops };
	env.may_lease = true;
	*st = (struct pxe_stated) { .base = env.base,
				    .store = &env.store,
				    .read_clock = fake_clock,
				    .rights = { .own = getuid() } };
	service.n_methods = pxe_n_verbs;
	ck_assert_int_eq(pxe_stated_clock_start(st, "a boot"), 0);
	st->orders = pxe_orders_new();
	ck_assert_int_eq(pxe_witness_read(&st->witness, env.dir), 0);
	st->registry = pxe_registry_new();
	st->peers = pxe_peers_new();
	st->alarms = pxe_alarm_book_new();
	st->watchers = pxe_watchers_new(st);
	st->batch = pxe_batch_new(st);
	st->server = pxe_state_server_new(env.base, &service, st);
	ck_assert_ptr_nonnull(st->server);
	pxe_orders_set_rules(st->orders, &(struct pxe_orders_rules){
						 .lifetime_s = 86400,
						 .session_s = 14400,
						 .limit = 3,
						 .window_s = 86400 });
	pxe_stated_orders_start(st, env.dir);
	store_did.n_commits = 0;
	ck_assert_int_eq(pxe_state_server_listen(st->server,
						 listen_at(env.path)),
			 0);
}

static void stop_serving(void)
{
	struct pxe_stated *st = &env.st;

	unlink(env.path);
	pxe_state_server_free(st->server);
	pxe_batch_free(st->batch);
	pxe_watchers_free(st->watchers);
	pxe_peers_free(st->peers);
	pxe_alarm_book_free(st->alarms);
	pxe_registry_free(st->registry);
	pxe_orders_free(st->orders);
	*st = (struct pxe_stated) { .base = NULL };
}

static void setup(void)
{
	memset(&store_did, 0, sizeof(store_did));
	env.base = event_base_new();
	snprintf(env.dir, sizeof(env.dir), "/tmp/pxe-test-stated-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(env.dir));
	snprintf(env.path, sizeof(env.path), "%s/s", env.dir);
}

static void teardown(void)
{
	char path[96];

	event_base_free(env.base);
	snprintf(path, sizeof(path), "%s/orders", env.dir);
	unlink(path);
	ck_assert_int_eq(rmdir(env.dir), 0);
}

#endif
