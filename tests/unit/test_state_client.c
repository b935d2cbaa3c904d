/* SPDX-License-Identifier: ISC */
/* How the client of the state protocol connects, and what it tells of it. */
#include <sys/socket.h>
#include <sys/un.h>

#include "stated_client.h"

START_TEST(calls_under_way_end_with_the_connection)
{
	struct pxe_state_client *c;
	int n = 0;

	setup();
	serve();
	c = connect_client();
	while (pxe_state_call(c, "GetStatus", NULL, on_reply, NULL) == 0)
		n++;
	ck_assert_int_eq(n, 8192);
	ck_assert_int_eq(pxe_state_call(c, "GetStatus", NULL, on_reply, NULL),
			 -EBUSY);
	stop_serving();
	WAIT_FOR(got.n_down == 1);
	ck_assert_int_eq(got.n, 8192);
	ck_assert_int_eq(got.n_ok, 0);
	ck_assert_ptr_nonnull(strstr(got.text, "Disconnected;"));
	ck_assert_int_eq(pxe_state_call(c, "GetStatus", NULL, on_reply, NULL),
			 -ENOTCONN);
	serve();
	WAIT_FOR(got.n_up == 2);
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n_ok == 1);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(a_connection_that_cannot_be_made_is_told)
{
	struct pxe_state_client *c;

	setup();
	c = pxe_state_client_new(env.base, env.path, &client_ops, NULL);
	WAIT_FOR(got.n_failed >= 2);
	ck_assert_int_eq(got.error, ENOENT);
	ck_assert_int_eq(got.n_up, 0);
	ck_assert_int_eq(got.n_down, 0);
	serve();
	WAIT_FOR(got.n_up == 1);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

static void free_in_failed(const char *path, int error, void *arg)
{
	(void)path;
	(void)error;
	got.n_failed++;
	pxe_state_client_free(*(struct pxe_state_client **)arg);
}

START_TEST(a_client_may_be_freed_when_it_failed)
{
	static const struct pxe_state_client_ops ops = {
		.failed = free_in_failed,
	};
	struct pxe_state_client *c;

	setup();
	c = pxe_state_client_new(env.base, env.path, &ops, &c);
	WAIT_FOR(got.n_failed == 1);
	teardown();
	forget();
}
END_TEST

/* A server that says whatever the test wants. */
static int listen_by_hand(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", env.path);
	(void)unlink(env.path);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

/* One call, and two answers of which the first says that it is not the last. */
static void get_two_answers(bool is_more)
{
	static const char answers[] =
		"{\"parameters\":{},\"continues\":true}\0"
		"{\"parameters\":{\"a\":1}}";
	struct pxe_state_client *c;
	int fd, peer;

	setup();
	fd = listen_by_hand();
	c = connect_client();
	peer = accept(fd, NULL, NULL);
	if (is_more)
		ck_assert_int_eq(
			pxe_state_call_more(c, "Watch", NULL, on_reply, NULL),
			0);
	else
		call(c, "GetStatus", NULL);
	ck_assert_int_eq(write(peer, answers, sizeof(answers)),
			 sizeof(answers));
	WAIT_FOR(got.n == 2 || got.n_down == 1);
	close(peer);
	pxe_state_client_free(c);
	close(fd);
	(void)unlink(env.path);
	teardown();
}

START_TEST(an_answer_to_be_continued_that_was_not_asked_for)
{
	get_two_answers(false);
	ck_assert_str_eq(got.text, "Disconnected;");
	ck_assert_int_eq(got.n_down, 1);
	forget();
}
END_TEST

START_TEST(a_stream_of_answers_goes_on)
{
	get_two_answers(true);
	ck_assert_int_eq(got.n_more, 1);
	ck_assert_int_eq(strncmp(got.text, "-;-;", 4), 0);
	forget();
}
END_TEST

UNIT_MAIN("state_client", calls_under_way_end_with_the_connection,
	  a_connection_that_cannot_be_made_is_told,
	  a_client_may_be_freed_when_it_failed,
	  an_answer_to_be_continued_that_was_not_asked_for,
	  a_stream_of_answers_goes_on)
