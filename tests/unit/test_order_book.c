/* SPDX-License-Identifier: ISC */
/* The order book: named stories; random ones are in test_order_random.c. */
#include "order_book_env.h"

static const struct boot boot_a = { .machine = "host:a",
				    .client = A,
				    .address = "10.0.0.1",
				    .target = "inst",
				    .is_once = true };

START_TEST(an_order_is_consumed_once)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];
	struct boot again = boot_a;

	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), -ENOENT);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 1, u), 0);
	ck_assert_str_eq(t, u); /* the same boot */
	ck_assert_int_eq(begin(o, t, "10.0.0.2", T0 + 1), -EACCES);
	ck_assert_int_eq(begin(o, "00", "10.0.0.1", T0 + 1), -ESRCH);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_PENDING);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + 1), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_BEGUN);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + 2), 0);
	/* another boot has none, this one its own */
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 2, u), -ENOENT);
	again.token = t;
	ck_assert_int_eq(open_boot(o, &again, T0 + 2, u), 0);
	ck_assert_str_eq(t, u);
	again.address = "10.0.0.9";
	ck_assert_int_eq(open_boot(o, &again, T0 + 2, u), -ENOENT);
	ck_assert_int_eq(finish(o, t, "10.0.0.1", true, T0 + 3), 0);
	ck_assert_int_eq(finish(o, t, "10.0.0.1", false, T0 + 3), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + 4), -ESTALE);
	ck_assert_int_eq(get(o, t, "10.0.0.1", T0 + 4), -ESTALE);
	again = boot_a;
	again.token = t;
	ck_assert_int_eq(open_boot(o, &again, T0 + 4, u), -ENOENT);
	pxe_orders_free(o);
}
END_TEST

START_TEST(of_two_sessions_one_begins)
{
	struct pxe_orders *o = new_book();
	struct boot other = boot_a;
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	other.client = B; /* its second network card */
	ck_assert_int_eq(open_boot(o, &other, T0, u), 0);
	ck_assert_str_ne(t, u);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), -ESTALE);
	ck_assert_int_eq(begin(o, u, "10.0.0.1", T0), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), -ESTALE);
	pxe_orders_free(o);
}
END_TEST

START_TEST(an_order_expires_and_a_boot_takes_too_long)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + LIFE, t), -ENOENT);
	ck_assert_int_eq(pxe_orders_expire(o, T0 + LIFE), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_EXPIRED);
	ck_assert_int_eq(order_of(o, "host:a")->reason,
			 PXE_REASON_ORDER_EXPIRED);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	ck_assert_int_eq(pxe_orders_expire(o, T0 + SESSION), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_FAILED);
	ck_assert_int_eq(order_of(o, "host:a")->reason, PXE_REASON_NO_CALLBACK);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + SESSION), -ESTALE);
	/* better late than never */
	ck_assert_int_eq(finish(o, t, "10.0.0.1", true, T0 + SESSION + 1), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
	/* and then it is forgotten */
	ck_assert_int_eq(pxe_orders_expire(o, T0 + SESSION +
						      PXE_SESSION_KEPT_S + 1),
			 0);
	ck_assert_int_eq(get(o, t, "10.0.0.1", T0), -ESRCH);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
	pxe_orders_free(o);
}
END_TEST

/* Also where nobody came to end it: that may fail. */
START_TEST(the_time_of_a_session_ends_by_itself)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + SESSION), -ESTALE);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + SESSION, u), 0);
	ck_assert_str_ne(t, u);
	ck_assert_int_eq(begin(o, u, "10.0.0.1", T0 + SESSION), 0);
	ck_assert_int_eq(get(o, u, "10.0.0.1", T0 + 2 * SESSION - 1), 0);
	ck_assert_int_eq(get(o, u, "10.0.0.1", T0 + 2 * SESSION), -ESTALE);
	pxe_orders_free(o);
}
END_TEST

