/* SPDX-License-Identifier: ISC */
/* The client, the view and the server of the state protocol. */
#include <malloc.h>

#include "stated_client.h"

/* --- the client ----------------------------------------------------------- */

START_TEST(reports_wait_for_the_service_the_oldest_are_lost)
{
	struct pxe_event e = { .kind = PXE_EVENT_UP, .by = "test" };
	struct pxe_state_client *c;
	const struct pxe_client_table *t;

	setup();
	c = pxe_state_client_new(env.base, env.path, &client_ops, NULL);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(e.client, sizeof(e.client), "id:%08x", i);
		e.kind = PXE_EVENT_UP;
		pxe_state_report_event(c, &e);
		/* what has become old news when it could be sent is not kept */
		snprintf(e.client, sizeof(e.client), "id:aa%08x", i);
		e.kind = PXE_EVENT_FILE_PROGRESS;
		pxe_state_report_event(c, &e);
	}
	turn();
	serve();
	t = pxe_registry_clients(env.st.registry);
	WAIT_FOR(pxe_client_table_find(t, "id:00001387") != NULL);
	ck_assert_uint_eq(pxe_client_table_count(t), 4096);
	ck_assert_ptr_null(pxe_client_table_find(t, "id:00000387"));
	ck_assert_ptr_nonnull(pxe_client_table_find(t, "id:00000388"));
	ck_assert_uint_eq(got.n_lost, 5000 - 4096);
	/* now there is room */
	pxe_state_report_event(c, &e);
	WAIT_FOR(pxe_client_table_find(t, e.client) != NULL);
	ck_assert_uint_eq(got.n_lost, 5000 - 4096); /* said once */
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(a_service_that_does_not_read_costs_no_memory)
{
	struct pxe_event e = { .kind = PXE_EVENT_UP, .client = "id:01",
			       .by = "test" };
	struct pxe_state_client *c;
	size_t before, after;
	int listener, fd;

	setup();
	memset(e.file, 'x', sizeof(e.file) - 1);
	listener = listen_at(env.path);
	c = pxe_state_client_new(env.base, env.path, &client_ops, NULL);
	WAIT_FOR(pxe_state_client_is_up(c));
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < 20000; i++) {
		pxe_state_report_event(c, &e);
		if (i % 100 == 0)
			turn();
	}
	ck_assert(!pxe_state_client_has_room(c));
	before = mallinfo2().uordblks;
	for (int i = 0; i < 100000; i++)
		pxe_state_report_event(c, &e);
	after = mallinfo2().uordblks;
	ck_assert_uint_le(after, before + 65536);
	ck_assert_uint_eq(got.n_lost, 0); /* it has not recovered */
	close(fd);
	close(listener);
	pxe_state_client_free(c);
	unlink(env.path);
	teardown();
	forget();
}
END_TEST

static void free_client(const char *error, const json_t *params, bool more,
			void *arg)
{
	(void)error;
	(void)params;
	(void)more;
	got.n++;
	pxe_state_client_free(arg);
}

START_TEST(a_client_may_be_freed_in_an_answer)
{
	struct pxe_state_client *c;

	setup();
	serve();
	c = connect_client();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(pxe_state_call(c, "GetStatus", NULL,
						free_client, c),
				 0);
	WAIT_FOR(got.n > 0);
	turn();
	ck_assert_int_eq(got.n, 1);
	stop_serving();
	teardown();
	forget();
}
END_TEST

