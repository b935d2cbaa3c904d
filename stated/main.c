/* SPDX-License-Identifier: ISC */
/* pxe-stated: the only writer of what must not be lost. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "run/clock.h"
#include "run/conf_load.h"
#include "run/daemon.h"
#include "run/log.h"
#include "stated/alarms.h"
#include "stated/batch.h"
#include "stated/clock.h"
#include "stated/loops.h"
#include "stated/order_rows.h"
#include "stated/orders.h"
#include "stated/peers.h"
#include "stated/socket.h"
#include "stated/stated.h"
#include "stated/watch.h"

enum { SOCKETS_MAX = 4, REFUSED_LOG_EVERY_S = 60, DENIED_LOG_EVERY_S = 60 };

struct service {
	struct pxe_stated st;
	int fds[SOCKETS_MAX];
	int n_fds;
	char *bound; /* path of the socket file that is ours to remove */
	struct event *complain;
	uint64_t refused, broken; /* that were logged */
};

/* --- opening, as the starting user --------------------------------------- */

static int on_open(struct pxe_daemon *d)
{
	struct service *s = d->self;
	int r;

	umask(0027);
	/* a limit on the size of files is an error to be answered, no death */
	signal(SIGXFSZ, SIG_IGN);
	s->n_fds = pxe_daemon_sockets(AF_UNIX, SOCK_STREAM, NULL, 0, s->fds,
				      SOCKETS_MAX);
	if (s->n_fds < 0) {
		r = s->n_fds;
		s->n_fds = 0;
		return r;
	}
	r = pxe_socket_make_dir(d->conf->state_dir, d->conf->stated_user);
	/* without a witness nothing is installed, but all else works */
	if (r == 0)
		(void)!pxe_socket_make_dir(d->conf->witness_dir,
					   d->conf->stated_user);
	if (r < 0 || s->n_fds > 0)
		return r;
	r = pxe_socket_bind(d->conf->state_socket, d->conf->stated_user);
	if (r < 0)
		return r;
	s->fds[s->n_fds++] = r;
	/* a reload may name another path, which is not ours */
	s->bound = strdup(d->conf->state_socket);
	return s->bound != NULL ? 0 : -ENOMEM;
}

/* --- starting ------------------------------------------------------------ */

static int take_lease(const struct pxe_lease *lease, void *arg)
{
	struct pxe_stated *st = arg;

	return pxe_registry_load_lease(st->registry, lease);
}

static int take_client(const struct pxe_client *client, void *arg)
{
	struct pxe_stated *st = arg;

	return pxe_registry_load_client(st->registry, client);
}

static void leave_out(const char *key, void *arg)
{
	(void)arg;
	pxe_log(PXE_LOG_WARNING,
		"the record of client %s in the store cannot be read and is "
		"left out",
		key);
}

static int take_row(int kind, const char *key, const char *text, void *arg)
{
	struct pxe_stated *st = arg;

	return pxe_order_rows_take(st->orders, kind, key, text);
}

/* The clock was set while nobody ran: so are the times of orders.  Best
 * effort: at worst they end too soon or too late by that. */
static void move_orders(struct pxe_stated *st)
{
	const struct pxe_store_ops *ops = st->store->ops;

	pxe_orders_move(st->orders, st->step_s);
	if (ops->begin(st->store) < 0 ||
	    pxe_order_rows_write_all(st->store, st->orders) < 0 ||
	    ops->commit(st->store) < 0)
		ops->rollback(st->store);
}