/* An address may change between loader and installer. */
START_TEST(a_token_is_for_its_machine)
{
	static const struct {
		const char *name, *address, *client, *host;
		int r;
	} rows[] = {
		{ "its address", "10.0.0.1", NULL, NULL, 0 },
		{ "its address, whoever has it", "10.0.0.1", B, "b", 0 },
		{ "its key, at another", "10.0.0.2", A, NULL, 0 },
		{ "its host section, at another", "10.0.0.2", B, "a", 0 },
		{ "nobody knows who", "10.0.0.2", NULL, NULL, -EACCES },
		{ "another", "10.0.0.2", B, NULL, -EACCES },
		{ "another with a host section", "10.0.0.2", B, "b", -EACCES },
		{ "a name that begins so", "10.0.0.2", B, "aa", -EACCES },
	};
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	for (size_t i = 0; i < PXE_LEN(rows); i++) {
		struct pxe_orders_who who = who_of(t, rows[i].address);
		struct pxe_orders_answer answer;

		who.client = rows[i].client;
		who.name = rows[i].host;
		ck_assert_msg(pxe_orders_get(o, &who, T0, &answer) == rows[i].r,
			      "%s", rows[i].name);
	}
	pxe_orders_free(o);
}
END_TEST

/* The clock is set while a machine installs: all moves with it. */
START_TEST(a_clock_that_is_set_changes_nothing)
{
	static const int64_t by[] = { 5000, -5000 };

	for (size_t i = 0; i < PXE_LEN(by); i++) {
		struct pxe_orders *o = new_book();
		const int64_t now_s = T0 + by[i];
		char t[PXE_TOKEN_TEXT];

		ck_assert_int_eq(assign(o, "host:b", "inst", true, T0), 0);
		ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
		ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
		ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
		pxe_orders_keep(o);
		pxe_orders_move(o, by[i]);
		ck_assert_int_eq(pxe_orders_expire(o, now_s + SESSION - 1), 0);
		ck_assert_int_eq(get(o, t, "10.0.0.1", now_s + SESSION - 1), 0);
		ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_BEGUN);
		ck_assert_int_eq(pxe_orders_expire(o, now_s + SESSION), 0);
		ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_FAILED);
		ck_assert_int_eq(pxe_orders_expire(o, now_s + LIFE - 1), 0);
		ck_assert_int_eq(state_of(o, "host:b"), PXE_ORDER_PENDING);
		ck_assert_int_eq(finish(o, t, "10.0.0.1", true, now_s + LIFE),
				 0);
		ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
		ck_assert_int_eq(pxe_orders_expire(o, now_s + LIFE), 0);
		ck_assert_int_eq(state_of(o, "host:b"), PXE_ORDER_EXPIRED);
		pxe_orders_free(o);
	}
}
END_TEST

/* With its client, if nothing follows from it any more. */
START_TEST(what_is_over_is_forgotten)
{
	struct pxe_orders *o = new_book();
	struct pxe_order ask = ask_of(B, "inst", true);
	struct boot boot = boot_a;
	char t[PXE_TOKEN_TEXT];

	boot.machine = boot.client = B;
	ck_assert_int_eq(pxe_orders_forget(o, B), 0);
	ck_assert_int_eq(assign(o, B, "inst", true, T0), 0);
	ck_assert_int_eq(pxe_orders_forget(o, B), 0);
	ck_assert_int_eq(state_of(o, B), PXE_ORDER_PENDING);
	ck_assert_int_eq(open_boot(o, &boot, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	ck_assert_int_eq(pxe_orders_forget(o, B), 0);
	ck_assert_int_eq(state_of(o, B), PXE_ORDER_BEGUN);
	ck_assert_int_eq(finish(o, t, "10.0.0.1", true, T0), 0);
	ck_assert_int_eq(pxe_orders_forget(o, B), 0);
	ck_assert_ptr_null(order_of(o, B));
	/* it is not new for all that */
	boot.is_when_new = true;
	ck_assert_int_eq(pxe_orders_arm(o), 0);
	ck_assert_int_eq(open_boot(o, &boot, T0, t), -ENOENT);

	pxe_str_copy(ask.next, sizeof(ask.next), "live");
	ck_assert_int_eq(pxe_orders_assign(o, &ask, false, T0), 0);
	ck_assert_int_eq(pxe_orders_expire(o, T0 + LIFE), 0);
	ck_assert_int_eq(pxe_orders_forget(o, B), 0);
	ck_assert_int_eq(state_of(o, B), PXE_ORDER_EXPIRED);
	pxe_orders_free(o);
}
END_TEST

/* All in one second, by which orders are told apart. */
START_TEST(a_callback_is_for_the_order_that_it_was_of)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	ck_assert_int_eq(pxe_orders_remove(o, "host:a"), 0);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, u), 0);
	ck_assert_int_eq(begin(o, u, "10.0.0.1", T0), 0);
	ck_assert_int_eq(finish(o, t, "10.0.0.1", true, T0), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_BEGUN);
	ck_assert_int_eq(finish(o, u, "10.0.0.1", true, T0), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
	pxe_orders_free(o);
}
END_TEST