static void answer_with(const char *text, size_t len, const char *answers)
{
	struct pxe_state_client *c;
	int listener, fd = -1;

	setup();
	listener = listen_at(env.path);
	c = connect_client();
	call(c, "GetStatus", NULL);
	WAIT_FOR((fd = accept(listener, NULL, NULL)) >= 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	WAIT_FOR(got.n_down == 1);
	ck_assert_str_eq(got.text, answers);
	close(fd);
	pxe_state_client_free(c);
	close(listener);
	unlink(env.path);
	teardown();
	forget();
}

START_TEST(a_service_that_talks_nonsense_is_left)
{
	static const char odd[] = "{\"error\":7}";

	answer_with("nonsense", 9, "Disconnected;");
	answer_with("[]", 3, "Disconnected;");
	answer_with("", 1, "Disconnected;");
	answer_with(odd, sizeof(odd), "Disconnected;");
	answer_with("{}\0{}", 6, "-;"); /* the second answers nothing */
}
END_TEST

/* --- watching ------------------------------------------------------------- */

static void report(struct pxe_state_client *c, const char *key)
{
	struct pxe_facts f = { .stage = PXE_STAGE_ROM, .arch = 7 };

	pxe_str_copy(f.key, sizeof(f.key), key);
	pxe_state_report_facts(c, &f, "web1");
}

START_TEST(a_view_follows)
{
	struct pxe_state_client *c;
	struct pxe_state_view *v;

	setup();
	serve();
	c = connect_client();
	report(c, "id:01");
	v = pxe_state_view_new(env.base, env.path, PXE_VIEW_CLIENTS);
	WAIT_FOR(pxe_state_view_is_fresh(v));
	WAIT_FOR(pxe_state_view_find(v, "id:01") != NULL);
	ck_assert_uint_eq(pxe_state_view_find(v, "id:01")->facts.arch, 7);
	ck_assert_str_eq(pxe_state_view_find(v, "id:01")->name, "web1");
	commit(c, 0x0a000001, "id:01");
	WAIT_FOR(pxe_state_view_find_address(v, 0x0a000001) != NULL);
	report(c, "id:02");
	WAIT_FOR(pxe_state_view_find(v, "id:02") != NULL);

	/* the service goes: the records stay; it comes back without one */
	stop_serving();
	WAIT_FOR(!pxe_state_view_is_fresh(v));
	ck_assert_ptr_nonnull(pxe_state_view_find(v, "id:01"));
	serve();
	WAIT_FOR(pxe_state_client_is_up(c));
	report(c, "id:02");
	WAIT_FOR(pxe_state_view_is_fresh(v) &&
		 pxe_state_view_find(v, "id:01") == NULL);
	WAIT_FOR(pxe_state_view_find(v, "id:02") != NULL);
	ck_assert_ptr_null(pxe_state_view_find_address(v, 0x0a000001));
	/* one is forgotten */
	pxe_watchers_gone(env.st.watchers, "id:02");
	WAIT_FOR(pxe_state_view_find(v, "id:02") == NULL);
	pxe_state_view_free(v);
	pxe_state_view_free(NULL);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

static int raw_connect(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	pxe_str_copy(a.sun_path, sizeof(a.sun_path), env.path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void raw_send(int fd, const char *text, size_t len)
{
	ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

#define CALL(method, more)                                                     \
	"{\"method\":\"io.pxesuite.State." method "\",\"more\":" more "}"

/* Reads all there is; the number of octets, -1: closed. */
static long raw_drain(int fd, char *last, size_t cap)
{
	char buf[65536];
	long n = 0;
	ssize_t r;

	while ((r = recv(fd, buf, sizeof(buf), 0)) > 0) {
		size_t keep = (size_t)r < cap - 1 ? (size_t)r : cap - 1;

		memcpy(last, buf + (size_t)r - keep, keep);
		last[keep] = '\0';
		for (size_t i = 0; i < keep; i++) /* to be a text */
			if (last[i] == '\0')
				last[i] = '\n';
		n += r;
	}
	return r == 0 || errno != EAGAIN ? -1 : n;
}

START_TEST(a_watcher_that_never_reads_hurts_nobody)
{
	struct pxe_event e = { .kind = PXE_EVENT_FILE_PROGRESS,
			       .by = "t",
			       .client = "id:01" };
	struct pxe_state_client *c;
	struct pxe_state_view *v;
	char last[256];
	int slow;

	setup();
	serve();
	env.st.rights.own = getuid() + 1; /* only looks */
	c = connect_client();
	v = pxe_state_view_new(env.base, env.path, PXE_VIEW_CLIENTS);
	WAIT_FOR(pxe_state_view_is_fresh(v));
	slow = raw_connect();
	raw_send(slow, CALL("Watch", "true"), sizeof(CALL("Watch", "true")));
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 2);
	memset(e.file, 'f', sizeof(e.file) - 1);
	for (int i = 0; i < 2000 && pxe_watchers_count(env.st.watchers) == 2;
	     i++) {
		for (int j = 0; j < 100; j++)
			pxe_state_report_event(c, &e);
		turn();
	}
	ck_assert_uint_eq(pxe_watchers_count(env.st.watchers), 1);
	WAIT_FOR(pxe_state_view_find(v, "id:01") != NULL);
	ck_assert(pxe_state_view_is_fresh(v));
	last[0] = '\0';
	while (strstr(last, "Resync") == NULL) {
		ck_assert_int_ge(raw_drain(slow, last, sizeof(last)), 0);
		turn();
	}
	/* the connection may watch again */
	raw_send(slow, CALL("Watch", "true"), sizeof(CALL("Watch", "true")));
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 2);
	close(slow);
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 1);
	pxe_state_view_free(v);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(long_lists_come_in_pieces)
{
	struct pxe_state_client *c;
	char key[32];

	setup();
	serve();
	c = connect_client();
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "id:%08x", i);
		commit(c, 0x0a000001 + i, key);
	}
	WAIT_FOR(got.n == 5000);
	forget();
	call(c, "ListLeases", NULL); /* more than fits in one message */
	WAIT_FOR(got.n == 1);
	ck_assert_str_eq(got.text, "org.varlink.service.ExpectedMore;");
	forget();
	ck_assert_int_eq(pxe_state_call_more(c, "ListLeases", NULL, on_reply,
					     NULL),
			 0);
	WAIT_FOR(got.n > 0 && got.n == got.n_more + 1);
	ck_assert_int_eq(got.n, 79); /* 64 each, the last 8 */
	ck_assert_uint_eq(json_array_size(json_object_get(got.last, "leases")),
			  8);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

/* --- peers that are not friends ------------------------------------------- */

static void check_closed(const char *text, size_t len)
{
	char last[64];
	int fd = raw_connect();
	uint64_t broken = pxe_state_server_counts(env.st.server)->broken;

	raw_send(fd, text, len);
	WAIT_FOR(raw_drain(fd, last, sizeof(last)) == -1);
	ck_assert_uint_eq(pxe_state_server_counts(env.st.server)->broken,
			  broken + 1);
	close(fd);
}

START_TEST(what_is_no_varlink_is_closed)
{
	static char big[70000];

	setup();
	serve();
	env.may_lease = false;
	check_closed("garbage", 8);
	check_closed("", 1);
	check_closed("[]", 3);
	check_closed("{}", 3);
	check_closed("{\"method\":7}", 13);
	check_closed("{\"method\":\"a.B\",\"parameters\":[]}", 33);
	memset(big, '[', sizeof(big));
	check_closed(big, sizeof(big)); /* no NUL, too long */
	big[60000] = '\0';
	check_closed(big, 60001); /* nested as deep as it is long */
	stop_serving();
	teardown();
}
END_TEST

START_TEST(half_messages_and_early_ends)
{
	char last[256] = "";
	int fd;

	setup();
	serve();
	fd = raw_connect(); /* half a message, then it goes */
	raw_send(fd, "{\"meth", 6);
	turn();
	close(fd);
	turn();
	fd = raw_connect(); /* says all, closes its half, reads */
	for (int i = 0; i < 100; i++)
		raw_send(fd, CALL("GetStatus", "false"),
			 sizeof(CALL("GetStatus", "false")));
	raw_send(fd, "{\"half", 6);
	shutdown(fd, SHUT_WR);
	WAIT_FOR(raw_drain(fd, last, sizeof(last)) == -1);
	ck_assert_ptr_nonnull(strstr(last, "store_ok"));
	close(fd);
	fd = raw_connect(); /* a stream ends with its reader */
	raw_send(fd, CALL("Watch", "true"), sizeof(CALL("Watch", "true")));
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 1);
	close(fd);
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 0);
	fd = raw_connect(); /* calls while a stream runs are for later ... */
	raw_send(fd, CALL("Watch", "true"), sizeof(CALL("Watch", "true")));
	raw_send(fd, CALL("GetStatus", "false"),
		 sizeof(CALL("GetStatus", "false")));
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 1);
	for (int i = 0; i < 1000; i++) { /* ... but not without end */
		static const char zeros[1000];

		if (send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) < 0)
			break;
		turn();
	}
	WAIT_FOR(pxe_watchers_count(env.st.watchers) == 0);
	close(fd);
	stop_serving();
	teardown();
}
END_TEST