static int open_store(struct pxe_stated *st, const char *dir)
{
	static const struct pxe_store_sink sink = { take_lease, take_client,
						    leave_out, take_row };
	char error[PXE_STORE_ERROR_TEXT], boot_id[PXE_CLOCK_BOOT_ID_TEXT];
	int r = pxe_store_open_sqlite(dir, &st->store, error);

	if (r < 0) {
		pxe_log(PXE_LOG_ERR, "%s", error);
		return r;
	}
	pxe_clock_read_boot_id(boot_id);
	r = pxe_stated_clock_start(st, boot_id);
	st->orders = pxe_orders_new();
	if (r == 0 && st->orders == NULL)
		r = -ENOMEM;
	if (r == 0)
		r = st->store->ops->load(st->store, &sink, st);
	if (r == 0 && st->step_s != 0)
		pxe_registry_move_clients(st->registry, st->step_s);
	if (r == 0 && st->step_s != 0)
		move_orders(st);
	if (r < 0)
		pxe_log(PXE_LOG_ERR, "cannot load the store in %s: %s", dir,
			st->store->error[0] != '\0' ? st->store->error
						    : strerror(-r));
	else
		pxe_registry_loaded(st->registry);
	return r;
}

static bool is_allowed(const struct pxe_state_peer *peer, int right, void *arg)
{
	const struct pxe_stated *st = arg;

	return pxe_rights_has(&st->rights, peer->uid, (enum pxe_right)right);
}

/* A daemon that may not report would be missed by nobody: say so. */
static void on_denied(const struct pxe_state_peer *peer, const char *method,
		      void *arg)
{
	static long long last_s;
	struct pxe_stated *st = arg;

	if (pxe_log_is_due(&last_s, pxe_stated_now_s(st), DENIED_LOG_EVERY_S))
		pxe_log(PXE_LOG_WARNING,
			"process %ld of user %ld may not call %s: see "
			"report-users, boot-users, lease-users and "
			"admin-group in stated.conf",
			(long)peer->pid, (long)peer->uid, method);
}

static void on_gone(uint64_t connection, void *arg)
{
	struct pxe_stated *st = arg;

	pxe_peers_gone(st->peers, connection, pxe_stated_now_s(st));
	pxe_alarm_book_gone(st->alarms, connection);
}

static const struct pxe_state_service *service_of(void)
{
	static struct pxe_state_service service = {
		.vendor = "PXE suite",
		.product = "pxe-stated",
		.version = PXE_VERSION,
		.url = "man:pxe-state(7)",
		.interface = PXE_STATED_INTERFACE,
		.description = pxe_stated_interface_text,
		.methods = pxe_verbs,
		.text_method = "CommitLease",
		.handle_text = pxe_verbs_commit_text,
		.is_allowed = is_allowed,
		.denied = on_denied,
		.gone = on_gone,
		.trust = PXE_RIGHT_REPORT,
		.bulk = PXE_RIGHT_ADMIN,
	};

	service.n_methods = pxe_n_verbs;
	return &service;
}