START_TEST(what_has_begun_has_its_time_from_then_on)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT];

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + SESSION - 1), 0);
	ck_assert_int_eq(pxe_orders_expire(o, T0 + SESSION), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_BEGUN);
	ck_assert_int_eq(pxe_orders_expire(o, T0 + 2 * SESSION - 1), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_FAILED);
	pxe_orders_free(o);
}
END_TEST

/* Installs once; the token. */
static void install(struct pxe_orders *o, int64_t now_s, char *t)
{
	ck_assert_int_eq(assign(o, "host:a", "inst", true, now_s), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, now_s, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", now_s), 0);
}

START_TEST(who_is_installed_too_often_is_held)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	install(o, T0, t);
	install(o, T0 + 1, t);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0 + 2), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	ck_assert_int_eq(order_of(o, "host:a")->reason, PXE_REASON_REINSTALL);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 2, u), -EBUSY);
	ck_assert_int_eq(pxe_orders_release(o, "host:a", T0 + 3), 0);
	ck_assert_int_eq(pxe_orders_release(o, "host:a", T0 + 3), -ENOENT);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 3, u), 0);
	install(o, T0 + 3, t);
	install(o, T0 + 3, t);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0 + 4), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	/* a success clears all of it */
	ck_assert_int_eq(finish(o, t, "10.0.0.1", true, T0 + 4), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_PENDING);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 5, u), 0);
	ck_assert_int_eq(begin(o, u, "10.0.0.1", T0 + 5), 0);
	pxe_orders_free(o);
}
END_TEST

/* A rescue system, say, which is to find out why. */
START_TEST(what_installs_nothing_is_not_held)
{
	const struct pxe_order ask = ask_of("host:a", "live", true);
	struct pxe_orders *o = new_book();
	struct boot live = boot_a;
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	live.target = "live";
	live.is_plain = true;
	install(o, T0, t);
	install(o, T0 + 1, t);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0 + 2), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	/* what is held is not let go by what is harmless */
	ck_assert_int_eq(open_boot(o, &live, T0 + 2, u), -EBUSY);
	ck_assert_int_eq(pxe_orders_assign(o, &ask, true, T0 + 3), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_PENDING);
	ck_assert_int_eq(open_boot(o, &live, T0 + 3, u), 0);
	ck_assert_int_eq(begin(o, u, "10.0.0.1", T0 + 3), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_DONE);
	ck_assert_int_eq(finish(o, u, "10.0.0.1", true, T0 + 3), 0);
	/* and it is still in its circle */
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0 + 4), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	/* a target that became destructive since is held when it is asked for
	 */
	ck_assert_int_eq(pxe_orders_assign(o, &ask, true, T0 + 5), 0);
	live.is_plain = false;
	ck_assert_int_eq(open_boot(o, &live, T0 + 5, u), -EBUSY);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	pxe_orders_free(o);
}
END_TEST

/* Between its script and its last piece the administrator became stricter. */
START_TEST(the_guard_looks_when_an_order_is_consumed)
{
	const struct pxe_orders_rules strict = { LIFE, SESSION, 1, WINDOW };
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT];

	install(o, T0, t);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0 + 1), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0 + 1, t), 0);
	pxe_orders_set_rules(o, &strict);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + 2), -EBUSY);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	ck_assert_int_eq(order_of(o, "host:a")->reason, PXE_REASON_REINSTALL);
	pxe_orders_free(o);
}
END_TEST

START_TEST(the_guard_forgets_after_its_window)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT];

	for (int i = 0; i < 5; i++)
		install(o, T0 + i * WINDOW, t);
	/* what nobody waits for is not counted */
	for (int i = 0; i < 5; i++) {
		struct boot plain = boot_a;

		plain.is_plain = true;
		plain.machine = plain.client = B;
		ck_assert_int_eq(assign(o, B, "inst", true, T0 + i), 0);
		ck_assert_int_eq(open_boot(o, &plain, T0 + i, t), 0);
		ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + i), 0);
		ck_assert_int_eq(state_of(o, B), PXE_ORDER_DONE);
	}
	pxe_orders_free(o);
}
END_TEST