START_TEST(connections_have_a_limit)
{
	struct pxe_state_client *c;
	int fds[600];
	char last[64];
	size_t n = 0, closed = 0;

	setup();
	serve();
	c = connect_client();
	for (; n < PXE_LEN(fds); n++) {
		fds[n] = raw_connect();
		if (n % 8 == 0)
			turn();
	}
	WAIT_FOR(pxe_state_server_counts(env.st.server)->refused > 0);
	for (int i = 0; i < 100; i++)
		turn();
	for (size_t i = 0; i < n; i++)
		closed += raw_drain(fds[i], last, sizeof(last)) == -1;
	ck_assert_uint_eq(n - closed, 383); /* and the client */
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n_ok == 1);
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	WAIT_FOR(pxe_state_server_counts(env.st.server)->refused == closed);
	for (int i = 0; i < 10; i++)
		turn();
	fds[0] = raw_connect(); /* there is room again */
	raw_send(fds[0], CALL("GetStatus", "false"),
		 sizeof(CALL("GetStatus", "false")));
	WAIT_FOR(raw_drain(fds[0], last, sizeof(last)) > 0);
	close(fds[0]);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_not_read_from)
{
	static const char one[] = CALL("GetStatus", "false");
	size_t sent = 0;
	char last[64];
	long n, all = 0;
	int fd;

	setup();
	serve();
	fd = raw_connect();
	for (int idle = 0; idle < 20;) {
		ssize_t r = send(fd, one, sizeof(one), MSG_NOSIGNAL);

		if (r == (ssize_t)sizeof(one)) {
			sent++;
			idle = 0;
		} else {
			ck_assert_int_lt(r, 0); /* whole or not at all */
			idle++;
			turn();
		}
		ck_assert_uint_lt(sent, 1000000);
	}
	/* now it reads: every call has its answer */
	do {
		n = raw_drain(fd, last, sizeof(last));
		ck_assert_int_ge(n, 0);
		all += n;
		turn();
	} while (n > 0 || pxe_state_server_counts(env.st.server)->calls < sent);
	ck_assert_uint_eq(pxe_state_server_counts(env.st.server)->calls, sent);
	ck_assert_int_gt(all, (long)sent * 100);
	close(fd);
	turn();
	stop_serving();
	teardown();
}
END_TEST

UNIT_MAIN("state_socket", reports_wait_for_the_service_the_oldest_are_lost,
	  a_service_that_does_not_read_costs_no_memory,
	  a_client_may_be_freed_in_an_answer,
	  a_service_that_talks_nonsense_is_left, a_view_follows,
	  a_watcher_that_never_reads_hurts_nobody, long_lists_come_in_pieces,
	  what_is_no_varlink_is_closed, half_messages_and_early_ends,
	  connections_have_a_limit, a_peer_that_does_not_read_is_not_read_from)