static int listen_on(struct service *s)
{
	while (s->n_fds > 0) {
		int r = pxe_state_server_listen(s->st.server,
						s->fds[--s->n_fds]);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Says now and then that connections were turned away. */
static void on_complain(evutil_socket_t fd, short what, void *arg)
{
	struct service *s = arg;
	const struct pxe_state_server_counts *now =
		pxe_state_server_counts(s->st.server);

	(void)fd;
	(void)what;
	if (now->refused != s->refused)
		pxe_log(PXE_LOG_WARNING,
			"%llu connections were refused: too many at once",
			(unsigned long long)(now->refused - s->refused));
	if (now->broken != s->broken)
		pxe_log(PXE_LOG_WARNING,
			"%llu connections were closed: they did not speak the "
			"protocol of pxe-state(7)",
			(unsigned long long)(now->broken - s->broken));
	s->refused = now->refused;
	s->broken = now->broken;
}

static int start_complaining(struct service *s)
{
	static const struct timeval every = { REFUSED_LOG_EVERY_S, 0 };

	s->complain = event_new(s->st.base, -1, EV_PERSIST, on_complain, s);
	return s->complain != NULL && event_add(s->complain, &every) == 0
		       ? 0
		       : -ENOMEM;
}

static int on_start(struct pxe_daemon *d)
{
	struct service *s = d->self;
	struct pxe_stated *st = &s->st;
	int r;

	st->base = d->base;
	st->read_clock = pxe_clock_read;
	st->started_s = pxe_clock_read().wall_ms / 1000;
	r = pxe_rights_init(&st->rights, d->conf);
	if (r < 0)
		return r;
	st->registry = pxe_registry_new();
	st->peers = pxe_peers_new();
	st->alarms = pxe_alarm_book_new();
	if (st->registry == NULL || st->peers == NULL || st->alarms == NULL)
		return -ENOMEM;
	pxe_loops_configure(st, d->conf);
	r = open_store(st, d->conf->state_dir);
	if (r < 0)
		return r;
	st->watchers = pxe_watchers_new(st);
	st->batch = pxe_batch_new(st);
	st->server = pxe_state_server_new(d->base, service_of(), st);
	if (st->watchers == NULL || st->batch == NULL || st->server == NULL)
		return -ENOMEM;
	pxe_stated_orders_configure(st, d->conf);
	pxe_stated_orders_start(st, d->conf->witness_dir);
	r = start_complaining(s);
	return r < 0 ? r : listen_on(s);
}

/* --- life ---------------------------------------------------------------- */

static int on_reload(struct pxe_daemon *d, const struct pxe_conf *conf)
{
	struct service *s = d->self;
	struct pxe_rights rights;
	int r;

	if (strcmp(conf->state_dir, d->conf->state_dir) != 0 ||
	    strcmp(conf->state_socket, d->conf->state_socket) != 0 ||
	    strcmp(conf->witness_dir, d->conf->witness_dir) != 0)
		pxe_log(PXE_LOG_WARNING,
			"a new state-dir, witness-dir or state-socket is used "
			"after a restart only");
	r = pxe_rights_init(&rights, conf);
	if (r < 0)
		return r;
	rights.own = s->st.rights.own;
	pxe_rights_done(&s->st.rights);
	s->st.rights = rights;
	pxe_loops_configure(&s->st, conf);
	pxe_stated_orders_configure(&s->st, conf);
	return 0;
}

static void on_stop(struct pxe_daemon *d)
{
	struct service *s = d->self;
	struct pxe_stated *st = &s->st;

	if (st->batch != NULL && st->server != NULL) {
		pxe_batch_finish(st->batch);
		pxe_stated_clock_stop(st);
		pxe_state_server_flush(st->server);
	}
	if (s->complain != NULL)
		event_free(s->complain);
	pxe_state_server_free(st->server);
	pxe_batch_free(st->batch);
	pxe_watchers_free(st->watchers);
	pxe_peers_free(st->peers);
	pxe_alarm_book_free(st->alarms);
	if (st->store != NULL)
		st->store->ops->close(st->store);
	pxe_registry_free(st->registry);
	pxe_orders_free(st->orders);
	pxe_rights_done(&st->rights);
	while (s->n_fds > 0)
		close(s->fds[--s->n_fds]);
	/* its directory may belong to root: then the next start replaces it */
	if (s->bound != NULL)
		(void)unlink(s->bound);
	free(s->bound);
}

static void on_status(struct pxe_daemon *d, char *text, size_t cap)
{
	const struct service *s = d->self;
	const struct pxe_stated *st = &s->st;

	if (st->store_error[0] != '\0')
		snprintf(text, cap, "STORE: %s", st->store_error);
	else
		snprintf(text, cap, "%zu clients, %zu leases, %llu commits",
			 pxe_client_table_count(
				 pxe_registry_clients(st->registry)),
			 pxe_lease_table_count(
				 pxe_registry_leases(st->registry)),
			 (unsigned long long)st->n_commits);
}

static const char *user_of(const struct pxe_conf *conf)
{
	return conf->stated_user;
}

int main(int argc, char **argv)
{
	static const struct pxe_daemon_ops ops = {
		.open = on_open,
		.start = on_start,
		.reload = on_reload,
		.stop = on_stop,
		.status = on_status,
	};
	static struct service service;
	struct pxe_daemon daemon = {
		.name = "pxe-stated",
		.summary = "Keeps leases, client records and what daemons "
			   "report; the only writer of the state directory.",
		.conf_files = PXE_CONF_FILE_PXE | PXE_CONF_FILE_STATED,
		.ops = &ops,
		.user = user_of,
		.self = &service,
	};

	return pxe_daemon_main(&daemon, argc, argv);
}