START_TEST(a_machine_is_new_once)
{
	struct pxe_orders *o = new_book();
	struct boot b = boot_a;
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT];

	b.is_when_new = true;
	ck_assert_int_eq(open_boot(o, &b, T0, t), -EBUSY); /* not armed */
	ck_assert_int_eq(pxe_orders_arm(o), 0);
	ck_assert_int_eq(open_boot(o, &b, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_BEGUN);
	ck_assert_str_eq(order_of(o, "host:a")->by, "when-new");
	ck_assert_int_eq(open_boot(o, &b, T0, u), -ENOENT);
	/* not even without its order, or by another name */
	ck_assert_int_eq(pxe_orders_remove(o, "host:a"), 0);
	ck_assert_int_eq(open_boot(o, &b, T0, u), -ENOENT);
	b.machine = "host:renamed";
	ck_assert_int_eq(open_boot(o, &b, T0, u), -ENOENT);
	/* an order that was taken back is one that there was */
	b.machine = b.client = B;
	ck_assert_int_eq(assign(o, B, "inst", true, T0), 0);
	ck_assert_int_eq(pxe_orders_remove(o, B), 0);
	ck_assert_int_eq(open_boot(o, &b, T0, u), -ENOENT);
	pxe_orders_free(o);
}
END_TEST

START_TEST(a_store_that_lost_something_holds)
{
	struct pxe_orders *o = new_book();
	struct boot b = boot_a;
	char t[PXE_TOKEN_TEXT];

	ck_assert_int_eq(pxe_orders_arm(o), 0);
	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(assign(o, B, "disk", false, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(pxe_orders_suspect(o, 1000, T0), 0);
	ck_assert_int_eq(state_of(o, "host:a"), PXE_ORDER_HELD);
	ck_assert_int_eq(state_of(o, B), PXE_ORDER_STANDING);
	ck_assert_uint_gt(pxe_orders_guard(o)->seq, 1000);
	ck_assert(!pxe_orders_guard(o)->is_armed);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), -EBUSY);
	b.machine = "host:z";
	b.client = "52:54:00:00:00:0c";
	b.is_when_new = true;
	ck_assert_int_eq(open_boot(o, &b, T0, t), -EBUSY);
	ck_assert_int_eq(pxe_orders_release(o, "host:a", T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	pxe_orders_free(o);
}
END_TEST

/* Who makes up machines fills the table: others still boot, and who has begun
 * an order goes on. */
START_TEST(there_is_always_room_for_one_more)
{
	struct pxe_orders *o = new_book();
	char t[PXE_TOKEN_TEXT], u[PXE_TOKEN_TEXT], key[24];
	struct boot live = boot_a;
	size_t at = 0, n = 0;

	ck_assert_int_eq(assign(o, "host:a", "inst", true, T0), 0);
	ck_assert_int_eq(open_boot(o, &boot_a, T0, t), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0), 0);
	live.machine = live.client = key;
	live.target = "live";
	live.is_once = false;
	for (unsigned i = 0; i < PXE_ORDERS_MAX + 1000; i++) {
		snprintf(key, sizeof(key), "52:54:01:%02x:%02x:%02x", i >> 16,
			 i >> 8 & 0xff, i & 0xff);
		ck_assert_int_eq(open_boot(o, &live, T0 + 1, u), 0);
		pxe_orders_keep(o);
	}
	while (pxe_orders_next_session(o, &at) != NULL)
		n++;
	ck_assert_uint_eq(n, PXE_ORDERS_MAX);
	ck_assert_int_eq(get(o, u, "10.0.0.1", T0 + 1), 0);
	ck_assert_int_eq(get(o, t, "10.0.0.1", T0 + 1), 0);
	ck_assert_int_eq(begin(o, t, "10.0.0.1", T0 + 1), 0);
	pxe_orders_free(o);
}
END_TEST

UNIT_MAIN("order_book", an_order_is_consumed_once, of_two_sessions_one_begins,
	  an_order_expires_and_a_boot_takes_too_long,
	  the_time_of_a_session_ends_by_itself, a_token_is_for_its_machine,
	  what_is_over_is_forgotten, a_clock_that_is_set_changes_nothing,
	  a_callback_is_for_the_order_that_it_was_of,
	  what_has_begun_has_its_time_from_then_on,
	  who_is_installed_too_often_is_held, what_installs_nothing_is_not_held,
	  the_guard_looks_when_an_order_is_consumed,
	  the_guard_forgets_after_its_window, a_machine_is_new_once,
	  a_store_that_lost_something_holds, there_is_always_room_for_one_more)
