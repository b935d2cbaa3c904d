/* SPDX-License-Identifier: ISC */
/* pxe-stated when somebody sets the clock. */
#include "stated_client.h"

#define DAY ((int64_t)86400)

static struct pxe_state_client *begin(void)
{
	setup();
	now_s = NOW;
	set_by_s = 0;
	serve();
	return connect_client();
}

static void end(struct pxe_state_client *c)
{
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}

static const struct pxe_lease *lease(uint32_t address)
{
	return pxe_lease_table_find(pxe_registry_leases(env.st.registry),
				    address);
}

/* Sends a commit made when the sender's clock said `sender_s`. */
static void commit_at(struct pxe_state_client *c, int64_t sender_s)
{
	struct pxe_lease l = lease_of(2, "id:02");
	struct pxe_state_commit commit = { .lease = &l, .now_s = sender_s };
	const int n = got.n;

	l.address = 0x0a000002;
	l.start_s = sender_s;
	l.end_s = sender_s + 3600;
	ck_assert_int_eq(pxe_state_commit_lease(c, &commit, on_reply, NULL),
			 0);
	WAIT_FOR(got.n == n + 1);
}

START_TEST(leases_and_clients_move)
{
	struct pxe_state_client *c = begin();
	struct pxe_facts facts = { .key = "id:01" };

	commit(c, 0x0a000001, "id:01");
	WAIT_FOR(got.n == 1);
	ck_assert_int_eq(pxe_registry_learn(env.st.registry, "id:01", &facts,
					    NULL, NOW),
			 0);
	for (int i = 0; i < 2; i++) {
		set_by_s = i == 0 ? 30 * DAY : -30 * DAY;
		ck_assert_int_eq(pxe_stated_now_s(&env.st), NOW + set_by_s);
		ck_assert_int_eq(lease(0x0a000001)->start_s, NOW + set_by_s);
		ck_assert_int_eq(lease(0x0a000001)->end_s,
				 NOW + set_by_s + 3600);
		ck_assert_int_eq(pxe_registry_find_client(env.st.registry,
							  "id:01")
					 ->last_seen_s,
				 NOW + set_by_s);
		ck_assert_int_eq(store_did.moved_s, set_by_s);
		ck_assert_int_eq(store_did.mark.time.wall_ms / 1000,
				 NOW + set_by_s);
	}
	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n == 2);
	ck_assert_int_eq(json_integer_value(
				 json_object_get(got.last, "clock_set_by")),
			 -60 * DAY);
	end(c);
}
END_TEST

START_TEST(a_watcher_is_to_watch_again)
{
	struct pxe_state_client *c = begin();

	ck_assert_int_eq(pxe_state_call_more(c, "Watch",
					     json_pack("{s:b}", "leases", 1),
					     on_reply, NULL),
			 0);
	WAIT_FOR(got.n == 1); /* ready */
	set_by_s = -5000;
	(void)pxe_stated_now_s(&env.st);
	WAIT_FOR(got.n == 2);
	ck_assert_str_eq(got.text, "-;Resync;");
	end(c);
}
END_TEST

START_TEST(a_commit_on_its_way_is_as_long_as_it_was)
{
	static const struct {
		const char *name;
		int64_t set_by_s, sender_s; /* the sender's clock, set by */
	} rows[] = {
		{ "nobody set a clock", 0, 0 },
		{ "set forward meanwhile", 30 * DAY, 0 },
		{ "set back meanwhile", -30 * DAY, 0 },
		{ "both were set", 30 * DAY, 30 * DAY },
		{ "a second off is not set", 0, -1 },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_state_client *c = begin();
		int64_t lag_s = rows[i].sender_s == -1 ? -1 : 0;

		set_by_s = rows[i].set_by_s;
		commit_at(c, NOW + rows[i].sender_s);
		ck_assert_msg(lease(0x0a000002)->end_s ==
				      NOW + set_by_s + 3600 + lag_s,
			      "%s", rows[i].name);
		end(c);
	}
}
END_TEST

/* As long as the leases on disk have not moved, the old time goes on. */
START_TEST(a_store_that_fails)
{
	struct pxe_state_client *c = begin();

	commit_at(c, NOW);
	store_did.fails = true;
	set_by_s = 30 * DAY;
	now_s += 10;
	ck_assert_int_eq(pxe_stated_now_s(&env.st), NOW + 10);
	ck_assert_int_eq(lease(0x0a000002)->end_s, NOW + 3600);
	ck_assert_str_eq(env.st.store_error, "the disk is full");
	/* which is tried again, but not for each packet */
	store_did.fails = false;
	ck_assert_int_eq(pxe_stated_now_s(&env.st), NOW + 10);
	now_s += 1;
	ck_assert_int_eq(pxe_stated_now_s(&env.st), NOW + 11 + 30 * DAY);
	ck_assert_int_eq(lease(0x0a000002)->end_s, NOW + 3600 + 30 * DAY);
	ck_assert_str_eq(env.st.store_error, "");
	end(c);
}
END_TEST

START_TEST(a_permanent_lease_has_no_time)
{
	struct pxe_state_client *c = begin();
	struct pxe_lease l = lease_of(0x0a000003, "id:03");
	struct pxe_state_commit commit = { .lease = &l, .now_s = NOW - 5000 };

	l.end_s = PXE_LEASE_FOREVER_S;
	ck_assert_int_eq(pxe_state_commit_lease(c, &commit, on_reply, NULL),
			 0);
	WAIT_FOR(got.n == 1);
	set_by_s = 30 * DAY;
	(void)pxe_stated_now_s(&env.st);
	ck_assert_int_eq(lease(0x0a000003)->start_s, NOW);
	ck_assert_int_eq(lease(0x0a000003)->end_s, PXE_LEASE_FOREVER_S);
	end(c);
}
END_TEST

UNIT_MAIN("stated_clock", leases_and_clients_move, a_watcher_is_to_watch_again,
	  a_commit_on_its_way_is_as_long_as_it_was, a_store_that_fails,
	  a_permanent_lease_has_no_time)
