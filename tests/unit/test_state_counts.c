/* SPDX-License-Identifier: ISC */
/* What file servers count, from them to who asks pxe-stated. */
#include "run/state_counts.h"

#include "stated_client.h"

START_TEST(counts_come_back)
{
	struct pxe_counts in = { .running = 3, .bytes = UINT64_MAX }, out;
	json_t *json;

	in.reasons[PXE_REASON_OK] = 1;
	in.reasons[PXE_REASON_BAD_REQUEST] = 2;
	json = pxe_state_counts_to_json(&in);
	ck_assert_uint_eq(json_object_size(json_object_get(json, "reasons")),
			  2);
	ck_assert_int_eq(pxe_state_counts_from_json(json, &out), 0);
	ck_assert_uint_eq(out.running, 3);
	ck_assert_uint_eq(out.bytes, INT64_MAX); /* JSON's limit */
	ck_assert_mem_eq(in.reasons, out.reasons, sizeof(in.reasons));
	json_decref(json);
}
END_TEST

START_TEST(bad_counts_are_refused)
{
	static const char *const bad[] = {
		"[]",
		"{}",
		"{\"running\":1,\"bytes\":1}",
		"{\"running\":-1,\"bytes\":1,\"reasons\":{}}",
		"{\"running\":1,\"bytes\":1.5,\"reasons\":{}}",
		"{\"running\":1,\"bytes\":1,\"reasons\":[]}",
		"{\"running\":1,\"bytes\":1,\"reasons\":{\"ok\":\"1\"}}",
	};
	struct pxe_counts out = { .running = 42 };
	json_t *json;

	for (size_t i = 0; i < PXE_LEN(bad); i++) {
		json = json_loads(bad[i], 0, NULL);
		ck_assert_ptr_nonnull(json);
		ck_assert_msg(pxe_state_counts_from_json(json, &out) ==
				      -EBADMSG,
			      "%s", bad[i]);
		json_decref(json);
	}
	ck_assert_uint_eq(out.running, 42); /* written only on success */
	ck_assert_int_eq(pxe_state_counts_from_json(NULL, &out), -EBADMSG);
	/* a reason of a newer daemon */
	json = json_loads("{\"running\":1,\"bytes\":2,"
			  "\"reasons\":{\"new\":1,\"ok\":7}}",
			  0, NULL);
	ck_assert_int_eq(pxe_state_counts_from_json(json, &out), 0);
	ck_assert_uint_eq(out.reasons[PXE_REASON_OK], 7);
	json_decref(json);
}
END_TEST

/* The counters of the first peer, or NULL. */
static json_t *first_counters(void)
{
	return json_object_get(
		json_array_get(json_object_get(got.last, "peers"), 0),
		"counters");
}

static void ask(struct pxe_state_client *c)
{
	int n = got.n;

	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n > n);
}

static uint64_t running;

static void count(struct pxe_counts *counts, void *arg)
{
	(void)arg;
	ck_assert_uint_eq(counts->bytes, 0);
	counts->running = running;
	counts->reasons[PXE_REASON_OK] = 5;
}

static bool runs(struct pxe_state_client *c, json_int_t n)
{
	ask(c);
	return json_integer_value(
		       json_object_get(first_counters(), "running")) == n;
}

START_TEST(what_is_counted_is_shown_while_it_is_connected)
{
	struct pxe_state_client *c, *other;
	struct pxe_state_teller *t;

	setup();
	serve();
	c = connect_client();
	other = connect_client();
	t = pxe_state_teller_new(env.base, c, count, NULL);
	ck_assert_ptr_nonnull(t);
	call(c, "Hello", json_pack("{s:s}", "name", "tftpd"));
	ask(other);
	ck_assert_ptr_null(first_counters());
	running = 7;
	WAIT_FOR(runs(other, 7));
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(first_counters(), "reasons"),
				 "ok")),
			 5);
	running = 8;
	WAIT_FOR(runs(other, 8));
	pxe_state_teller_free(t);
	pxe_state_client_free(c);
	WAIT_FOR(first_counters() == NULL || (ask(other), false));
	pxe_state_client_free(other);
	stop_serving();
	teardown();
	forget();
}
END_TEST

START_TEST(counters_of_nobody_are_not_kept)
{
	const struct pxe_counts n = { .running = 1 };
	struct pxe_peers *p = pxe_peers_new();
	json_t *list;

	ck_assert_int_eq(pxe_peers_hello(p, "tftpd", 7, 1, 10), 0);
	pxe_peers_count(p, 99, &n);
	list = pxe_peers_to_json(p);
	ck_assert_ptr_null(
		json_object_get(json_array_get(list, 0), "counters"));
	json_decref(list);
	pxe_peers_count(p, 1, &n);
	list = pxe_peers_to_json(p);
	ck_assert_ptr_nonnull(
		json_object_get(json_array_get(list, 0), "counters"));
	json_decref(list);
	pxe_peers_free(p);
	pxe_peers_free(NULL);
}
END_TEST

UNIT_MAIN("state_counts", counts_come_back, bad_counts_are_refused,
	  what_is_counted_is_shown_while_it_is_connected,
	  counters_of_nobody_are_not_kept)
